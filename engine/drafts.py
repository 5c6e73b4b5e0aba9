"""What is written but not sent: drafts of diagrams and tables, of opinions and forms. Refuses to overwrite what it has not seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, select

from engine import canonical
from engine.actors import Actor
from engine.errors import StaleTask, ValidationFailed
from engine.ground import Ground
from engine.records import model_draft, task_draft
from engine.statements import execute, insert_rows, instant
from engine.views import Draft, ModelDraft

MAX_XML = 5_000_000


class Drafts(Ground):
    def save_draft(
        self, kind: str, key: str, xml: bytes, revision: int, actor: Actor, base_version: int | None = None
    ) -> ModelDraft:
        """Save a diagram (kind process) or table (kind decision). revision: the one last seen, 0 for none.

        Raises StaleTask (by, at) when somebody else has saved since.
        """
        if len(xml) > MAX_XML:
            raise ValidationFailed("草稿过大。", limit=MAX_XML)

        def work(connection: Connection) -> None:
            held = connection.execute(select(model_draft).where(*_is(kind, key))).mappings().one_or_none()
            if (held["revision"] if held else 0) != revision:
                raise _stale_draft(held)
            now = self.now()
            if held is None:
                row = {
                    "kind": kind,
                    "key": key,
                    "revision": 1,
                    "base_version": base_version,
                    "xml": xml,
                    "updated_at": now,
                }
                insert_rows(
                    connection, model_draft, [{**row, "updated_by": actor.user_id, "updated_by_name": actor.name}]
                )
                return
            statement = (
                "UPDATE model_draft SET revision = revision + 1, xml = ?, updated_at = ?, updated_by = ?, updated_by_name = ?"
                " WHERE kind = ? AND key = ? AND revision = ?"
            )
            if execute(connection, statement, (xml, instant(now), actor.user_id, actor.name, kind, key, revision)) != 1:
                raise _stale_draft(held)

        self.transact(work)
        found = self.draft(kind, key)
        assert found is not None
        return found

    def draft(self, kind: str, key: str) -> ModelDraft | None:
        with self.reading() as connection:
            row = connection.execute(select(model_draft).where(*_is(kind, key))).mappings().one_or_none()
        return None if row is None else ModelDraft(**{**row, "xml": bytes(row["xml"])})

    def model_drafts(self, kind: str) -> tuple[ModelDraft, ...]:
        with self.reading() as connection:
            rows = connection.execute(
                select(model_draft).where(model_draft.c.kind == kind).order_by(model_draft.c.key)
            ).mappings()
            return tuple(ModelDraft(**{**row, "xml": bytes(row["xml"])}) for row in rows)

    def discard_draft(self, kind: str, key: str) -> None:
        self.transact(lambda connection: connection.execute(delete(model_draft).where(*_is(kind, key))))

    def save_task_draft(self, subject: str, content: Mapping[str, Any], revision: int, actor: Actor) -> Draft:
        """Keep what a person has typed: subject is a task id or start:<process_key>. revision 0 overwrites whatever there is."""
        text = canonical.dumps(content)
        if len(text) > self.settings.max_form_bytes:
            raise ValidationFailed("内容过大，草稿没有保存。", errors=[{"path": "", "message": "内容过大"}])
        now = self.now()

        def work(connection: Connection) -> int:
            query = select(task_draft.c.revision).where(
                task_draft.c.subject == subject, task_draft.c.user_id == actor.user_id
            )
            held = connection.execute(query).scalar_one_or_none()
            if held is None:
                row = {"subject": subject, "user_id": actor.user_id, "revision": 1, "content": content, "saved_at": now}
                insert_rows(connection, task_draft, [row])
                return 1
            if revision not in (0, held):
                raise StaleTask("这份草稿已在另一个窗口保存过。", revision=held)
            statement = (
                "UPDATE task_draft SET revision = ?, content = ?, saved_at = ? WHERE subject = ? AND user_id = ?"
            )
            execute(connection, statement, (held + 1, text, instant(now), subject, actor.user_id))
            return int(held) + 1

        return Draft(subject, actor.user_id, self.transact(work), dict(content), now)

    def task_draft(self, subject: str, actor: Actor) -> Draft | None:
        query = select(task_draft).where(task_draft.c.subject == subject, task_draft.c.user_id == actor.user_id)
        with self.reading() as connection:
            row = connection.execute(query).mappings().one_or_none()
        return None if row is None else Draft(**row)

    def discard_task_draft(self, subject: str, actor: Actor) -> None:
        table = task_draft.c
        self.transact(
            lambda c: c.execute(delete(task_draft).where(table.subject == subject, table.user_id == actor.user_id))
        )


def _is(kind: str, key: str) -> tuple[Any, Any]:
    return model_draft.c.kind == kind, model_draft.c.key == key


def _stale_draft(held: Mapping[Any, Any] | None) -> StaleTask:
    if held is None:
        return StaleTask("这份草稿已被删除。", what="discarded")
    at = held["updated_at"]
    return StaleTask(
        f"{held['updated_by_name']} 已保存过新的草稿。",
        by=held["updated_by_name"],
        at=at.isoformat(),
        what="saved",
        revision=held["revision"],
    )
