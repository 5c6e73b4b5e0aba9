"""Population: the sandbox's people, the same for the same seed and day. At least 5,000 in every listed situation.

The first rounds build every situation EACH times in a fixed order; the rest is drawn until the town is full. Who
lives here, with which numbers and names, hangs on the seed alone; days "so long ago" also on today.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from random import Random
from types import MappingProxyType

from connectors.sandbox import situations_family, situations_housing, situations_records
from connectors.sandbox.maker import Draft, Maker, Numbers
from connectors.sandbox.people import Household, Person
from connectors.sandbox.situations import SITUATIONS, Situation

__all__ = ["EACH", "PEOPLE", "SITUATIONS", "Household", "Person", "Population", "population"]

EACH = 12
PEOPLE = 5000
_ORDINARY = {"clean_single": 8, "clean_couple": 6, "clean_family": 10, "newlywed": 2, "large_family": 3,
             "elderly_single": 3, "owns_flat": 5, "spouses_co_own": 4, "public_housing_tenant": 4, "non_local": 5,
             "resettlement_flat": 2, "divorced_five_years_ago": 2, "student_child": 3, "co_owns": 2}
_SHANGHAI = timezone(timedelta(hours=8))
_MODULES = (situations_family, situations_housing, situations_records)


@dataclass(frozen=True, slots=True)
class Population:
    """Everybody, in a stable order."""

    seed: int
    today: date
    households: tuple[Household, ...]
    people: tuple[Person, ...]
    by_id_no: Mapping[str, Person]
    by_household: Mapping[str, Household]

    def with_situation(self, name: str) -> tuple[Person, ...]:
        """The people who show it, usually heads of household. Raises KeyError for a name not in SITUATIONS."""
        if name not in SITUATIONS:
            raise KeyError(f"no such situation: {name}")
        return tuple(person for person in self.people if name in person.situations)

    def household_of(self, person: Person) -> Household:
        return self.by_household[person.household_id]


def population(seed: int = 1, today: date | None = None) -> Population:
    """The people of a seed as of today (default: now in Shanghai). Takes a fraction of a second, then cached."""
    return _build(seed, today or datetime.now(_SHANGHAI).date())


@lru_cache(maxsize=8)
def _build(seed: int, today: date) -> Population:
    numbers, households = Numbers.fresh(), list[Household]()
    for turn in range(EACH):
        for recipe in SITUATIONS.values():
            _settle(recipe, Random(f"{seed}:{recipe.name}:{turn}"), today, numbers, households)
    draw, size = Random(f"{seed}:draw"), sum(len(household.members) for household in households)
    names, weights = list(_ORDINARY), list(_ORDINARY.values())
    while size < PEOPLE:
        recipe = SITUATIONS[draw.choices(names, weights)[0]]
        size += _settle(recipe, Random(f"{seed}:{size}"), today, numbers, households)
    people = tuple(person for household in households for person in household.members)
    return Population(seed, today, tuple(households), people,
                      MappingProxyType({person.id_no: person for person in people}),
                      MappingProxyType({household.household_id: household for household in households}))


def _settle(recipe: Situation, rng: Random, today: date, numbers: Numbers, households: list[Household]) -> int:
    """Build one household and the others of its story; returns the number of new people."""
    maker = Maker(rng, today, numbers)
    members = recipe.build(maker)
    members[0]["tags"].add(recipe.name)
    before = len(households)
    for group in (members, *([other] for other in maker.others)):
        households.append(_household(f"HH{len(households) + 1:05d}", group))
    return sum(len(household.members) for household in households[before:])


def _household(household_id: str, drafts: list[Draft]) -> Household:
    return Household(household_id, tuple(_person(household_id, draft) for draft in drafts))


def _person(household_id: str, draft: Draft) -> Person:
    fields = {key: value for key, value in draft.items() if key != "tags"}
    fields["declared_marital_status"] = draft["declared_marital_status"] or draft["marital_status"]
    return Person(**fields, household_id=household_id, situations=frozenset(draft["tags"]))
