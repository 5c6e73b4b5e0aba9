"""The table in which each worker says that it lives."""

from __future__ import annotations

from sqlalchemy import Column, String, Table

from engine.records import Instant, metadata

worker_heartbeat = Table(
    "worker_heartbeat",
    metadata,
    Column("worker", String(120), primary_key=True),
    Column("beat_at", Instant, nullable=False),
)
