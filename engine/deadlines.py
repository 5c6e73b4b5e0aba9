"""What a changed holiday calendar does to deadlines that are open: foretold first, then moved with the calendar at once.

Moves no deadline that has passed, and none that was not reckoned in days. Every move stands in the case's history.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, delete, insert, select, text, update

from engine.actors import Actor
from engine.calendar import Calendar, CalendarDay, DueDay, Pause
from engine.clock import day_of, end_of
from engine.ground import Ground
from engine.records import calendar_day, calendar_year, cases, deadline_pause, timer, user_task
from engine.states import CaseStatus, EventKind, TaskStatus, TimerStatus
from engine.step import Step, locked_case

Changes = Mapping[date, CalendarDay | None]
_RECKONED = re.compile(r"自 (\d{4}-\d{2}-\d{2})（周.）起 (\d+) 个(工作日|自然日)")
_BUMP = text(
    "INSERT INTO model_stamp (name, value) VALUES ('calendar', 1)"
    " ON CONFLICT (name) DO UPDATE SET value = model_stamp.value + 1"
)


@dataclass(frozen=True, slots=True)
class Move:
    """One deadline that would stand on another day. kind: case, task or timer; subject_id is the row's id."""

    kind: str
    subject_id: str
    case_id: str
    case_no: str
    name: str
    before: date
    after: date
    proof: str


def changed(calendar: Calendar, changes: Changes, published: Sequence[int] = ()) -> Calendar:
    """The calendar with these days different; None takes a day back to Monday to Friday."""
    days = {day: special for day, special in calendar.days.items() if day not in changes}
    days |= {day: special for day, special in changes.items() if special is not None}
    return replace(calendar, days=days, published=calendar.published | frozenset(published))


def foretell(ground: Ground, changes: Changes, published: Sequence[int] = ()) -> list[Move]:
    """Every open deadline that would move, by case number. Writes nothing."""
    with ground.reading() as connection:
        now = ground.library.calendar(connection, ground.settings.jurisdiction)
        return sorted(
            _moves(ground, connection, changed(now, changes, published)), key=lambda move: (move.case_no, move.kind)
        )


def change_calendar(ground: Ground, changes: Changes, actor: Actor, published: Sequence[int] = ()) -> list[Move]:
    """Write the days and move the deadlines, all in one transaction; returns the moves. Known to every process within 1 s."""

    def work(connection: Connection) -> list[Move]:
        _write(connection, ground.settings.jurisdiction, changes, published)
        now = ground.library.calendar(connection, ground.settings.jurisdiction)
        moves = list(_moves(ground, connection, changed(now, changes, published)))
        by_case: dict[str, list[Move]] = {}
        for move in moves:
            by_case.setdefault(move.case_id, []).append(move)
        for case_id, own in sorted(by_case.items()):
            _carry_out(ground, connection, case_id, own, actor)
        return moves

    moves = ground.transact(work)
    ground.library.forget()
    return moves


def _write(connection: Connection, jurisdiction: str, changes: Changes, published: Sequence[int]) -> None:
    table = calendar_day
    connection.execute(delete(table).where(table.c.jurisdiction == jurisdiction, table.c.day.in_(list(changes))))
    for special in (special for special in changes.values() if special is not None):
        row = {"day": special.day, "working": special.working, "name": special.name, "source": special.source}
        connection.execute(insert(table).values(jurisdiction=jurisdiction, **row))
    years = select(calendar_year.c.year).where(calendar_year.c.jurisdiction == jurisdiction)
    for year in set(published) - set(connection.execute(years).scalars()):
        connection.execute(insert(calendar_year).values(jurisdiction=jurisdiction, year=year, source="节假日历"))
    connection.execute(_BUMP)


def _moves(ground: Ground, connection: Connection, calendar: Calendar) -> Iterator[Move]:
    today = ground.today()
    yield from _case_moves(connection, calendar, today)
    yield from _task_moves(connection, calendar, today)
    yield from _timer_moves(connection, calendar, today)


def _case_moves(connection: Connection, calendar: Calendar, today: date) -> Iterator[Move]:
    pauses: dict[str, list[Pause]] = {}
    for row in connection.execute(select(deadline_pause)):
        pauses.setdefault(row.case_id, []).append(Pause(row.started_on, row.ended_on, row.reason))
    query = select(cases).where(cases.c.status == CaseStatus.RUNNING, cases.c.due_on >= today)
    for row in connection.execute(query.where(cases.c.deadline_working_days.is_not(None))):
        due = calendar.add_working_days(row.submitted_on, row.deadline_working_days, pauses.get(row.id, ()))
        if due.day != row.due_on:
            yield Move("case", row.id, row.id, row.case_no, row.process_name, row.due_on, due.day, due.proof)


def _task_moves(connection: Connection, calendar: Calendar, today: date) -> Iterator[Move]:
    open_states = (TaskStatus.OPEN, TaskStatus.CLAIMED)
    query = select(user_task, cases.c.case_no).join(cases, cases.c.id == user_task.c.case_id)
    for row in connection.execute(query.where(user_task.c.status.in_(open_states), user_task.c.due_on >= today)):
        due = _again(calendar, row.due_proof)
        if due is not None and due.day != row.due_on:
            yield Move("task", row.id, row.case_id, row.case_no, row.name, row.due_on, due.day, due.proof)


def _timer_moves(connection: Connection, calendar: Calendar, today: date) -> Iterator[Move]:
    query = select(timer, cases.c.case_no).join(cases, cases.c.id == timer.c.case_id)
    for row in connection.execute(query.where(timer.c.status == TimerStatus.WAITING, timer.c.due_at >= end_of(today))):
        due = _again(calendar, row.due_proof)
        if due is not None and end_of(due.day) != row.due_at:
            yield Move("timer", row.id, row.case_id, row.case_no, row.name, _last_day(row.due_at), due.day, due.proof)


def _last_day(due_at: Any) -> date:
    """The day at whose end the timer is due."""
    return date.fromordinal(day_of(due_at).toordinal() - 1)


def _again(calendar: Calendar, proof: str | None) -> DueDay | None:
    """The due day reckoned anew from its own proof; None for one that was not reckoned in days."""
    match = _RECKONED.search(proof or "")
    if match is None:
        return None
    start, count = date.fromisoformat(match.group(1)), int(match.group(2))
    return (
        calendar.add_working_days(start, count)
        if match.group(3) == "工作日"
        else calendar.add_natural_days(start, count)
    )


def _carry_out(ground: Ground, connection: Connection, case_id: str, moves: Sequence[Move], actor: Actor) -> None:
    case, instance = locked_case(connection, case_id)
    step = Step(connection, ground.settings, ground.now(), ground.today(), actor, case, instance)
    for move in moves:
        values: dict[str, Any] = {"due_proof": move.proof}
        if move.kind == "case":
            step.change_case(due_on=move.after, due_proof=move.proof)
        elif move.kind == "task":
            values |= {"due_on": move.after, "due_at": end_of(move.after)}
            connection.execute(update(user_task).where(user_task.c.id == move.subject_id).values(values))
        else:
            values |= {"due_at": end_of(move.after)}
            connection.execute(update(timer).where(timer.c.id == move.subject_id).values(values))
        told = {
            "kind": move.kind,
            "name": move.name,
            "before": move.before.isoformat(),
            "after": move.after.isoformat(),
        }
        step.event(EventKind.CASE_DEADLINE_MOVED, {**told, "because": move.proof})
    step.finish()
