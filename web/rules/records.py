"""Tables kept beside the rules: their tests, what-if runs and legal documents; no rule itself stands here."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, Text

from engine.records.metadata import HASH, ID, LINE, NAME, STATE, Instant, JsonText, metadata

rule_test = Table(
    "rule_test",
    metadata,
    Column("id", ID, primary_key=True),
    Column("decision_key", NAME, nullable=False, index=True),
    Column("name", LINE, nullable=False),
    Column("inputs", JsonText, nullable=False),
    Column("expected", JsonText, nullable=False),  # {"value": ...} or {"error": code}
    Column("generated", Boolean, nullable=False, server_default="0"),
    Column("source", LINE, nullable=False, server_default=""),  # the case or cell that it comes from
    Column("created_by", ID, nullable=False),
    Column("created_by_name", NAME, nullable=False),
    Column("created_at", Instant, nullable=False),
)

what_if_run = Table(
    "what_if_run",
    metadata,
    Column("id", ID, primary_key=True),
    Column("decision_key", NAME, nullable=False),
    Column("content", Text, nullable=False),
    Column("content_hash", HASH, nullable=False),
    Column("state", STATE, nullable=False),  # waiting | running | done | cancelled | failed
    Column("total", Integer, nullable=False, server_default="0"),
    Column("seen", Integer, nullable=False, server_default="0"),
    Column("changed", Integer, nullable=False, server_default="0"),
    Column("result", JsonText, nullable=False),
    Column("error", Text, nullable=False, server_default=""),
    Column("started_by", ID, nullable=False),
    Column("started_by_name", NAME, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("beat_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Index("ix_what_if_run_decision", "decision_key", "started_at"),
)

rule_document = Table(
    "rule_document",
    metadata,
    Column("id", ID, primary_key=True),
    Column("kind", STATE, nullable=False),
    Column("key", NAME, nullable=False),
    Column("review_id", ID, index=True),  # None until the change is submitted
    Column("name", LINE, nullable=False),
    Column("media_type", NAME, nullable=False),
    Column("size", Integer, nullable=False),
    Column("sha256", HASH, nullable=False),
    Column("content", LargeBinary, nullable=False),
    Column("added_by", ID, nullable=False),
    Column("added_by_name", NAME, nullable=False),
    Column("added_at", Instant, nullable=False),
    Index("ix_rule_document_kind_key", "kind", "key"),
)

rule_recheck = Table(
    "rule_recheck",
    metadata,
    Column("id", ID, primary_key=True),
    Column("checked_at", Instant, nullable=False, index=True),
    Column("seen", Integer, nullable=False),
    Column("same", Integer, nullable=False),
    Column("first_difference", Text, nullable=False, server_default=""),
)
