"""Registers of eligibility: slots in review, qualifications, marks, contracts, re-check links, deleted cases. Judges nothing."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, String, Table, Text, text

from engine.records import Instant, metadata

KINDS = {
    "public_rental": "公租房",
    "affordable_rental": "保租房",
    "low_rent": "廉租房",
    "shared_ownership": "共有产权房",
}

in_review_slot = Table(
    "in_review_slot",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("id_no", String(40), nullable=False),
    Column("case_id", String(40), nullable=False),
    Column("case_no", String(80), nullable=False),
    Column("held_at", Instant, nullable=False),
    Column("released_at", Instant),
    Column("result", String(80)),
    Index("ix_in_review_slot_case_id", "case_id"),
    Index(
        "uq_in_review_slot_held",
        "kind",
        "id_no",
        unique=True,
        sqlite_where=text("released_at IS NULL"),
        postgresql_where=text("released_at IS NULL"),
    ),
)

qualification = Table(
    "qualification",
    metadata,
    Column("number", String(80), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("case_id", String(40), nullable=False),
    Column("case_no", String(80), nullable=False),
    Column("id_no", String(40), nullable=False),
    Column("holder_name", String(200), nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date, nullable=False),
    Column("status", String(40), nullable=False, comment="effective, renewed, abandoned, cancelled"),
    Column("conditions", String(80)),
    Column("priority_group", String(80)),
    Column("created_at", Instant, nullable=False),
    Index("ix_qualification_id_no", "id_no", "kind"),
)

no_qualification_mark = Table(
    "no_qualification_mark",
    metadata,
    Column("case_id", String(40), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("id_no", String(40), nullable=False),
    Column("result", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("marked_at", Instant, nullable=False),
    Index("ix_no_qualification_mark_id_no", "id_no"),
)

recheck_link = Table(
    "recheck_link",
    metadata,
    Column("case_id", String(40), primary_key=True),
    Column("case_no", String(80), nullable=False),
    Column("history_case_no", String(80), nullable=False),
    Column("business", String(40), nullable=False, comment="qualification_expired or contract_renewal"),
    Index("ix_recheck_link_history_case_no", "history_case_no"),
)

signed_contract = Table(
    "signed_contract",
    metadata,
    Column("contract_no", String(80), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("id_no", String(40), nullable=False),
    Column("project", String(200), nullable=False),
    Column("status", String(40), nullable=False),
    Column("signed_on", Date, nullable=False),
    Column("exited_on", Date),
    Index("ix_signed_contract_id_no", "id_no"),
)

deleted_case = Table(
    "deleted_case",
    metadata,
    Column("case_id", String(40), primary_key=True),
    Column("case_no", String(80), nullable=False),
    Column("reason", Text, nullable=False),
    Column("request_case_no", String(80), nullable=False),
    Column("deleted_at", Instant, nullable=False),
)
