"""What the online-signing system may ask about a certificate: standing and validity. Shows no identity number. SH-046.R3."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from handlers.eligibility.records import qualification


def certificate(connection: Connection, number: str, today: date) -> dict[str, Any] | None:
    """None if there is no such number; entitled_to_sign: whether a contract may be signed and filed today (SH-045.R6)."""
    row = connection.execute(select(qualification).where(qualification.c.number == number)).mappings().one_or_none()
    if row is None:
        return None
    valid = row["status"] == "effective" and row["valid_from"] <= today <= row["valid_to"]
    return {
        "number": row["number"],
        "kind": row["kind"],
        "holder": f"{row['holder_name'][0]}{'*' * (len(row['holder_name']) - 1)}",
        "case_no": row["case_no"],
        "valid_from": row["valid_from"].isoformat(),
        "valid_to": row["valid_to"].isoformat(),
        "status": row["status"] if valid or row["status"] != "effective" else "expired",
        "conditions": row["conditions"],
        "priority_group": row["priority_group"],
        "entitled_to_sign": valid,
    }


def valid_certificates(connection: Connection, id_no: str, today: date) -> list[dict[str, Any]]:
    """The certificates of one person that entitle to a contract today."""
    numbers = connection.execute(select(qualification.c.number).where(qualification.c.id_no == id_no)).scalars().all()
    found = [certificate(connection, number, today) for number in numbers]
    return [entry for entry in found if entry and entry["entitled_to_sign"]]
