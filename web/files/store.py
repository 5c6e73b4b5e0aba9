"""Keeps uploaded files in the data folder under generated names with their hash; refuses what is not what it says."""

from __future__ import annotations

import hashlib
import os
import secrets
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, insert, select, update

from engine import Actor, Clock
from engine.errors import NotFound, ValidationFailed
from engine.records import stored_file
from web.files.content import media_type_of

MAX_BYTES = 20 * 1024 * 1024


class FileStore:
    """The stored files of one installation. `root` is outside the web root; rows are in `stored_file`."""

    def __init__(self, root: Path, database: Engine, clock: Clock) -> None:
        self._root, self._database, self._clock = root, database, clock

    def put(self, data: bytes, name: str, field: str, actor: Actor, case_id: str | None = None) -> Mapping[str, Any]:
        """Check and keep one file; returns its row. Raises ValidationFailed with what is wrong with it."""
        clean = clean_name(name)
        if len(data) > MAX_BYTES:
            raise ValidationFailed(f"“{clean}”有 {len(data) / 1048576:.1f} MB，超过单个文件 20 MB 的上限，请压缩或拆分后上传", reason="size")
        media_type = media_type_of(data, clean)
        row = {
            "id": secrets.token_hex(16),
            "case_id": case_id,
            "field": field[:200],
            "name": clean,
            "media_type": media_type,
            "size_bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
            "uploaded_by": actor.user_id,
            "uploaded_by_name": actor.name,
            "uploaded_at": self._clock.now(),
        }
        self._write(row["id"], data)
        with self._database.begin() as connection:
            connection.execute(insert(stored_file).values(**row))
        return row

    def _write(self, file_id: str, data: bytes) -> None:
        path = self._path(file_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        waiting = path.with_suffix(".part")
        with open(waiting, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        waiting.rename(path)

    def _path(self, file_id: str) -> Path:
        if not file_id.isalnum():
            raise NotFound("没有这个文件")
        return self._root / file_id[:2] / file_id

    def info(self, file_id: str) -> Mapping[str, Any]:
        """The row of one file. Raises NotFound."""
        with self._database.connect() as connection:
            row = connection.execute(select(stored_file).where(stored_file.c.id == file_id)).mappings().first()
        if row is None:
            raise NotFound("没有这个文件")
        return row

    def read(self, file_id: str) -> bytes:
        """The bytes as they were uploaded. Raises NotFound when the row or the file is missing."""
        self.info(file_id)
        try:
            return self._path(file_id).read_bytes()
        except FileNotFoundError as error:
            raise NotFound("文件内容缺失，请联系系统管理员", file_id=file_id) from error

    def attach(self, file_ids: list[str], case_id: str) -> None:
        """Say that these files belong to this case now; those of another case stay where they are."""
        if not file_ids:
            return
        with self._database.begin() as connection:
            connection.execute(
                update(stored_file)
                .where(stored_file.c.id.in_(file_ids), stored_file.c.case_id.is_(None))
                .values(case_id=case_id)
            )


def clean_name(name: str) -> str:
    """The file's own name without path, control characters and direction marks, at most 120 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    stem, dot, suffix = kept.rpartition(".")
    if dot and len(kept) > 120:
        return f"{stem[: 119 - len(suffix)]}.{suffix}"
    return kept[:120] or "文件"
