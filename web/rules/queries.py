"""What the rules desk reads: versions, recorded decisions, open deadlines. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Engine, func, select

from engine.bpmn.diagram import read_diagram
from engine.records import cases, decision_definition, decision_record, deployment, process_definition
from web.rules.whatif import Past, Verdict
from web.services import rows

Row = Mapping[str, Any]
_CHUNK = 2000


def latest_decisions() -> Sequence[Row]:
    """The newest version of every decision, with who deployed it."""
    newest = (
        select(decision_definition.c.key, func.max(decision_definition.c.version).label("version"))
        .group_by(decision_definition.c.key)
        .subquery()
    )
    return rows(
        select(decision_definition, deployment.c.actor_name, deployment.c.approved_by, deployment.c.note)
        .join(newest, (newest.c.key == decision_definition.c.key) & (newest.c.version == decision_definition.c.version))
        .join(deployment, deployment.c.id == decision_definition.c.deployment_id)
        .order_by(decision_definition.c.path)
    )


def versions(key: str) -> Sequence[Row]:
    """Every version of a decision, newest first, without XML."""
    columns = [column for column in decision_definition.c if column.name != "xml"]
    return rows(
        select(*columns, deployment.c.actor_name, deployment.c.approved_by, deployment.c.note)
        .join(deployment, deployment.c.id == decision_definition.c.deployment_id)
        .where(decision_definition.c.key == key)
        .order_by(decision_definition.c.version.desc())
    )


def version(key: str, number: int) -> Row | None:
    """One version with its XML."""
    table = decision_definition
    found = rows(select(table).where(table.c.key == key, table.c.version == number))
    return found[0] if found else None


def in_force(found: Sequence[Row], on: date) -> Row | None:
    """Of versions newest first: the one that counts on a day."""
    return next((row for row in found if row["effective_on"] is None or row["effective_on"] <= on), None)


def uses(decision_ids: Sequence[str]) -> list[dict[str, Any]]:
    """Business rule tasks of the newest diagrams that name one of these decisions, and which day counts for them."""
    return [use for use in all_uses() if use["decision"] in decision_ids]


def all_uses() -> list[dict[str, Any]]:
    """The same for every decision; a diagram is read once, not once a page."""
    newest = (
        select(process_definition.c.key, func.max(process_definition.c.version).label("version"))
        .group_by(process_definition.c.key)
        .subquery()
    )
    table = process_definition
    query = select(table.c.key, table.c.name, table.c.hash, table.c.id).join(
        newest, (newest.c.key == table.c.key) & (newest.c.version == table.c.version)
    )
    found = []
    for row in rows(query.order_by(table.c.key)):
        if row["hash"] not in _READ:
            _READ[row["hash"]] = _rule_tasks(row["id"])
        found += [{"process": row["key"], "name": row["name"], **task} for task in _READ[row["hash"]]]
    return found


_READ: dict[str, list[dict[str, Any]]] = {}


def _rule_tasks(definition_id: str) -> list[dict[str, Any]]:
    xml = rows(select(process_definition.c.xml).where(process_definition.c.id == definition_id))[0]["xml"]
    elements = [node.element for node in read_diagram(bytes(xml)).nodes()]
    return [
        {"decision": one.decision_ref, "element": one.name, "day": one.properties.get("decision.date", "")}
        for one in elements
        if one.decision_ref
    ]


def record_counts() -> dict[str, int]:
    """How many recorded decisions each rule has."""
    table = decision_record
    found = rows(select(table.c.decision_key, func.count().label("count")).group_by(table.c.decision_key))
    return {row["decision_key"]: row["count"] for row in found}


def count_pasts(key: str) -> int:
    return record_counts().get(key, 0)


def pasts(database: Engine, key: str) -> Iterator[Past]:
    """Every recorded decision of a rule with its case, in the order of deciding; read in chunks."""
    query = (
        select(decision_record, cases.c.case_no, cases.c.district, cases.c.status)
        .join(cases, cases.c.id == decision_record.c.case_id)
        .where(decision_record.c.decision_key == key)
        .order_by(decision_record.c.id)
    )
    last = ""
    while True:
        with database.connect() as connection:
            chunk = connection.execute(query.where(decision_record.c.id > last).limit(_CHUNK)).mappings().all()
        yield from (past_of(row) for row in chunk)
        if len(chunk) < _CHUNK:
            return
        last = chunk[-1]["id"]


def past_of(row: Row) -> Past:
    """A recorded decision as what-if reads it."""
    fired = [number for table in row["rows"] for number in table.get("rows", ())] if row["rows"] else []
    last = row["rows"][-1].get("rows", fired) if row["rows"] else fired
    return Past(
        record_id=row["id"],
        case_no=row["case_no"],
        district=row["district"] or "",
        decided_on=row["decided_on"],
        decided_at=row["decided_at"],
        decision_id=row["decision_id"],
        version=row["version"],
        inputs=row["inputs"],
        verdict=Verdict(row["outputs"], tuple(last)),
        is_open=row["status"] == "running",
    )


def recent_records(key: str, limit: int = 30) -> Sequence[Row]:
    """The newest recorded decisions, to try a draft on a real case."""
    query = (
        select(decision_record, cases.c.case_no, cases.c.district, cases.c.status, cases.c.applicant_name)
        .join(cases, cases.c.id == decision_record.c.case_id)
        .where(decision_record.c.decision_key == key)
        .order_by(decision_record.c.decided_at.desc())
        .limit(limit)
    )
    return rows(query)


def record_one(record_id: str) -> Row | None:
    found = rows(
        select(decision_record, cases.c.case_no, cases.c.district, cases.c.status)
        .join(cases, cases.c.id == decision_record.c.case_id)
        .where(decision_record.c.id == record_id)
    )
    return found[0] if found else None
