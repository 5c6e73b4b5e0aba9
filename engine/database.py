"""Opens the database so that what is acknowledged is on disk: WAL and FULL on SQLite, one writer at a time. Runs no query."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url

WRITES = "guangsha_writes"
PRAGMAS = ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=30000", "wal_autocheckpoint=4000", "cache_size=-32000")


def open_database(url: str, *, pool_size: int = 10, synchronous: str = "FULL") -> Engine:
    """An SQLAlchemy engine for sqlite:///path or postgresql+psycopg://… (postgresql:// is read as psycopg 3).

    On SQLite every transaction of `writing(engine)` takes the write lock at once, so that two writers queue
    instead of failing half-way; on PostgreSQL rows are locked one by one.
    """
    address = make_url(url)
    if address.drivername in ("postgresql", "postgres"):
        address = address.set(drivername="postgresql+psycopg")
    if address.get_backend_name() == "sqlite":
        engine = create_engine(address, connect_args={"timeout": 30, "check_same_thread": False})
        _guard_sqlite(engine, synchronous)
        return engine
    return create_engine(address, pool_size=pool_size, max_overflow=pool_size, pool_pre_ping=True)


def writing(engine: Engine) -> Engine:
    """The same pool, whose transactions are meant to write."""
    return engine.execution_options(**{WRITES: True})


def _guard_sqlite(engine: Engine, synchronous: str) -> None:
    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        for pragma in (*PRAGMAS, f"synchronous={synchronous}"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(WRITES, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
