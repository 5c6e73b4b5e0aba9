"""Legal documents beside a change: kept with their hash, never altered. Refuses what is too large or no document."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, insert, select

from engine import Actor
from engine.database import writing
from engine.errors import NotFound, ValidationFailed
from web.rules.records import rule_document

MAX_BYTES = 20_000_000
_KINDS: Mapping[str, bytes] = {
    "application/pdf": b"%PDF",
    "image/png": b"\x89PNG",
    "image/jpeg": b"\xff\xd8\xff",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": b"PK\x03\x04",
}


@dataclass(frozen=True)
class Paper:
    name: str
    media_type: str
    content: bytes


def read(upload: Any) -> Paper | None:
    """The uploaded file, or None when none was chosen; ValidationFailed says what is wrong with it."""
    if upload is None or not upload.filename:
        return None
    content = upload.read(MAX_BYTES + 1)
    if not content:
        raise _wrong("依据文件是空的，请重新选择")
    if len(content) > MAX_BYTES:
        raise _wrong("依据文件超过 20 MB，请压缩后再传")
    kind = next((kind for kind, mark in _KINDS.items() if content.startswith(mark)), None)
    if kind is None:
        raise _wrong("依据文件应为 PDF、Word（docx）、PNG 或 JPG")
    return Paper(upload.filename.rpartition("/")[2][:200], kind, content)


def _wrong(message: str) -> ValidationFailed:
    return ValidationFailed(message, errors=[{"path": "/document", "message": message}])


def keep(database: Engine, kind: str, key: str, review_id: str, paper: Paper, actor: Actor, at: datetime) -> str:
    """Store a document with the change that it belongs to; returns its id."""
    row = {
        "id": uuid.uuid4().hex,
        "kind": kind,
        "key": key,
        "review_id": review_id,
        "name": paper.name,
        "media_type": paper.media_type,
        "size": len(paper.content),
        "sha256": hashlib.sha256(paper.content).hexdigest(),
        "content": paper.content,
        "added_by": actor.user_id,
        "added_by_name": actor.name,
        "added_at": at,
    }
    with writing(database).begin() as connection:
        connection.execute(insert(rule_document).values(row))
    return str(row["id"])


def of(database: Engine, kind: str, key: str) -> dict[str, list[Mapping[str, Any]]]:
    """Documents of one model by review id, without content."""
    columns = [column for column in rule_document.c if column.name != "content"]
    query = select(*columns).where(rule_document.c.kind == kind, rule_document.c.key == key)
    found: dict[str, list[Mapping[str, Any]]] = {}
    with database.connect() as connection:
        for row in connection.execute(query.order_by(rule_document.c.added_at)).mappings():
            found.setdefault(row["review_id"] or "", []).append(row)
    return found


def one(database: Engine, document_id: str) -> Mapping[str, Any]:
    """The document with its content; NotFound otherwise."""
    with database.connect() as connection:
        row = connection.execute(select(rule_document).where(rule_document.c.id == document_id)).mappings().first()
    if row is None:
        raise NotFound("没有这份文件")
    return row


def names(rows: Sequence[Mapping[str, Any]]) -> str:
    return "、".join(row["name"] for row in rows)
