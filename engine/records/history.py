"""Tables of what happened (append-only, chained by hash) and of who read what."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from engine.records.metadata import CLUSTERED, HASH, ID, NAME, Instant, metadata

audit_event = Table(
    "audit_event",
    metadata,
    Column("case_id", ID, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("kind", String(30), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor_id", ID, nullable=False),
    Column("actor_name", NAME, nullable=False),
    Column("actor_post", NAME, nullable=False),
    Column("actor_org_unit", ID),
    Column("process_key", NAME),
    Column("element_id", NAME),
    Column("element_name", NAME),
    Column("path", NAME),
    Column("subject_id", ID, comment="task, job, timer, incident … that the event is about"),
    Column("data", Text, nullable=False, comment="canonical JSON"),
    Column("prev_hash", HASH, nullable=False),
    Column("hash", HASH, nullable=False),
    Index(None, "at"),
    Index(None, "actor_id", "at"),
    **CLUSTERED,
)

read_record = Table(
    "read_record",
    metadata,
    Column("id", ID, primary_key=True),
    Column("case_id", ID, nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor_id", ID, nullable=False),
    Column("actor_name", NAME, nullable=False),
    Column("what", NAME, nullable=False),
    Column("reason", NAME),
    Index(None, "case_id", "at"),
    Index(None, "actor_id", "at"),
)
