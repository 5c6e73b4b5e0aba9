"""Writes histories as XES (IEEE 1849-2016), for process-mining tools. Leaves out what people typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from lxml import etree
from sqlalchemy import Connection, select

from engine import canonical
from engine.ground import Ground
from engine.records import audit_event, cases
from engine.states import EventKind

if TYPE_CHECKING:
    from engine.engine import Engine

_LIFECYCLE = {
    EventKind.TASK_CREATED: "schedule",
    EventKind.TASK_CLAIMED: "assign",
    EventKind.TASK_TRANSFERRED: "reassign",
    EventKind.TASK_DELEGATED: "reassign",
    EventKind.TASK_RELEASED: "reassign",
    EventKind.TASK_COMPLETED: "complete",
    EventKind.TASK_CANCELLED: "ate_abort",
    EventKind.JOB_CREATED: "schedule",
    EventKind.JOB_COMPLETED: "complete",
    EventKind.JOB_SKIPPED: "manualskip",
    EventKind.SERVICE_COMPLETED: "complete",
    EventKind.DECISION_MADE: "complete",
    EventKind.CASE_WITHDRAWN: "pi_abort",
    EventKind.CASE_CANCELLED: "pi_abort",
}


class Exports(Ground):
    def export_xes(self, case_ids: Sequence[str]) -> bytes:
        """One trace a case, one event an audit event."""
        root = etree.Element("log", {"xes.version": "1849.2016", "xes.features": "nested-attributes"})
        for name, prefix in (
            ("Concept", "concept"),
            ("Time", "time"),
            ("Organizational", "org"),
            ("Lifecycle", "lifecycle"),
        ):
            uri = f"http://www.xes-standard.org/{prefix}.xesext"
            etree.SubElement(root, "extension", name=name, prefix=prefix, uri=uri)
        with self.reading() as connection:
            for case_id in case_ids:
                _trace(root, connection, case_id)
        written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
        return written


def export(engine: Engine, case_ids: Sequence[str]) -> bytes:
    """The same as a function."""
    return engine.export_xes(case_ids)


def _trace(root: Any, connection: Connection, case_id: str) -> None:
    columns = (cases.c.case_no, cases.c.process_key, cases.c.process_version, cases.c.status)
    case = connection.execute(select(*columns).where(cases.c.id == case_id)).one_or_none()
    if case is None:
        return
    trace = etree.SubElement(root, "trace")
    own = {
        "concept:name": case.case_no,
        "process": case.process_key,
        "version": str(case.process_version),
        "status": case.status,
    }
    _strings(trace, own.items())
    query = select(audit_event).where(audit_event.c.case_id == case_id).order_by(audit_event.c.seq)
    for row in connection.execute(query).mappings():
        event = etree.SubElement(trace, "event")
        kind = EventKind(row["kind"])
        values = {
            "concept:name": row["element_name"] or kind.value,
            "lifecycle:transition": _LIFECYCLE.get(kind, "unknown"),
            "org:resource": row["actor_name"],
            "org:role": row["actor_post"],
            "event": kind.value,
            "element": row["element_id"],
            "outcome": canonical.loads(row["data"]).get("outcome"),
        }
        _strings(event, values.items())
        etree.SubElement(event, "date", key="time:timestamp", value=row["at"].isoformat())


def _strings(parent: Any, values: Iterable[tuple[str, str | None]]) -> None:
    for key, value in values:
        if value:
            etree.SubElement(parent, "string", key=key, value=str(value))
