"""A day off is foretold with every deadline that it moves, and moves them only after a second person approves."""

from __future__ import annotations

import contextlib
from datetime import date, timedelta

from sqlalchemy import select

from engine.records import cases, user_task
from tests.desks.conftest import House, words


def _waiting(house: House) -> tuple[str, date]:
    """A case that waits at a task, and the last day of its countdown."""
    number = _running_case(house)
    with house.services.database.connect() as connection:
        due = connection.execute(select(cases.c.due_on).where(cases.c.case_no == number)).scalar_one()
    assert due is not None
    return number, due


def _running_case(house: House) -> str:
    house.sandbox.behaviour.set("marriage", "refused")
    with contextlib.suppress(Exception):
        house.play("approve", index=5)
    query = select(cases.c.case_no).where(cases.c.status == "running").order_by(cases.c.submitted_at.desc())
    with house.services.database.connect() as connection:
        return str(connection.execute(query).scalars().first())


def _next_working(house: House, day: date) -> date:
    calendar = house.services.engine.calendar()
    while not calendar.is_working(day):
        day += timedelta(days=1)
    return day


def test_a_day_off_moves_open_deadlines_after_approval(house: House) -> None:
    number, due = _waiting(house)
    admin, approver = house.person("ruleadmin"), house.person("ruleapprover")
    day = _next_working(house, house.services.clock.today() + timedelta(days=1))
    admin.post("/rules/calendar/day", day=day.isoformat(), choice="holiday", name="临时放假")
    page = admin.text(f"/rules/calendar?year={day.year}")
    assert number in page
    assert "临时放假" in page
    assert _due(house, number) == due
    answer = admin.post("/rules/calendar/submit", note="临时放假一天")
    assert answer.status_code == 302, words(answer)
    review = answer.headers["Location"]
    assert admin.post(f"{review}/approve").status_code == 403
    assert approver.post(f"{review}/approve").status_code == 302
    assert _due(house, number) > due
    assert not house.services.engine.calendar().is_working(day)
    case = house.services.engine.case(number)
    assert house.services.engine.verify_chain(case.id).intact
    assert any(event.kind == "case.deadline_moved" for event in house.services.engine.events(case.id))
    assert house.services.engine.replay(case.id).same


def _due(house: House, number: str) -> date:
    with house.services.database.connect() as connection:
        return connection.execute(select(cases.c.due_on).where(cases.c.case_no == number)).scalar_one()


def test_what_is_foretold_is_what_moves(house: House) -> None:
    from engine import SYSTEM, CalendarDay
    from engine.deadlines import change_calendar, foretell

    _waiting(house)
    day = _next_working(house, house.services.clock.today() + timedelta(days=1))
    changes = {day: CalendarDay(day, False, "临时放假")}
    foretold = foretell(house.services.engine, changes)
    moved = change_calendar(house.services.engine, changes, SYSTEM)
    assert foretold
    assert sorted(foretold, key=lambda move: move.subject_id) == sorted(moved, key=lambda move: move.subject_id)
    assert foretell(house.services.engine, {}) == []
    query = select(user_task.c.id, user_task.c.due_on)
    with house.services.database.connect() as connection:
        now = {row.id: row.due_on for row in connection.execute(query)}
    assert all(now[move.subject_id] == move.after for move in moved if move.kind == "task")


def test_a_day_set_back_leaves_no_draft(house: House) -> None:
    admin = house.person("ruleadmin")
    admin.post("/rules/calendar/day", day="2027-03-03", choice="holiday", name="x")
    admin.post("/rules/calendar/day", day="2027-03-03", choice="weekday", name="")
    assert "没有改动" in admin.text("/rules/calendar")
    assert admin.post("/rules/calendar/submit", note="x").status_code == 422
    assert admin.post("/rules/calendar/day", day="not a day", choice="holiday").status_code == 422


def test_texts_and_numbering_are_shown_with_their_places(house: House) -> None:
    admin = house.person("ruleadmin")
    assert "预审已通过" in admin.text("/rules/texts")
    assert "GZF-310101-20261121-00001" in admin.text("/rules/numbering")
