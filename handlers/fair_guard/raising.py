"""Turns a signal into a warning case, once: an open warning is made graver, a handled one is not raised again.

Runs only outside a step, because it starts and reminds cases. Safe to repeat: keyed by subject and round.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from typing import Any

from engine import Actor, IllegalTransition, ValidationFailed
from handlers.fair_guard import registers
from handlers.fair_guard.judging import Signal

GUARD = Actor(user_id="system", name="公平卫士", post="系统")
PROCESS = "fair_guard_warning"
OPTIONAL = frozenset({"acceptance_no", "existing_no", "district", "sub_district", "manager_mobile", "note"})


def raise_warning(services: Any, signal: Signal, subject: str, about: Mapping[str, Any]) -> str | None:
    """The number of the warning case; None where the subject was warned of in this colour before and has been handled.

    about: name, id_no and, where known, acceptance_no, existing_no, district, sub_district, manager_mobile, note.
    """
    engine = services.engine
    rank = _rank(engine, signal.colour)
    with services.database.connect() as connection:
        last = registers.last_warning(connection, subject)
    if last is not None and last["rank"] >= rank:
        return str(last["case_no"]) if last["closed_at"] is None else None
    if last is not None and last["closed_at"] is None:
        _escalate(services, last, signal, rank)
        return str(last["case_no"])
    number = last["round"] + 1 if last else 1
    form = {**_form(signal, subject), **{name: value for name, value in about.items() if value is not None}}
    key = f"fair_guard:{sha256(subject.encode()).hexdigest()[:40]}:{number}"
    return _start(engine, form, key)


def _start(engine: Any, form: dict[str, Any], key: str) -> str:
    """Start the case; what the form refuses of the optional data is left out and told, so that no warning is lost."""
    try:
        return str(engine.start_case(PROCESS, actor=GUARD, form=form, channel="系统", idempotency_key=key).case_no)
    except ValidationFailed as fault:
        wrong = {str(error["path"]).strip("/").partition("/")[0] for error in fault.details.get("errors", [])}
        left_out = sorted(wrong & OPTIONAL)
        if not left_out:
            raise
        note = f"{form.get('note') or '规则触发预警'}（资料不合格式，未带入：{'、'.join(left_out)}）"
        kept = {name: value for name, value in form.items() if name not in left_out}
        again = {**kept, "note": note[:500]}
        return str(engine.start_case(PROCESS, actor=GUARD, form=again, channel="系统", idempotency_key=key).case_no)


def _form(signal: Signal, subject: str) -> dict[str, Any]:
    shown = ("colour", "category", "block", "action", "decision")
    named = {name: getattr(signal, name) for name in shown}
    facts = {"facts": dict(signal.facts), "rows": list(signal.rows)}
    return {"subject": subject, **named, "decision_version": signal.version, "basis": facts}


def _rank(engine: Any, colour: str) -> int:
    return int(engine.try_decision("fair_guard_handling", {"warning": {"colour": colour}}).value["rank"])


def _escalate(services: Any, entry: dict[str, Any], signal: Signal, rank: int) -> None:
    now = services.engine.now()
    values = {
        "colour": signal.colour,
        "rank": rank,
        "category": signal.category,
        "action": signal.action,
        "decision": signal.decision,
        "decision_version": signal.version,
        "facts": {"facts": dict(signal.facts), "rows": list(signal.rows)},
    }

    with services.database.begin() as connection:
        registers.escalate_warning(connection, entry, values, "预警升级", now)
    with suppress(IllegalTransition):  # it was closed between the look and the reminder
        services.engine.remind(entry["case_id"], GUARD, "预警升级，请尽快处置")
