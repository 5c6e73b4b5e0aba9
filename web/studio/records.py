"""The table of changes that wait for, or got, a second person's word; holds no diagram that runs."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text, text

from engine.records.metadata import HASH, ID, NAME, STATE, Instant, JsonText, metadata

_PENDING = text("state = 'pending'")

model_review = Table(
    "model_review",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", STATE, nullable=False),  # process | decision | text | numbering | calendar
    Column("key", NAME, nullable=False),
    Column("content", Text, nullable=False),
    Column("content_hash", HASH, nullable=False),
    Column("base_hash", HASH, nullable=False, server_default=""),
    Column("base_version", Integer),
    Column("note", Text, nullable=False),
    Column("legal_basis", Text, nullable=False, server_default=""),
    Column("effective_on", String(10)),  # None: at once
    Column("report", JsonText, nullable=False),  # what the submitter saw: problems, tests, impact
    Column("state", STATE, nullable=False, server_default="pending"),  # pending|approved|returned|withdrawn
    Column("submitted_by", ID, nullable=False),
    Column("submitted_by_name", NAME, nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("decided_by", ID),
    Column("decided_by_name", NAME),
    Column("decided_at", Instant),
    Column("decision_note", Text, nullable=False, server_default=""),
    Column("deployment_id", ID),
    Column("version", Integer),
    Index("ix_model_review_kind_key", "kind", "key", "submitted_at"),
    Index("ux_model_review_pending", "kind", "key", unique=True, sqlite_where=_PENDING, postgresql_where=_PENDING),
)
