"""Demo applicants taken from the population of the sandbox, two a story, so that their checks give results."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from connectors.sandbox.people import Person
from connectors.sandbox.population import Population, population
from connectors.sandbox.situations import SITUATIONS

SEED = 1
EACH = 2
HOME_DISTRICT = "310101"  # where the printed clerk works, so that a newcomer meets his own application
STORIES = (
    "clean_family",
    "clean_single",
    "clean_couple",
    "owns_flat",
    "spouses_co_own",
    "per_capita_at_threshold",
    "per_capita_just_below",
    "public_housing_tenant",
    "resettlement_flat",
    "no_social_insurance",
    "married_declared_single",
    "violation_record",
    "rare_character_name",
    "valid_case",
    "name_differs",
)


def applicants() -> Iterator[dict[str, Any]]:
    """username (story and number), name, id_no, mobile, the story as note, and the household as profile."""
    town = population(SEED)
    for story in STORIES:
        for number, person in enumerate(town.with_situation(story)[:EACH], start=1):
            yield {
                "username": f"{story}{number}",
                "name": person.name,
                "id_no": person.id_no,
                "mobile": person.mobile or None,
                "note": SITUATIONS[story].title,
                "profile": profile_of(town, person),
            }


def profile_of(town: Population, person: Person) -> dict[str, Any]:
    """What a one-stop portal would know of the person: address, district, and the household with its members."""
    members = sorted(town.household_of(person).members, key=lambda member: member.id_no != person.id_no)
    return {
        "address": person.address,
        "hukou_district": person.hukou_district,
        "apply_district": HOME_DISTRICT,
        "members": [_member(member) for member in members],
    }


def _member(person: Person) -> dict[str, Any]:
    return {
        "relation": person.relation,
        "name": person.name,
        "id_no": person.id_no,
        "sex": person.sex,
        "born_on": person.born_on.isoformat(),
        "mobile": person.mobile,
        "marital_status": person.declared_marital_status,
        "married_on": person.married_on.isoformat() if person.married_on else "",
        "divorced_on": person.divorced_on.isoformat() if person.divorced_on else "",
        "hukou_district": person.hukou_district,
        "employer": person.employer or "",
        "employer_code": person.employer_code or "",
        "residence_permit_since": person.residence_permit_since.isoformat() if person.residence_permit_since else "",
    }
