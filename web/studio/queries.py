"""What the studio's lists read: versions, running cases per version, drafts. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import case as when
from sqlalchemy import func, select

from engine.records import cases, decision_definition, deployment, form_definition, model_draft, process_definition
from web.services import rows

Row = Mapping[str, Any]


def latest_processes() -> Sequence[Row]:
    """The newest version of every process, with who deployed it."""
    newest = (
        select(process_definition.c.key, func.max(process_definition.c.version).label("version"))
        .group_by(process_definition.c.key)
        .subquery()
    )
    columns = [column for column in process_definition.c if column.name != "xml"]
    return rows(
        select(*columns, deployment.c.actor_name, deployment.c.approved_by, deployment.c.note)
        .join(newest, (newest.c.key == process_definition.c.key) & (newest.c.version == process_definition.c.version))
        .join(deployment, deployment.c.id == process_definition.c.deployment_id)
        .order_by(process_definition.c.domain, process_definition.c.name)
    )


def versions(key: str) -> Sequence[Row]:
    """Every version of a process, newest first, without XML."""
    columns = [column for column in process_definition.c if column.name != "xml"]
    return rows(
        select(*columns, deployment.c.actor_name, deployment.c.approved_by, deployment.c.note)
        .join(deployment, deployment.c.id == process_definition.c.deployment_id)
        .where(process_definition.c.key == key)
        .order_by(process_definition.c.version.desc())
    )


def version(key: str, number: int) -> Row | None:
    """One version with its XML."""
    found = rows(
        select(process_definition).where(process_definition.c.key == key, process_definition.c.version == number)
    )
    return found[0] if found else None


def cases_by_version(key: str = "") -> dict[tuple[str, int], dict[str, int]]:
    """(process, version) to how many cases run and how many there are."""
    query = select(
        cases.c.process_key,
        cases.c.process_version,
        func.count().label("total"),
        func.sum(when((cases.c.status == "running", 1), else_=0)).label("running"),
    ).group_by(cases.c.process_key, cases.c.process_version)
    if key:
        query = query.where(cases.c.process_key == key)
    return {
        (row["process_key"], row["process_version"]): {"total": row["total"], "running": row["running"]}
        for row in rows(query)
    }


def drafts(kind: str) -> dict[str, Row]:
    """Drafts of a kind by key, without XML."""
    columns = [column for column in model_draft.c if column.name != "xml"]
    return {row["key"]: row for row in rows(select(*columns).where(model_draft.c.kind == kind))}


def callers(key: str) -> list[str]:
    """Keys of the processes whose newest version calls this one."""
    return [row["key"] for row in latest_processes() if key in (row["called_keys"] or ())]


def form_keys() -> list[str]:
    return [row["key"] for row in rows(select(form_definition.c.key).distinct().order_by(form_definition.c.key))]


def decision_keys() -> list[str]:
    """Ids of all decisions that a business rule task may name."""
    found: dict[str, None] = {}
    query = select(decision_definition.c.key, decision_definition.c.decision_ids)
    for row in rows(query.order_by(decision_definition.c.key)):
        found.update(dict.fromkeys([row["key"], *row["decision_ids"]]))
    return list(found)
