"""What the demonstration's clock page reads: the time, what runs, what is due next. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, or_, select, union_all

from engine.records import cases, job, timer
from web.services import current_services, rows

SHOWN = 10


@dataclass(frozen=True)
class Standing:
    """now and next_due are ISO instants; busy: how much is due and not yet done; upcoming: the next timers."""

    now: str
    today: str
    next_due: str | None
    busy: int
    upcoming: tuple[Mapping[str, Any], ...]


def standing() -> Standing:
    """How things stand at this moment."""
    services = current_services()
    now = services.clock.now()
    due = services.engine.next_due()
    return Standing(
        now=now.isoformat(),
        today=services.clock.today().isoformat(),
        next_due=due.isoformat() if due else None,
        busy=busy(now),
        upcoming=tuple({**row, "due_at": row["due_at"].isoformat()} for row in upcoming()),
    )


def busy(now: datetime) -> int:
    """Jobs that run or could run, and timers that should have fired."""
    open_jobs = or_(job.c.status == "running", (job.c.status == "ready") & (job.c.next_at <= now))
    late = (timer.c.status == "waiting") & (timer.c.due_at <= now)
    jobs = select(func.count().label("n"), literal("jobs").label("what")).select_from(job).where(open_jobs)
    timers = select(func.count(), literal("timers")).select_from(timer).where(late)
    return sum(row["n"] for row in rows(union_all(jobs, timers)))


def upcoming() -> Sequence[Mapping[str, Any]]:
    """The timers that are due next: name, case_no, due_at, due_proof."""
    query = (
        select(timer.c.name, cases.c.case_no, timer.c.due_at, timer.c.due_proof)
        .join(cases, cases.c.id == timer.c.case_id)
        .where(timer.c.status == "waiting")
        .order_by(timer.c.due_at)
    )
    return rows(query.limit(SHOWN))
