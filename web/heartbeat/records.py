"""The table in which each worker says that it lives."""

from __future__ import annotations

from sqlalchemy import Column, DateTime, String, Table

from engine.records import metadata

worker_heartbeat = Table(
    "worker_heartbeat",
    metadata,
    Column("worker", String(120), primary_key=True),
    Column("beat_at", DateTime(timezone=True), nullable=False),
)
