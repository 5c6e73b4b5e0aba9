"""Evaluates the decision of a business rule task in the version in force on the declared day, and records how it came about.

Judges nothing itself; a decision that no version or no row answers is refused, never guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from engine.bpmn import Element, Position
from engine.casefile import Scope
from engine.clock import day_of
from engine.dmn import Evaluation
from engine.errors import ModelFault
from engine.expressions import feel_clock
from engine.feel import to_json
from engine.ground import Ground
from engine.history import Subject
from engine.records import decision_record
from engine.standing import date_of_version
from engine.states import EventKind, ItemSource
from engine.step import Step

Evaluate = Callable[[str, Position], Any]


def decide(ground: Ground, step: Step, element: Element, at: Position, evaluate: Evaluate) -> None:
    """Write the result as a case-file item, the decision record and the event."""
    ref = element.decision_ref or ""
    on = decision_day(ground, step, element, at, evaluate)
    entry = ground.library.decision(step.connection, ref, on)
    model = ground.library.decision_model(step.connection, entry.id)
    chosen = ref if ref in entry.decision_ids else entry.decision_ids[-1]
    scope = step.scope(at.path, at.locals)
    with feel_clock(step.now, element.id, chosen):
        found = model.evaluate(chosen, scope)
    value = to_json(found.value)
    rows = [fired(table) for table in found.tables]
    place = Subject(element.process_key, element.id, element.name or element.id, ".".join(at.path))
    data = {
        "token": at.token_id,
        "decision": chosen,
        "version": entry.version,
        "hash": entry.hash,
        "on": on.isoformat(),
    }
    step.event(EventKind.DECISION_MADE, data, place)
    full, version = step.write(element.result_name, value, ItemSource.DECISION, path=at.path, element_id=element.id)
    record_id = step.id()
    data |= {"item": full, "item_version": version, "record": record_id}
    step.add(
        decision_record,
        {
            "id": record_id,
            "case_id": step.case_id,
            "item_name": full,
            "element_id": element.id,
            "decision_key": entry.key,
            "decision_id": chosen,
            "version": entry.version,
            "definition_id": entry.id,
            "hash": entry.hash,
            "decided_on": on,
            "decided_at": step.now,
            "inputs": inputs_of(model, scope),
            "rows": rows,
            "outputs": value,
            "event_seq": step.seq,
        },
    )


def decision_day(ground: Ground, step: Step, element: Element, at: Position, evaluate: Evaluate) -> date:
    """The day whose version counts: property decision.date (FEEL), else as the table of dates says, else the application."""
    text = element.properties.get("decision.date")
    if not text:
        told = date_of_version(ground.library, step.connection, step.today, element.decision_ref or "")
        if told == "decision":
            return step.today
        accepted = _accepted_on(step.scope(at.path, at.locals)) if told == "acceptance" else None
        return accepted or step.facts.submitted_on
    value = to_json(evaluate(text.removeprefix("=").strip(), at))
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise ModelFault(f"decision.date 得到 {value!r}，应为日期。", element_id=element.id) from error


def _accepted_on(scope: Mapping[str, Any]) -> date | None:
    """The day of the step `accept` as the case file tells it; None before it was done."""
    try:
        return day_of(datetime.fromisoformat(str(scope["accept"]["at"])))
    except (KeyError, TypeError, ValueError):
        return None


def fired(table: Any) -> dict[str, Any]:
    """What one decision table saw and which of its rows held (from 1)."""
    return {
        "decision": table.decision_id,
        "name": table.decision_name,
        "hit_policy": table.hit_policy,
        "inputs": [to_json(value) for value in table.input_values],
        "rows": list(table.matched_rows),
        "rule_ids": list(table.matched_rule_ids),
        "output": to_json(table.output),
    }


def inputs_of(model: Any, scope: Scope) -> dict[str, Any]:
    """The values of all dotted names that the model reads, as they were in this case."""
    roots: set[str] = set()
    for decision in _decisions(model):
        roots |= set(decision.roots)
        roots |= {source.name for _, source in decision.inputs}
    found: dict[str, Any] = {}
    for path in sorted(roots):
        given, value = _follow(path.split("."), scope)
        if given:
            found[path] = value
    return found


def _decisions(model: Any) -> Iterable[Any]:
    return model.decisions.values()  # type: ignore[no-any-return]


def _follow(parts: list[str], scope: Mapping[str, Any]) -> tuple[bool, Any]:
    value: Any = scope
    for part in parts:
        if not isinstance(value, Mapping):
            return True, None
        try:
            value = value[part]
        except KeyError:
            return value is not scope, None
    return True, value


class Decisions(Ground):
    def try_decision(self, ref: str, inputs: Mapping[str, Any], on: date | None = None) -> Evaluation:
        """Evaluate a decision on given inputs in the version in force on a day (default today); records nothing."""
        with self.reading() as connection:
            entry = self.library.decision(connection, ref, on or self.today())
            model = self.library.decision_model(connection, entry.id)
        found: Evaluation = model.evaluate(ref if ref in entry.decision_ids else entry.decision_ids[-1], inputs)
        return found
