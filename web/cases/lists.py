"""Queries behind the lists and figures of cases: countdown, messages, statistics; reads only what the person may see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select

from engine import day_of
from engine.records import cases, outgoing_message, user_task
from web.auth.people import Person
from web.services import current_services, rows

_MOST = 5000


def visible(person: Person) -> ColumnElement[bool]:
    """The cases of the person's own units and below; all for an auditor."""
    if person.any_of("auditor", "system_admin"):
        return cases.c.id.is_not(None)
    return or_(cases.c.org_unit.in_(person.actor.org_units), cases.c.org_unit.is_(None), cases.c.started_by == person.account_id)


def between(first: date | None, last: date | None) -> ColumnElement[bool]:
    """Submitted on these days, both included."""
    wanted = [cases.c.id.is_not(None)]
    if first:
        wanted.append(cases.c.submitted_on >= first)
    if last:
        wanted.append(cases.c.submitted_on <= last)
    return and_(*wanted)


def current_steps(case_ids: list[str]) -> dict[str, str]:
    """The names of the open steps by case."""
    if not case_ids:
        return {}
    open_task = user_task.c.status.in_(("open", "claimed"))
    query = select(user_task.c.case_id, user_task.c.name).where(user_task.c.case_id.in_(case_ids), open_task)
    found: dict[str, str] = {}
    for row in rows(query):
        found[row["case_id"]] = "、".join(filter(None, (found.get(row["case_id"]), row["name"])))
    return found


def countdown_cases(person: Person, page: int, size: int) -> tuple[list[Mapping[str, Any]], int]:
    """Running cases by due day, the most urgent first (SH-048)."""
    wanted = and_(visible(person), cases.c.status == "running", cases.c.due_on.is_not(None))
    total = rows(select(func.count().label("n")).select_from(cases).where(wanted))[0]["n"]
    query = select(cases).where(wanted).order_by(cases.c.due_on, cases.c.case_no)
    return list(rows(query.limit(size).offset((page - 1) * size))), total


def countdown_figures(person: Person) -> dict[str, int]:
    """How many running cases are overdue, due today, within 3 days, within 10, later."""
    today = current_services().clock.today()
    wanted = and_(visible(person), cases.c.status == "running", cases.c.due_on.is_not(None))
    found = {"over": 0, "today": 0, "soon": 0, "later": 0}
    calendar = current_services().engine.calendar()
    for row in rows(select(cases.c.due_on, func.count().label("n")).where(wanted).group_by(cases.c.due_on)):
        left = calendar.working_days_between(today, row["due_on"])
        key = "over" if row["due_on"] < today else "today" if left == 0 else "soon" if left <= 3 else "later"
        found[key] += row["n"]
    return found


def messages(person: Person, text: str, first: date | None, last: date | None, page: int, size: int = 20) -> tuple[list[Mapping[str, Any]], int]:
    """Text messages by sending day and recipient (SH-047, SH-022)."""
    joined = outgoing_message.join(cases, outgoing_message.c.case_id == cases.c.id)
    wanted = [visible(person)]
    if text:
        wanted.append(or_(outgoing_message.c.mobile.contains(text, autoescape=True), cases.c.case_no.contains(text, autoescape=True)))
    from engine.clock import end_of, start_of

    if first:
        wanted.append(outgoing_message.c.sent_at >= start_of(first))
    if last:
        wanted.append(outgoing_message.c.sent_at < end_of(last))
    total = rows(select(func.count().label("n")).select_from(joined).where(*wanted))[0]["n"]
    query = select(outgoing_message, cases.c.case_no, cases.c.applicant_name).select_from(joined).where(*wanted)
    query = query.order_by(outgoing_message.c.sent_at.desc()).limit(size).offset((page - 1) * size)
    return list(rows(query)), total


@dataclass(frozen=True)
class Statistics:
    """Figures of a period: totals, and counts by several properties; `rows` are the cases behind them."""

    total: int
    running: int
    approved: int
    refused: int
    other: int
    by_day: list[tuple[str, int]]
    by_process: list[tuple[str, int]]
    by_district: list[tuple[str, int]]
    by_channel: list[tuple[str, int]]
    by_outcome: list[tuple[str, int]]
    by_age: list[tuple[str, int]]
    as_of: Any


def statistics(person: Person, first: date, last: date) -> Statistics:
    """Totals and distributions of the cases submitted in a period (SH-022)."""
    columns = (cases.c.process_name, cases.c.district, cases.c.channel, cases.c.status, cases.c.outcome, cases.c.outcome_name,
               cases.c.submitted_on, cases.c.applicant_id_no)  # fmt: skip
    found = rows(select(*columns).where(visible(person), between(first, last)).limit(_MOST * 20))
    ended = [row for row in found if row["status"] == "closed"]
    approved = [row for row in ended if _approved(row)]
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return Statistics(
        total=len(found),
        running=sum(row["status"] == "running" for row in found),
        approved=len(approved),
        refused=len(ended) - len(approved),
        other=sum(row["status"] not in ("running", "closed") for row in found),
        by_day=[(f"{one:%m-%d}", sum(row["submitted_on"] == one for row in found)) for one in days[-31:]],
        by_process=_count(row["process_name"] for row in found),
        by_district=_count(row["district"] or "" for row in found),
        by_channel=_count(row["channel"] for row in found),
        by_outcome=_count(row["outcome_name"] or row["status"] for row in found if row["status"] != "running"),
        by_age=_ages(found),
        as_of=current_services().clock.now(),
    )


def _approved(row: Mapping[str, Any]) -> bool:
    name = row["outcome_name"] or ""
    return name.startswith("审核通过") or "approved" in (row["outcome"] or "")


def _count(values: Any) -> list[tuple[str, int]]:
    found: dict[str, int] = {}
    for value in values:
        found[value] = found.get(value, 0) + 1
    return sorted(found.items(), key=lambda one: -one[1])


_AGES = ((0, 24, "24 岁以下"), (25, 34, "25—34 岁"), (35, 44, "35—44 岁"), (45, 59, "45—59 岁"), (60, 200, "60 岁以上"))


def _ages(found: Any) -> list[tuple[str, int]]:
    today = day_of(current_services().clock.now())
    counts = dict.fromkeys((words for _low, _high, words in _AGES), 0)
    for row in found:
        number = row["applicant_id_no"] or ""
        if len(number) == 18 and number[6:14].isdigit():
            age = today.year - int(number[6:10]) - ((today.month, today.day) < (int(number[10:12]), int(number[12:14])))
            for low, high, words in _AGES:
                counts[words] += low <= age <= high
    return list(counts.items())


def export_rows(person: Person, first: date, last: date) -> list[Mapping[str, Any]]:
    """The cases of a period for an export, at most 5,000."""
    return list(rows(select(cases).where(visible(person), between(first, last)).order_by(cases.c.submitted_at).limit(_MOST)))
