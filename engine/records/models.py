"""Tables of what is deployed: processes, decisions, forms, their versions and drafts. Versions are never changed."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from engine.records.metadata import HASH, ID, LINE, NAME, STATE, Instant, JsonText, OrderedJsonText, metadata

deployment = Table(
    "deployment",
    metadata,
    Column("id", ID, primary_key=True),
    Column("deployed_at", Instant, nullable=False),
    Column("actor_id", ID, nullable=False),
    Column("actor_name", NAME, nullable=False),
    Column("approved_by", NAME),
    Column("note", Text, nullable=False),
    Column("effective_at", Instant, nullable=False),
    Column("contents", JsonText, nullable=False),
    Index(None, "deployed_at"),
)

process_definition = Table(
    "process_definition",
    metadata,
    Column("id", ID, primary_key=True),
    Column("key", NAME, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", NAME, nullable=False),
    Column("name_en", NAME),
    Column("domain", NAME),
    Column("path", LINE, nullable=False),
    Column("hash", HASH, nullable=False),
    Column("xml", LargeBinary, nullable=False),
    Column("properties", JsonText, nullable=False),
    Column("start_form_key", NAME),
    Column("called_keys", JsonText, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("deployment_id", ID, ForeignKey("deployment.id"), nullable=False),
    Column("deployed_at", Instant, nullable=False),
    Column("effective_at", Instant, nullable=False),
    UniqueConstraint("key", "version"),
)

process_bundle = Table(
    "process_bundle",
    metadata,
    Column("hash", HASH, primary_key=True),
    Column("process_key", NAME, nullable=False),
    Column(
        "members",
        JsonText,
        nullable=False,
        comment="process key -> process_definition.id, the process and all it calls",
    ),
    Column("created_at", Instant, nullable=False),
)

decision_definition = Table(
    "decision_definition",
    metadata,
    Column("id", ID, primary_key=True),
    Column("key", NAME, nullable=False),
    Column("version", Integer, nullable=False),
    Column("name", NAME, nullable=False),
    Column("path", LINE, nullable=False),
    Column("hash", HASH, nullable=False),
    Column("xml", LargeBinary, nullable=False),
    Column("decision_ids", JsonText, nullable=False),
    Column("deployment_id", ID, ForeignKey("deployment.id"), nullable=False),
    Column("deployed_at", Instant, nullable=False),
    Column("effective_on", Date, comment="first day on which it counts; null: since always"),
    UniqueConstraint("key", "version"),
)

form_definition = Table(
    "form_definition",
    metadata,
    Column("id", ID, primary_key=True),
    Column("key", NAME, nullable=False),
    Column("version", Integer, nullable=False),
    Column("title", NAME, nullable=False),
    Column("path", LINE, nullable=False),
    Column("hash", HASH, nullable=False),
    Column("schema", OrderedJsonText, nullable=False),
    Column("ui", OrderedJsonText, nullable=False),
    Column("deployment_id", ID, ForeignKey("deployment.id"), nullable=False),
    Column("deployed_at", Instant, nullable=False),
    UniqueConstraint("key", "version"),
)

model_stamp = Table(
    "model_stamp",
    metadata,
    Column("name", STATE, primary_key=True),
    Column("value", Integer, nullable=False),
)

model_draft = Table(
    "model_draft",
    metadata,
    Column("kind", STATE, primary_key=True),
    Column("key", NAME, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("base_version", Integer),
    Column("xml", LargeBinary, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("updated_by", ID, nullable=False),
    Column("updated_by_name", NAME, nullable=False),
)
