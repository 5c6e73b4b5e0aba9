"""What a household would write into an application: its own truth, or what it declares instead. Judges nothing."""

from __future__ import annotations

from typing import Any

from connectors.sandbox.people import Person
from web.demo.casting import Persona

_RELATIONS = ("配偶", "子女", "父母", "祖父母")
NO_MOBILE = "13800138000"


def answers(persona: Persona, history_case_no: str = "") -> dict[str, Any]:
    """The answers by field name, in the words of the application forms; `scan:` stands for a file to upload."""
    head, members = persona.head, [one for one in persona.household.members if one.id_no != persona.head.id_no]
    found = {
        "kind": persona.story.kind,
        "raising_type": persona.raising_type,
        "district": persona.district,
        "applicant": _applicant(head),
        "household": {"members": [_member(one) for one in members]},
        "housing": _housing(head, members),
        "employment": _employment(head),
        "consents": {"truth": True, "information_check": True, "e_licence": "licence_not_authorised" not in head.situations},
    }
    if persona.story.kind == "recheck":
        found |= {"recheck_type": "qualification_expired", "history_case_no": history_case_no or "GZF-310101-20200101-00001"}
    found["materials"] = {code: [f"scan:{code}"] for code in materials(found) if code not in persona.story.forgets}
    return found


def materials(application: dict[str, Any]) -> list[str]:
    """The kinds of papers that the guide asks of this household."""
    person = application["applicant"]
    codes = ["id_card", "household_register" if person["hukou"] == "local" else "residence_permit"]
    codes += {"已婚": ["marriage_certificate"], "离异": ["divorce_certificate"]}.get(person["marital_status"], [])
    codes += ["employment_proof"] if application["employment"]["status"] == "employed" else []
    return [*codes, "housing_proof"]


def forgotten(persona: Persona) -> dict[str, Any]:
    """The supplement: what was not handed in at first and is asked for."""
    wanted = [code for code in materials(answers(persona)) if code in persona.story.forgets]
    return {"materials": {code: [f"scan:{code}"] for code in wanted or ["other"]}}


def _applicant(head: Person) -> dict[str, Any]:
    found = {
        "name": head.name,
        "id_type": "id_card",
        "id_no": head.id_no,
        "mobile": head.mobile or NO_MOBILE,
        "hukou": "outside" if head.residence_permit_since else "local",
        "marital_status": head.declared_marital_status,
    }
    if head.residence_permit_since:
        found["residence_permit_since"] = head.residence_permit_since.isoformat()
    if head.declared_marital_status == "已婚":
        found["married_on"] = (head.married_on or head.born_on).isoformat()
    if head.declared_marital_status == "离异":
        found["divorced_on"] = (head.divorced_on or head.born_on).isoformat()
    return found


def _member(person: Person) -> dict[str, Any]:
    relation = person.relation if person.relation in _RELATIONS else "其他"
    found = {"name": person.name, "relation": relation, "id_type": "id_card", "id_no": person.id_no}
    return found | {"marital_status": person.declared_marital_status}


def _housing(head: Person, members: list[Person]) -> dict[str, Any]:
    homes = [home for one in (head, *members) for home in one.properties if home.usage == "住宅" and not home.disposed_on]
    found: dict[str, Any] = {
        "hukou_address": head.address,
        "living_address": head.address,
        "living_type": "租赁",
        "living_area_m2": 20,
        "owns_home": bool(homes),
    }
    if homes:
        kept = {home.certificate_no: home for home in homes}.values()
        found["homes"] = [{"address": h.address, "area_m2": float(h.area_m2), "share": str(h.share)} for h in kept]
    return found


def _employment(head: Person) -> dict[str, Any]:
    if head.employer:
        return {"status": "employed", "employer_name": head.employer, "monthly_income_yuan": 6000}
    return {"status": "retired" if head.born_on.year < 1966 else "unemployed"}
