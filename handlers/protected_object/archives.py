"""Archives of families: qualification as the cases stand now, allocation and sale as the flows entered them. Changes no entry.

Source: SH-195, SH-196, SH-197.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from engine import ValidationFailed, new_id
from engine.records import cases, user_task
from handlers.protected_object.records import KINDS, RENTAL_PARTS, SALE_PARTS, STATE_PARTS, archive_entry

PARTS: Mapping[str, Mapping[str, str]] = {"rental": RENTAL_PARTS, "sale": SALE_PARTS}
Row = dict[str, Any]


def qualifications(
    connection: Connection, asked: Mapping[str, str], limit: int = 20, offset: int = 0
) -> tuple[list[Row], int]:
    """Qualification archives: one for every application from the moment of its submission (SH-195.R1).

    asked: kind, district, text (name, identity or case number). Newest first, with the total.
    """
    wanted = [cases.c.process_key.in_([asked["kind"]] if asked.get("kind") else list(KINDS))]
    if asked.get("district"):
        wanted.append(cases.c.district == asked["district"])
    if asked.get("text"):
        text = asked["text"]
        hit = cases.c.applicant_name.contains(text, autoescape=True)
        wanted.append(or_(hit, cases.c.applicant_id_no == text, cases.c.case_no == text))
    total = connection.execute(select(func.count()).select_from(cases).where(*wanted)).scalar_one()
    query = select(cases).where(*wanted).order_by(cases.c.submitted_at.desc(), cases.c.case_no.desc())
    return [dict(row) for row in connection.execute(query.limit(limit).offset(offset)).mappings()], total


def stages(connection: Connection, case_id: str) -> list[Row]:
    """Every step of a review as it stands now: name, result, who, when; open steps without a result (SH-195.R2)."""
    shown = ("name", "element_id", "status", "outcome", "opinion", "completed_by_name", "created_at", "completed_at")
    columns = [user_task.c[name] for name in shown]
    query = select(*columns).where(user_task.c.case_id == case_id, user_task.c.status != "cancelled")
    return [dict(row) for row in connection.execute(query.order_by(user_task.c.created_at)).mappings()]


def record(connection: Connection, entry: Mapping[str, Any], by: str, now: datetime) -> str:
    """Add a part to a family's archive: purpose, kind, acceptance_no, id_no, name, part, happened_on, summary, content.

    Returns its id. Raises ValidationFailed for a part that the archive does not know (SH-196.R1, SH-197.R1).
    """
    parts = PARTS.get(str(entry["purpose"]), {})
    if entry["part"] not in parts or entry["kind"] not in KINDS:
        message = f"档案没有“{entry['part']}”这一部分，或没有住房品种“{entry['kind']}”。"
        raise ValidationFailed(message, errors=[{"path": "/part", "message": message}])
    row = {"district": None, "source_case_no": None, "content": {}, "summary": parts[entry["part"]], **entry}
    entry_id = new_id(now)
    connection.execute(archive_entry.insert().values(**row, id=entry_id, recorded_by=by, recorded_at=now))
    return entry_id


def families(
    connection: Connection, purpose: str, asked: Mapping[str, str], limit: int = 20, offset: int = 0
) -> tuple[list[Row], int]:
    """The dynamic ledger: a line for every family with its latest part and state, and the total (SH-196.R4, SH-197.R3)."""
    table = archive_entry
    wanted = [table.c.purpose == purpose]
    wanted += [table.c[name] == asked[name] for name in ("kind", "district") if asked.get(name)]
    if asked.get("text"):
        text = asked["text"]
        hit = table.c.name.contains(text, autoescape=True)
        wanted.append(or_(hit, table.c.id_no == text, table.c.acceptance_no == text))
    grouped = (
        select(
            table.c.acceptance_no,
            func.count().label("entries"),
            func.max(table.c.happened_on).label("last_on"),
            func.min(table.c.happened_on).label("first_on"),
        )
        .where(*wanted)
        .group_by(table.c.acceptance_no)
    )
    total = connection.execute(select(func.count()).select_from(grouped.subquery())).scalar_one()
    page = grouped.order_by(func.max(table.c.happened_on).desc(), table.c.acceptance_no).limit(limit).offset(offset)
    return [_family(connection, purpose, row) for row in connection.execute(page).mappings().all()], total


def _family(connection: Connection, purpose: str, line: Mapping[str, Any]) -> Row:
    entries = family(connection, purpose, line["acceptance_no"])
    last = entries[-1]
    state = next((e["part"] for e in reversed(entries) if e["part"] in STATE_PARTS), None)
    shown = {name: last[name] for name in ("acceptance_no", "kind", "id_no", "name", "district", "part", "summary")}
    return {**shown, "state": state, **{name: line[name] for name in ("entries", "first_on", "last_on")}}


def family(connection: Connection, purpose: str, acceptance_no: str) -> list[Row]:
    """All parts of one family's archive, the oldest first."""
    table = archive_entry
    query = select(table).where(table.c.purpose == purpose, table.c.acceptance_no == acceptance_no)
    ordered = query.order_by(table.c.happened_on, table.c.recorded_at, table.c.id)
    return [dict(row) for row in connection.execute(ordered).mappings()]


def figures(connection: Connection, purpose: str, first: date, last: date) -> Mapping[str, Sequence[tuple[str, int]]]:
    """Families by kind, district and part within a period; each family counts once in each line."""
    table = archive_entry
    counted = func.count(func.distinct(table.c.acceptance_no))
    span = (table.c.purpose == purpose, table.c.happened_on >= first, table.c.happened_on <= last)
    found: dict[str, list[tuple[str, int]]] = {}
    for name in ("kind", "district", "part"):
        query = select(table.c[name], counted).where(*span).group_by(table.c[name]).order_by(counted.desc())
        found[name] = [(str(row[0] or ""), int(row[1])) for row in connection.execute(query)]
    return found
