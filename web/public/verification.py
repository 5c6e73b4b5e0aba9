"""Answers whether a document is genuine and in force, by its number or the code of its QR; shows masked facts only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import or_, select

from engine.errors import NotFound
from engine.records import issued_document
from web.i18n import _
from web.layout import day
from web.services import current_services, rows


@dataclass(frozen=True)
class Verified:
    """state: valid, expired, not_yet or revoked; sentence: the answer; facts: label to masked value."""

    state: str
    sentence: str
    title: str
    number: str
    facts: Mapping[str, Any]
    sha256: str


def address_part(asked: str) -> str:
    """The code or number as part of an address; a whole verification address is cut to its code."""
    return quote(asked.rstrip("/").rpartition("/verify/")[2] or asked, safe="")


def verify(code: str) -> Verified:
    """Look the document up. Raises NotFound when there is none."""
    wanted = or_(issued_document.c.verify_code == code, issued_document.c.number == code)
    columns = [column for column in issued_document.c if column.name != "pdf"]
    found = rows(select(*columns).where(wanted))
    if not found:
        raise NotFound("没有找到这份文书")
    row = found[0]
    state = _state(row)
    return Verified(state, _sentence(state, row), row["title"], row["number"], row["facts"], row["sha256"])


def _state(row: Mapping[str, Any]) -> str:
    today = current_services().clock.today()
    if row["status"] == "revoked":
        return "revoked"
    if row["valid_to"] and row["valid_to"] < today:
        return "expired"
    return "not_yet" if row["valid_from"] and row["valid_from"] > today else "valid"


def _sentence(state: str, row: Mapping[str, Any]) -> str:
    if state == "revoked":
        return _("这份文书确由本机构签发，但已于 {day} 撤销，不再有效。", day=day(row["revoked_at"]))
    if state == "expired":
        return _("这份文书确由本机构签发，有效期已于 {day} 届满。", day=day(row["valid_to"]))
    if state == "not_yet":
        return _("这份文书确由本机构签发，自 {day} 起生效。", day=day(row["valid_from"]))
    if row["valid_to"]:
        return _("这份文书真实有效，有效期至 {day}。", day=day(row["valid_to"]))
    return _("这份文书真实有效，由本机构签发。")
