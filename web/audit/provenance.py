"""Where each value of a case came from, in one sentence a person can check; invents no source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine import canonical
from engine.states import ItemSource
from engine.views import DecisionRecordView, EventView, EvidenceView, ItemView
from web.masking import mask_name, mask_text


@dataclass(frozen=True)
class Fact:
    """One item of the case file as the auditor reads it. `fresh`: written by the event that is looked at."""

    item: ItemView
    label: str
    leaves: tuple[tuple[str, str], ...]
    origin: str
    fresh: bool
    evidence: EvidenceView | None
    decision: DecisionRecordView | None


def rows(
    items: Mapping[str, ItemView],
    seq: int,
    decisions: Iterable[DecisionRecordView],
    answers: Iterable[EvidenceView],
    names: Mapping[str, str],
) -> list[Fact]:
    """Every item with its origin; what the looked-at event wrote stands first. names: step names by element id."""
    by_event = {(record.event_seq, record.item_name): record for record in decisions}
    by_id = {answer.id: answer for answer in answers}
    found = [
        Fact(
            item,
            names.get(item.element_id or "", item.name),
            tuple(leaves(item.value)),
            _origin(item, by_event.get((item.event_seq, item.name)), by_id.get(item.evidence_id or "")),
            item.event_seq == seq,
            by_id.get(item.evidence_id or ""),
            by_event.get((item.event_seq, item.name)),
        )
        for item in items.values()
    ]
    return sorted(found, key=lambda fact: (not fact.fresh, fact.item.event_seq, fact.item.name))


def _origin(item: ItemView, decision: DecisionRecordView | None, answer: EvidenceView | None) -> str:
    if answer is not None:
        as_of = f"，数据截至 {answer.as_of}" if answer.as_of else ""
        return f"由 {answer.department} 答复，请求号 {answer.request_id}{as_of}"
    if decision is not None:
        fired = "、".join(str(number) for number in fired_rows(decision))
        hit = f"第 {fired} 行命中" if fired else "无行命中"
        return f"由规则 {decision.decision_key} 第 {decision.version} 版计算，{hit}"
    if item.source == ItemSource.FORM:
        form = f"，表单 {item.form_key} 第 {item.form_version} 版" if item.form_key else ""
        return f"由 {item.actor_name} 填写{form}"
    if item.source == ItemSource.SCRIPT:
        return f"由流程环节 {item.element_id or ''} 计算"
    if item.source == ItemSource.MAPPING:
        return f"由 {item.element_id or '子流程'} 带出"
    return f"由 {item.actor_name} 记录"


def fired_rows(decision: DecisionRecordView) -> list[int]:
    """Numbers of the rows that fired, over all tables of the record."""
    found: list[int] = []
    for row in decision.rows:
        numbers = row.get("rows") or row.get("matched_rows") or ([row["row"]] if "row" in row else [])
        found += [int(number) for number in numbers]
    return found


def leaves(value: Any, path: str = "") -> Iterable[tuple[str, str]]:
    """(path, text) of every single value in a JSON value, in order."""
    if isinstance(value, Mapping) and value:
        for name, part in value.items():
            yield from leaves(part, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list) and value:
        for number, part in enumerate(value, 1):
            yield from leaves(part, f"{path}[{number}]")
    else:
        yield path, value if isinstance(value, str) else canonical.dumps(value)


def facts(event: EventView) -> list[tuple[str, str]]:
    """What the event itself says, flattened for reading."""
    return list(leaves(dict(event.data)))


def masked(name: str, value: str) -> str:
    """One leaf as it may be shown without a reason: names shortened, identity, phone and bank numbers starred."""
    last = name.rpartition(".")[2]
    if last in _NAMES and not value.startswith(("{", "[")):
        return mask_name(value)
    return mask_text(value)


_NAMES = frozenset({"name", "applicant_name", "spouse_name", "owner", "holder", "person_name", "who"})
