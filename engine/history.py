"""The append-only events of a case, each with the hash of the one before. Changes no event, ever."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from engine import canonical
from engine.actors import Actor
from engine.records.metadata import instant_text
from engine.states import EventKind
from engine.views import ChainReport, EventView

GENESIS = "0" * 64
_HASHED = (
    "case_id",
    "seq",
    "kind",
    "at",
    "actor_id",
    "actor_name",
    "actor_post",
    "actor_org_unit",
    "process_key",
    "element_id",
    "element_name",
    "path",
    "subject_id",
    "data",
    "prev_hash",
)


@dataclass(frozen=True, slots=True)
class Subject:
    """What an event is about: a place in the diagram and the row (task, job, timer …) standing there."""

    process_key: str | None = None
    element_id: str | None = None
    element_name: str | None = None
    path: str | None = None
    subject_id: str | None = None


NOTHING = Subject()


class Chain:
    """The end of one case's history while a step appends to it."""

    def __init__(self, case_id: str, seq: int = 0, head: str = GENESIS) -> None:
        self.case_id, self.seq, self.head = case_id, seq, head
        self.rows: list[dict[str, Any]] = []

    def append(
        self, kind: EventKind, at: datetime, actor: Actor, data: Mapping[str, Any], subject: Subject = NOTHING
    ) -> int:
        """Add one event and return its number."""
        row: dict[str, Any] = {
            "case_id": self.case_id,
            "seq": self.seq + 1,
            "kind": kind.value,
            "at": at,
            "actor_id": actor.user_id,
            "actor_name": actor.name,
            "actor_post": actor.post,
            "actor_org_unit": actor.org_unit,
            "process_key": subject.process_key,
            "element_id": subject.element_id,
            "element_name": subject.element_name,
            "path": subject.path,
            "subject_id": subject.subject_id,
            "data": canonical.dumps(data),
            "prev_hash": self.head,
        }
        row["hash"] = event_hash(row)
        self.rows.append(row)
        self.seq, self.head = self.seq + 1, row["hash"]
        return self.seq


def event_hash(row: Mapping[str, Any]) -> str:
    """SHA-256 over the canonical JSON list of the event's fields and the hash before; `at` as fixed-width UTC text."""
    values = [instant_text(row["at"]) if name == "at" else row[name] for name in _HASHED]
    return canonical.sha256(canonical.dumps(values))


def check_chain(case_id: str, rows: Iterable[Mapping[str, Any]], seq: int | None, head: str | None) -> ChainReport:
    """Follow the chain from its beginning. `seq` and `head` are what the case itself says its last event is."""
    before, expected = GENESIS, 1
    for row in rows:
        reason = _flaw(row, expected, before)
        if reason:
            return ChainReport(case_id, expected - 1, False, expected, reason, before)
        before, expected = row["hash"], expected + 1
    if seq is not None and (expected - 1 != seq or before != head):
        return ChainReport(
            case_id, expected - 1, False, expected, "历史末尾与办件记载不一致：有事件被删去或添加", before
        )
    return ChainReport(case_id, expected - 1, True, None, "", before)


def _flaw(row: Mapping[str, Any], expected: int, before: str) -> str:
    if row["seq"] != expected:
        return f"应为第 {expected} 号事件，实为第 {row['seq']} 号"
    if row["prev_hash"] != before:
        return "与前一事件的哈希不衔接"
    if event_hash(row) != row["hash"]:
        return "事件内容与其哈希不符"
    return ""


def event_view(row: Mapping[str, Any]) -> EventView:
    values = {name.name: row[name.name] for name in fields(EventView) if name.name != "data"}
    return EventView(**values, data=canonical.loads(row["data"]))
