"""Fills a form from the JSON Schema that its page shows: what is known first, the rest made up validly. Sends nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from jsonschema import Draft202012Validator

WORDS = "经核对申请材料和核查结果，情况属实，按规定办理，特此说明。"
_FORMATS = {
    "cn-mobile": "13900000001",
    "cn-name": "王建国",
    "cn-id-card": "310101199001011234",
    "person-number": "310101199001011234",
    "cn-uscc": "91310000132203507N",
    "cn-bank-card": "6222021001122334458",
    "email": "demo@example.com",
}
_SCALARS: Mapping[str, Any] = {"boolean": True, "null": None}


def fill(schema: Mapping[str, Any], known: Mapping[str, Any], today: date, outcome: str = "") -> dict[str, Any]:
    """A value for the form: every known field that the schema has, and every field that it asks for.

    outcome: what the person decides; the schema's `x-outcomes` may ask for more fields then.
    """
    asked = schema.get("x-outcomes", {}).get(outcome, {})
    extra = {**asked.get("schema", {}), "required": asked.get("required", [])}
    value = _object({**schema, "allOf": [*schema.get("allOf", ()), extra]}, known, today)
    if schema.get("minProperties", 0) > len(value):
        for key, child in schema.get("properties", {}).items():
            if child.get("type") == "string":
                return value | {key: _value(child, None, today)}
    return value


def wants_opinion(schema: Mapping[str, Any], outcome: str) -> bool:
    """Whether this decision needs an opinion in words."""
    return bool(schema.get("x-outcomes", {}).get(outcome, {}).get("opinion", schema.get("x-opinion", False)))


def dated(value: Any, today: date) -> Any:
    """The value with every `today` and `today+N` (natural days) turned into that day."""
    if isinstance(value, dict):
        return {key: dated(one, today) for key, one in value.items()}
    if isinstance(value, list):
        return [dated(one, today) for one in value]
    if isinstance(value, str) and value.split("+")[0] == "today":
        return (today + timedelta(days=int(value.partition("+")[2] or 0))).isoformat()
    return value


def _object(schema: Mapping[str, Any], known: Mapping[str, Any], today: date) -> dict[str, Any]:
    fields, required = dict(schema.get("properties", {})), set(schema.get("required", ()))
    value: dict[str, Any] = {}
    for _turn in range(3):  # a filled field may be the condition of another one
        for key in (key for key in fields if key not in value and (key in known or key in required)):
            value[key] = _value(fields[key], known.get(key), today)
        for part in schema.get("allOf", ()):
            chosen = _branch(part, value)
            required |= set(chosen.get("required", ()))
            for key, child in chosen.get("properties", {}).items():
                fields[key] = {**fields.get(key, {}), **child}
                if "const" in child and (key in value or key in required):
                    value[key] = child["const"]
    return {key: value[key] for key in fields if key in value}


def _branch(part: Mapping[str, Any], value: Mapping[str, Any]) -> Mapping[str, Any]:
    if "if" not in part:
        return part
    met = Draft202012Validator(part["if"]).is_valid(value)
    return part.get("then" if met else "else", {})


def _value(schema: Mapping[str, Any], known: Any, today: date) -> Any:
    if schema.get("type") == "object":
        return _object(schema, known if isinstance(known, Mapping) else {}, today)
    if schema.get("type") == "array":
        return _array(schema, known, today)
    if known is not None:
        return known
    for word in ("const", "default"):
        if word in schema:
            return schema[word]
    for words in ("enum", "examples"):
        if schema.get(words):
            return schema[words][0]
    options = [one["const"] for one in schema.get("oneOf", ()) if "const" in one]
    return options[0] if options else _made(schema, today)


def _array(schema: Mapping[str, Any], known: Any, today: date) -> list[Any]:
    items = schema.get("items", {})
    given = list(known) if isinstance(known, list | tuple) else []
    given += [None] * (schema.get("minItems", 0) - len(given))
    return [_value(items, one, today) for one in given]


def _made(schema: Mapping[str, Any], today: date) -> Any:
    kind, name = schema.get("type", "string"), schema.get("format", "")
    if kind in _SCALARS:
        return _SCALARS[kind]
    if kind in ("integer", "number"):
        least = schema.get("minimum", schema.get("exclusiveMinimum", 0))
        return least + 1 if "exclusiveMinimum" in schema else max(least, 1)
    if name == "date":
        return today.isoformat()
    if name == "gs-file":
        return f"scan:{schema.get('title', '材料')}"
    if name in _FORMATS:
        return _FORMATS[name]
    least, most = schema.get("minLength", 0), schema.get("maxLength", 500)
    return (WORDS * (least // len(WORDS) + 1))[: min(most, max(least, 20))]
