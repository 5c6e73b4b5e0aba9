"""World: what the systems of the sandbox stand on, and the form in which they declare their operations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from connectors.sandbox.ledger import Ledger
from connectors.sandbox.people import Person
from connectors.sandbox.population import Population
from connectors.subject import Match, normal_name

Payload = Mapping[str, Any]
_HOUSING = ("real_estate", "public_housing", "resettlement")


class Refusal(Exception):
    """The system understood and refuses: HTTP status, code (R…) and Chinese message."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message


@dataclass(frozen=True, slots=True)
class World:
    """One population and one ledger under all systems."""

    population: Population
    ledger: Ledger

    def as_of(self, system: str) -> date:
        """Housing registers stand for yesterday (SH-031.R3), the others for today."""
        return self.population.today - timedelta(days=1 if system in _HOUSING else 0)

    def recognise(self, system: str, payload: Payload) -> tuple[Person | None, Match]:
        """The person in this system's files and how far the question fits; the person only on a full match."""
        person = self.population.by_id_no.get(text(payload, "idNo").upper())
        if person is None or "no_data_found" in person.situations:
            return None, Match.NOT_FOUND
        on_file = person.former_name if person.former_name and system in _HOUSING else person.name
        if normal_name(text(payload, "name")) != normal_name(on_file):
            return None, Match.NAME_DIFFERS
        if system == "resettlement" and "resettlement_partial_match" in person.situations:
            return None, Match.PARTIAL
        return person, Match.MATCHED

    def somebody_else(self, id_no: str) -> Person:
        """The person whom a confused system mistakes for this one: a namesake if there is one, else a neighbour."""
        people = self.population.people
        asked = self.population.by_id_no.get(id_no)
        namesakes = (person for person in people if asked and person.name == asked.name and person.id_no != id_no)
        owners = (person for person in people if person.properties and person.id_no != id_no)
        return next(namesakes, None) or next(owners)


Run = Callable[[World, Payload], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Operation:
    """method and path below the system's URL; run gives the data of the envelope or raises Refusal.

    subject: the payload's keys that say about whom; wrong_person mode mixes them up. lookup: no state is changed.
    """

    method: str
    path: str
    run: Run
    subject: tuple[str, ...] = ("idNo", "name")
    lookup: bool = False


def text(payload: Payload, key: str) -> str:
    """A text field of the request; Refusal 400 if it is missing."""
    value = payload.get(key)
    if not isinstance(value, str) or not value:
        raise Refusal(400, "R400", f"缺少参数 {key}")
    return value
