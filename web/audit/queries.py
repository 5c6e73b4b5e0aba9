"""What the auditor searches: cases and events by person, act, day and district. Writes nothing but the reading itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.sql import Select

from engine import canonical
from engine.clock import end_of, start_of
from engine.records import (
    audit_event,
    case_file_item,
    cases,
    evidence,
    process_bundle,
    process_definition,
    process_instance,
)
from web.services import rows

Row = Mapping[str, Any]
PAGE = 50


@dataclass(frozen=True)
class Search:
    """What to look for; empty fields do not restrict. Days are in Asia/Shanghai, both inclusive."""

    text: str = ""
    actor: str = ""
    kind: str = ""
    process_key: str = ""
    district: str = ""
    status: str = ""
    since: date | None = None
    until: date | None = None
    page: int = 1


def find_cases(search: Search) -> tuple[Sequence[Row], int]:
    """Cases with the number of their events; newest first."""
    query = select(cases, process_instance.c.event_seq.label("events")).outerjoin(
        process_instance, process_instance.c.case_id == cases.c.id
    )
    query = _of_case(query, search)
    if search.since:
        query = query.where(cases.c.submitted_at >= start_of(search.since))
    if search.until:
        query = query.where(cases.c.submitted_at < end_of(search.until))
    if search.actor or search.kind:
        inner = select(audit_event.c.case_id).where(*_of_event(search))
        query = query.where(cases.c.id.in_(inner))
    return _page(query, cases.c.submitted_at.desc(), search.page)


def find_events(search: Search) -> tuple[Sequence[Row], int]:
    """Events with the number and title of their case; newest first."""
    query = select(audit_event, cases.c.case_no, cases.c.title).join(cases, cases.c.id == audit_event.c.case_id)
    query = _of_case(query, search).where(*_of_event(search))
    if search.since:
        query = query.where(audit_event.c.at >= start_of(search.since))
    if search.until:
        query = query.where(audit_event.c.at < end_of(search.until))
    return _page(query, audit_event.c.at.desc(), search.page)


def _of_case(query: Select[Any], search: Search) -> Select[Any]:
    if search.text:
        wanted = (cases.c.case_no, cases.c.applicant_name, cases.c.title)
        same = or_(*(column.contains(search.text) for column in wanted))
        query = query.where(or_(same, cases.c.applicant_id_no == search.text))
    for column, value in (
        (cases.c.process_key, search.process_key),
        (cases.c.district, search.district),
        (cases.c.status, search.status),
    ):
        if value:
            query = query.where(column == value)
    return query


def _of_event(search: Search) -> list[Any]:
    found: list[Any] = []
    if search.actor:
        found.append(or_(audit_event.c.actor_name.contains(search.actor), audit_event.c.actor_id == search.actor))
    if search.kind:
        found.append(audit_event.c.kind == search.kind)
    return found


def actors() -> list[str]:
    """Names of everybody who ever acted, for the search field."""
    found = rows(select(audit_event.c.actor_name).distinct().order_by(audit_event.c.actor_name).limit(200))
    return [row["actor_name"] for row in found]


def members(case_id: str) -> Mapping[str, str]:
    """Process key to the id of the definition that this case runs on (the process and all that it calls)."""
    found = rows(
        select(process_bundle.c.members)
        .join(process_instance, process_instance.c.bundle_hash == process_bundle.c.hash)
        .where(process_instance.c.case_id == case_id)
    )
    return found[0]["members"] if found else {}


def definitions(ids: Sequence[str]) -> dict[str, Row]:
    """Definitions by process key: name, version, hash, XML, deployed_at."""
    found = rows(select(process_definition).where(process_definition.c.id.in_(list(ids))))
    return {row["key"]: row for row in found}


def item_versions(case_id: str) -> Sequence[Row]:
    """Every version of every case-file item in the order of writing, without values."""
    columns = [column for column in case_file_item.c if column.name != "value"]
    return rows(
        select(*columns)
        .where(case_file_item.c.case_id == case_id)
        .order_by(case_file_item.c.event_seq, case_file_item.c.name, case_file_item.c.version)
    )


def _page(query: Select[Any], order: Any, page: int) -> tuple[Sequence[Row], int]:
    total = rows(select(func.count().label("count")).select_from(query.subquery()))[0]["count"]
    return rows(query.order_by(order).limit(PAGE).offset((page - 1) * PAGE)), total


def broken_items(case_id: str) -> list[Row]:
    """Case-file items whose stored value does not have the stored hash."""
    found = rows(select(case_file_item).where(case_file_item.c.case_id == case_id))
    return [row for row in found if canonical.sha256(row["value"]) != row["hash"]]


def counted(case_id: str) -> dict[str, int]:
    """How many values and raw answers a check of the case looks at."""
    return {
        name: rows(select(func.count().label("n")).select_from(table).where(table.c.case_id == case_id))[0]["n"]
        for name, table in (("items", case_file_item), ("answers", evidence))
    }


def districts() -> list[str]:
    """District codes that any case has."""
    found = rows(select(cases.c.district).where(cases.c.district.is_not(None)).distinct().order_by(cases.c.district))
    return [row["district"] for row in found]
