"""Registers of fair guard: persons under housing security, terms that end, warnings and how each went on. Judges nothing."""

from __future__ import annotations

from sqlalchemy import Column, Date, Index, Integer, String, Table, Text

from engine.records import Instant, JsonText, metadata

KINDS = {
    "low_rent": "廉租房",
    "public_rental": "公租房",
    "affordable_rental": "保租房",
    "shared_ownership": "共有产权房",
}
RENTAL = ("low_rent", "public_rental", "affordable_rental")
TERMS = {
    "public_rental_lease": "公租房租约",
    "low_rent_subsidy": "廉租补贴协议",
    "low_rent_contract": "廉租合同",
}

guarded_person = Table(
    "guarded_person",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("acceptance_no", String(80), nullable=False, comment="受理编号"),
    Column("case_id", String(40)),
    Column("kind", String(40), nullable=False),
    Column("id_no", String(40), nullable=False),
    Column("name", String(200), nullable=False),
    Column("role", String(40), nullable=False, comment="applicant or co_resident"),
    Column("state", String(40), nullable=False, comment="in_review, waiting, enjoying, given_up, ended"),
    Column("stage", String(40), comment="shared ownership: applied, registered, publication, signed, delivered"),
    Column("cancelled_until", Date, comment="注销期届满日"),
    Column("delivered_on", Date),
    Column("batch", String(80)),
    Column("district", String(40)),
    Column("sub_district", String(200)),
    Column("entered_on", Date, nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("ix_guarded_person_id_no", "id_no"),
    Index("ix_guarded_person_case_id", "case_id"),
    Index("ix_guarded_person_batch", "batch"),
    Index("uq_guarded_person_place", "acceptance_no", "id_no", unique=True),
)

guarded_term = Table(
    "guarded_term",
    metadata,
    Column("number", String(80), primary_key=True, comment="number of the lease, agreement or contract"),
    Column("kind", String(40), nullable=False),
    Column("id_no", String(40), nullable=False),
    Column("name", String(200), nullable=False),
    Column("acceptance_no", String(80)),
    Column("lessor_id_no", String(40)),
    Column("lessor_name", String(200)),
    Column("starts_on", Date, nullable=False),
    Column("expires_on", Date, nullable=False),
    Column("status", String(40), nullable=False, comment="valid, renewed, ended"),
    Column("manager_mobile", String(40)),
    Column("district", String(40)),
    Column("sub_district", String(200)),
    Column("updated_at", Instant, nullable=False),
    Index("ix_guarded_term_expires_on", "status", "expires_on"),
    Index("ix_guarded_term_lessor_id_no", "lessor_id_no"),
    Index("ix_guarded_term_id_no", "id_no"),
)

warning_entry = Table(
    "warning_entry",
    metadata,
    Column("subject", String(200), primary_key=True, comment="what the warning is about: one open warning each"),
    Column("round", Integer, primary_key=True, comment="counts the warnings about one subject"),
    Column("case_id", String(40), nullable=False),
    Column("case_no", String(80), nullable=False),
    Column("colour", String(40), nullable=False),
    Column("rank", Integer, nullable=False),
    Column("category", String(80), nullable=False, comment="防控类别"),
    Column("action", String(40), nullable=False),
    Column("id_no", String(40), nullable=False),
    Column("name", String(200), nullable=False),
    Column("acceptance_no", String(80)),
    Column("district", String(40)),
    Column("sub_district", String(200)),
    Column("status", String(40), nullable=False, comment="raised, notified, verified, handled, cleared"),
    Column("due_on", Date, comment="until when it should be handled"),
    Column("decision", String(80)),
    Column("decision_version", Integer),
    Column("facts", JsonText, comment="what the table saw, and the rows that held"),
    Column("raised_on", Date, nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("closed_at", Instant),
    Column("result", Text),
    Index("ix_warning_entry_case_id", "case_id"),
    Index("ix_warning_entry_district", "district", "status"),
    Index("ix_warning_entry_id_no", "id_no"),
    Index("ix_warning_entry_acceptance_no", "acceptance_no"),
)

warning_move = Table(
    "warning_move",
    metadata,
    Column("case_id", String(40), primary_key=True),
    Column("seq", Integer, primary_key=True, comment="counts the steps of one warning"),
    Column("at", Instant, nullable=False),
    Column("colour", String(40), nullable=False),
    Column("status", String(40), nullable=False),
    Column("actor", String(200), nullable=False),
    Column("note", Text, nullable=False),
)
