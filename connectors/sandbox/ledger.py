"""Ledger: what reached each system of the sandbox, under which key, and with how many effects; kept in SQLite.

One effect a key: a repeated key gets the recorded body again. It also keeps the small state of the systems (cases,
stored licences). Everything runs under one lock, so two deliveries at the same instant have one effect as well.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from threading import RLock
from typing import Any

_TABLES = """
CREATE TABLE IF NOT EXISTS ledger (
    id INTEGER PRIMARY KEY, system TEXT NOT NULL, key TEXT NOT NULL, operation TEXT NOT NULL,
    fingerprint TEXT NOT NULL, request TEXT NOT NULL, body BLOB NOT NULL, first_at TEXT NOT NULL, last_at TEXT NOT NULL,
    deliveries INTEGER NOT NULL, effects INTEGER NOT NULL, UNIQUE (system, key));
CREATE TABLE IF NOT EXISTS state (
    id INTEGER PRIMARY KEY, system TEXT NOT NULL, kind TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    UNIQUE (system, kind, key));
"""
_COLUMNS = "key, operation, request, first_at, last_at, deliveries, effects"


class KeyReused(Exception):
    """The same key came with another question."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the ledger as shown by GET /_ledger/<system>."""

    key: str
    operation: str
    request: dict[str, Any]
    first_at: str
    last_at: str
    deliveries: int
    effects: int


class Ledger:
    """Opened on a file, or in memory without a path. close() when done."""

    def __init__(self, path: Path | None = None) -> None:
        self._lock = RLock()
        self._db = sqlite3.connect(path or ":memory:", check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, one at a time."""
        with self._lock:
            self._db.execute("BEGIN")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def once(self, system: str, key: str, operation: str, request: dict[str, Any], act: Callable[[], bytes], *,
             forgetful: bool = False) -> bytes:
        """The body recorded under the key, or act() recorded under it. forgetful: act again in spite of the key.

        Raises KeyReused if the key was used for another request; what act raises leaves no trace.
        """
        text = json.dumps(request, ensure_ascii=False, sort_keys=True)
        fingerprint = sha256(f"{operation}\n{text}".encode()).hexdigest()
        now = datetime.now(UTC).isoformat()
        with self.transaction():
            found = self._db.execute("SELECT fingerprint, body FROM ledger WHERE system=? AND key=?",
                                     (system, key)).fetchone()
            if found is not None and found[0] != fingerprint:
                raise KeyReused(key)
            acts = found is None or forgetful
            body = act() if acts else bytes(found[1])
            self._db.execute(
                "INSERT INTO ledger (system, key, operation, fingerprint, request, body, first_at, last_at, deliveries,"
                " effects) VALUES (?,?,?,?,?,?,?,?,1,1) ON CONFLICT (system, key) DO UPDATE SET"
                " last_at=excluded.last_at, deliveries=deliveries+1, effects=effects+?, body=excluded.body",
                (system, key, operation, fingerprint, text, body, now, now, int(acts)))
        return body

    def counts(self) -> dict[str, dict[str, int]]:
        """By system: keys, deliveries, effects, and doubled (keys with more than one effect)."""
        with self._lock:
            rows = self._db.execute("SELECT system, count(*), sum(deliveries), sum(effects), sum(effects > 1)"
                                    " FROM ledger GROUP BY system ORDER BY system").fetchall()
        return {row[0]: dict(zip(("keys", "deliveries", "effects", "doubled"), row[1:], strict=True)) for row in rows}

    def entries(self, system: str, limit: int, offset: int) -> list[Entry]:
        """Oldest first."""
        with self._lock:
            rows = self._db.execute(f"SELECT {_COLUMNS} FROM ledger WHERE system=? ORDER BY id LIMIT ? OFFSET ?",
                                    (system, limit, offset)).fetchall()
        return [Entry(row[0], row[1], json.loads(row[2]), *row[3:]) for row in rows]

    def put(self, system: str, kind: str, key: str, value: dict[str, Any]) -> None:
        """Keep or replace a piece of a system's state."""
        with self._lock:
            self._db.execute("INSERT INTO state (system, kind, key, value) VALUES (?,?,?,?)"
                             " ON CONFLICT (system, kind, key) DO UPDATE SET value=excluded.value",
                             (system, kind, key, json.dumps(value, ensure_ascii=False)))

    def get(self, system: str, kind: str, key: str) -> dict[str, Any] | None:
        with self._lock:
            row = self._db.execute("SELECT value FROM state WHERE system=? AND kind=? AND key=?",
                                   (system, kind, key)).fetchone()
        return dict(json.loads(row[0])) if row else None

    def size(self, system: str, kind: str) -> int:
        """How many pieces of one kind there are."""
        with self._lock:
            row = self._db.execute("SELECT count(*) FROM state WHERE system=? AND kind=?", (system, kind)).fetchone()
        return int(row[0])

    def all(self, system: str, kind: str, limit: int = -1, offset: int = 0) -> list[dict[str, Any]]:
        """Every piece of one kind in the order in which it first came."""
        with self._lock:
            rows = self._db.execute("SELECT value FROM state WHERE system=? AND kind=? ORDER BY id LIMIT ? OFFSET ?",
                                    (system, kind, limit, offset)).fetchall()
        return [json.loads(row[0]) for row in rows]
