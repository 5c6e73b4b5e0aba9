"""The annual check of a batch of shared-ownership applicants: two comparisons of identity numbers, then what is left undone.

Source: SH-203.R4 to R6. A name that is written differently does not matter, the identity number does.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from engine import HandlerContext, IllegalTransition, ServiceResult, service_task
from handlers.fair_guard import judging
from handlers.fair_guard.raising import GUARD, raise_warning
from handlers.fair_guard.records import guarded_person, warning_entry

REGISTERED = ("registered", "publication", "signed", "delivered")


@service_task("fair_guard.annual_compare", outside=True)
def compare(ctx: HandlerContext) -> ServiceResult:
    """params: batch. Returns persons, same_batch, registered_earlier (identity numbers), warnings (case numbers)."""
    batch, engine = str(ctx.params["batch"]), ctx.services.engine
    with ctx.services.database.connect() as connection:
        people = batch_people(connection, batch)
        earlier = registered_before(connection, batch)
    doubled: list[str] = []
    known: list[str] = []
    numbers: list[str | None] = []
    for person in people:
        signals = judging.of_annual(engine, person["cases"] - 1, person["id_no"] in earlier)
        doubled += [person["id_no"]] if person["cases"] > 1 else []
        known += [person["id_no"]] if person["id_no"] in earlier else []
        for signal in signals:
            about = {name: person[name] for name in ("id_no", "name", "acceptance_no", "district", "sub_district")}
            subject = f"annual:{batch}:{person['id_no']}:{signal.category}"
            numbers.append(raise_warning(ctx.services, signal, subject, about))
    value = {"batch": batch, "persons": len(people), "same_batch": doubled, "registered_earlier": known}
    return ServiceResult({**value, "warnings": [number for number in numbers if number]})


def batch_people(connection: Connection, batch: str) -> list[dict[str, Any]]:
    """Every applicant of a batch once, with the number of cases that name the person."""
    table = guarded_person
    own = (table.c.kind == "shared_ownership", table.c.batch == batch, table.c.role == "applicant")
    query = (
        select(
            table.c.id_no,
            func.min(table.c.name).label("name"),
            func.min(table.c.acceptance_no).label("acceptance_no"),
            func.min(table.c.district).label("district"),
            func.min(table.c.sub_district).label("sub_district"),
            func.count().label("cases"),
        )
        .where(*own)
        .group_by(table.c.id_no)
        .order_by(table.c.id_no)
    )
    return [dict(row) for row in connection.execute(query).mappings()]


def registered_before(connection: Connection, batch: str) -> frozenset[str]:
    """Identity numbers of all applicants of other batches who have obtained their registration (登录证明)."""
    table = guarded_person
    query = select(table.c.id_no).where(
        table.c.kind == "shared_ownership",
        table.c.role == "applicant",
        table.c.batch.is_not(None),
        table.c.batch < batch,
        table.c.stage.in_(REGISTERED),
    )
    return frozenset(connection.execute(query).scalars())


@service_task("fair_guard.annual_review")
def review(ctx: HandlerContext) -> ServiceResult:
    """Warnings of the year by colour: how many, handled, still open, overdue (SH-203.R6). params: year.

    Returns figures (by colour) and omissions (overdue or never taken up: case_no, colour, name, due_on).
    """
    assert ctx.connection is not None
    return ServiceResult(undone(ctx.connection, int(ctx.params["year"]), ctx.today))


def undone(connection: Connection, year: int, today: date) -> dict[str, Any]:
    """The year's warnings and those among them that nobody handled in time."""
    table = warning_entry
    query = select(table).where(table.c.raised_on >= date(year, 1, 1), table.c.raised_on <= date(year, 12, 31))
    rows = connection.execute(query.order_by(table.c.rank.desc(), table.c.due_on, table.c.case_no)).mappings().all()
    figures = {
        colour: {"total": 0, "handled": 0, "open": 0, "overdue": 0} for colour in ("red", "brown", "orange", "yellow")
    }
    omissions = []
    for row in rows:
        own = figures[row["colour"]]
        own["total"] += 1
        own["open" if row["closed_at"] is None else "handled"] += 1
        if row["closed_at"] is None and row["due_on"] is not None and row["due_on"] < today:
            own["overdue"] += 1
            shown = {name: row[name] for name in ("case_no", "colour", "name", "status")}
            omissions.append({**shown, "due_on": row["due_on"].isoformat()})
    return {"year": year, "figures": figures, "omissions": omissions, "omitted": len(omissions)}


@service_task("fair_guard.urge", outside=True)
def urge(ctx: HandlerContext) -> ServiceResult:
    """Remind whoever holds the omitted warnings. params: omissions. Returns reminded (case numbers)."""
    engine, reminded = ctx.services.engine, []
    for omitted in ctx.params.get("omissions") or []:
        with suppress(IllegalTransition):  # closed since the list was made
            engine.remind(engine.case(omitted["case_no"]).id, GUARD, "年检发现尚未处置，请尽快办理")
            reminded.append(omitted["case_no"])
    return ServiceResult({"reminded": reminded})
