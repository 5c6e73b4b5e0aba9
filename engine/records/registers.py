"""Tables that many cases share: numbers, the working-day calendar, answered commands, substitutes."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Table, Text

from engine.records.metadata import CLUSTERED, HASH, ID, LINE, NAME, STATE, Instant, JsonText, metadata

number_sequence = Table(
    "number_sequence",
    metadata,
    Column("rule", NAME, primary_key=True),
    Column("scope", NAME, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("value", Integer, nullable=False),
)

calendar_day = Table(
    "calendar_day",
    metadata,
    Column("jurisdiction", STATE, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("working", Boolean, nullable=False),
    Column("name", NAME, nullable=False),
    Column("source", LINE, nullable=False),
    comment="days that differ from Monday to Friday",
)

calendar_year = Table(
    "calendar_year",
    metadata,
    Column("jurisdiction", STATE, primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("source", LINE, nullable=False),
    comment="years whose holidays are published; others are provisional",
)

command_receipt = Table(
    "command_receipt",
    metadata,
    Column("idempotency_key", String(120), primary_key=True),
    Column("command", NAME, nullable=False),
    Column("actor_id", ID, nullable=False),
    Column("body_hash", HASH, nullable=False),
    Column("answer", JsonText, nullable=False),
    Column("case_id", ID),
    Column("answered_at", Instant, nullable=False),
    **CLUSTERED,
)

substitute = Table(
    "substitute",
    metadata,
    Column("id", ID, primary_key=True),
    Column("user_id", ID, nullable=False),
    Column("substitute_id", ID, nullable=False),
    Column("substitute_name", NAME, nullable=False),
    Column("from_on", Date, nullable=False),
    Column("until_on", Date, nullable=False),
    Column("reason", Text, nullable=False),
    Column("created_at", Instant, nullable=False),
    Index(None, "substitute_id", "from_on"),
)
