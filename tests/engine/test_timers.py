"""Time: working days with a proof, timers that fire once, deadlines whose silence the law answers, pauses."""

from __future__ import annotations

from datetime import UTC, date, datetime

from engine import InboxFilter
from tests.engine.house import CLERK, House, drawing, one_task


def test_a_drawn_timer_fires_once_when_due(any_house: House) -> None:
    found = drawing().start().timer("wait", "PT1H").user("after").end()
    any_house.deploy(found.chain("start_1", "wait", "after", "end_1"))
    case_id = any_house.start()
    assert any_house.engine.next_due() == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert any_house.engine.fire_timers() == 0
    any_house.clock.advance(hours=1)
    assert any_house.engine.fire_timers() == 1
    assert any_house.fresh().fire_timers() == 0
    assert any_house.do(case_id).ended
    assert any_house.engine.replay(case_id).same and any_house.engine.verify_chain(case_id).intact


def test_a_timer_in_working_days_is_due_at_the_end_of_that_day_and_says_why(house: House) -> None:
    found = drawing().start().timer("wait", "P1D", properties={"working_days": "5"}).user("after").end()
    house.deploy(found.chain("start_1", "wait", "after", "end_1"))
    case_id = house.start()
    (timer,) = house.engine.timers_of(case_id)
    assert timer.due_at == datetime(2026, 11, 30, 16, 0, tzinfo=UTC)
    assert "5 个工作日" in (timer.due_proof or "") and "2026-11-30" in (timer.due_proof or "")


def test_a_boundary_timer_that_does_not_interrupt_leaves_the_task_open(house: House) -> None:
    found = drawing().start().user("work").boundary_timer("late", "work", "P2D", interrupting=False).user("alarm").end()
    found.chain("start_1", "work", "end_1").flow("late", "alarm").flow("alarm", "end_1")
    house.deploy(found)
    case_id = house.start()
    house.clock.advance(days=2)
    assert house.engine.fire_timers() == 1
    assert sorted(t.element_id for t in house.open(case_id)) == ["alarm", "work"]
    house.do(case_id, element="work")
    assert house.do(case_id, element="alarm").ended
    assert house.engine.replay(case_id).same


def test_a_boundary_timer_that_interrupts_cancels_the_task(house: House) -> None:
    found = drawing().start().user("work").boundary_timer("late", "work", "P2D").user("alarm").end()
    found.chain("start_1", "work", "end_1").flow("late", "alarm").flow("alarm", "end_1")
    house.deploy(found)
    case_id = house.start()
    (task,) = house.open(case_id)
    house.clock.advance(days=2)
    house.engine.fire_timers()
    assert [t.element_id for t in house.open(case_id)] == ["alarm"]
    assert house.engine.task(task.id).status == "cancelled"


def test_completing_the_task_disarms_its_boundary_timer(house: House) -> None:
    found = drawing().start().user("work").boundary_timer("late", "work", "P2D").end()
    house.deploy(found.chain("start_1", "work", "end_1").flow("late", "end_1"))
    case_id = house.start()
    house.do(case_id)
    house.clock.advance(days=3)
    assert house.engine.fire_timers() == 0 and house.engine.next_due() is None
    assert house.engine.timers_of(case_id)[0].status == "cancelled"


def test_silence_is_answered_by_the_drawn_outcome_at_the_end_of_the_last_day(any_house: House) -> None:
    """The deemed acceptance: nobody acts within 5 working days, the task completes itself."""
    any_house.deploy(one_task(properties={"on_timeout": "complete:approve"}))
    case_id = any_house.start()
    any_house.clock.set(datetime(2026, 11, 30, 15, 59, tzinfo=UTC))
    assert any_house.engine.fire_timers() == 0
    any_house.clock.set(datetime(2026, 11, 30, 16, 0, tzinfo=UTC))
    assert any_house.engine.fire_timers() == 1
    case = any_house.engine.case(case_id)
    assert (case.status, case.outcome) == ("closed", "通过")
    item = any_house.engine.case_file(case_id)["decide"].value
    assert item["timeout"] is True and item["actor"] == "system"
    assert any_house.engine.replay(case_id).same


def test_a_task_done_in_time_does_not_complete_itself(house: House) -> None:
    house.deploy(one_task(properties={"on_timeout": "complete:approve"}))
    case_id = house.start()
    house.do(case_id, outcome="reject")
    house.clock.advance(days=30)
    assert house.engine.fire_timers() == 0
    assert house.engine.case(case_id).outcome == "不通过"


def test_an_overdue_task_is_marked_once(house: House) -> None:
    house.deploy(one_task(properties={"on_timeout": "remind"}))
    case_id = house.start()
    house.clock.advance(days=8)
    assert house.engine.inbox(CLERK, InboxFilter(overdue=True)).total == 1
    assert house.engine.fire_timers() == 1
    assert house.engine.mark_overdue() == 0
    assert [e.kind for e in house.engine.events(case_id)].count("task.overdue") == 1
    house.deploy(one_task("q"))
    house.start("q")
    house.clock.advance(days=8)
    assert (house.engine.mark_overdue(), house.engine.mark_overdue()) == (1, 0)


def test_the_countdown_stands_still_while_the_applicant_supplements(house: House) -> None:
    pausing = {"applicant": "true", "deadline.pauses": "补正"}
    found = drawing().start().user("supplement", properties=pausing, groups="applicant").user("go_on").end()
    house.deploy(found.chain("start_1", "supplement", "go_on", "end_1"))
    case_id = house.start()
    before = house.engine.case(case_id).due_on
    house.clock.advance(days=3)
    (task,) = house.open(case_id)
    house.engine.complete_task(task.id, task.revision, CLERK, "submit", {}, "k")
    after = house.engine.case(case_id)
    assert (before, after.due_on) == (date(2026, 12, 7), date(2026, 12, 10))
    assert "暂停" in (after.due_proof or "") and "补正" in (after.due_proof or "")
    assert [p.ended_on for p in house.engine.pauses(case_id)] == [date(2026, 11, 26)]
    assert house.engine.replay(case_id).same


def test_a_timer_that_fails_is_an_incident_and_holds_no_other_up(house: House) -> None:
    bad = drawing("bad").start().timer("wait", "PT1H").xor("gate").user("a").user("b").end()
    bad.chain("start_1", "wait", "gate").flow("gate", "a", "application.x = 1").flow("gate", "b", "application.x = 2")
    bad.flow("a", "end_1").flow("b", "end_1")
    good = drawing("good").start().timer("wait", "PT1H").user("after").end().chain("start_1", "wait", "after", "end_1")
    house.deploy(bad, good)
    house.start("bad")
    case_id = house.start("good")
    house.clock.advance(hours=1)
    assert house.engine.fire_timers() == 1
    assert [t.element_id for t in house.open(case_id)] == ["after"]
    (incident,) = house.engine.incidents().items
    assert incident.kind == "timer"


def test_a_cycle_fires_again_and_again_until_its_task_is_done(house: House) -> None:
    found = (
        drawing().start().user("work").boundary_timer("tick", "work", "R3/PT10M", interrupting=False, tag="timeCycle")
    )
    found.script("count", "1").node("endEvent", "e2").end()
    house.deploy(found.chain("start_1", "work", "end_1").flow("tick", "count").flow("count", "e2"))
    case_id = house.start()
    fired = []
    for _ in range(6):
        house.clock.advance(minutes=10)
        fired.append(house.engine.fire_timers())
    assert fired == [1, 1, 1, 0, 0, 0]
    assert len(house.engine.item_history(case_id, "count")) == 3
    assert house.do(case_id).ended and house.engine.replay(case_id).same
