"""B15: working days against an oracle that counts one by one; every due day says why."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Calendar, Pause
from engine.calendar import published_days
from tests.engine.house import House

DAYS, YEARS = published_days()
CN = Calendar("CN", {day.day: day for day in DAYS}, YEARS)
WORKING = {day.day: day.working for day in DAYS}
DATES = st.dates(date(2015, 1, 1), date(2026, 12, 31))


def _is_working(day: date) -> bool:
    return WORKING.get(day, day.weekday() < 5)


def _oracle(start: date, count: int, pauses: list[Pause]) -> date:
    """Tick off day after day; the first day does not count; a pause swallows the days after its start to its end."""
    stopped = set()
    for pause in pauses:
        day = pause.started_on + timedelta(days=1)
        while pause.ended_on is not None and day <= pause.ended_on:
            stopped.add(day)
            day += timedelta(days=1)
    day, ticked = start, 0
    while ticked < count:
        day += timedelta(days=1)
        if _is_working(day) and day not in stopped:
            ticked += 1
    return day


PAUSES = st.lists(
    st.tuples(DATES, st.integers(0, 40)).map(lambda p: Pause(p[0], p[0] + timedelta(days=p[1]), "补正")), max_size=3
)


@settings(max_examples=400, deadline=None)
@given(DATES, st.integers(1, 120), PAUSES)
def test_due_days_equal_the_oracles(start: date, count: int, pauses: list[Pause]) -> None:
    near = [Pause(start + (p.started_on - date(2015, 1, 1)) % timedelta(days=90), None, "") for p in pauses]
    closed = [
        Pause(n.started_on, n.started_on + (p.ended_on - p.started_on), "补正")
        for n, p in zip(near, pauses, strict=True)
    ]
    due = CN.add_working_days(start, count, closed)
    assert due.day == _oracle(start, count, closed)
    assert due.day.isoformat() in due.proof and str(count) in due.proof


@settings(max_examples=200, deadline=None)
@given(DATES, st.integers(1, 200))
def test_counting_back_gives_the_number_again(start: date, count: int) -> None:
    due = CN.add_working_days(start, count).day
    assert CN.working_days_between(start, due) == count
    assert CN.working_days_between(due, start) == -count


@settings(max_examples=100, deadline=None)
@given(DATES)
def test_a_last_natural_day_off_moves_to_a_working_day(start: date) -> None:
    assert CN.is_working(CN.add_natural_days(start, 15).day)


@pytest.mark.parametrize(
    ("day", "working"),
    [
        (date(2026, 10, 1), False),
        (date(2026, 10, 10), True),
        (date(2026, 2, 16), False),
        (date(2026, 11, 21), False),
        (date(2026, 11, 23), True),
    ],
)
def test_holidays_and_make_up_days(day: date, working: bool) -> None:
    assert CN.is_working(day) is working


def test_a_period_over_the_national_day_names_the_days_it_skips() -> None:
    due = CN.add_working_days(date(2026, 9, 28), 5)
    assert due.day == date(2026, 10, 10)
    assert "国庆节" in due.proof and "调休" in due.proof and not due.provisional


def test_a_year_without_published_holidays_is_provisional() -> None:
    due = CN.add_working_days(date(2027, 3, 1), 3)
    assert due.provisional and "尚未公布" in due.proof


def test_zero_days_are_today_or_the_next_working_day() -> None:
    assert CN.add_working_days(date(2026, 11, 23), 0).day == date(2026, 11, 23)
    assert CN.add_working_days(date(2026, 11, 21), 0).day == date(2026, 11, 23)


def test_the_calendar_can_be_edited_and_counts_at_once(house: House) -> None:
    assert house.engine.calendar().is_working(date(2026, 11, 24))
    house.engine.set_calendar_day(date(2026, 11, 24), False, "停工", "市政府通知")
    assert not house.engine.calendar().is_working(date(2026, 11, 24))
    assert not house.fresh().calendar().is_working(date(2026, 11, 24))
    house.engine.publish_calendar_year(2027, "国务院办公厅通知")
    assert not house.engine.calendar().add_working_days(date(2027, 3, 1), 3).provisional
    assert house.engine.seed_calendar() == 0
