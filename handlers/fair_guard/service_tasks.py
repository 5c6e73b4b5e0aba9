"""Steps of fair guard in the flows: check an application, keep persons and terms, follow a warning. Refuses nobody itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from engine import HandlerContext, ServiceResult, service_task
from handlers.fair_guard import annual, judging, registers
from handlers.fair_guard.judging import Signal
from handlers.fair_guard.raising import raise_warning

__all__ = ["annual"]
Found = list[tuple[Signal, Mapping[str, Any], str]]


@service_task("fair_guard.check", outside=True)
def check(ctx: HandlerContext) -> ServiceResult:
    """Everything that the tables say about an application at a stage; each signal becomes a warning case.

    params: kind, persons (id_no, name, relation or role, marital_status, marital_since), acceptance_no and, where known,
    stage and delivered_on (shared ownership), household (size, illness_poverty, income_fen, assets_fen), lessor (id_no,
    name, contract_no, starts_on, expires_on), district, sub_district, keep (false: only ask).
    Returns colour, blocked, signals, warnings (case numbers). Source: SH-199 to SH-202.R5.
    """
    engine, asked = ctx.services.engine, {**ctx.params, "acceptance_no": acceptance_no(ctx)}
    persons = [{**person, "role": role_of(person)} for person in asked.get("persons") or []]
    with ctx.services.database.connect() as connection:
        found = [
            *_of_persons(engine, connection, asked, persons, ctx.today),
            *_of_facts(engine, asked, persons, ctx.today),
            *_of_lessor(engine, connection, asked.get("lessor")),
        ]
    place = {name: asked.get(name) for name in ("acceptance_no", "district", "sub_district")}
    numbers = [raise_warning(ctx.services, signal, subject, {**place, **about}) for signal, about, subject in found]
    signals = [{**signal.as_item(), **about} for signal, about, _ in found]
    value = {
        "colour": judging.worst(signal for signal, _, _ in found),
        "blocked": any(signal.block for signal, _, _ in found),
        "signals": signals,
        "warnings": list(dict.fromkeys(number for number in numbers if number)),
        "checked_on": ctx.today.isoformat(),
    }
    if asked.get("keep") is False:
        return ServiceResult(value)
    base = {**place, "case_id": ctx.case.id, "kind": asked["kind"], "state": "in_review", "stage": asked.get("stage")}

    def keep(connection: Connection) -> None:
        registers.enter_persons(connection, base, persons, ctx.today, ctx.now)

    return ServiceResult(value, (), keep)


def acceptance_no(ctx: HandlerContext) -> str:
    """The number under which the persons are known: the case's own unless another is named."""
    return str(ctx.params.get("acceptance_no") or ctx.case.case_no)


def role_of(person: Mapping[str, Any]) -> str:
    """applicant for 本人 (or when it says so), co_resident for all others."""
    return str(person.get("role") or ("applicant" if person.get("relation") in (None, "本人") else "co_resident"))


def day(value: Any) -> date | None:
    return date.fromisoformat(value) if value else None


def _of_persons(
    engine: Any, connection: Connection, asked: Mapping[str, Any], persons: Iterable[Mapping[str, Any]], today: date
) -> Found:
    found: Found = []
    for person in persons:
        records = registers.existing(connection, person["id_no"], asked["acceptance_no"], today)
        about = {"name": person["name"], "id_no": person["id_no"]}
        for signal, record in judging.of_application(engine, {"kind": asked["kind"], "role": person["role"]}, records):
            subject = (
                f"application:{asked['acceptance_no']}:{person['id_no']}:{record['acceptance_no']}:{signal.category}"
            )
            if signal.category == "rental_beneficiary":
                continue  # the ladder below says its colour
            found.append((signal, {**about, "existing_no": record["acceptance_no"]}, subject))
        if asked["kind"] == "shared_ownership" and registers.enjoys_rental(connection, person["id_no"]):
            stage, delivered_on = str(asked.get("stage") or "applied"), day(asked.get("delivered_on"))
            found += of_purchase(engine, asked["acceptance_no"], about, stage, delivered_on, today)
    return found


def of_purchase(
    engine: Any, number: str, about: Mapping[str, Any], stage: str, delivered_on: date | None, today: date
) -> Found:
    """The ladder of SH-199 and the housing control of SH-202 for one person who enjoys rental housing."""
    ladder = judging.of_stage(engine, stage, delivered_on, today)
    housing = judging.of_housing(engine, stage, delivered_on, today)
    key = f"{number}:{about['id_no']}"
    return [(s, about, f"purchase:{key}") for s in ladder] + [(s, about, f"housing:{key}") for s in housing]


def _of_facts(engine: Any, asked: Mapping[str, Any], persons: list[dict[str, Any]], today: date) -> Found:
    """Economic and marriage controls (SH-202.R3 to R5) where the facts are known."""
    found: Found = []
    number, kind = asked["acceptance_no"], asked["kind"]
    if kind == "low_rent" and asked.get("household"):
        about = {"name": persons[0]["name"], "id_no": persons[0]["id_no"]}
        for signal in judging.of_economy(engine, asked["household"]):
            found.append((signal, about, f"economy:{number}"))
    if kind in ("low_rent", "shared_ownership"):
        for person in persons:
            if not person.get("marital_status"):
                continue
            since = day(person.get("marital_since"))
            about = {"name": person["name"], "id_no": person["id_no"]}
            for signal in judging.of_marriage(engine, person["marital_status"], since, today):
                found.append((signal, about, f"marriage:{number}:{person['id_no']}"))
    return found


def _of_lessor(engine: Any, connection: Connection, lessor: Mapping[str, Any] | None) -> Found:
    """The lessor of a lease contract that is being entered (SH-200.R2, R3)."""
    if not lessor:
        return []
    first, last = date.fromisoformat(lessor["starts_on"]), date.fromisoformat(lessor["expires_on"])
    others = registers.contracts_of_lessor(connection, lessor["id_no"], lessor["contract_no"], first, last)
    beneficiary = registers.is_low_rent_beneficiary(connection, lessor["id_no"])
    about = {"name": lessor["name"], "id_no": lessor["id_no"], "existing_no": "、".join(others) or None}
    signals = judging.of_lessor(engine, beneficiary, len(others))
    return [(signal, about, f"lessor:{lessor['contract_no']}:{signal.category}") for signal in signals]


@service_task("fair_guard.record")
def record(ctx: HandlerContext) -> ServiceResult:
    """A case comes to another state or stage: waiting, enjoying, given_up, ended; registered, signed, delivered.

    params: state and, where known, stage, delivered_on, cancelled_until, batch, acceptance_no, kind and persons (to enter
    them). Returns persons (number). Source: SH-199, SH-201.R1 (the waiting state is followed at once).
    """
    assert ctx.connection is not None
    values = {name: ctx.params.get(name) for name in registers.PERSON_FIELDS}
    values |= {name: day(ctx.params.get(name)) for name in ("delivered_on", "cancelled_until")}
    number = acceptance_no(ctx)
    persons = [{**person, "role": role_of(person)} for person in ctx.params.get("persons") or []]
    if persons:
        base = {**values, "acceptance_no": number, "case_id": ctx.case.id, "kind": ctx.params["kind"]}
        registers.enter_persons(ctx.connection, base, persons, ctx.today, ctx.now)
    changed = registers.change_persons(ctx.connection, number, values, ctx.now)
    return ServiceResult({"acceptance_no": number, "persons": changed, "state": values["state"]})


@service_task("fair_guard.term")
def term(ctx: HandlerContext) -> ServiceResult:
    """Keep a lease, a subsidy agreement or a contract whose end is watched. params: the columns of guarded_term."""
    assert ctx.connection is not None
    given = {name: value for name, value in ctx.params.items() if value is not None}
    given |= {name: day(given.get(name)) for name in ("starts_on", "expires_on")}
    registers.save_term(ctx.connection, given, ctx.now)
    return ServiceResult({"number": given["number"], "expires_on": given["expires_on"].isoformat()})


@service_task("fair_guard.enter")
def enter(ctx: HandlerContext) -> ServiceResult:
    """Put the warning on the list (SH-203.R1). params: warning (the start form), handling (rank and periods).

    Returns due_on, status.
    """
    assert ctx.connection is not None
    warning, handling = ctx.params["warning"], ctx.params["handling"]
    due = ctx.calendar.add_working_days(ctx.today, int(handling["handle_working_days"])).day
    shown = ("colour", "category", "action", "id_no", "name", "acceptance_no", "district", "sub_district", "decision")
    row = {
        **{name: warning.get(name) for name in shown},
        "subject": warning.get("subject") or f"manual:{ctx.case.case_no}",
        "case_id": ctx.case.id,
        "case_no": ctx.case.case_no,
        "rank": int(handling["rank"]),
        "status": "raised",
        "due_on": due,
        "decision_version": warning.get("decision_version"),
        "facts": warning.get("basis"),
        "raised_on": ctx.today,
        "raised_at": ctx.now,
    }
    registers.enter_warning(ctx.connection, row, "公平卫士", str(warning.get("note") or "规则触发预警"))
    return ServiceResult({"status": "raised", "due_on": due.isoformat()})


@service_task("fair_guard.progress")
def progress(ctx: HandlerContext) -> ServiceResult:
    """The next step of a warning on the list. params: status, note, actor. Returns status, colour."""
    return _moved(ctx, closes=False)


@service_task("fair_guard.close")
def close(ctx: HandlerContext) -> ServiceResult:
    """Close a warning as handled or cleared. params: status, note, actor. Returns status, colour."""
    return _moved(ctx, closes=True)


def _moved(ctx: HandlerContext, closes: bool) -> ServiceResult:
    assert ctx.connection is not None
    status, note = str(ctx.params["status"]), str(ctx.params.get("note") or "")
    actor = str(ctx.params.get("actor") or "公平卫士")
    row = registers.move_warning(ctx.connection, ctx.case.id, status, actor, note, ctx.now, closes)
    return ServiceResult({"status": status, "colour": row["colour"]})
