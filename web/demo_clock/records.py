"""How far the clock of a demonstration has been moved on; one row, and none where the clock was never moved."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table

from engine.records import metadata

demo_clock = Table(
    "demo_clock",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("offset_s", Integer, nullable=False),
)
