"""Client units: what a signing must say of them, single entry and batch import, questions and figures. SH-198."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from engine import ValidationFailed
from engine.formats import explain, normalise_text
from handlers.protected_object.records import client_signing, client_unit

FIELDS = {
    "name": "单位名称",
    "credit_code": "统一社会信用代码",
    "contact_person": "单位联系人",
    "contact_phone": "联系人电话",
    "address": "单位地址",
}
OPTIONAL = {"industry_type": "行业类型", "district": "区"}
Row = dict[str, Any]


@dataclass(slots=True)
class Imported:
    """saved: how many rows; errors: number of the row in the sheet (from 2), field, what is wrong."""

    saved: int = 0
    errors: list[tuple[int, str, str]] = field(default_factory=list)


def problems(unit: Mapping[str, Any]) -> list[Row]:
    """What a unit lacks: every mandatory field, a credit code with a right check character, a telephone number (SH-198.R1)."""
    found: list[Row] = []
    for name, label in FIELDS.items():
        if not str(unit.get(name) or "").strip():
            found.append({"path": f"/{name}", "message": f"请填写{label}", "message_en": f"{name} is missing"})
    code = normalise_text(str(unit.get("credit_code") or ""), "cn-uscc")
    reason = explain("cn-uscc", code) if code else None
    if reason:
        found.append({"path": "/credit_code", "message": reason[0], "message_en": reason[1]})
    phone = str(unit.get("contact_phone") or "").strip()
    if phone and not _is_phone(phone):
        text = "联系人电话应为手机号码或带区号的固定电话"
        found.append({"path": "/contact_phone", "message": text, "message_en": "This is no telephone number"})
    return found


def _is_phone(phone: str) -> bool:
    digits = phone.replace("-", "").replace(" ", "")
    return digits.isdigit() and 7 <= len(digits) <= 13


def save(connection: Connection, unit: Mapping[str, Any], by: str, today: date, now: datetime) -> str:
    """Enter or change a unit by its credit code; returns the code. Raises ValidationFailed with every problem."""
    faults = problems(unit)
    if faults:
        raise ValidationFailed(f"有 {len(faults)} 处需要改正：{faults[0]['message']}", errors=faults)
    code = normalise_text(str(unit["credit_code"]), "cn-uscc")
    values = {name: str(unit[name]).strip() for name in FIELDS if name != "credit_code"}
    values |= {name: str(unit[name]).strip() for name in OPTIONAL if unit.get(name)}
    values |= {"updated_by": by, "updated_at": now}
    changed = connection.execute(update(client_unit).where(client_unit.c.credit_code == code).values(**values))
    if not changed.rowcount:
        connection.execute(client_unit.insert().values(**values, credit_code=code, created_on=today))
    return code


def take(connection: Connection, lines: Iterable[Mapping[str, Any]], by: str, today: date, now: datetime) -> Imported:
    """Batch import; a wrong row is told with its number and does not hold up the others (SH-198.R2)."""
    found, seen = Imported(), set()
    for number, line in enumerate(lines, start=2):
        faults = problems(line)
        code = normalise_text(str(line.get("credit_code") or ""), "cn-uscc")
        if not faults and code in seen:
            faults = [{"path": "/credit_code", "message": "本次导入中信用代码重复"}]
        if faults:
            found.errors += [(number, str(fault["path"]).strip("/"), str(fault["message"])) for fault in faults]
            continue
        seen.add(code)
        save(connection, line, by, today, now)
        found.saved += 1
    return found


def sign(connection: Connection, signing: Mapping[str, Any], now: datetime) -> None:
    """Keep a contract of a unit: contract_no, credit_code, dwellings, signed_on, performance."""
    values = {"performance": "performing", **signing, "updated_at": now}
    own = client_signing.c.contract_no == signing["contract_no"]
    if not connection.execute(update(client_signing).where(own).values(**values)).rowcount:
        connection.execute(client_signing.insert().values(**values))


def known(connection: Connection, credit_code: str) -> Row | None:
    """The stored data that a signing takes over by itself (SH-198.R3)."""
    code = normalise_text(credit_code, "cn-uscc")
    row = connection.execute(select(client_unit).where(client_unit.c.credit_code == code)).mappings().one_or_none()
    return dict(row) if row else None


def units(connection: Connection, asked: Mapping[str, str], limit: int = 20, offset: int = 0) -> tuple[list[Row], int]:
    """Units by name or credit code (text), industry_type, district, with signed contracts and dwellings (SH-198.R1, R2)."""
    signed = (
        select(
            client_signing.c.credit_code,
            func.count().label("contracts"),
            func.sum(client_signing.c.dwellings).label("dwellings"),
        )
        .group_by(client_signing.c.credit_code)
        .subquery()
    )
    wanted = [client_unit.c[name] == asked[name] for name in ("industry_type", "district") if asked.get(name)]
    if asked.get("text"):
        text = asked["text"]
        hit = client_unit.c.name.contains(text, autoescape=True)
        wanted.append(or_(hit, client_unit.c.credit_code == normalise_text(text, "cn-uscc")))
    total = connection.execute(select(func.count()).select_from(client_unit).where(*wanted)).scalar_one()
    query = (
        select(
            client_unit,
            func.coalesce(signed.c.contracts, 0).label("contracts"),
            func.coalesce(signed.c.dwellings, 0).label("dwellings"),
        )
        .outerjoin(signed, signed.c.credit_code == client_unit.c.credit_code)
        .where(*wanted)
        .order_by(client_unit.c.created_on.desc(), client_unit.c.name)
    )
    return [dict(row) for row in connection.execute(query.limit(limit).offset(offset)).mappings()], total


def figures(connection: Connection, first: date, last: date) -> dict[str, Any]:
    """New units of a period, and the shares of districts and industries among all units (SH-198.R4)."""
    span = (client_unit.c.created_on >= first, client_unit.c.created_on <= last)
    new = connection.execute(select(func.count()).select_from(client_unit).where(*span)).scalar_one()
    total = connection.execute(select(func.count()).select_from(client_unit)).scalar_one()
    found: dict[str, Any] = {"new": new, "total": total}
    for name in ("district", "industry_type"):
        query = select(client_unit.c[name], func.count()).group_by(client_unit.c[name]).order_by(func.count().desc())
        found[name] = [(str(row[0] or ""), int(row[1])) for row in connection.execute(query)]
    return found
