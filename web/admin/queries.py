"""What the operator's pages read: incidents, jobs, timers, messages, deployments, people. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import case as when
from sqlalchemy import func, literal, or_, select, union_all
from sqlalchemy.sql import Select

from engine.records import cases, deployment, incident, job, outgoing_message, timer
from web.auth.records import account, login_session, org_unit
from web.services import rows

Row = Mapping[str, Any]
PAGE = 50


def incident_groups(status: str = "open") -> Sequence[Row]:
    """Incidents of a status by cause: cause, code, kind, count, first, last and the element they happened at."""
    return rows(
        select(
            incident.c.cause,
            incident.c.code,
            incident.c.kind,
            func.count().label("count"),
            func.min(incident.c.opened_at).label("first_at"),
            func.max(incident.c.opened_at).label("last_at"),
            func.max(incident.c.element_name).label("element_name"),
            func.max(incident.c.message).label("message"),
        )
        .where(incident.c.status == status)
        .group_by(incident.c.cause, incident.c.code, incident.c.kind)
        .order_by(func.count().desc(), incident.c.cause)
    )


def incidents(status: str = "", cause: str = "", q: str = "", page: int = 1) -> tuple[Sequence[Row], int]:
    """One page of incidents (newest first) and how many there are."""
    query = select(incident)
    if status:
        query = query.where(incident.c.status == status)
    if cause:
        query = query.where(incident.c.cause == cause)
    if q:
        query = query.where(or_(incident.c.case_no.contains(q), incident.c.number == q))
    return _page(query, incident.c.opened_at.desc(), page)


def incident_ids(cause: str, limit: int = 500) -> list[str]:
    """Ids of the open incidents of one cause, oldest first."""
    found = rows(
        select(incident.c.id)
        .where(incident.c.status == "open", incident.c.cause == cause)
        .order_by(incident.c.opened_at)
        .limit(limit)
    )
    return [row["id"] for row in found]


def incident_one(incident_id: str) -> Row | None:
    """The incident with the job or timer that it is about."""
    found = rows(select(incident).where(or_(incident.c.id == incident_id, incident.c.number == incident_id)))
    return found[0] if found else None


def incident_counts() -> dict[str, int]:
    """How many incidents have each status."""
    found = rows(select(incident.c.status, func.count().label("count")).group_by(incident.c.status))
    return {row["status"]: row["count"] for row in found}


def job_one(job_id: str | None) -> Row | None:
    found = rows(select(job).where(job.c.id == (job_id or "")))
    return found[0] if found else None


def job_counts() -> dict[str, int]:
    """How many jobs have each status."""
    found = rows(select(job.c.status, func.count().label("count")).group_by(job.c.status))
    return {row["status"]: row["count"] for row in found}


def jobs(status: str, topic: str, page: int) -> tuple[Sequence[Row], int]:
    """Jobs with their case number; the ones that are due first."""
    query = select(job, cases.c.case_no).join(cases, cases.c.id == job.c.case_id)
    if status:
        query = query.where(job.c.status == status)
    if topic:
        query = query.where(job.c.topic == topic)
    order = job.c.next_at if status in {"ready", "running"} else job.c.created_at.desc()
    return _page(query, order, page)


def topics() -> Sequence[Row]:
    """Per topic: how many jobs wait, are done, stand as incidents, and when one last succeeded."""
    return rows(
        select(
            job.c.topic,
            func.count().label("total"),
            _count(job.c.status.in_(("ready", "running"))).label("open"),
            _count(job.c.status == "incident").label("incidents"),
            func.max(when((job.c.status == "done", job.c.finished_at))).label("last_done_at"),
        )
        .group_by(job.c.topic)
        .order_by(job.c.topic)
    )


def timers(status: str, page: int) -> tuple[Sequence[Row], int]:
    """Timers with their case number, next due first."""
    query = select(timer, cases.c.case_no).join(cases, cases.c.id == timer.c.case_id)
    if status:
        query = query.where(timer.c.status == status)
    return _page(query, timer.c.due_at if status == "waiting" else timer.c.created_at.desc(), page)


def timer_counts() -> dict[str, int]:
    found = rows(select(timer.c.status, func.count().label("count")).group_by(timer.c.status))
    return {row["status"]: row["count"] for row in found}


def queue_health(now: datetime) -> dict[str, Any]:
    """Oldest job that is due, jobs overdue by more than a minute, timers overdue, done in the last hour."""
    late, hour = now - timedelta(minutes=1), now - timedelta(hours=1)
    parts: list[Select[Any]] = [
        select(literal("late_jobs").label("name"), func.count().label("value"))
        .select_from(job)
        .where(job.c.status == "ready", job.c.next_at < late),
        select(literal("late_timers"), func.count())
        .select_from(timer)
        .where(timer.c.status == "waiting", timer.c.due_at < late),
        select(literal("done_last_hour"), func.count())
        .select_from(job)
        .where(job.c.status == "done", job.c.finished_at > hour),
    ]
    return {row["name"]: row["value"] for row in rows(union_all(*parts))}


def messages(q: str, page: int) -> tuple[Sequence[Row], int]:
    """Messages sent out, newest first; q is a case number, a template or a part of the text."""
    query = select(outgoing_message, cases.c.case_no).join(cases, cases.c.id == outgoing_message.c.case_id)
    if q:
        columns = (cases.c.case_no, outgoing_message.c.template, outgoing_message.c.text)
        query = query.where(or_(*(column.contains(q) for column in columns)))
    return _page(query, outgoing_message.c.sent_at.desc(), page)


def accounts(q: str, group: str, unit: str) -> Sequence[Row]:
    """Accounts with their unit's name and the last time they were seen."""
    seen = (
        select(login_session.c.account_id, func.max(login_session.c.last_seen_at).label("seen_at"))
        .group_by(login_session.c.account_id)
        .subquery()
    )
    query = (
        select(account, org_unit.c.name.label("unit_name"), seen.c.seen_at)
        .outerjoin(org_unit, org_unit.c.code == account.c.org_unit)
        .outerjoin(seen, seen.c.account_id == account.c.id)
    )
    if q:
        query = query.where(or_(account.c.name.contains(q), account.c.username.contains(q), account.c.post.contains(q)))
    if unit:
        query = query.where(account.c.org_unit == unit)
    found = rows(query.order_by(account.c.org_unit, account.c.username))
    return [row for row in found if not group or group in row["groups"]]


def units() -> Sequence[Row]:
    """Every unit with the number of accounts in it."""
    people = select(account.c.org_unit, func.count().label("people")).group_by(account.c.org_unit).subquery()
    return rows(
        select(org_unit, func.coalesce(people.c.people, 0).label("people"))
        .outerjoin(people, people.c.org_unit == org_unit.c.code)
        .order_by(org_unit.c.code)
    )


def deployments(page: int) -> tuple[Sequence[Row], int]:
    """Deployments, newest first, with what each contained."""
    return _page(select(deployment), deployment.c.deployed_at.desc(), page)


def _count(condition: Any) -> Any:
    return func.sum(when((condition, 1), else_=0))


def _page(query: Select[Any], order: Any, page: int) -> tuple[Sequence[Row], int]:
    total = rows(select(func.count().label("count")).select_from(query.subquery()))[0]["count"]
    return rows(query.order_by(order).limit(PAGE).offset((page - 1) * PAGE)), total
