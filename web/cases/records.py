"""The table of opinion templates, of the office and of each person; nothing here is part of a case."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text, UniqueConstraint

from engine.records import metadata

opinion_template = Table(
    "opinion_template",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("account_id", String(40), nullable=False, server_default=""),  # "" = of the office
    Column("outcome", String(60), nullable=False, server_default=""),
    Column("text", Text, nullable=False),
    Column("uses", Integer, nullable=False, server_default="0"),
    UniqueConstraint("account_id", "outcome", "text", name="uq_opinion_template"),
)
