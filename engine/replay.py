"""Executes a case again from its recorded inputs and compares: same places, same facts, or the first event that differs.

Asks no outside system and runs no handler: what services answered and people typed is taken from the record; what scripts,
decisions, gateways and mappings make of it is worked out anew, through save and restore at every step.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from engine import canonical
from engine.bpmn import Budget, Element, Execution, Position
from engine.casefile import CaseFile, Scope, full_name
from engine.errors import BusinessFault, GuangshaError, NotFound
from engine.expressions import feel, feel_clock, json_value
from engine.feel import to_json
from engine.ground import Ground
from engine.library import Bundle, Library
from engine.moving import mover
from engine.records import audit_event, case_file_item, cases, decision_record, process_instance
from engine.states import EventKind
from engine.step import facts_of
from engine.views import ReplayReport
from engine.waits import marking_of

Row = dict[str, Any]
_WITH_ITEM = (EventKind.TASK_COMPLETED, EventKind.JOB_COMPLETED, EventKind.JOB_SKIPPED, EventKind.MESSAGE_RECEIVED)


class Diverged(Exception):
    """The re-execution did something else than the record says. Never leaves this module."""


class Record:
    """Everything that was recorded of one case, read once."""

    def __init__(self, connection: Connection, case_id: str) -> None:
        case = connection.execute(select(cases).where(cases.c.id == case_id)).mappings().one_or_none()
        if case is None:
            raise NotFound("没有这个办件。", case_id=case_id)
        self.case = facts_of(dict(case)).as_item()
        own = process_instance.c
        self.bundle_hash = connection.execute(select(own.bundle_hash).where(own.case_id == case_id)).scalar_one()
        query = select(audit_event).where(audit_event.c.case_id == case_id).order_by(audit_event.c.seq)
        self.events = [{**row, "data": canonical.loads(row["data"])} for row in connection.execute(query).mappings()]
        table = case_file_item.c
        rows = connection.execute(select(table.name, table.version, table.value).where(table.case_id == case_id))
        self.items = {(name, version): value for name, version, value in rows}
        held = decision_record.c
        found = connection.execute(select(held.id, held.definition_id).where(held.case_id == case_id))
        self.decisions = {row.id: row.definition_id for row in found}

    def steps(self) -> list[list[Row]]:
        """The events of each step that moved tokens: the one that caused it, then those that followed."""
        found: list[list[Row]] = []
        for event in self.events:
            if "marking" in event["data"]:
                found.append([event])
            elif found:
                found[-1].append(event)
        return found


class ReplayHost:
    """The Host of a re-executed step."""

    def __init__(
        self, library: Library, connection: Connection, record: Record, file: CaseFile, events: list[Row]
    ) -> None:
        self.library, self.connection, self.record, self.file = library, connection, record, file
        self.now: datetime = events[0]["at"]
        self.waiting = list(events[1:])

    def evaluate(self, expression: str, at: Position) -> Any:
        return feel(expression, self._scope(at), self.now, at.element.id)

    def script(self, element: Element, at: Position) -> None:
        self._write(element.result_name, json_value(self.evaluate(element.script or "", at)), at)

    def write(self, name: str, value: Any, at: Position) -> None:
        self._write(name, json_value(value), at)

    def decide(self, element: Element, at: Position) -> None:
        event = self._take(EventKind.DECISION_MADE, at)
        model = self.library.decision_model(self.connection, self.record.decisions[event["data"]["record"]])
        with feel_clock(self.now, element.id, event["data"]["decision"]):
            found = model.evaluate(event["data"]["decision"], self._scope(at))
        self._write(element.result_name, to_json(found.value), at)

    def service(self, element: Element, at: Position) -> bool:
        event = self._next_of((EventKind.SERVICE_COMPLETED, EventKind.JOB_CREATED), at)
        if event["kind"] == EventKind.JOB_CREATED:
            return False
        fault = event["data"].get("fault")
        if fault:
            raise BusinessFault(fault)
        self.apply(event)
        return True

    def apply(self, event: Row) -> None:
        """Take over an input as recorded."""
        data = event["data"]
        name, version = data["item"], data.get("item_version", data.get("version"))
        text = self.record.items.get((name, version))
        if text is None:
            raise Diverged(f"案卷项 {name} 第 {version} 版没有记录")
        self._store(name, canonical.loads(text), text)

    def _write(self, name: str, value: Any, at: Position) -> None:
        self._store(full_name(name, at.path), value, canonical.dumps(value))

    def _store(self, name: str, value: Any, text: str) -> None:
        version, _ = self.file.write(name, value, text, len(text) + 1)
        recorded = self.record.items.get((name, version))
        if recorded is None:
            raise Diverged(f"重放写出了没有记录的案卷项 {name} 第 {version} 版")
        if recorded != text:
            raise Diverged(f"案卷项 {name} 第 {version} 版：记录为 {recorded[:120]}，重放为 {text[:120]}")

    def _scope(self, at: Position) -> Scope:
        return Scope(self.file, self.record.case, at.path, at.locals)

    def _take(self, kind: EventKind, at: Position) -> Row:
        return self._next_of((kind,), at)

    def _next_of(self, kinds: tuple[EventKind, ...], at: Position) -> Row:
        for event in self.waiting:
            if event["kind"] in kinds and event["data"].get("token") == at.token_id:
                self.waiting.remove(event)
                return event
        raise Diverged(f"重放到达 {at.element.id}，记录中没有（{'、'.join(kinds)}）")


class Replays(Ground):
    def replay(self, case_id: str) -> ReplayReport:
        """Execute the case again. Reads only. Raises NotFound."""
        with self.reading() as connection:
            record = Record(connection, case_id)
            bundle = self.library.bundle(connection, record.bundle_hash)
            return self._replay(connection, record, bundle, case_id)

    def _replay(self, connection: Connection, record: Record, bundle: Bundle, case_id: str) -> ReplayReport:
        file, state = CaseFile({}, lambda names: {}), b""
        seq = 0
        try:
            for events in record.steps():
                seq = events[0]["seq"]
                host = ReplayHost(self.library, connection, record, file, events)
                execution = _execute(bundle, state, host, events[0])
                state = execution.dump()
                _compare(execution, file, events[0]["data"])
        except (Diverged, GuangshaError) as found:
            message = found.message if isinstance(found, GuangshaError) else str(found)
            return ReplayReport(case_id, len(record.events), False, seq, message)
        return ReplayReport(case_id, len(record.events), True, None, "")


def _execute(bundle: Bundle, state: bytes, host: ReplayHost, trigger: Row) -> Execution:
    data: Mapping[str, Any] = trigger["data"]
    kind = trigger["kind"]
    if kind == EventKind.CASE_STARTED:
        host.apply(trigger)
        execution = Execution.begin(bundle.definition, host)
    else:
        if kind in _WITH_ITEM and "fault" not in data:
            host.apply(trigger)
        execution = Execution.load(bundle.definition, state, host)
        _act(execution, kind, data)
    execution.run(Budget())
    return execution


def _act(execution: Execution, kind: str, data: Mapping[str, Any]) -> None:
    if kind in (EventKind.CASE_WITHDRAWN, EventKind.CASE_CANCELLED):
        execution.cancel()
    elif kind == EventKind.TIMER_FIRED:
        execution.fire(data["token"])
    elif kind == EventKind.MESSAGE_RECEIVED:
        execution.receive(data["token"])
    elif kind == EventKind.TASK_RETURNED:
        mover(dict(data))(execution)
    elif "fault" in data:
        execution.fail(data["token"], data["fault"])
    else:
        execution.complete(data["token"])


def _compare(execution: Execution, file: CaseFile, data: Mapping[str, Any]) -> None:
    marking = marking_of(execution.waits())
    if marking != data["marking"]:
        raise Diverged(f"停留环节不同：记录为 {_places(data['marking'])}，重放为 {_places(marking)}")
    if file.digest() != data["case_file"]:
        raise Diverged("案卷内容的哈希与记录不同")


def _places(marking: list[list[str]]) -> str:
    return "、".join(f"{place[1]}.{place[2]}" for place in marking) or "（已结束）"
