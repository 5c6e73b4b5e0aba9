"""What the auditor reads: case file as of any event, events, evidence, decision records, chain checks, who read what."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from engine import canonical
from engine.actors import Actor
from engine.casefile import CaseFile, index_of, item_view, items_as_of
from engine.errors import NotFound
from engine.ground import Ground
from engine.history import check_chain, event_view
from engine.identifiers import new_id
from engine.records import (
    audit_event,
    case_file_item,
    decision_record,
    evidence,
    outgoing_message,
    process_instance,
    read_record,
)
from engine.statements import insert_rows
from engine.views import ChainReport, DecisionRecordView, EventView, EvidenceView, ItemView, Page


class Archive(Ground):
    def case_file(self, case_id: str, as_of_seq: int | None = None) -> dict[str, ItemView]:
        """The latest version of each item, now or as of an event."""
        with self.reading() as connection:
            return items_as_of(connection, case_id, as_of_seq)

    def case_file_scope(self, case_id: str, as_of_seq: int | None = None) -> dict[str, Any]:
        """The same nested by the dots of the names, values only."""
        items = self.case_file(case_id, as_of_seq)
        return CaseFile(index_of(items), lambda names: {name: items[name].value for name in names}).tree()

    def case_file_digest(self, case_id: str, as_of_seq: int | None = None) -> str:
        """Hash of the case file, to be compared with `case_file` in the data of the event that closed a step."""
        return canonical.digest(index_of(self.case_file(case_id, as_of_seq)))

    def item_history(self, case_id: str, name: str) -> tuple[ItemView, ...]:
        """Every version of one item, oldest first."""
        table = case_file_item.c
        query = select(case_file_item).where(table.case_id == case_id, table.name == name).order_by(table.version)
        with self.reading() as connection:
            return tuple(item_view(dict(row)) for row in connection.execute(query).mappings())

    def events(self, case_id: str, after_seq: int = 0, limit: int | None = None) -> tuple[EventView, ...]:
        table = audit_event.c
        query = select(audit_event).where(table.case_id == case_id, table.seq > after_seq).order_by(table.seq)
        with self.reading() as connection:
            return tuple(event_view(dict(row)) for row in connection.execute(query.limit(limit)).mappings())

    def find_events(
        self,
        *,
        actor_id: str | None = None,
        kind: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        page: int = 1,
        size: int = 50,
    ) -> Page[EventView]:
        """Events over all cases, newest first."""
        table = audit_event.c
        where: list[ColumnElement[bool]] = []
        where += [table.actor_id == actor_id] if actor_id else []
        where += [table.kind == kind] if kind else []
        where += [table.at >= since] if since else []
        where += [table.at < until] if until else []
        query = select(audit_event).where(*where).order_by(table.at.desc(), table.case_id, table.seq.desc())
        with self.reading() as connection:
            total = connection.execute(select(func.count()).select_from(audit_event).where(*where)).scalar_one()
            rows = connection.execute(query.limit(size).offset((max(page, 1) - 1) * size)).mappings()
            return Page(tuple(event_view(dict(row)) for row in rows), total, max(page, 1), size)

    def marking(self, case_id: str, as_of_seq: int | None = None) -> list[list[str]]:
        """Where the case stood after an event: [kind, process key, element id, path, token]."""
        found: list[list[str]] = []
        for event in self.events(case_id):
            if as_of_seq is not None and event.seq > as_of_seq:
                break
            found = event.data.get("marking", found)
        return found

    def evidence(self, case_id: str) -> tuple[EvidenceView, ...]:
        query = select(evidence).where(evidence.c.case_id == case_id).order_by(evidence.c.received_at, evidence.c.id)
        with self.reading() as connection:
            return tuple(_evidence_view(dict(row)) for row in connection.execute(query).mappings())

    def evidence_one(self, evidence_id: str) -> EvidenceView:
        """One outside answer with its raw bytes. Raises NotFound."""
        with self.reading() as connection:
            row = connection.execute(select(evidence).where(evidence.c.id == evidence_id)).mappings().one_or_none()
        if row is None:
            raise NotFound("没有这份核查回执。", evidence_id=evidence_id)
        return _evidence_view(dict(row))

    def decision_records(
        self, case_id: str | None = None, decision_key: str | None = None, limit: int = 500
    ) -> tuple[DecisionRecordView, ...]:
        """Decisions of a case in order, or of a decision over all cases, newest first."""
        table = decision_record.c
        query = select(decision_record).limit(limit)
        query = query.where(table.case_id == case_id) if case_id else query
        query = query.where(table.decision_key == decision_key) if decision_key else query
        query = (
            query.order_by(table.event_seq, table.id) if case_id else query.order_by(table.decided_at.desc(), table.id)
        )
        with self.reading() as connection:
            return tuple(_decision_view(dict(row)) for row in connection.execute(query).mappings())

    def messages(self, case_id: str) -> tuple[dict[str, Any], ...]:
        """Messages sent to the applicant."""
        query = (
            select(outgoing_message).where(outgoing_message.c.case_id == case_id).order_by(outgoing_message.c.sent_at)
        )
        with self.reading() as connection:
            return tuple(dict(row) for row in connection.execute(query).mappings())

    def verify_chain(self, case_id: str) -> ChainReport:
        """Follow the hash chain of a case, and compare the stored facts and evidence with their hashes."""
        with self.reading() as connection:
            own = process_instance.c
            ends = connection.execute(select(own.event_seq, own.event_hash).where(own.case_id == case_id)).one_or_none()
            query = select(audit_event).where(audit_event.c.case_id == case_id).order_by(audit_event.c.seq)
            rows = connection.execute(query).mappings()
            report = check_chain(case_id, (dict(row) for row in rows), *(ends or (None, None)))
            flaw = _flawed_fact(connection, case_id) if report.intact else ""
        if flaw:
            return ChainReport(case_id, report.events, False, None, flaw, report.head)
        return report

    def verify_all(self, limit: int | None = None) -> tuple[int, tuple[ChainReport, ...]]:
        """(cases checked, reports of those that are broken)."""
        with self.reading() as connection:
            ids = list(connection.execute(select(process_instance.c.case_id).limit(limit)).scalars())
        broken = tuple(report for case_id in ids if not (report := self.verify_chain(case_id)).intact)
        return len(ids), broken

    def record_read(self, case_id: str, actor: Actor, what: str, reason: str | None = None) -> None:
        """Note that a person has seen something of a case: page, plaintext:<field>, export, file."""
        now = self.now()
        row = {"id": new_id(now), "case_id": case_id, "at": now, "actor_id": actor.user_id, "actor_name": actor.name}
        self.transact(
            lambda connection: insert_rows(connection, read_record, [{**row, "what": what, "reason": reason}])
        )

    def reads(
        self, case_id: str | None = None, actor_id: str | None = None, limit: int = 500
    ) -> tuple[dict[str, Any], ...]:
        """Who read what, newest first."""
        query = select(read_record).order_by(read_record.c.at.desc(), read_record.c.id).limit(limit)
        query = query.where(read_record.c.case_id == case_id) if case_id else query
        query = query.where(read_record.c.actor_id == actor_id) if actor_id else query
        with self.reading() as connection:
            return tuple(dict(row) for row in connection.execute(query).mappings())


def _flawed_fact(connection: Any, case_id: str) -> str:
    table = case_file_item.c
    query = select(table.name, table.version, table.value, table.hash).where(table.case_id == case_id)
    for name, version, value, known in connection.execute(query):
        if canonical.sha256(value) != known:
            return f"案卷项 {name} 第 {version} 版与其哈希不符"
    query = select(evidence.c.id, evidence.c.raw, evidence.c.sha256).where(evidence.c.case_id == case_id)
    for evidence_id, raw, known in connection.execute(query):
        if canonical.sha256(bytes(raw)) != known:
            return f"核查回执 {evidence_id} 与其哈希不符"
    return ""


def _evidence_view(row: dict[str, Any]) -> EvidenceView:
    raw = bytes(row["raw"])
    return EvidenceView(**{**row, "raw": raw, "intact": canonical.sha256(raw) == row["sha256"]})


def _decision_view(row: dict[str, Any]) -> DecisionRecordView:
    values = {name: row[name] for name in DecisionRecordView.__dataclass_fields__}
    return DecisionRecordView(**{**values, "rows": tuple(row["rows"])})
