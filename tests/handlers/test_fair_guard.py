"""Fair guard at work: the round by the clock, the ladder of colours, terms, lessors, the warning list, the annual check."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from connectors.sandbox import RunningSandbox
from engine import Actor
from engine.records import outgoing_message
from engine.scenarios import Stage, settle
from handlers.fair_guard import registers
from handlers.fair_guard.records import guarded_person, warning_entry
from handlers.fair_guard.rules import add_months, full_months_since, months_left, months_to_application
from handlers.fair_guard.scan import scan
from tests.flows.stage import application

HE, SHE = "310101198503121017", "310101198607182025"
LESSOR = "310104197005054047"
CLERK = Actor(
    "clerk-1", "经办一", "经办人", groups=frozenset({"operator_clerk"}), org_units=frozenset({"SH-310101-OP01"})
)


def enter(on: Stage, number: str, kind: str, state: str, id_no: str = HE, role: str = "applicant", **more: Any) -> None:
    base = {"acceptance_no": number, "case_id": None, "kind": kind, "state": state, "district": "310101", **more}
    person = {"id_no": id_no, "name": "许文博", "role": role}
    with on.engine.database.begin() as connection:
        registers.enter_persons(connection, base, [person], on.clock.today(), on.clock.now())


def term(stage: Stage, number: str, kind: str, expires_on: date, **more: Any) -> None:
    row = {"number": number, "kind": kind, "id_no": HE, "name": "许文博", "starts_on": date(2024, 1, 1)}
    row |= {"expires_on": expires_on, "district": "310101", "manager_mobile": "13800138000", **more}
    with stage.engine.database.begin() as connection:
        registers.save_term(connection, row, stage.clock.now())


def warned(stage: Stage, **asked: str) -> list[dict[str, Any]]:
    with stage.engine.database.connect() as connection:
        return registers.warnings(connection, asked, limit=100)[0]


def round_of(stage: Stage) -> Any:
    found = scan(stage.engine.services)
    settle(stage)
    return found


def inquire(on: Stage, **form: Any) -> Mapping[str, Any]:
    asked = {"purpose": "ask", "kind": "shared_ownership", "district": "310101"}
    asked["persons"] = [{"name": "许文博", "id_no": HE, "relation": "本人"}]  # type: ignore[assignment]
    receipt = on.engine.start_case(
        "fair_guard_inquiry", actor=CLERK, form={**asked, **form}, channel="窗口", idempotency_key=on.key()
    )
    settle(on)
    found: Mapping[str, Any] = on.engine.case_file_scope(receipt.case_id)["check"]["guard"]
    return found


def finish(stage: Stage, case_id: str, *steps: tuple[str, str, dict[str, Any]]) -> None:
    """Do the steps of a warning: element, outcome, form; the second look by the supervisor."""
    for element, outcome, form in steps:
        (task,) = stage.engine.tasks_of(case_id, open_only=True)
        assert task.element_id == element
        groups, units = frozenset(task.groups), frozenset({task.org_unit or ""})
        actor = Actor(f"{task.groups[0]}-1", "办理人", task.groups[0], groups=groups, org_units=units)
        revision = stage.engine.claim(task.id, task.revision, actor).revision
        stage.engine.complete_task(task.id, revision, actor, outcome, form, stage.key(), "处置得当")
        settle(stage)


@pytest.mark.requirement("SH-202.R6", "SH-202.R7", "SH-202.R8", "SH-199.R8", "SH-202.R5")
def test_months_are_counted_to_the_day() -> None:
    today = date(2026, 11, 23)
    assert [months_left(today, date(2027, 2, d)) for d in (22, 23, 24)] == [3, 3, 4]
    assert months_left(today, today) == months_left(today, date(2026, 1, 1)) == 0
    assert months_left(date(2026, 11, 30), date(2027, 2, 28)) == 3
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)
    assert [full_months_since(date(2026, 8, d), today) for d in (22, 23, 24)] == [3, 3, 2]
    assert full_months_since(date(2027, 1, 1), today) == 0
    assert months_to_application(date(2025, 11, 30), date(2026, 11, 1)) == 12
    assert months_to_application(date(2025, 12, 1), date(2026, 11, 30)) == 11


@pytest.mark.requirement("SH-202.R6")
@pytest.mark.parametrize(
    ("kind", "lead"), [("public_rental_lease", 3), ("low_rent_subsidy", 4), ("low_rent_contract", 1)]
)
def test_a_term_is_warned_of_on_its_first_day_and_once(stage: Stage, kind: str, lead: int) -> None:
    expires_on = add_months(stage.clock.today(), lead)
    term(stage, "T-1", kind, expires_on + timedelta(days=1))
    assert round_of(stage).warnings == 0
    stage.clock.advance(days=1)
    assert round_of(stage).warnings == 1
    (entry,) = warned(stage)
    assert (entry["colour"], entry["status"], entry["category"]) == ("yellow", "notified", f"{kind}_expiring")
    with stage.engine.database.connect() as connection:
        texts = list(connection.execute(select(outgoing_message.c.text)).scalars())
    assert len(texts) == 1
    assert "到期" in texts[0]
    round_of(stage)
    assert len(warned(stage)) == 1


@pytest.mark.requirement("SH-202.R7", "SH-202.R8", "SH-203.R3")
def test_an_open_warning_turns_orange_on_the_day_of_expiry(stage: Stage) -> None:
    term(stage, "T-1", "low_rent_contract", stage.clock.today() + timedelta(days=10))
    round_of(stage)
    stage.clock.advance(days=9)
    round_of(stage)
    assert [entry["colour"] for entry in warned(stage)] == ["yellow"]
    stage.clock.advance(days=1)
    round_of(stage)
    (entry,) = warned(stage)
    assert (entry["colour"], entry["category"]) == ("orange", "low_rent_contract_expired")
    with stage.engine.database.connect() as connection:
        evolution = [(move["colour"], move["status"]) for move in registers.moves(connection, entry["case_id"])]
    assert evolution == [("yellow", "raised"), ("yellow", "notified"), ("orange", "notified")]
    assert "case.reminded" in [event.kind for event in stage.engine.events(entry["case_id"])]


@pytest.mark.requirement("SH-203.R2")
def test_a_handled_warning_comes_back_only_in_a_graver_colour(stage: Stage) -> None:
    term(stage, "T-1", "low_rent_subsidy", stage.clock.today() + timedelta(days=20))
    round_of(stage)
    (entry,) = warned(stage)
    finish(stage, entry["case_id"], ("verify", "confirmed", {"findings": "已与申请人联系"}),
           ("handle", "handled", {"measure": "recheck", "note": "已启动复核"}))  # fmt: skip
    round_of(stage)
    assert [row["status"] for row in warned(stage)] == ["handled"]
    stage.clock.advance(days=20)
    round_of(stage)
    assert [(row["colour"], row["round"]) for row in warned(stage)] == [("orange", 2), ("yellow", 1)]


@pytest.mark.requirement("SH-203.R1")
def test_wrong_data_beside_a_term_lose_no_warning(stage: Stage) -> None:
    term(stage, "T-1", "low_rent_contract", stage.clock.today(), manager_mobile="123", district="999999")
    assert round_of(stage).warnings == 1
    (entry,) = warned(stage)
    assert (entry["colour"], entry["district"]) == ("orange", None)
    with stage.engine.database.connect() as connection:
        assert "未带入：district、manager_mobile" in registers.moves(connection, entry["case_id"])[0]["note"]


@pytest.mark.requirement("SH-199.R4", "SH-199.R5", "SH-199.R7", "SH-199.R8", "SH-202.R1", "SH-202.R2")
def test_the_ladder_climbs_as_the_purchase_goes_on(stage: Stage) -> None:
    enter(stage, "GZ-1", "public_rental", "enjoying")
    enter(stage, "GC-1", "shared_ownership", "in_review", stage="applied")

    def colours() -> dict[str, str]:
        round_of(stage)
        return {row["subject"].partition(":")[0]: row["colour"] for row in warned(stage)}

    assert colours() == {"purchase": "yellow"}
    for step, wanted in [("registered", "orange"), ("publication", "orange"), ("signed", "brown")]:
        with stage.engine.database.begin() as connection:
            registers.change_persons(connection, "GC-1", {"stage": step}, stage.clock.now())
        assert colours()["purchase"] == wanted
    assert colours() == {"purchase": "brown", "housing": "brown"}
    delivered = {"stage": "delivered", "delivered_on": stage.clock.today()}
    with stage.engine.database.begin() as connection:
        registers.change_persons(connection, "GC-1", delivered, stage.clock.now())
    assert colours() == {"purchase": "brown", "housing": "brown"}
    stage.clock.set(stage.clock.now() + (add_months(stage.clock.today(), 3) - stage.clock.today()))
    assert colours()["purchase"] == "red"


@pytest.mark.requirement("SH-199.R4", "SH-199.R8")
def test_a_check_at_the_window_tells_the_stage(stage: Stage) -> None:
    enter(stage, "GZ-1", "low_rent", "enjoying")
    assert inquire(stage)["colour"] == "yellow"
    found = inquire(stage, stage="delivered", delivered_on=add_months(stage.clock.today(), -3).isoformat())
    assert (found["colour"], found["blocked"]) == ("red", True)
    assert {signal["category"] for signal in found["signals"]} == {"rental_beneficiary", "shared_delivered"}
    assert len(found["warnings"]) == 2


@pytest.mark.requirement("SH-199.R2")
def test_the_cancellation_period_ends_on_its_last_day(stage: Stage) -> None:
    enter(stage, "GC-0", "shared_ownership", "given_up", cancelled_until=stage.clock.today())
    assert inquire(stage)["colour"] == "brown"
    stage.clock.advance(days=1)
    assert inquire(stage)["colour"] == "none"


@pytest.mark.requirement("SH-201.R1")
def test_waiting_is_followed_at_once(stage: Stage) -> None:
    enter(stage, "GC-0", "shared_ownership", "in_review")
    assert inquire(stage, kind="public_rental")["colour"] == "none"
    with stage.engine.database.begin() as connection:
        registers.change_persons(connection, "GC-0", {"state": "waiting"}, stage.clock.now())
    assert inquire(stage, kind="public_rental")["colour"] == "yellow"


@pytest.mark.requirement("SH-200.R2", "SH-200.R3")
def test_a_lessor_is_looked_up_when_a_lease_is_entered(stage: Stage) -> None:
    enter(stage, "LZ-1", "low_rent", "enjoying", id_no=LESSOR)
    term(stage, "HT-1", "low_rent_contract", date(2027, 12, 31), lessor_id_no=LESSOR)
    lessor = {
        "name": "施建国",
        "id_no": LESSOR,
        "contract_no": "HT-2",
        "starts_on": "2027-12-31",
        "expires_on": "2028-12-30",
    }
    found = inquire(stage, kind="low_rent", lessor=lessor)
    assert [signal["colour"] for signal in found["signals"]] == ["yellow", "orange"]
    assert found["signals"][1]["existing_no"] == "HT-1"
    later = {**lessor, "starts_on": "2028-01-01"}
    assert [signal["colour"] for signal in inquire(stage, kind="low_rent", lessor=later)["signals"]] == ["yellow"]


@pytest.mark.requirement("SH-199.R1", "SH-200.R1", "SH-203.R1")
def test_the_round_takes_housing_cases_by_itself(stage: Stage, sandbox: RunningSandbox) -> None:
    """A public-rental case goes in; its family is known, its end is followed, an earlier case of the same kind is red."""
    form = application(sandbox, "clean_family")
    head = form["applicant"]
    enter(stage, "GZF-OLD", "public_rental", "enjoying", id_no=head["id_no"])
    citizen = Actor("citizen", head["name"], groups=frozenset({"applicant"}))
    receipt = stage.engine.start_case(
        "public_rental", actor=citizen, form=form, channel="一网通办", idempotency_key=stage.key()
    )
    settle(stage)
    found = round_of(stage)
    assert (found.entered, found.warnings) == (1 + len(form["household"]["members"]), 1)
    (entry,) = warned(stage, applicant=head["id_no"])
    assert (entry["colour"], entry["category"], entry["acceptance_no"]) == ("red", "same_kind_repeat", receipt.case_no)
    stage.engine.withdraw_case(receipt.case_id, citizen, "撤回", stage.key())
    assert round_of(stage).closed == 1
    with stage.engine.database.connect() as connection:
        query = select(guarded_person.c.state).where(guarded_person.c.case_id == receipt.case_id)
        assert set(connection.execute(query).scalars()) == {"ended"}


@pytest.mark.requirement("SH-203.R1", "SH-203.R2", "SH-203.R3")
def test_the_list_is_asked_by_place_person_and_number(stage: Stage) -> None:
    enter(stage, "GZ-1", "low_rent", "enjoying", sub_district="浦江里街道")
    term(stage, "T-1", "low_rent_contract", stage.clock.today(), sub_district="浦江里街道", acceptance_no="GZ-1")
    round_of(stage)
    for asked in ({"district": "310101"}, {"sub_district": "浦江"}, {"applicant": "许文"}, {"acceptance_no": "GZ-1"}):
        assert len(warned(stage, **asked)) == 1
    for asked in ({"district": "310104"}, {"sub_district": "福源"}, {"applicant": "100%"}, {"acceptance_no": "GZ-2"}):
        assert warned(stage, **asked) == []
    (entry,) = warned(stage)
    assert entry["facts"]["facts"] == {"term": {"kind": "low_rent_contract", "months_left": 0}}
    assert (entry["decision"], entry["decision_version"], entry["facts"]["rows"]) == ("fair_guard_expiry", 1, [9])
    with stage.engine.database.connect() as connection:
        assert registers.warning_figures(connection) == {("orange", True): 1}
        assert registers.trend(connection, "310101", date(2026, 11, 1), date(2026, 11, 30)) == {
            "2026-11": {"orange": 1}
        }
        assert registers.trend(connection, "310104", date(2026, 11, 1), date(2026, 11, 30)) == {}


@pytest.mark.requirement("SH-203.R4", "SH-203.R5")
def test_the_annual_check_compares_a_batch_with_itself_and_with_earlier_ones(stage: Stage) -> None:
    for number, id_no in (("A-1", HE), ("A-2", HE), ("A-3", SHE), ("A-4", LESSOR)):
        enter(stage, number, "shared_ownership", "in_review", id_no=id_no, batch="2026-2", stage="applied")
    enter(stage, "B-1", "shared_ownership", "waiting", id_no=SHE, batch="2025-1", stage="registered")
    enter(stage, "B-2", "shared_ownership", "ended", id_no=LESSOR, batch="2025-1", stage="applied")
    actor = Actor("city-1", "市级", "市级审核", groups=frozenset({"city_examiner"}), org_units=frozenset({"SH"}))
    form = {"batch": "2026-2", "year": 2026}
    receipt = stage.engine.start_case(
        "fair_guard_annual", actor=actor, form=form, channel="窗口", idempotency_key=stage.key()
    )
    settle(stage)
    scope = stage.engine.case_file_scope(receipt.case_id)
    assert scope["comparison"]["persons"] == 3
    assert scope["comparison"]["same_batch"] == [HE]
    assert scope["comparison"]["registered_earlier"] == [SHE]
    assert scope["review"]["figures"]["red"] == {"total": 2, "handled": 0, "open": 2, "overdue": 0}
    with stage.engine.database.connect() as connection:
        categories = set(connection.execute(select(warning_entry.c.category)).scalars())
    assert categories == {"annual_same_batch", "annual_registered_earlier"}
