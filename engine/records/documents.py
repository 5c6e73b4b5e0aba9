"""Tables of papers: public notices and objections, issued documents, stored files, messages sent out."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from engine.records.metadata import HASH, ID, LINE, NAME, STATE, Instant, JsonText, metadata

publication = Table(
    "publication",
    metadata,
    Column("id", ID, primary_key=True),
    Column("case_id", ID, ForeignKey("cases.id"), nullable=False),
    Column("number", String(80), nullable=False),
    Column("kind", NAME, nullable=False),
    Column("title", LINE, nullable=False),
    Column("text", Text, nullable=False, comment="already masked"),
    Column("details", JsonText, nullable=False, comment="already masked; label -> value"),
    Column("place", NAME, nullable=False),
    Column("district", STATE),
    Column("starts_on", Date, nullable=False),
    Column("ends_on", Date, nullable=False),
    Column("status", STATE, nullable=False),
    Column("created_at", Instant, nullable=False),
    UniqueConstraint("number"),
    Index(None, "status", "starts_on"),
    Index(None, "case_id"),
)

objection = Table(
    "objection",
    metadata,
    Column("id", ID, primary_key=True),
    Column("publication_id", ID, ForeignKey("publication.id"), nullable=False),
    Column("case_id", ID, nullable=False),
    Column("receipt_no", String(80), nullable=False),
    Column("person_name", NAME, nullable=False),
    Column("mobile", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("status", STATE, nullable=False),
    Column("answer", Text),
    Column("answered_by", ID),
    Column("answered_by_name", NAME),
    Column("answered_at", Instant),
    UniqueConstraint("receipt_no"),
    Index(None, "publication_id", "submitted_at"),
    Index(None, "case_id", "status"),
)

issued_document = Table(
    "issued_document",
    metadata,
    Column("id", ID, primary_key=True),
    Column("case_id", ID, ForeignKey("cases.id"), nullable=False),
    Column("kind", NAME, nullable=False),
    Column("title", LINE, nullable=False),
    Column("number", String(120), nullable=False),
    Column("pdf", LargeBinary, nullable=False),
    Column("sha256", HASH, nullable=False),
    Column("verify_code", String(80), nullable=False),
    Column("facts", JsonText, nullable=False, comment="what verification shows, already masked"),
    Column("valid_from", Date),
    Column("valid_to", Date),
    Column("status", STATE, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("revoked_reason", Text),
    UniqueConstraint("number"),
    UniqueConstraint("verify_code"),
    Index(None, "case_id", "issued_at"),
)

stored_file = Table(
    "stored_file",
    metadata,
    Column("id", ID, primary_key=True),
    Column("case_id", ID),
    Column("field", NAME, nullable=False),
    Column("name", LINE, nullable=False),
    Column("media_type", NAME, nullable=False),
    Column("size_bytes", Integer, nullable=False),
    Column("sha256", HASH, nullable=False),
    Column("uploaded_by", ID, nullable=False),
    Column("uploaded_by_name", NAME, nullable=False),
    Column("uploaded_at", Instant, nullable=False),
    Index(None, "case_id", "uploaded_at"),
    Index(None, "uploaded_by", "uploaded_at"),
    Index(None, "sha256"),
)

outgoing_message = Table(
    "outgoing_message",
    metadata,
    Column("id", ID, primary_key=True),
    Column("case_id", ID, ForeignKey("cases.id"), nullable=False),
    Column("job_id", ID),
    Column("mobile", String(40), nullable=False),
    Column("template", NAME, nullable=False),
    Column("text", Text, nullable=False),
    Column("sent_at", Instant, nullable=False),
    Column("receipt", NAME),
    Index(None, "case_id", "sent_at"),
)
