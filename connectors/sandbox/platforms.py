"""Platforms: the sandbox's thematic database, licence library, SMS platform and signing service."""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from zlib import crc32

from connectors.sandbox.paper import pdf
from connectors.sandbox.people import Person
from connectors.sandbox.world import Operation, Payload, Refusal, World, text

_SIGNING_KEY = b"sandbox only, signs nothing real"


def _number(kind: str, *parts: str) -> str:
    return f"{kind}{crc32('|'.join(parts).encode()):010d}"


def push_record(world: World, payload: Payload) -> dict[str, Any]:
    """SH-045.R3."""
    subject, record_id = text(payload, "subject"), text(payload, "recordId")
    before = world.ledger.get("thematic_database", subject, record_id)
    version = before["version"] + 1 if before else 1
    world.ledger.put("thematic_database", subject, record_id, {"facts": payload.get("facts"), "version": version})
    return {"subject": subject, "recordId": record_id, "receiptNo": _number("ZT", subject, record_id),
            "version": version}


def store_licence(world: World, payload: Payload) -> dict[str, Any]:
    """SH-046.R2."""
    licence_no, holder = text(payload, "licenceNo"), text(payload, "idNo")
    try:
        document = b64decode(text(payload, "document"), validate=True)
    except ValueError as error:
        raise Refusal(400, "R400", "证照文件无法读取") from error
    before = world.ledger.get("licence_library", "licence", licence_no)
    if before and before["idNo"] != holder:
        raise Refusal(409, "R409", "证照编号已属于他人")
    world.ledger.put("licence_library", "licence", licence_no, dict(payload))
    return {"licenceId": _number("ZZ", licence_no), "licenceNo": licence_no,
            "documentSha256": sha256(document).hexdigest()}


def fetch_licences(world: World, payload: Payload) -> dict[str, Any]:
    """SH-013.R6: with the holder's consent only."""
    person, match = world.recognise("licence_library", payload)
    if not payload.get("authorisationNo") or (person and "licence_not_authorised" in person.situations):
        raise Refusal(403, "R403", "持证人未授权")
    kind = text(payload, "licenceType")
    licences = [] if person is None else [*_personal(world, person, kind), *_kept(world, person, kind)]
    return {"idNo": text(payload, "idNo"), "name": text(payload, "name"), "match": match.value, "licences": licences}


def _personal(world: World, person: Person, kind: str) -> list[dict[str, Any]]:
    """What everybody of that state has: 居民身份证, 居民户口簿, 结婚证, 离婚证, 居住证."""
    has = {"居民身份证": ("市公安局", person.born_on + timedelta(days=6000)),
           "居民户口簿": ("市公安局", person.born_on + timedelta(days=30)),
           "结婚证": ("民政局", person.married_on if person.marital_status == "已婚" else None),
           "离婚证": ("民政局", person.divorced_on), "居住证": ("市公安局", person.residence_permit_since)}
    issuer, issued_on = has.get(kind, ("", None))
    if issued_on is None or "licence_missing" in person.situations:
        return []
    issued_on = min(issued_on, world.population.today)
    document = pdf(kind, [f"姓名：{person.name}", f"证件号码：{person.id_no}", f"签发机关：{issuer}",
                          f"签发日期：{issued_on}"])
    return [_licence(kind, _number("DZ", kind, person.id_no), issuer, issued_on.isoformat(), None, document)]


def _kept(world: World, person: Person, kind: str) -> list[dict[str, Any]]:
    return [_licence(kind, item["licenceNo"], "市住房保障机构", item["issuedOn"], item["validTo"],
                     b64decode(item["document"]))
            for item in world.ledger.all("licence_library", "licence")
            if item["idNo"] == person.id_no and item["licenceType"] == kind]


def _licence(kind: str, number: str, issuer: str, issued_on: str, valid_to: str | None, document: bytes
             ) -> dict[str, Any]:
    return {"licenceId": _number("ZZ", number), "licenceType": kind, "licenceNo": number, "issuer": issuer,
            "issuedOn": issued_on, "validTo": valid_to, "mediaType": "application/pdf",
            "documentSha256": sha256(document).hexdigest(), "document": b64encode(document).decode("ascii")}


def send_sms(world: World, payload: Payload) -> dict[str, Any]:
    """SH-047.R4: the phone rings once for every effect."""
    mobile, words = text(payload, "mobile"), text(payload, "text")
    place = world.ledger.size("sms", "message") + 1
    segments = 1 if len(words) <= 70 else -(-len(words) // 67)
    message_id = f"DX{place:010d}"
    message = {"messageId": message_id, "mobile": mobile, "template": payload.get("template"), "text": words,
               "state": "accepted", "segments": segments, "sentAt": datetime.now(UTC).isoformat()}
    world.ledger.put("sms", "message", message_id, message)
    return {key: message[key] for key in ("messageId", "mobile", "state", "segments")}


def sms_state(world: World, payload: Payload) -> dict[str, Any]:
    """SH-047.R6."""
    message = world.ledger.get("sms", "message", text(payload, "item"))
    if message is None:
        raise Refusal(404, "R404", "短信不存在")
    dead = {person.mobile for person in world.population.with_situation("sms_undeliverable")}
    state = "undeliverable" if message["mobile"] in dead else "delivered"
    return {key: message[key] for key in ("messageId", "mobile", "segments")} | {"state": state}


def sms_list(world: World, payload: Payload) -> dict[str, Any]:
    """Every message that left, oldest first."""
    limit, offset = int(payload.get("limit") or 100), int(payload.get("offset") or 0)
    return {"messages": world.ledger.all("sms", "message", limit, offset)}


def sign(world: World, payload: Payload) -> dict[str, Any]:
    """SH-045.R5; a signature that only the sandbox can check."""
    digest, agency = text(payload, "documentSha256"), text(payload, "agency")
    signature = hmac.digest(_SIGNING_KEY, f"{digest}|{agency}".encode(), "sha256")
    return {"signatureNo": _number("QZ", digest, agency), "documentSha256": digest, "agency": agency,
            "algorithm": "SANDBOX-HMAC-SHA256", "certificateSerial": "SANDBOX-0001",
            "signedAt": datetime.now(UTC).isoformat(), "signature": b64encode(signature).decode("ascii")}


OPERATIONS = {
    "thematic_database": (Operation("POST", "push", push_record, ("recordId",)),),
    "licence_library": (Operation("POST", "store", store_licence, ("licenceNo",)),
                        Operation("POST", "fetch", fetch_licences, lookup=True)),
    "sms": (Operation("POST", "send", send_sms, ("mobile",)),
            Operation("GET", "messages/<item>", sms_state, ("item",), lookup=True),
            Operation("GET", "messages", sms_list, (), lookup=True)),
    "ca_signing": (Operation("POST", "sign", sign, ("documentSha256",)),)}
