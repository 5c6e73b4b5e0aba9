"""Numbers, topics, drafts, notices, durations: the small parts that many lean on."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from engine import (
    HandlerContext,
    IllegalTransition,
    ModelFault,
    Registry,
    StaleTask,
    ValidationFailed,
    next_number,
    publish_notice,
    service_task,
)
from engine.casefile import CaseFile
from engine.durations import add_duration, parse_cycle, parse_instant, seconds_of
from engine.states import CaseStatus, require_transition
from tests.engine.house import ADMIN, CLERK, CLERK_2, MONDAY, House, one_task


def test_each_scope_and_year_counts_for_itself(any_house: House) -> None:
    rule = "GZF{district}-{year}-{seq:4}"
    later = datetime(2027, 1, 1, tzinfo=UTC)
    with any_house.database.begin() as connection:
        numbers = [next_number(connection, rule, MONDAY, district=d) for d in ("310101", "310104", "310101")]
        numbers.append(next_number(connection, rule, later, district="310101"))
    assert numbers == ["GZF310101-2026-0001", "GZF310104-2026-0001", "GZF310101-2026-0002", "GZF310101-2027-0001"]


@pytest.mark.parametrize("rule", ["no number", "{missing}-{seq}"])
def test_a_rule_that_cannot_be_filled_is_refused(house: House, rule: str) -> None:
    with pytest.raises(ModelFault), house.database.begin() as connection:
        next_number(connection, rule, MONDAY)


def test_a_number_given_in_a_step_that_fails_is_not_lost(house: House) -> None:
    with pytest.raises(ZeroDivisionError), house.database.begin() as connection:
        next_number(connection, "A{seq}", MONDAY)
        raise ZeroDivisionError
    with house.database.begin() as connection:
        assert next_number(connection, "A{seq}", MONDAY) == "A000001"


def test_a_topic_is_served_by_one_function_only() -> None:
    registry = Registry()

    @service_task("a.b", registry=registry)
    def first(ctx: HandlerContext) -> None: ...

    with pytest.raises(ValueError, match="already"):

        @service_task("a.b", registry=registry)
        def second(ctx: HandlerContext) -> None: ...

    assert registry.topics == {"a.b"}


def test_a_draft_is_not_overwritten_unseen(house: House) -> None:
    first = house.engine.save_draft("process", "p", b"<a/>", 0, ADMIN)
    second = house.engine.save_draft("process", "p", b"<b/>", first.revision, ADMIN)
    with pytest.raises(StaleTask) as caught:
        house.engine.save_draft("process", "p", b"<c/>", first.revision, CLERK)
    assert caught.value.details["by"] == ADMIN.name
    assert house.engine.draft("process", "p") == second
    house.engine.discard_draft("process", "p")
    assert house.engine.draft("process", "p") is None


def test_an_opinion_is_kept_while_it_is_typed(house: House) -> None:
    first = house.engine.save_task_draft("t", {"opinion": "同"}, 0, CLERK)
    second = house.engine.save_task_draft("t", {"opinion": "同意"}, first.revision, CLERK)
    with pytest.raises(StaleTask):
        house.engine.save_task_draft("t", {"opinion": "x"}, first.revision, CLERK)
    assert house.engine.task_draft("t", CLERK) == second
    assert house.engine.task_draft("t", CLERK_2) is None


def test_a_notice_is_seen_from_its_first_to_its_last_day_and_takes_objections_only_then(any_house: House) -> None:
    any_house.deploy(one_task())
    case_id = any_house.start()
    with any_house.database.begin() as connection:
        notice_id = publish_notice(
            connection,
            MONDAY,
            case_id=case_id,
            kind="初审公示",
            title="公示",
            text="张*",
            details={"姓名": "张*"},
            place="街道",
            district="310101",
            starts_on=date(2026, 11, 24),
            ends_on=date(2026, 11, 26),
        )
    assert any_house.engine.notices().total == 0
    given = {"person_name": "李四", "mobile": "13800138000", "text": "不实"}
    with pytest.raises(IllegalTransition):
        any_house.engine.submit_objection(notice_id, **given, idempotency_key="early")
    any_house.clock.advance(days=1)
    assert any_house.engine.notices(text="张").total == 1
    first = any_house.engine.submit_objection(notice_id, **given, idempotency_key="one")
    assert any_house.engine.submit_objection(notice_id, **given, idempotency_key="one") == first
    assert first.receipt_no == "YY2026000001"
    with pytest.raises(ValidationFailed):
        any_house.engine.submit_objection(notice_id, person_name="", mobile="1", text="x", idempotency_key="two")
    answered = any_house.engine.answer_objection(first.id, CLERK, False, "经查不属实")
    assert (answered.status, answered.answered_by_name) == ("dismissed", CLERK.name)
    with pytest.raises(IllegalTransition):
        any_house.engine.answer_objection(first.id, CLERK, True, "改判")
    any_house.clock.advance(days=3)
    assert any_house.engine.notices().total == 0
    assert any_house.engine.notice(notice_id).objections == 1


def test_times_of_diagrams() -> None:
    at = datetime(2026, 1, 31, 0, 0, tzinfo=UTC)
    assert add_duration(at, "P1M") == datetime(2026, 2, 28, 0, 0, tzinfo=UTC)
    assert add_duration(at, "P1DT2H") == datetime(2026, 2, 1, 2, 0, tzinfo=UTC)
    assert seconds_of("PT1M30S") == 90.0
    assert parse_instant("2026-11-23") == datetime(2026, 11, 22, 16, 0, tzinfo=UTC)
    assert parse_instant("2026-11-23T09:00:00") == datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
    assert parse_cycle("R3/PT10M")[::2] == (3, "PT10M")
    for text in ("5 days", "P", "PT"):
        with pytest.raises(ModelFault):
            add_duration(at, text)


def test_names_are_read_innermost_first() -> None:
    values = {
        "a": 1,
        "p.a": 2,
        "p.q.a": 3,
        "e.x": {"v": 4},
        "e.y": 5,
        "s#0.s": "x",
        "s#1.s": "y",
        "m#0.k": 1,
        "m#1.k": 2,
    }
    file = CaseFile({name: [1, ""] for name in values}, lambda names: {name: values[name] for name in names})
    assert [file.find("a", path) for path in ((), ("p",), ("p", "q"), ("p", "z"))] == [1, 2, 3, 2]
    assert file.find("e") == {"x": {"v": 4}, "y": 5}
    assert (file.find("s"), file.find("m")) == (["x", "y"], [{"k": 1}, {"k": 2}])
    with pytest.raises(KeyError):
        file.find("nothing", ("p",))


def test_only_the_transitions_of_the_table_are_allowed() -> None:
    assert require_transition(CaseStatus.RUNNING, CaseStatus.CLOSED) is CaseStatus.CLOSED
    with pytest.raises(IllegalTransition):
        require_transition(CaseStatus.CLOSED, CaseStatus.RUNNING)
