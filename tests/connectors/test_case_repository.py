"""办件库: pushes, supplement, pre-fill, pre-check, and collecting pending cases."""

from __future__ import annotations

import httpx
import pytest

from connectors import Connectors
from connectors.case_repository.types import CaseState, CaseType, Channel, SupplementState
from connectors.sandbox import RunningSandbox
from engine.errors import Rejected

ITEM = "310100-GZF"


def push(connectors: Connectors, case_no: str, id_no: str, state: str, key: str) -> int:
    return connectors.case_repository.push_result(case_no=case_no, applicant_id_no=id_no, state=state, result="结果",
                                                  reason="理由", idempotency_key=key).value.version


@pytest.mark.requirement("SH-033.R5")
def test_the_applicant_sees_result_and_reason(sandbox: RunningSandbox, connectors: Connectors) -> None:
    person = sandbox.population.people[0]
    reason = "家庭人均住房面积超过规定标准，不符合条件"
    connectors.case_repository.push_result(case_no="BJ-1", applicant_id_no=person.id_no, state=CaseState.REJECTED,
                                           result="审核不通过", reason=reason, idempotency_key="bj-1")
    case = connectors.case_repository.case(case_no="BJ-1").value
    assert (case.state, case.result, case.reason, case.version) == (CaseState.REJECTED, "审核不通过", reason, 1)
    shown = httpx.get(f"{sandbox.url}/case_repository/cases/BJ-1").json()["data"]
    assert shown["history"][0]["reason"] == reason


def test_pushes_of_one_case_are_counted(sandbox: RunningSandbox, connectors: Connectors) -> None:
    id_no = sandbox.population.people[0].id_no
    versions = [push(connectors, "BJ-2", id_no, state, f"bj-2-{state}")
                for state in ("accepted", "in_review", "approved")]
    assert versions == [1, 2, 3]


def test_a_case_of_somebody_else_is_refused(sandbox: RunningSandbox, connectors: Connectors) -> None:
    first, second = sandbox.population.people[:2]
    push(connectors, "BJ-3", first.id_no, "accepted", "bj-3-a")
    with pytest.raises(Rejected) as caught:
        push(connectors, "BJ-3", second.id_no, "approved", "bj-3-b")
    assert caught.value.details["outside_code"] == "R409"


@pytest.mark.requirement("SH-024.R4")
def test_supplement_state_is_updated(sandbox: RunningSandbox, connectors: Connectors) -> None:
    id_no = sandbox.population.people[0].id_no
    for state in (SupplementState.REQUESTED, SupplementState.RECEIVED):
        connectors.case_repository.update_supplement(case_no="BJ-4", applicant_id_no=id_no, state=state,
                                                     missing=["劳动合同"], note="请补充",
                                                     idempotency_key=f"bj-4-{state}")
    case = connectors.case_repository.case(case_no="BJ-4").value
    assert (case.supplement, case.state) == (SupplementState.RECEIVED, CaseState.SUPPLEMENT)


@pytest.mark.requirement("SH-045.R9")
def test_a_deleted_case_is_still_shown_to_the_applicant(sandbox: RunningSandbox, connectors: Connectors) -> None:
    push(connectors, "BJ-5", sandbox.population.people[0].id_no, "deleted", "bj-5")
    assert connectors.case_repository.case(case_no="BJ-5").value.state is CaseState.DELETED


def test_an_unknown_case_is_rejected(connectors: Connectors) -> None:
    with pytest.raises(Rejected) as caught:
        connectors.case_repository.case(case_no="BJ-nowhere")
    assert caught.value.details["status"] == 404


@pytest.mark.requirement("SH-013.R1")
def test_prefill_returns_a_number(sandbox: RunningSandbox, connectors: Connectors) -> None:
    person = sandbox.population.with_situation("clean_family")[0]
    receipt = connectors.case_repository.prefill(
        service_item_code=ITEM, applicant_id_no=person.id_no, applicant_name=person.name,
        basics={"mobile": person.mobile}, family=[{"name": person.name}], idempotency_key="prefill-1").value
    assert receipt.prefill_no and receipt.applicant_id_no == person.id_no


@pytest.mark.requirement("SH-015.R2")
@pytest.mark.requirement("SH-005.R1")
def test_precheck_lists_problems_and_other_cases(sandbox: RunningSandbox, connectors: Connectors) -> None:
    busy, again = (sandbox.population.with_situation(name)[0] for name in ("case_in_progress", "valid_case"))

    def precheck(person: object, basics: dict[str, str], key: str):
        return connectors.case_repository.precheck(
            service_item_code=ITEM, applicant_id_no=person.id_no, applicant_name=person.name,  # type: ignore[attr-defined]
            content={"basics": basics}, idempotency_key=key).value

    poor = precheck(busy, {}, "precheck-1")
    assert (poor.passed, [item.path for item in poor.problems]) == (False, ["basics.mobile", "basics.address"])
    assert poor.in_progress == busy.cases_in_progress
    good = precheck(again, {"mobile": "1", "address": "2"}, "precheck-2")
    assert (good.passed, good.in_progress, good.valid) == (True, (), again.valid_cases)


@pytest.mark.requirement("SH-015.R3")
@pytest.mark.requirement("SH-015.R4")
def test_pending_cases_are_collected_in_batches_and_leave_when_pushed(connectors: Connectors) -> None:
    seen, cursor, pages = [], "", 0
    while pages == 0 or cursor:
        page = connectors.case_repository.pending(service_item_code="batches", cursor=cursor, limit=15).value
        seen, cursor, pages = [*seen, *page.cases], page.next_cursor, pages + 1
    assert len(seen) == len({case.case_no for case in seen}) == 40
    assert pages == 3
    assert {case.channel for case in seen} == set(Channel)
    assert {case.case_type for case in seen} == set(CaseType)
    assert [case.submitted_at for case in seen] == sorted(case.submitted_at for case in seen)
    push(connectors, seen[0].case_no, seen[0].applicant_id_no, "accepted", "collected")
    left = connectors.case_repository.pending(service_item_code="batches", limit=200).value
    assert seen[0].case_no not in {case.case_no for case in left.cases} and len(left.cases) == 39


@pytest.mark.requirement("SH-015.R3")
def test_materials_are_downloaded_and_compared(connectors: Connectors) -> None:
    case = connectors.case_repository.pending(service_item_code=ITEM, limit=1).value.cases[0]
    for entry in case.materials:
        material = connectors.case_repository.material(case_no=case.case_no, entry=entry).value
        assert material.content.startswith(b"%PDF") and material.sha256 == entry.sha256


def test_a_citizen_can_be_made_to_submit(sandbox: RunningSandbox, connectors: Connectors) -> None:
    person = sandbox.population.with_situation("elderly_single")[0]
    case_no = httpx.post(f"{sandbox.url}/_submit", json={"service_item_code": "by-hand", "id_no": person.id_no,
                                                         "channel": "随申办"}).json()["case_no"]
    cases = connectors.case_repository.pending(service_item_code="by-hand", limit=200).value.cases
    assert [case.applicant_id_no for case in cases if case.case_no == case_no] == [person.id_no]
