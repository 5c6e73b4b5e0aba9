"""A change and its second person: submitted, then approved, returned or withdrawn, each exactly once.

The person who submitted can never be the one who approves, and of two approvals at once only one is carried out.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, insert, select, update
from sqlalchemy.exc import IntegrityError

from engine import Actor
from engine.database import writing
from engine.errors import IllegalTransition, NotFound, NotPermitted, StaleTask, ValidationFailed
from web.studio.records import model_review


@dataclass(frozen=True)
class Change:
    """What a person proposes: content is BPMN or DMN text, or JSON; base_* name the version that it grew from."""

    kind: str
    key: str
    content: str
    note: str
    base_hash: str = ""
    base_version: int | None = None
    legal_basis: str = ""
    effective_on: str | None = None
    report: Mapping[str, Any] | None = None


def submit(database: Engine, change: Change, actor: Actor, at: datetime) -> str:
    """Record the change as waiting and return its id; StaleTask when another change of this model waits already."""
    if not change.note.strip():
        raise ValidationFailed(
            "请写明修改说明，复核人据此判断",
            errors=[{"path": "/note", "message": "请写明改了什么、为什么改"}],
        )
    review_id = uuid.uuid4().hex
    row = {
        "id": review_id,
        "kind": change.kind,
        "key": change.key,
        "content": change.content,
        "content_hash": content_hash(change.content),
        "base_hash": change.base_hash,
        "base_version": change.base_version,
        "note": change.note.strip(),
        "legal_basis": change.legal_basis.strip(),
        "effective_on": change.effective_on or None,
        "report": dict(change.report or {}),
        "state": "pending",
        "submitted_by": actor.user_id,
        "submitted_by_name": actor.name,
        "submitted_at": at,
    }
    try:
        with writing(database).begin() as connection:
            connection.execute(insert(model_review).values(row))
    except IntegrityError as error:
        _refuse_second(database, change, error)
    return review_id


def _refuse_second(database: Engine, change: Change, error: IntegrityError) -> None:
    waiting = pending(database, change.kind, change.key)
    if waiting is None:
        raise error
    raise StaleTask(
        f"{waiting['submitted_by_name']} 提交的修改正在等待复核；请先处理那一份，您的草稿仍然保留",
        by=waiting["submitted_by_name"],
        at=waiting["submitted_at"].isoformat(),
        what="submitted",
    ) from error


def take(connection: Connection, review_id: str, actor: Actor, at: datetime, note: str = "") -> Mapping[str, Any]:
    """Mark a waiting change as approved by the actor; the caller deploys it. Refuses the submitter and a second time."""
    row = one(connection, review_id)
    if row["submitted_by"] == actor.user_id:
        raise NotPermitted("修改人不能复核自己的修改，请由另一位有发布权限的同事复核", submitted_by=row["submitted_by"])
    _move(connection, row, "approved", actor, at, note)
    return row


def give_back(database: Engine, review_id: str, actor: Actor, at: datetime, note: str) -> Mapping[str, Any]:
    """Return the change to its author with a reason; the draft stays as it is."""
    if not note.strip():
        raise ValidationFailed("请写明退回理由", errors=[{"path": "/note", "message": "请写明退回理由"}])
    with writing(database).begin() as connection:
        row = one(connection, review_id)
        _move(connection, row, "returned", actor, at, note.strip())
        return row


def withdraw(database: Engine, review_id: str, actor: Actor, at: datetime) -> Mapping[str, Any]:
    """The author takes the change back before anybody decided on it."""
    with writing(database).begin() as connection:
        row = one(connection, review_id)
        if row["submitted_by"] != actor.user_id:
            raise NotPermitted("只有提交人可以撤回这份修改")
        _move(connection, row, "withdrawn", actor, at, "")
        return row


def reopen(database: Engine, review_id: str) -> None:
    """Put an approved change back to waiting because its deployment was refused."""
    with writing(database).begin() as connection:
        connection.execute(
            update(model_review)
            .where(model_review.c.id == review_id, model_review.c.state == "approved")
            .values(state="pending", decided_by=None, decided_by_name=None, decided_at=None)
        )


def note_deployment(database: Engine, review_id: str, deployment_id: str, version: int | None) -> None:
    """Remember which deployment and version the change became."""
    with writing(database).begin() as connection:
        connection.execute(
            update(model_review)
            .where(model_review.c.id == review_id)
            .values(deployment_id=deployment_id, version=version)
        )


def _move(connection: Connection, row: Mapping[str, Any], state: str, actor: Actor, at: datetime, note: str) -> None:
    moved = connection.execute(
        update(model_review)
        .where(model_review.c.id == row["id"], model_review.c.state == "pending")
        .values(
            state=state, decided_by=actor.user_id, decided_by_name=actor.name, decided_at=at, decision_note=note
        )
    )
    if moved.rowcount == 1:
        return
    now = one(connection, row["id"])
    raise IllegalTransition(
        f"这份修改已由 {now['decided_by_name'] or now['submitted_by_name']} 处理（{STATE_NAMES[now['state']]}）",
        by=now["decided_by_name"],
        at=now["decided_at"] and now["decided_at"].isoformat(),
        what=now["state"],
    )


STATE_NAMES = {"pending": "待复核", "approved": "已通过", "returned": "已退回", "withdrawn": "已撤回"}


def one(connection: Connection, review_id: str) -> Mapping[str, Any]:
    """The review of that id; NotFound otherwise."""
    row = connection.execute(select(model_review).where(model_review.c.id == review_id)).mappings().first()
    if row is None:
        raise NotFound("没有这份修改")
    return row


def pending(database: Engine, kind: str, key: str) -> Mapping[str, Any] | None:
    """The change of this model that waits for a second person, if any."""
    found = of(database, kind, key, states=("pending",))
    return found[0] if found else None


def of(database: Engine, kind: str, key: str, states: Sequence[str] = ()) -> Sequence[Mapping[str, Any]]:
    """All changes of one model, newest first."""
    query = select(model_review).where(model_review.c.kind == kind, model_review.c.key == key)
    if states:
        query = query.where(model_review.c.state.in_(states))
    with database.connect() as connection:
        return connection.execute(query.order_by(model_review.c.submitted_at.desc())).mappings().all()


def waiting(database: Engine, kinds: Sequence[str]) -> Sequence[Mapping[str, Any]]:
    """Every change of these kinds that waits, oldest first."""
    query = select(model_review).where(model_review.c.state == "pending", model_review.c.kind.in_(kinds))
    with database.connect() as connection:
        return connection.execute(query.order_by(model_review.c.submitted_at)).mappings().all()


def content_hash(content: str) -> str:
    """SHA-256 of the text as UTF-8, in hex."""
    return hashlib.sha256(content.encode()).hexdigest()
