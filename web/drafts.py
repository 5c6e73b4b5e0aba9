"""What a person typed and has not sent: of a start form (`start:<process>`) or of a task; kept on the server per person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from engine.records import task_draft
from web.auth.people import Person
from web.services import now, rows, writing


@dataclass(frozen=True)
class Kept:
    """value: the form; opinion, outcome: of a task; key: the idempotency key that its submission will use."""

    subject: str
    value: dict[str, Any]
    opinion: str
    outcome: str
    key: str
    saved_at: datetime


def of(subject: str, person: Person) -> Kept | None:
    """The person's draft of this subject, or None."""
    here = (task_draft.c.subject == subject) & (task_draft.c.user_id == person.account_id)
    found = rows(select(task_draft).where(here))
    return _kept(found[0]) if found else None


def all_starts(person: Person) -> list[Kept]:
    """The person's unsent applications, newest first."""
    here = (task_draft.c.user_id == person.account_id) & task_draft.c.subject.startswith("start:")
    return [_kept(row) for row in rows(select(task_draft).where(here).order_by(task_draft.c.saved_at.desc()))]


def _kept(row: Mapping[str, Any]) -> Kept:
    content = row["content"]
    return Kept(
        subject=row["subject"],
        value=content.get("form", {}),
        opinion=content.get("opinion", ""),
        outcome=content.get("outcome", ""),
        key=content.get("key", ""),
        saved_at=row["saved_at"],
    )


def save(subject: str, person: Person, content: Mapping[str, Any]) -> datetime:
    """Keep {form, opinion, outcome, key}; the last save wins. Returns when."""
    instant = now()
    here = (task_draft.c.subject == subject) & (task_draft.c.user_id == person.account_id)
    with writing() as connection:
        changed = connection.execute(
            update(task_draft)
            .where(here)
            .values(content=dict(content), saved_at=instant, revision=task_draft.c.revision + 1)
        ).rowcount
        if not changed:
            connection.execute(
                insert(task_draft).values(
                    subject=subject, user_id=person.account_id, revision=1, content=dict(content), saved_at=instant
                )
            )
    return instant


def drop(subject: str, person: Person) -> None:
    """Forget the draft."""
    with writing() as connection:
        connection.execute(
            delete(task_draft).where(task_draft.c.subject == subject, task_draft.c.user_id == person.account_id)
        )
