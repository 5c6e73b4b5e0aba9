"""Contacts of the operating companies that stand in messages, and the log of what was sent. Holds no message text of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, String, Table, select

from engine.records import Instant, cases, metadata, outgoing_message

operator_contact = Table(
    "operator_contact",
    metadata,
    Column("code", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("phone", String(40), nullable=False),
    Column("updated_by", String(40), nullable=False),
    Column("updated_at", Instant, nullable=False),
)


def save_contact(connection: Connection, code: str, name: str, phone: str, by: str, at: datetime) -> None:
    """Maintain one company: code, name, telephone (SH-047.R2)."""
    values = {"name": name, "phone": phone, "updated_by": by, "updated_at": at}
    known = connection.execute(operator_contact.update().where(operator_contact.c.code == code).values(**values))
    if known.rowcount == 0:
        connection.execute(operator_contact.insert().values(code=code, **values))


def contact(connection: Connection, code: str | None) -> Mapping[str, Any] | None:
    """The maintained contact of a company, if there is one."""
    found = connection.execute(select(operator_contact).where(operator_contact.c.code == code)).mappings()
    return found.one_or_none()


def sent(
    connection: Connection, mobile: str = "", since: datetime | None = None, until: datetime | None = None
) -> Sequence[Mapping[str, Any]]:
    """The sending log by recipient and time, newest first (SH-022.R1, SH-047.R6)."""
    query = (
        select(outgoing_message, cases.c.case_no, cases.c.applicant_name)
        .join(cases, cases.c.id == outgoing_message.c.case_id)
        .order_by(outgoing_message.c.sent_at.desc())
    )
    if mobile:
        query = query.where(outgoing_message.c.mobile == mobile)
    if since is not None:
        query = query.where(outgoing_message.c.sent_at >= since)
    if until is not None:
        query = query.where(outgoing_message.c.sent_at < until)
    return connection.execute(query).mappings().all()
