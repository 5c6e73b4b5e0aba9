"""One transaction on one case: its rows as loaded and locked, what the step adds to them, and the writing of it all at once.

Decides nothing about the process; refuses to write over a state that somebody else has changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Table

from engine import canonical
from engine.actors import Actor
from engine.casefile import CaseFile, Scope, full_name, load_values
from engine.errors import BudgetExceeded, NotFound, StaleTask
from engine.history import NOTHING, Chain, Subject
from engine.identifiers import new_id
from engine.records import (
    audit_event,
    case_file_item,
    case_reminder,
    cases,
    deadline_pause,
    decision_record,
    evidence,
    incident,
    job,
    message_subscription,
    process_instance,
    task_copy,
    task_signer,
    timer,
    user_task,
    user_task_group,
)
from engine.registry import CaseFacts, Evidence
from engine.settings import EngineSettings
from engine.statements import Query, Write, insert_rows, inserts, instant, send, update
from engine.states import CaseStatus, EventKind, InstanceStatus, ItemSource

_ORDER = (
    user_task,
    user_task_group,
    task_signer,
    task_copy,
    job,
    timer,
    message_subscription,
    incident,
    evidence,
    case_file_item,
    decision_record,
    deadline_pause,
    case_reminder,
    audit_event,
)
_SAVE = (
    "UPDATE process_instance SET state = ?, version = version + 1, items = ?, event_seq = ?, event_hash = ?, status = ?,"
    " end_element_id = ?, updated_at = ? WHERE case_id = ? AND version = ?"
)


class Step:
    """The open transaction. Rows collected by add() and event() are written by finish(), in the order of the tables."""

    def __init__(
        self,
        connection: Connection,
        settings: EngineSettings,
        now: datetime,
        today: date,
        actor: Actor,
        case: dict[str, Any],
        instance: dict[str, Any],
    ) -> None:
        self.connection, self.settings, self.now, self.today, self.actor = connection, settings, now, today, actor
        self.case, self.instance = case, instance
        self.facts = facts_of(case)
        self._case_item = self.facts.as_item()
        self.file = CaseFile(instance["items"], load_values(connection, case["id"], instance["items"]))
        self.seq = instance["event_seq"]
        self._events: list[tuple[EventKind, dict[str, Any], Subject, Actor]] = []
        self._rows: dict[Table, list[dict[str, Any]]] = {}
        self._changed: dict[str, Any] = {}
        self._later: list[Write] = []
        self.writes: list[Write] = []

    @property
    def case_id(self) -> str:
        return str(self.case["id"])

    def id(self) -> str:
        return new_id(self.now)

    def add(self, table: Table, row: dict[str, Any]) -> None:
        self._rows.setdefault(table, []).append(row)

    def event(
        self, kind: EventKind, data: dict[str, Any], subject: Subject = NOTHING, actor: Actor | None = None
    ) -> dict[str, Any]:
        """Add an event; its data may be completed until finish()."""
        self.seq += 1
        self._events.append((kind, data, subject, actor or self.actor))
        return data

    def write(
        self,
        name: str,
        value: Any,
        source: ItemSource,
        *,
        path: tuple[str, ...] = (),
        element_id: str | None = None,
        evidence_id: str | None = None,
        form: tuple[str | None, int | None] = (None, None),
        actor: Actor | None = None,
    ) -> tuple[str, int]:
        """A new version of a case-file item; belongs to the event added last. Returns its full name and version."""
        full, text, who = full_name(name, path), canonical.dumps(value), actor or self.actor
        version, full_hash = self.file.write(full, value, text, self.settings.max_item_bytes)
        self.add(
            case_file_item,
            {
                "case_id": self.case_id,
                "name": full,
                "version": version,
                "value": text,
                "hash": full_hash,
                "source": source.value,
                "element_id": element_id,
                "actor_id": who.user_id,
                "actor_name": who.name,
                "written_at": self.now,
                "event_seq": self.seq,
                "evidence_id": evidence_id,
                "form_key": form[0],
                "form_version": form[1],
            },
        )
        return full, version

    def keep(self, proof: Evidence, job_id: str | None, item_name: str) -> str:
        """Store an outside answer as received; returns its id."""
        evidence_id = self.id()
        self.add(
            evidence,
            {
                "id": evidence_id,
                "case_id": self.case_id,
                "job_id": job_id,
                "item_name": item_name,
                "system": proof.system,
                "department": proof.department,
                "request_id": proof.request_id,
                "raw": proof.raw,
                "sha256": canonical.sha256(proof.raw),
                "received_at": proof.received_at,
                "as_of": proof.as_of,
            },
        )
        return evidence_id

    def scope(self, path: tuple[str, ...] = (), local: Mapping[str, Any] | None = None) -> Scope:
        return Scope(self.file, self._case_item, path, local or {})

    def change_case(self, **values: Any) -> None:
        """Change columns of the case row."""
        self._changed |= values
        self.case |= values
        if values.keys() & {"due_on"}:
            self.facts = replace(self.facts, due_on=self.case["due_on"])
            self._case_item = self.facts.as_item()

    def close(self, status: CaseStatus, outcome: str, outcome_name: str, reason: str | None = None) -> None:
        self.instance["status"] = InstanceStatus.ENDED if status is CaseStatus.CLOSED else InstanceStatus.CANCELLED
        self.change_case(
            status=status.value, outcome=outcome, outcome_name=outcome_name, closed_at=self.now, closed_reason=reason
        )

    def open(self) -> None:
        """Insert a new case and its instance, so that handlers of the first step find them."""
        insert_rows(self.connection, cases, [self.case])
        insert_rows(self.connection, process_instance, [{**self.instance, "updated_at": self.now}])
        self._changed = {}

    def finish(self, state: bytes | None = None, hold: bool = False) -> None:
        """Write everything; with hold, only collect it for send(). Raises StaleTask if the case was changed in the meantime, BudgetExceeded for too large a state."""
        blob = self.instance["state"] if state is None else state
        if len(blob) > self.settings.max_state_bytes:
            limit = self.settings.max_state_bytes
            raise BudgetExceeded(f"流程状态有 {len(blob)} 字节，超过上限 {limit}。", budget="state_bytes", limit=limit)
        chain = Chain(self.case_id, self.instance["event_seq"], self.instance["event_hash"])
        for kind, data, subject, actor in self._events:
            chain.append(kind, self.now, actor, data, subject)
        self._rows[audit_event] = chain.rows
        writes = [self._save(blob, chain), *self._later]
        if self._changed:
            writes.append(update(cases, self._changed, "id", self.case_id))
        for table in _ORDER:
            writes.extend(inserts(table, self._rows.get(table, ())))
        self.writes = writes
        if not hold:
            self.send()

    def send(self, more: Iterable[Write] = ()) -> None:
        """Run what finish() has collected. Raises StaleTask if the case was changed in the meantime."""
        if not send(self.connection, [*self.writes, *more]):
            raise StaleTask("这个办件刚刚被别的操作改变，请刷新后重试。", case_id=self.case_id)

    def later(self, write: Write) -> None:
        """A write that nothing in this step reads back: sent with all others by finish()."""
        self._later.append(write)

    def _save(self, blob: bytes, chain: Chain) -> Write:
        values = (blob, canonical.dumps(self.file.index), chain.seq, chain.head, str(self.instance["status"]))
        where = (self.instance["end_element_id"], instant(self.now), self.case_id, self.instance["version"])
        return Write(_SAVE, values + where, 1)


def facts_of(case: Mapping[str, Any]) -> CaseFacts:
    return CaseFacts(**{name: case[name] for name in CaseFacts.__dataclass_fields__})


_CASE_QUERY = Query(
    (("c", cases), ("i", process_instance)),
    "FROM cases c JOIN process_instance i ON i.case_id = c.id WHERE c.id = ?",
    "i, c",
)
_TASK_QUERY = Query(
    (("t", user_task), ("c", cases), ("i", process_instance)),
    "FROM user_task t JOIN cases c ON c.id = t.case_id JOIN process_instance i ON i.case_id = c.id WHERE t.id = ?",
    "i, t, c",
)


def locked_case(connection: Connection, case_id: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The case and its instance, locked until the end of the transaction. Raises NotFound."""
    found = _CASE_QUERY.one(connection, case_id)
    if found is None:
        raise NotFound("没有这个办件。", case_id=case_id)
    case, instance = found
    return case, instance


def locked_task(connection: Connection, task_id: str) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """A user task, its case and instance, locked until the end of the transaction. Raises NotFound."""
    found = _TASK_QUERY.one(connection, task_id)
    if found is None:
        raise NotFound("没有这项任务。", task_id=task_id)
    task, case, instance = found
    return task, case, instance
