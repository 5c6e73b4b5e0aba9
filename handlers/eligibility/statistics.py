"""Lists and counts over applications: countdown, overdue, by stage, by period, type, profile and region. Changes nothing.

Source: SH-022.R1 to R3, SH-048.R3. Who may ask is the screen's rule; `units` restricts to the cases of these units.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from engine import Calendar
from engine.canonical import loads
from engine.records import case_file_item, cases, user_task
from handlers.eligibility.records import KINDS, deleted_case

SOON_WORKING_DAYS = 5
_AGES = ((0, 17, "未满18岁"), (18, 25, "18至25岁"), (26, 35, "26至35岁"), (36, 50, "36至50岁"), (51, 200, "51岁以上"))
Rows = list[dict[str, Any]]


def _shown(units: Sequence[str] | None) -> list[Any]:
    """Deleted cases are on no list (SH-045.R8)."""
    where: list[Any] = [cases.c.id.not_in(select(deleted_case.c.case_id)), cases.c.process_key.in_(KINDS)]
    return [*where, cases.c.org_unit.in_(units)] if units is not None else where


def countdown(
    connection: Connection, calendar: Calendar, today: date, units: Sequence[str] | None = None
) -> tuple[Rows, dict[str, int]]:
    """Running cases by remaining working days, most urgent first, and how many stand in each state (SH-048.R3).

    state: overdue, soon (at most five working days) or normal; remaining is negative when overdue.
    """
    query = select(cases).where(cases.c.status == "running", cases.c.due_on.is_not(None), *_shown(units))
    rows: Rows = []
    for case in connection.execute(query.order_by(cases.c.due_on)).mappings():
        remaining = _remaining(calendar, today, case["due_on"])
        state = "overdue" if remaining < 0 else "soon" if remaining <= SOON_WORKING_DAYS else "normal"
        shown = {name: case[name] for name in ("case_no", "title", "org_unit", "submitted_on", "due_on")}
        rows.append({**shown, "remaining_working_days": remaining, "state": state})
    return rows, dict(Counter(row["state"] for row in rows))


def _remaining(calendar: Calendar, today: date, due_on: date) -> int:
    if today <= due_on:
        return calendar.working_days_between(today, due_on)
    return -calendar.working_days_between(due_on, today)


def overdue(
    connection: Connection, calendar: Calendar, today: date, at_least: int = 1, units: Sequence[str] | None = None
) -> Rows:
    """Overdue cases by department with how many working days they are late (SH-022.R1)."""
    rows, _ = countdown(connection, calendar, today, units)
    late = [row for row in rows if -row["remaining_working_days"] >= at_least]
    return sorted(late, key=lambda row: (row["org_unit"] or "", row["remaining_working_days"]))


def case_details(
    connection: Connection,
    *,
    process_key: str | None = None,
    since: date | None = None,
    until: date | None = None,
    stage: str | None = None,
    units: Sequence[str] | None = None,
) -> Rows:
    """Cases by type, time and handling stage (the name of the open step) (SH-022.R1)."""
    open_task = and_(user_task.c.case_id == cases.c.id, user_task.c.status.in_(("open", "claimed")))
    query: Select[Any] = (
        select(cases, func.min(user_task.c.name).label("stage"))
        .join(user_task, open_task, isouter=True)
        .where(*_shown(units))
        .group_by(*cases.columns)
        .order_by(cases.c.submitted_at.desc())
    )
    query = query.where(cases.c.process_key == process_key) if process_key else query
    query = query.where(cases.c.submitted_on >= since) if since else query
    query = query.where(cases.c.submitted_on <= until) if until else query
    query = query.having(func.min(user_task.c.name) == stage) if stage else query
    wanted = (
        "case_no",
        "title",
        "applicant_name",
        "mobile",
        "channel",
        "status",
        "outcome_name",
        "submitted_on",
        "stage",
    )
    return [{name: row[name] for name in wanted} for row in connection.execute(query).mappings()]


def statistics(
    connection: Connection, since: date, until: date, today: date, units: Sequence[str] | None = None
) -> dict[str, Any]:
    """Totals, and counts by month, type, region, age, employment, family size and income (SH-022.R2, R3)."""
    entries = list(_applications(connection, since, until, units))
    return {
        "total": len(entries),
        "by_month": _count(entries, lambda e: f"{e['submitted_on']:%Y-%m}"),
        "by_type": _count(entries, lambda e: KINDS.get(e["process_key"], e["process_key"])),
        "by_district": _count(entries, lambda e: e["district"] or "未知"),
        "by_age": _count(entries, lambda e: _age_band(e["form"], today)),
        "by_employment": _count(entries, lambda e: (e["form"].get("employment") or {}).get("status") or "未申报"),
        "by_family_size": _count(entries, lambda e: _size(e["form"])),
        "by_income": _count(entries, lambda e: _income_band(e["form"])),
        "applicants": [_basics(e) for e in entries],
    }


def _applications(
    connection: Connection, since: date, until: date, units: Sequence[str] | None
) -> Iterator[Mapping[str, Any]]:
    newest = (
        select(case_file_item.c.case_id, func.max(case_file_item.c.version).label("version"))
        .where(case_file_item.c.name == "application")
        .group_by(case_file_item.c.case_id)
        .subquery()
    )
    item = case_file_item.alias()
    query = (
        select(cases, item.c.value)
        .join(newest, newest.c.case_id == cases.c.id)
        .join(
            item, and_(item.c.case_id == cases.c.id, item.c.name == "application", item.c.version == newest.c.version)
        )
        .where(cases.c.submitted_on >= since, cases.c.submitted_on <= until, *_shown(units))
        .order_by(cases.c.submitted_at)
    )
    for row in connection.execute(query).mappings():
        yield {**row, "form": loads(row["value"])}


def _count(entries: Sequence[Mapping[str, Any]], by: Any) -> dict[str, int]:
    return dict(sorted(Counter(str(by(entry)) for entry in entries).items()))


def _size(form: Mapping[str, Any]) -> int:
    return 1 + len((form.get("household") or {}).get("members") or [])


def _income(form: Mapping[str, Any]) -> int | None:
    """Monthly income of the whole family in yuan; None if nobody declared any."""
    members = (form.get("household") or {}).get("members") or []
    told = [p.get("monthly_income_yuan") for p in [form.get("employment") or {}, *members]]
    return sum(t for t in told if t is not None) if any(t is not None for t in told) else None


def _income_band(form: Mapping[str, Any]) -> str:
    income = _income(form)
    if income is None:
        return "未申报"
    return "5000元以下" if income < 5000 else "5000至10000元" if income < 10000 else "10000元以上"


def _age_band(form: Mapping[str, Any], today: date) -> str:
    number = form["applicant"]["id_no"]
    if len(number) != 18 or not number[6:14].isdigit():
        return "未知"
    age = today.year - int(number[6:10]) - ((today.month, today.day) < (int(number[10:12]), int(number[12:14])))
    return next((name for low, high, name in _AGES if low <= age <= high), "未知")


def _basics(entry: Mapping[str, Any]) -> dict[str, Any]:
    submitted: datetime = entry["submitted_at"]
    shown = {"name": entry["applicant_name"], "contact": entry["mobile"], "submitted_at": submitted.isoformat()}
    kind = KINDS.get(entry["process_key"], entry["process_key"])
    return {**shown, "type": kind, "family_size": _size(entry["form"]), "income_yuan": _income(entry["form"])}
