"""Tables of people and their sessions; knows no cases."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table

from engine.records import Instant, JsonText, metadata

org_unit = Table(
    "org_unit",
    metadata,
    Column("code", String(40), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("kind", String(20), nullable=False),  # bureau | district | street | operator | city_agency
    Column("parent", String(40), index=True),
    Column("district", String(6), index=True),
    Column("address", String(200), nullable=False, server_default=""),
    Column("phone", String(40), nullable=False, server_default=""),
)

account = Table(
    "account",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("username", String(60), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("post", String(120), nullable=False, server_default=""),
    Column("org_unit", String(40)),
    Column("district", String(6)),
    Column("groups", JsonText, nullable=False),
    Column("id_no", String(30), index=True),
    Column("mobile", String(20)),
    Column("password_hash", String(200), nullable=False),
    Column("status", String(12), nullable=False, server_default="active"),  # active | disabled
    Column("demo", Boolean, nullable=False, server_default="0"),
    Column("note", String(200), nullable=False, server_default=""),
    Column("profile", JsonText, comment="what the government holds of an applicant, for the prefill"),
    Column("created_at", Instant, nullable=False),
)

login_session = Table(
    "login_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("account_id", String(40), ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("last_seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("address", String(60), nullable=False, server_default=""),
    Column("agent", String(200), nullable=False, server_default=""),
)

login_attempt = Table(
    "login_attempt",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("locked_until", Instant),
)

rate_window = Table(
    "rate_window",
    metadata,
    Column("key", String(120), primary_key=True),
    Column("window", String(20), primary_key=True),
    Column("count", Integer, nullable=False),
)

api_client = Table(
    "api_client",
    metadata,
    Column("client_id", String(60), primary_key=True),
    Column("name", String(120), nullable=False),
    Column("secret_hash", String(200), nullable=False),
    Column("scopes", JsonText, nullable=False),
    Column("per_minute", Integer, nullable=False, server_default="120"),
    Column("status", String(12), nullable=False, server_default="active"),
)
