"""Registers: the six check interfaces of the sandbox, answering from the population. They change nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

from connectors.sandbox.people import Person
from connectors.sandbox.world import Operation, Payload, World, text
from connectors.subject import Match


def _head(payload: Payload, match: Match) -> dict[str, Any]:
    return {"idNo": text(payload, "idNo"), "name": text(payload, "name"), "match": match.value}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def real_estate(world: World, payload: Payload) -> dict[str, Any]:
    """SH-028.R2."""
    person, match = world.recognise("real_estate", payload)
    return _head(payload, match) | {"properties": [
        {"certificateNo": item.certificate_no, "address": item.address, "district": item.district,
         "usage": item.usage, "areaM2": str(item.area_m2), "share": f"{item.share.numerator}/{item.share.denominator}",
         "registeredOn": item.registered_on.isoformat(), "disposedOn": _day(item.disposed_on)}
        for item in (person.properties if person else ())]}


def public_housing(world: World, payload: Payload) -> dict[str, Any]:
    """SH-027.R2."""
    person, match = world.recognise("public_housing", payload)
    return _head(payload, match) | {"tenancies": [
        {"contractNo": item.contract_no, "address": item.address, "district": item.district, "role": item.role,
         "areaM2": str(item.area_m2), "residents": item.residents, "sinceOn": item.since_on.isoformat()}
        for item in (person.public_housing if person else ())]}


def resettlement(world: World, payload: Payload) -> dict[str, Any]:
    """SH-029.R2: homes only on a complete match."""
    person, match = world.recognise("resettlement", payload)
    return _head(payload, match) | {"homes": [
        {"agreementNo": item.agreement_no, "project": item.project, "address": item.address,
         "areaM2": str(item.area_m2), "persons": item.persons, "assignedOn": item.assigned_on.isoformat()}
        for item in (person.resettlement if person else ())]}


def social_insurance(world: World, payload: Payload) -> dict[str, Any]:
    """SH-026.R1."""
    person, match = world.recognise("social_insurance", payload)
    if person is None:
        return _head(payload, match) | {"state": "未参保", "monthsTotal": 0, "monthsRunning": 0, "lastPaidMonth": None,
                                        "employer": None, "employerCode": None}
    return _head(payload, match) | {
        "state": person.insurance_state, "monthsTotal": person.insurance_months,
        "monthsRunning": person.insurance_running, "lastPaidMonth": _last_paid_month(world, person),
        "employer": person.employer, "employerCode": person.employer_code}


def _last_paid_month(world: World, person: Person) -> str | None:
    """The month before this one; half a year ago if interrupted or ended."""
    if not person.insurance_months:
        return None
    back = 1 if person.insurance_running else 7
    months = world.population.today.year * 12 + world.population.today.month - 1 - back
    return f"{months // 12:04d}-{months % 12 + 1:02d}"


def marriage(world: World, payload: Payload) -> dict[str, Any]:
    """SH-026.R2."""
    person, match = world.recognise("marriage", payload)
    spouse = world.population.by_id_no.get(person.spouse_id_no or "") if person else None
    return _head(payload, match) | {
        "state": person.marital_status if person else "未知",
        "marriedOn": _day(person.married_on) if person else None,
        "divorcedOn": _day(person.divorced_on) if person else None,
        "spouseIdNo": spouse.id_no if spouse else None, "spouseName": spouse.name if spouse else None,
        "deceasedOn": _day(person.deceased_on) if person else None}


def violations(world: World, payload: Payload) -> dict[str, Any]:
    """Every record, also lifted ones."""
    person, match = world.recognise("violations", payload)
    return _head(payload, match) | {"records": [
        {"recordNo": item.record_no, "kind": item.kind, "reason": item.reason, "authority": "市住房保障事务中心",
         "decidedOn": item.decided_on.isoformat(), "barredUntil": _day(item.barred_until),
         "liftedOn": _day(item.lifted_on)} for item in (person.violations if person else ())]}


OPERATIONS = {name: (Operation("POST", "check", run, lookup=True),) for name, run in (
    ("real_estate", real_estate), ("public_housing", public_housing), ("resettlement", resettlement),
    ("social_insurance", social_insurance), ("marriage", marriage), ("violations", violations))}
