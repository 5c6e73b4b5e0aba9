"""主题库, 证照库, 短信平台 and CA签章."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

import httpx
import pytest

from connectors import Connectors
from connectors.sandbox import RunningSandbox
from connectors.sms.types import SmsState
from engine.errors import Rejected


@pytest.mark.requirement("SH-045.R3")
def test_a_later_push_of_a_record_is_its_next_version(connectors: Connectors) -> None:
    versions = [connectors.thematic_database.push(subject="admission", record_id="R1", facts={"n": n},
                                                  idempotency_key=f"r1-{n}").value.version for n in range(3)]
    assert versions == [1, 2, 3]


@pytest.mark.requirement("SH-046.R2")
def test_a_stored_certificate_can_be_fetched_with_consent(sandbox: RunningSandbox, connectors: Connectors) -> None:
    person, kind, document = sandbox.population.people[0], "公共租赁住房准入资格证", b"%PDF-1.5 certificate"
    stored = connectors.licence_library.store(
        licence_type=kind, licence_no="ZR-0001", holder_id_no=person.id_no, holder_name=person.name,
        issued_on=date(2026, 1, 5), valid_from=date(2026, 1, 5), valid_to=date(2028, 1, 4), document=document,
        idempotency_key="store-1").value
    assert stored.document_sha256 == sha256(document).hexdigest()
    fetched = connectors.licence_library.fetch(
        holder_id_no=person.id_no, holder_name=person.name, licence_type=kind, authorisation_no="SQ-1",
        idempotency_key="fetch-1").value.licences
    assert [(item.licence_no, item.document, item.valid_to) for item in fetched] == [
        ("ZR-0001", document, date(2028, 1, 4))]


@pytest.mark.requirement("SH-016.R2")
@pytest.mark.parametrize(("situation", "kind", "number"), [
    ("clean_family", "结婚证", 1), ("clean_single", "结婚证", 0), ("divorced_two_years_ago", "离婚证", 1),
    ("non_local", "居住证", 1), ("licence_missing", "居民身份证", 0), ("clean_single", "居民户口簿", 1),
    ("no_data_found", "居民身份证", 0)])
def test_people_have_the_licences_of_their_state(sandbox: RunningSandbox, connectors: Connectors, situation: str,
                                                 kind: str, number: int) -> None:
    person = sandbox.population.with_situation(situation)[0]
    licences = connectors.licence_library.fetch(
        holder_id_no=person.id_no, holder_name=person.name, licence_type=kind, authorisation_no="SQ-1",
        idempotency_key=f"{situation}-{ord(kind[0])}-{ord(kind[-1])}").value.licences
    assert len(licences) == number


@pytest.mark.requirement("SH-013.R6")
def test_without_consent_no_licence(sandbox: RunningSandbox, connectors: Connectors) -> None:
    for situation, consent in (("licence_not_authorised", "SQ-1"), ("clean_single", "")):
        person = sandbox.population.with_situation(situation)[0]
        with pytest.raises(Rejected) as caught:
            connectors.licence_library.fetch(holder_id_no=person.id_no, holder_name=person.name,
                                             licence_type="居民身份证", authorisation_no=consent,
                                             idempotency_key=f"no-consent-{situation}")
        assert caught.value.details["outside_code"] == "R403"


@pytest.mark.requirement("SH-047.R4")
@pytest.mark.requirement("SH-047.R6")
def test_a_message_is_sent_once_and_its_state_can_be_asked(sandbox: RunningSandbox, connectors: Connectors) -> None:
    person = sandbox.population.people[0]
    sent = [connectors.sms.send(mobile=person.mobile, template="T1", text="甲" * 71, idempotency_key="sms-1").value
            for _ in range(3)]
    assert len({item.message_id for item in sent}) == 1 and sent[0].segments == 2
    assert connectors.sms.status(message_id=sent[0].message_id).value.state is SmsState.DELIVERED
    messages = httpx.get(f"{sandbox.url}/sms/messages", params={"limit": 10_000}).json()["data"]["messages"]
    assert [item["text"] for item in messages].count("甲" * 71) == 1


def test_a_dead_number_is_undeliverable(sandbox: RunningSandbox, connectors: Connectors) -> None:
    person = sandbox.population.with_situation("sms_undeliverable")[0]
    message_id = connectors.sms.send(mobile=person.mobile, template="T1", text="你好", idempotency_key="dead-number"
                                     ).value.message_id
    assert connectors.sms.status(message_id=message_id).value.state is SmsState.UNDELIVERABLE


@pytest.mark.parametrize(("mobile", "text"), [("12345", "x"), ("", "x"), ("16990000001", "")])
def test_a_malformed_message_is_not_sent(connectors: Connectors, mobile: str, text: str) -> None:
    with pytest.raises(Rejected):
        connectors.sms.send(mobile=mobile, template="T1", text=text, idempotency_key="malformed")


@pytest.mark.requirement("SH-045.R5")
def test_signing_returns_a_receipt_over_the_digest(connectors: Connectors) -> None:
    digest = sha256(b"document").hexdigest()
    receipts = [connectors.ca_signing.sign(document_sha256=digest, document_name="准入资格证", agency="某区机构",
                                           idempotency_key="sign-1").value for _ in range(2)]
    assert receipts[0] == receipts[1] and receipts[0].document_sha256 == digest and receipts[0].signature
    with pytest.raises(Rejected):
        connectors.ca_signing.sign(document_sha256="abc", document_name="x", agency="y", idempotency_key="sign-2")
