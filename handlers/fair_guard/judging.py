"""Asks the tables of fair guard about facts and says which warnings they give. Knows no threshold and writes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from handlers.fair_guard.rules import full_months_since, months_left, months_to_application


@dataclass(frozen=True, slots=True)
class Signal:
    """One warning that a table gave. facts: what the table saw; rows: which of its rows held (from 1)."""

    colour: str
    category: str
    block: bool
    action: str
    decision: str
    version: int
    rows: tuple[int, ...]
    facts: Mapping[str, Any]

    def as_item(self) -> dict[str, Any]:
        return {**asdict(self), "rows": list(self.rows)}


def judge(engine: Any, decision: str, facts: Mapping[str, Any], on: date | None = None) -> list[Signal]:
    """The signals of one decision in the version in force on a day; colour «none» is no signal.

    Raises ModelFault where the table has no answer: a missing fact is never taken for a good one.
    """
    found = engine.try_decision(decision, facts, on)
    answers = found.value if isinstance(found.value, list) else [found.value] if found.value else []
    raised = [answer for answer in answers if answer["colour"] != "none"]
    if not raised:
        return []
    rows = tuple(row for table in found.tables for row in table.matched_rows)
    version = engine.decision(decision).version
    named = ("colour", "category", "block", "action")
    return [
        Signal(
            **{name: answer[name] for name in named}, decision=decision, version=version, rows=rows, facts=dict(facts)
        )
        for answer in raised
    ]


def of_application(
    engine: Any, applied: Mapping[str, Any], existing: Iterable[Mapping[str, Any]]
) -> list[tuple[Signal, Mapping[str, Any]]]:
    """SH-199, 200, 201: one person's application (kind, role) against each of the person's earlier records."""
    return [
        (signal, record)
        for record in existing
        for signal in judge(
            engine,
            "fair_guard_application",
            {
                "applied": {"kind": applied["kind"], "role": applied["role"]},
                "existing": {name: record[name] for name in ("kind", "role", "state")},
            },
        )
    ]


def of_stage(engine: Any, stage: str, delivered_on: date | None, today: date) -> list[Signal]:
    """SH-199.R4 to R8: how far the purchase of a rental beneficiary has come."""
    months = full_months_since(delivered_on, today) if delivered_on else None
    return judge(engine, "fair_guard_stage", {"purchase": {"stage": stage, "months_since_delivery": months}})


def of_housing(engine: Any, stage: str | None, delivered_on: date | None, today: date) -> list[Signal]:
    """SH-202.R1, R2: purchase of shared ownership by a beneficiary of rental housing."""
    state = {"signed": "purchased", "delivered": "delivered"}.get(stage or "", "none")
    months = full_months_since(delivered_on, today) if delivered_on else None
    return judge(engine, "fair_guard_housing", {"purchase": {"state": state, "months_since_delivery": months}})


def of_economy(engine: Any, household: Mapping[str, Any]) -> list[Signal]:
    """SH-202.R3, R4. household: size, illness_poverty, income_fen and assets_fen of the whole family a year."""
    size = int(household["size"])
    facts = {
        "size": size,
        "illness_poverty": bool(household.get("illness_poverty")),
        "per_capita_income_yuan": household["income_fen"] / size / 100,
        "per_capita_assets_yuan": household["assets_fen"] / size / 100,
    }
    return judge(engine, "fair_guard_economy", {"household": facts})


def of_marriage(engine: Any, status: str, since: date | None, applied_on: date) -> list[Signal]:
    """SH-202.R5, counted to the month of the application."""
    months = months_to_application(since, applied_on) if since else None
    return judge(engine, "fair_guard_marriage", {"marriage": {"status": status, "months": months}})


def of_lessor(engine: Any, beneficiary: bool, other_valid_contracts: int) -> list[Signal]:
    """SH-200.R2, R3."""
    facts = {"low_rent_beneficiary": beneficiary, "other_valid_contracts": other_valid_contracts}
    return judge(engine, "fair_guard_lessor", {"lessor": facts})


def of_term(engine: Any, kind: str, expires_on: date, today: date) -> list[Signal]:
    """SH-202.R6 to R8."""
    return judge(engine, "fair_guard_expiry", {"term": {"kind": kind, "months_left": months_left(today, expires_on)}})


def of_annual(engine: Any, same_batch_cases: int, registered_earlier: bool) -> list[Signal]:
    """SH-203.R4, R5."""
    facts = {"same_batch_cases": same_batch_cases, "registered_earlier": registered_earlier}
    return judge(engine, "fair_guard_annual", {"annual": facts})


def worst(signals: Iterable[Signal]) -> str:
    """The most serious colour, or «none»."""
    order = ("none", "yellow", "orange", "brown", "red")
    return max((signal.colour for signal in signals), key=order.index, default="none")
