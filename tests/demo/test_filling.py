"""The form filler makes values that the server's own check accepts, for every shipped form and every outcome."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from engine.forms import normalise, validate
from web.demo.casting import cast
from web.demo.filling import WORDS, dated, fill, wants_opinion
from web.demo.household import answers
from web.demo.stories.public_rental import TELLING

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 23)
FORMS = sorted((ROOT / "forms").rglob("*.schema.json"))
APPLY = ROOT / "forms/eligibility/public_rental/apply.schema.json"


@pytest.mark.parametrize("path", FORMS, ids=lambda path: str(path.relative_to(ROOT / "forms")))
def test_every_shipped_form_can_be_filled_for_every_outcome(path: Path) -> None:
    schema = json.loads(path.read_text("utf-8"))
    for outcome in schema.get("x-outcomes", {"": None}):
        value = uploaded(fill(schema, {}, TODAY, outcome))
        opinion = WORDS if wants_opinion(schema, outcome) else ""
        cleaned = normalise(schema, value, None)
        assert validate(schema, cleaned, None, outcome=outcome, opinion=opinion) == [], (outcome, value)


def uploaded(value: Any) -> Any:
    """The value after the files that the filler names were sent: each name has become a file's id."""
    if isinstance(value, dict):
        return {key: uploaded(one) for key, one in value.items()}
    if isinstance(value, list):
        return [uploaded(one) for one in value]
    return "0" * 32 if isinstance(value, str) and value.startswith("scan:") else value


def test_every_household_can_apply() -> None:
    schema = json.loads(APPLY.read_text("utf-8"))
    for persona in cast(TELLING, 200, 1):
        value = fill(schema, answers(persona) | {"materials": {}}, TODAY)
        assert validate(schema, normalise(schema, value, None), None) == [], persona.situation
        assert len(value["household"].get("members", [])) == len(persona.household.members) - 1


def test_what_is_known_wins_and_what_the_form_lacks_is_left_out() -> None:
    schema = {"properties": {"a": {"type": "string"}, "b": {"type": "integer"}}, "required": ["b"]}
    assert fill(schema, {"a": "x", "c": 1}, TODAY) == {"a": "x", "b": 1}


def test_a_condition_asks_for_its_fields() -> None:
    schema = {
        "properties": {"kind": {"enum": ["one", "two"]}, "more": {"type": "string", "minLength": 3}},
        "required": ["kind"],
        "allOf": [{"if": {"properties": {"kind": {"const": "two"}}}, "then": {"required": ["more"]}}],
    }
    assert "more" not in fill(schema, {}, TODAY)
    assert len(fill(schema, {"kind": "two"}, TODAY)["more"]) >= 3


def test_days_are_counted_from_today() -> None:
    assert dated({"from": "today", "to": ["today+6"], "n": 1}, TODAY) == {"from": "2026-11-23", "to": ["2026-11-29"], "n": 1}
