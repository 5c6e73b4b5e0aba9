"""Questions to and entries in the registers of fair guard, inside the caller's transaction. Judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from engine import new_id
from handlers.fair_guard.records import RENTAL, guarded_person, guarded_term, warning_entry, warning_move

Row = dict[str, Any]
PERSON_FIELDS = ("state", "stage", "cancelled_until", "delivered_on", "batch", "district", "sub_district")


def enter_persons(
    connection: Connection, base: Mapping[str, Any], persons: Iterable[Mapping[str, Any]], today: date, now: datetime
) -> int:
    """Keep the persons of a case. base: acceptance_no, case_id, kind, state and further columns; returns how many are new.

    A person who is entered already keeps the place and takes the new values. Source: SH-200.R1, SH-201.R1.
    """
    new = 0
    for person in {person["id_no"]: person for person in persons}.values():
        table = guarded_person
        values = {name: base[name] for name in PERSON_FIELDS if base.get(name) is not None} | {"updated_at": now}
        own = (table.c.acceptance_no == base["acceptance_no"], table.c.id_no == person["id_no"])
        if connection.execute(update(table).where(*own).values(**values)).rowcount:
            continue
        fixed = {name: base.get(name) for name in ("acceptance_no", "case_id", "kind")}
        named = {name: person[name] for name in ("id_no", "name", "role")}
        row = {**values, **fixed, **named, "id": new_id(now), "entered_on": today}
        connection.execute(table.insert().values(**row))
        new += 1
    return new


def change_persons(connection: Connection, acceptance_no: str, values: Mapping[str, Any], now: datetime) -> int:
    """Move the persons of a case to another state or stage; returns how many."""
    known = {name: values[name] for name in PERSON_FIELDS if values.get(name) is not None}
    table = guarded_person
    changed = update(table).where(table.c.acceptance_no == acceptance_no).values(**known, updated_at=now)
    return int(connection.execute(changed).rowcount)


def existing(connection: Connection, id_no: str, apart_from: str | None, today: date) -> list[Row]:
    """What is known of a person elsewhere, with the state that holds today: a cancellation period may have ended."""
    table = guarded_person
    query = select(table).where(table.c.id_no == id_no).order_by(table.c.entered_on, table.c.id)
    found = [dict(row) for row in connection.execute(query).mappings() if row["acceptance_no"] != apart_from]
    return [{**row, "state": state_on(row, today)} for row in found]


def state_on(row: Mapping[str, Any], today: date) -> str:
    """«given_up» only lasts to the end of the cancellation period (注销期)."""
    until = row["cancelled_until"]
    return "ended" if row["state"] == "given_up" and until is not None and until < today else str(row["state"])


def enjoys_rental(connection: Connection, id_no: str) -> bool:
    """Whether a person is a beneficiary of any rental security housing."""
    table = guarded_person
    query = select(table.c.id).where(table.c.id_no == id_no, table.c.state == "enjoying", table.c.kind.in_(RENTAL))
    return connection.execute(query.limit(1)).first() is not None


def is_low_rent_beneficiary(connection: Connection, id_no: str) -> bool:
    table = guarded_person
    query = select(table.c.id).where(table.c.id_no == id_no, table.c.state == "enjoying", table.c.kind == "low_rent")
    return connection.execute(query.limit(1)).first() is not None


def save_term(connection: Connection, row: Mapping[str, Any], now: datetime) -> None:
    """Enter a lease, an agreement or a contract, or change it; its number is the key."""
    values = {**row, "updated_at": now}
    changed = update(guarded_term).where(guarded_term.c.number == row["number"]).values(**values)
    if not connection.execute(changed).rowcount:
        connection.execute(guarded_term.insert().values(**{"status": "valid", **values}))


def contracts_of_lessor(
    connection: Connection, lessor_id_no: str, apart_from: str, first: date, last: date
) -> Sequence[str]:
    """Numbers of the lessor's other valid contracts whose time meets these days (SH-200.R3)."""
    table = guarded_term
    query = select(table.c.number).where(
        table.c.lessor_id_no == lessor_id_no,
        table.c.number != apart_from,
        table.c.status == "valid",
        table.c.starts_on <= last,
        table.c.expires_on >= first,
    )
    return list(connection.execute(query.order_by(table.c.number)).scalars())


def last_warning(connection: Connection, subject: str) -> Row | None:
    """The latest warning about a subject, open or closed."""
    table = warning_entry
    query = select(table).where(table.c.subject == subject).order_by(table.c.round.desc()).limit(1)
    row = connection.execute(query).mappings().first()
    return dict(row) if row else None


def enter_warning(connection: Connection, row: Mapping[str, Any], actor: str, note: str) -> None:
    """Put a warning on the list with the first step of its handling (SH-203.R1)."""
    count = select(func.count()).select_from(warning_entry).where(warning_entry.c.subject == row["subject"])
    number = connection.execute(count).scalar_one() + 1
    connection.execute(warning_entry.insert().values(**row, round=number))
    _note(connection, row["case_id"], row["colour"], row["status"], actor, note, row["raised_at"])


def move_warning(
    connection: Connection, case_id: str, status: str, actor: str, note: str, now: datetime, closes: bool = False
) -> Row:
    """Note a step of the handling; returns the entry as it is now."""
    values: Row = {"status": status} | ({"closed_at": now, "result": note} if closes else {})
    connection.execute(update(warning_entry).where(warning_entry.c.case_id == case_id).values(**values))
    row = connection.execute(select(warning_entry).where(warning_entry.c.case_id == case_id)).mappings().one()
    _note(connection, case_id, row["colour"], status, actor, note, now)
    return dict(row)


def escalate_warning(connection: Connection, entry: Row, values: Mapping[str, Any], note: str, now: datetime) -> None:
    """A graver colour for an open warning: the same entry, another step of its evolution (SH-203.R3)."""
    connection.execute(update(warning_entry).where(warning_entry.c.case_id == entry["case_id"]).values(**values))
    _note(connection, entry["case_id"], values["colour"], entry["status"], "公平卫士", note, now)


def _note(connection: Connection, case_id: str, colour: str, status: str, actor: str, note: str, at: datetime) -> None:
    count = select(func.count()).select_from(warning_move).where(warning_move.c.case_id == case_id)
    row = {"case_id": case_id, "at": at, "colour": colour, "status": status, "actor": actor}
    row["seq"] = connection.execute(count).scalar_one() + 1
    connection.execute(warning_move.insert().values(**row, note=note))


def moves(connection: Connection, case_id: str) -> list[Row]:
    """How a warning went on, the first step first (SH-203.R2, R3)."""
    query = select(warning_move).where(warning_move.c.case_id == case_id).order_by(warning_move.c.seq)
    return [dict(row) for row in connection.execute(query).mappings()]


def warnings(
    connection: Connection, asked: Mapping[str, str], limit: int = 20, offset: int = 0
) -> tuple[list[Row], int]:
    """The warning list by district, sub_district, applicant (name or identity number), acceptance_no, colour, status,
    category, open («1»); newest first, with the total. Source: SH-203.R1."""
    table, wanted = warning_entry, []
    wanted += [table.c[name] == asked[name] for name in ("district", "colour", "status", "category") if asked.get(name)]
    if asked.get("sub_district"):
        wanted.append(table.c.sub_district.contains(asked["sub_district"], autoescape=True))
    if asked.get("acceptance_no"):
        wanted.append(table.c.acceptance_no == asked["acceptance_no"])
    if asked.get("applicant"):
        text = asked["applicant"]
        wanted.append(or_(table.c.name.contains(text, autoescape=True), table.c.id_no == text))
    if asked.get("open") == "1":
        wanted.append(table.c.closed_at.is_(None))
    total = connection.execute(select(func.count()).select_from(table).where(*wanted)).scalar_one()
    query = select(table).where(*wanted).order_by(table.c.raised_at.desc(), table.c.case_id.desc())
    return [dict(row) for row in connection.execute(query.limit(limit).offset(offset)).mappings()], total


def warning_figures(connection: Connection, by: str = "colour") -> dict[tuple[str, bool], int]:
    """How many warnings there are by a column and whether they are open: {(value, open): count}."""
    table = warning_entry
    is_open = table.c.closed_at.is_(None).label("is_open")
    query = select(table.c[by], is_open, func.count().label("n")).group_by(table.c[by], is_open)
    return {(str(row[0] or ""), bool(row[1])): int(row[2]) for row in connection.execute(query)}


def trend(connection: Connection, district: str | None, first: date, last: date) -> dict[str, dict[str, int]]:
    """Warnings raised by month («2026-11») and colour between two days: how the risk develops (SH-203.R3)."""
    table = warning_entry
    wanted = [table.c.raised_on >= first, table.c.raised_on <= last]
    wanted += [table.c.district == district] if district else []
    query = select(table.c.raised_on, table.c.colour, func.count()).where(*wanted)
    found: dict[str, dict[str, int]] = {}
    for day, colour, count in connection.execute(query.group_by(table.c.raised_on, table.c.colour)):
        month = found.setdefault(f"{day:%Y-%m}", {})
        month[colour] = month.get(colour, 0) + int(count)
    return found
