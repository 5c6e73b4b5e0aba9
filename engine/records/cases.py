"""Tables of a case: what the applicant sees, the state of its process, its facts and where each came from."""

from __future__ import annotations

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, UniqueConstraint

from engine.records.metadata import CLUSTERED, HASH, ID, LINE, NAME, STATE, Instant, JsonText, metadata

cases = Table(
    "cases",
    metadata,
    Column("id", ID, primary_key=True),
    Column("case_no", String(80), nullable=False),
    Column("process_key", NAME, nullable=False),
    Column("process_version", Integer, nullable=False),
    Column("process_name", NAME, nullable=False),
    Column("domain", NAME),
    Column("title", LINE, nullable=False),
    Column("status", STATE, nullable=False),
    Column("outcome", NAME, comment="id of the end event, or withdrawn/cancelled"),
    Column("outcome_name", NAME),
    Column(
        "verification", STATE, comment="worst verdict of the outside checks so far: pass, fail, manual, error, running"
    ),
    Column("channel", NAME, nullable=False),
    Column("district", STATE),
    Column("org_unit", ID),
    Column("applicant_id", ID, comment="user id of the person whose case this is, when known"),
    Column("applicant_name", NAME),
    Column("applicant_id_no", String(40)),
    Column("mobile", String(40)),
    Column("started_by", ID, nullable=False),
    Column("started_by_name", NAME, nullable=False),
    Column("on_behalf_of", NAME),
    Column("jurisdiction", STATE, nullable=False),
    Column("submitted_at", Instant, nullable=False),
    Column("submitted_on", Date, nullable=False),
    Column("deadline_working_days", Integer),
    Column("due_on", Date),
    Column("due_proof", Text),
    Column("closed_at", Instant),
    Column("closed_reason", Text),
    UniqueConstraint("case_no"),
    Index(None, "status", "submitted_at"),
    Index(None, "district", "status", "submitted_at"),
    Index(None, "process_key", "status", "submitted_at"),
    Index(None, "applicant_id", "submitted_at"),
    Index(None, "applicant_id_no"),
    Index(None, "started_by", "submitted_at"),
    Index(None, "org_unit", "status", "submitted_at"),
)

process_instance = Table(
    "process_instance",
    metadata,
    Column("case_id", ID, ForeignKey("cases.id"), primary_key=True),
    Column("bundle_hash", HASH, ForeignKey("process_bundle.hash"), nullable=False),
    Column("status", STATE, nullable=False),
    Column("state", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column(
        "items",
        JsonText,
        nullable=False,
        comment="case-file index: name -> [version, first 16 hex of the value's hash]",
    ),
    Column("event_seq", Integer, nullable=False),
    Column("event_hash", HASH, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Column("end_element_id", NAME),
)

case_file_item = Table(
    "case_file_item",
    metadata,
    Column("case_id", ID, ForeignKey("cases.id"), primary_key=True),
    Column("name", NAME, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("value", Text, nullable=False, comment="canonical JSON"),
    Column("hash", HASH, nullable=False),
    Column("source", STATE, nullable=False),
    Column("element_id", NAME),
    Column("actor_id", ID, nullable=False),
    Column("actor_name", NAME, nullable=False),
    Column("written_at", Instant, nullable=False),
    Column("event_seq", Integer, nullable=False),
    Column("evidence_id", ID),
    Column("form_key", NAME),
    Column("form_version", Integer),
    **CLUSTERED,
)

evidence = Table(
    "evidence",
    metadata,
    Column("id", ID, primary_key=True),
    Column("case_id", ID, ForeignKey("cases.id"), nullable=False),
    Column("job_id", ID),
    Column("item_name", NAME),
    Column("system", NAME, nullable=False),
    Column("department", NAME, nullable=False),
    Column("request_id", NAME, nullable=False),
    Column("raw", LargeBinary, nullable=False),
    Column("sha256", HASH, nullable=False),
    Column("received_at", Instant, nullable=False),
    Column("as_of", NAME),
    Index(None, "case_id", "received_at"),
)

decision_record = Table(
    "decision_record",
    metadata,
    Column("id", ID, primary_key=True),
    Column("case_id", ID, ForeignKey("cases.id"), nullable=False),
    Column("item_name", NAME, nullable=False),
    Column("element_id", NAME, nullable=False),
    Column("decision_key", NAME, nullable=False),
    Column("decision_id", NAME, nullable=False),
    Column("version", Integer, nullable=False),
    Column("definition_id", ID, nullable=False),
    Column("hash", HASH, nullable=False),
    Column("decided_on", Date, nullable=False, comment="the declared date whose version counts"),
    Column("decided_at", Instant, nullable=False),
    Column("inputs", JsonText, nullable=False),
    Column("rows", JsonText, nullable=False),
    Column("outputs", JsonText, nullable=False),
    Column("event_seq", Integer, nullable=False),
    Index(None, "case_id", "event_seq"),
    Index(None, "decision_key", "version", "decided_at"),
)

deadline_pause = Table(
    "deadline_pause",
    metadata,
    Column("case_id", ID, ForeignKey("cases.id"), primary_key=True),
    Column("token_id", ID, primary_key=True),
    Column("reason", LINE, nullable=False),
    Column("started_on", Date, nullable=False),
    Column("ended_on", Date),
)
