"""Public notices as anyone may see them: only those in force, already masked; lists nothing that has ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from engine.errors import NotFound
from engine.records import publication
from web.services import current_services, rows

_P = publication.c


def _in_force(today: date) -> Any:
    return (_P.status == "published") & (_P.starts_on <= today) & (_P.ends_on >= today)


def newest(count: int) -> list[Mapping[str, Any]]:
    """The newest notices in force."""
    today = current_services().clock.today()
    query = select(publication).where(_in_force(today)).order_by(_P.starts_on.desc(), _P.number.desc())
    return list(rows(query.limit(count)))


def search(text: str, district: str, page: int, size: int = 20) -> tuple[list[Mapping[str, Any]], int]:
    """One page of the notices in force and how many there are; text is looked for in number, title and masked text."""
    wanted = _in_force(current_services().clock.today())
    if text:
        wanted = wanted & or_(_P.number.contains(text, autoescape=True), _P.title.contains(text, autoescape=True),
                              _P.text.contains(text, autoescape=True))  # fmt: skip
    if district:
        wanted = wanted & (_P.district == district)
    total = rows(select(func.count().label("n")).select_from(publication).where(wanted))[0]["n"]
    query = select(publication).where(wanted).order_by(_P.starts_on.desc(), _P.number.desc())
    return list(rows(query.limit(size).offset((page - 1) * size))), total


def one(notice_id: str) -> Mapping[str, Any]:
    """A notice in force. Raises NotFound after its end: it vanishes by itself."""
    found = rows(select(publication).where(_P.id == notice_id, _in_force(current_services().clock.today())))
    if not found:
        raise NotFound("这条公示不存在或已期满撤下；如有疑问，请拨打受理机构电话")
    return found[0]


def of_case(case_id: str) -> list[Mapping[str, Any]]:
    """All notices of one case, for those who may see the case."""
    return list(rows(select(publication).where(_P.case_id == case_id).order_by(_P.starts_on)))


def days_left(notice: Mapping[str, Any]) -> int:
    """Natural days left, the last day included."""
    return (notice["ends_on"] - current_services().clock.today()).days + 1
