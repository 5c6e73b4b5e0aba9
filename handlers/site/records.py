"""Tables of dust monitoring: devices, readings, their means of 15 minutes, alerts with every occurrence. Judges nothing."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, Index, Integer, String, Table, Text

from engine.records import Instant, metadata

AREAS = {"sensitive": "敏感区域", "urban": "建成区", "suburban": "郊区"}

dust_device = Table(
    "dust_device",
    metadata,
    Column("device_no", String(40), primary_key=True),
    Column("case_id", String(40)),
    Column("status", String(20), nullable=False, comment="connected, online, refused, retired"),
    Column("maker", String(100)),
    Column("project_name", String(100), nullable=False),
    Column("contractor_name", String(100), nullable=False),
    Column("contractor_unit", String(40), nullable=False, comment="unit whose people handle its alerts"),
    Column("contact_mobile", String(40)),
    Column("district", String(40), nullable=False),
    Column("area", String(20), nullable=False, comment="sensitive, urban, suburban"),
    Column("address", String(200)),
    Column("connected_at", Instant, nullable=False),
    Column("online_at", Instant),
    Index("ix_dust_device_contractor_unit", "contractor_unit", "status"),
)

dust_reading = Table(
    "dust_reading",
    metadata,
    Column("measured_at", Instant, primary_key=True),
    Column("device_no", String(40), primary_key=True),
    Column("tsp_ug_m3", Float, nullable=False),
    Column("received_at", Instant, nullable=False),
    Index("ix_dust_reading_device_no", "device_no", "measured_at"),
    comment="append-only; one reading for a device and an instant",
)

dust_refusal = Table(
    "dust_refusal",
    metadata,
    Column("batch_id", String(64), primary_key=True, comment="hash of the request: a repeated one is the same batch"),
    Column("row_no", Integer, primary_key=True),
    Column("reason", String(40), nullable=False),
    Column("message", String(200), nullable=False),
    Column("raw", Text, nullable=False, comment="the row as it came"),
    Column("received_at", Instant, nullable=False),
    Index("ix_dust_refusal_received_at", "received_at"),
)

dust_pending = Table(
    "dust_pending",
    metadata,
    Column("window_at", Instant, primary_key=True),
    comment="windows of 15 minutes that got readings since they were judged",
)

dust_window = Table(
    "dust_window",
    metadata,
    Column("window_at", Instant, primary_key=True),
    Column("device_no", String(40), primary_key=True),
    Column("readings", Integer, nullable=False),
    Column("mean_ug_m3", Float, nullable=False),
    Column("most_ug_m3", Float, nullable=False),
    Column("limit_ug_m3", Float, nullable=False),
    Column("level", String(20), nullable=False, comment="none, general, serious, insufficient"),
    Column("case_no", String(80), comment="the alert that it opened or joined"),
    Index("ix_dust_window_device_no", "device_no", "window_at"),
    Index("ix_dust_window_level", "level", "case_no"),
)

dust_alert = Table(
    "dust_alert",
    metadata,
    Column("case_id", String(40), primary_key=True),
    Column("case_no", String(80), nullable=False),
    Column("open_key", String(80), unique=True, comment="kind and device while it is open: one open alert each"),
    Column("kind", String(20), nullable=False, comment="exceedance or offline"),
    Column("level", String(20), nullable=False, comment="the gravest so far"),
    Column("device_no", String(40), nullable=False),
    Column("project_name", String(100), nullable=False),
    Column("contractor_name", String(100), nullable=False),
    Column("contractor_unit", String(40), nullable=False),
    Column("district", String(40), nullable=False),
    Column("raised_at", Instant, nullable=False),
    Column("last_at", Instant, nullable=False, comment="latest occurrence"),
    Column("occurrences", Integer, nullable=False),
    Column("most_ug_m3", Float),
    Column("due_at", Instant, nullable=False),
    Column("escalated", Boolean, nullable=False),
    Column("recovered_at", Instant, comment="offline: first reading after the silence"),
    Column("closed_at", Instant),
    Column("result", String(20), comment="handled or mistaken"),
    Index("ix_dust_alert_contractor_unit", "contractor_unit", "raised_at"),
    Index("ix_dust_alert_device_no", "device_no", "raised_at"),
    Index("ix_dust_alert_raised_at", "raised_at"),
)

dust_occurrence = Table(
    "dust_occurrence",
    metadata,
    Column("case_id", String(40), primary_key=True),
    Column("occurred_at", Instant, primary_key=True),
    Column("level", String(20), nullable=False),
    Column("mean_ug_m3", Float),
    Column("limit_ug_m3", Float),
)
