"""Fills a new application with what the government holds of the person; writes only into fields the form has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

DISTRICTS = {
    "黄浦区": "310101",
    "徐汇区": "310104",
    "长宁区": "310105",
    "静安区": "310106",
    "普陀区": "310107",
    "虹口区": "310109",
    "杨浦区": "310110",
    "闵行区": "310112",
    "宝山区": "310113",
    "嘉定区": "310114",
    "浦东新区": "310115",
    "金山区": "310116",
    "松江区": "310117",
    "青浦区": "310118",
    "奉贤区": "310120",
    "崇明区": "310151",
}


def prefilled(schema: Mapping[str, Any], profile: Mapping[str, Any] | None) -> dict[str, Any]:
    """A first value for the form: own facts and the household's members, by the names of the schema's fields."""
    if not profile:
        return {}
    members = list(profile.get("members", []))
    own = {
        **(members[0] if members else {}),
        **{k: v for k, v in profile.items() if k in ("name", "id_no", "mobile") and v},
    }
    first = _known(schema, {**_case(profile), **_parts(profile, own, members[1:])})
    return first if isinstance(first, dict) else {}


def _case(profile: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"kind": "new", "raising_type": "district"}
    district = profile.get("apply_district") or DISTRICTS.get(profile.get("hukou_district", ""))
    return {**found, "district": district} if district else found


def _parts(profile: Mapping[str, Any], own: Mapping[str, Any], others: list[Mapping[str, Any]]) -> dict[str, Any]:
    outside = bool(own.get("residence_permit_since"))
    return {
        "applicant": {
            **_person(own),
            "mobile": own.get("mobile"),
            "hukou": "outside" if outside else "local",
            "residence_permit_since": own.get("residence_permit_since"),
            "married_on": own.get("married_on"),
            "divorced_on": own.get("divorced_on"),
        },
        "household": {
            "members": [
                {**_person(one), "relation": one.get("relation"), "employer": one.get("employer")}
                for one in others
                if one.get("relation") not in ("", "本人", None)
            ]
        },
        "housing": {
            "hukou_address": profile.get("address"),
            "living_address": profile.get("address"),
            "living_type": "租赁",
            "owns_home": False,
        },
        "employment": {
            "status": "employed" if own.get("employer") else "unemployed",
            "employer_name": own.get("employer"),
            "employer_uscc": own.get("employer_code"),
        },
    }


def _person(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": one.get("name"),
        "id_type": "id_card",
        "id_no": one.get("id_no"),
        "marital_status": one.get("marital_status"),
    }


def _known(schema: Mapping[str, Any], value: Any) -> Any:
    """Only what the schema has a field for, without empty values."""
    if isinstance(value, dict):
        fields = _fields(schema)
        kept = {k: _known(fields[k], v) for k, v in value.items() if k in fields}
        return {k: v for k, v in kept.items() if v not in (None, "", {}, [])}
    if isinstance(value, list):
        return [_known(schema.get("items", {}), one) for one in value]
    return value


def _fields(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an object, those under conditions too."""
    found: dict[str, Any] = {}
    for branch in (*schema.get("allOf", ()), schema.get("then"), schema.get("else")):
        if isinstance(branch, Mapping):
            found |= _fields(branch)
    return {**found, **schema.get("properties", {})}
