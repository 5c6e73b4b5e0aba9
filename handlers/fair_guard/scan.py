"""The daily round of fair guard: new cases of the four kinds, purchases of rental beneficiaries, terms that come to an end.

Raises warnings and changes no other register. What fails for one person is logged and tried in the next round.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from engine import UserFault
from engine.records import cases
from handlers.fair_guard import judging, registers
from handlers.fair_guard.judging import Signal
from handlers.fair_guard.raising import raise_warning
from handlers.fair_guard.records import KINDS, TERMS, guarded_person, guarded_term
from handlers.fair_guard.rules import add_months
from handlers.fair_guard.service_tasks import of_purchase

LOG = logging.getLogger("guangsha.fair_guard")
LONGEST_LEAD_MONTHS = 24
BATCH = 500
Warned = tuple[Signal, Mapping[str, Any], str]


@dataclass(slots=True)
class Scanned:
    """What one round came to: cases that were entered or closed, signals, warnings that are open because of them."""

    entered: int = 0
    closed: int = 0
    signals: int = 0
    warnings: int = 0


def scan(services: Any) -> Scanned:
    """services: .engine, .database. Safe to repeat at any time. Source: SH-199, 201, 202.R6 to R8, SH-203.R1."""
    found, today = Scanned(), services.engine.today()
    found.closed = follow_closed(services)
    news = take_new(services, today)
    found.entered = len(news)
    with services.database.connect() as connection:
        warned = [
            *_of_new_cases(services.engine, connection, news, today),
            *_of_purchases(services.engine, connection, today),
            *_of_terms(services.engine, connection, today),
        ]
    for signal, about, subject in warned:
        found.signals += 1
        try:
            found.warnings += raise_warning(services, signal, subject, about) is not None
        except UserFault as fault:
            LOG.warning("the warning %s was not raised: %s", subject, fault.message)
    return found


def take_new(services: Any, today: date) -> list[dict[str, Any]]:
    """Enter the persons of housing cases that nobody entered yet; returns them with kind and acceptance_no."""
    missing = and_(cases.c.process_key.in_(list(KINDS)), guarded_person.c.id.is_(None))
    query = select(cases).outerjoin(guarded_person, guarded_person.c.case_id == cases.c.id).where(missing).limit(BATCH)
    with services.database.connect() as connection:
        rows = list(connection.execute(query).mappings())
    found: list[dict[str, Any]] = []
    for row in rows:
        scope = services.engine.case_file_scope(row["id"])
        persons = persons_of(scope.get("application") or {}, row)
        base = {
            "acceptance_no": row["case_no"],
            "case_id": row["id"],
            "kind": row["process_key"],
            "state": state_of(row),
            "stage": "applied" if row["process_key"] == "shared_ownership" else None,
            "district": row["district"],
        }
        with services.database.begin() as connection:
            registers.enter_persons(connection, base, persons, today, services.engine.now())
        found += [{**base, **person} for person in persons if base["state"] == "in_review"]
    return found


def persons_of(application: Mapping[str, Any], row: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Applicant and co-residents as an application names them; the case's own applicant where the form has none."""
    head = application.get("applicant") or {"name": row["applicant_name"], "id_no": row["applicant_id_no"]}
    members = (application.get("household") or {}).get("members") or []
    named = [{**head, "role": "applicant"}, *({**member, "role": "co_resident"} for member in members)]
    return [
        {"id_no": person["id_no"], "name": str(person.get("name") or ""), "role": person["role"]}
        for person in named
        if person.get("id_no")
    ]


def state_of(row: Mapping[str, Any]) -> str:
    """in_review while it runs, waiting once admitted, ended otherwise."""
    if row["status"] == "running":
        return "in_review"
    return "waiting" if row["status"] == "closed" and str(row["outcome_name"] or "").startswith("审核通过") else "ended"


def follow_closed(services: Any) -> int:
    """Cases that ended since the last round: their persons wait now, or are free. Returns how many cases."""
    in_review = and_(
        guarded_person.c.state == "in_review", cases.c.status != "running", cases.c.process_key.in_(list(KINDS))
    )
    query = select(cases).join(guarded_person, guarded_person.c.case_id == cases.c.id).where(in_review).distinct()
    with services.database.begin() as connection:
        rows = list(connection.execute(query.limit(BATCH)).mappings())
        for row in rows:
            registers.change_persons(connection, row["case_no"], {"state": state_of(row)}, services.engine.now())
    return len(rows)


def _of_new_cases(engine: Any, connection: Connection, news: list[dict[str, Any]], today: date) -> Iterator[Warned]:
    for person in news:
        records = registers.existing(connection, person["id_no"], person["acceptance_no"], today)
        for signal, record in judging.of_application(engine, person, records):
            if signal.category == "rental_beneficiary":
                continue  # the ladder of purchases says its colour
            subject = (
                f"application:{person['acceptance_no']}:{person['id_no']}:{record['acceptance_no']}:{signal.category}"
            )
            yield signal, {**_about(person), "existing_no": record["acceptance_no"]}, subject


def _of_purchases(engine: Any, connection: Connection, today: date) -> Iterator[Warned]:
    """Shared-ownership cases of people who enjoy rental housing, at the stage that they have come to."""
    table = guarded_person
    running = (table.c.kind == "shared_ownership", table.c.role == "applicant", table.c.stage.is_not(None))
    for row in connection.execute(
        select(table).where(*running, table.c.state.not_in(("ended", "given_up")))
    ).mappings():
        if registers.enjoys_rental(connection, row["id_no"]):
            about = _about(row)
            for signal, _, subject in of_purchase(
                engine, row["acceptance_no"], about, row["stage"], row["delivered_on"], today
            ):
                yield signal, about, subject


def _of_terms(engine: Any, connection: Connection, today: date) -> Iterator[Warned]:
    """Terms that may be near their end; the table says which of them are. One subject a term: its colour only climbs."""
    table = guarded_term
    near = (table.c.status == "valid", table.c.expires_on <= add_months(today, LONGEST_LEAD_MONTHS))
    for row in connection.execute(select(table).where(*near).order_by(table.c.expires_on)).mappings():
        for signal in judging.of_term(engine, row["kind"], row["expires_on"], today):
            note = f"{TERMS[row['kind']]} {row['number']} {row['expires_on'].isoformat()} 到期"
            about = {**_about(row), "manager_mobile": row["manager_mobile"], "existing_no": row["number"], "note": note}
            yield signal, about, f"term:{row['number']}:{row['expires_on'].isoformat()}"


def _about(row: Mapping[str, Any] | Row[Any]) -> dict[str, Any]:
    names = ("name", "id_no", "acceptance_no", "district", "sub_district")
    return {name: row.get(name) for name in names}  # type: ignore[union-attr]
