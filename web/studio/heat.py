"""Where the time goes on a live process: visits, dwell, backlog and overdue per step, from what really happened. Judges nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from engine.clock import end_of, start_of
from engine.records import job, user_task
from web.services import rows

LEVELS = 5
MODES = ("dwell", "backlog", "overdue")


@dataclass
class Step:
    """One element of the diagram. hours: of every finished visit."""

    element_id: str
    name: str
    visits: int = 0
    waiting: int = 0
    overdue: int = 0
    hours: list[float] = field(default_factory=list)

    @property
    def mean_h(self) -> float:
        return sum(self.hours) / len(self.hours) if self.hours else 0.0

    @property
    def longest_h(self) -> float:
        return max(self.hours, default=0.0)

    def value(self, mode: str) -> float:
        return {"dwell": self.mean_h, "backlog": float(self.waiting), "overdue": float(self.overdue)}[mode]


def steps(key: str, since: date | None, until: date | None, now: datetime) -> list[Step]:
    """Every step that was visited in the days given (by entry), the slowest first."""
    found: dict[str, Step] = {}
    for row in _visits(user_task, user_task.c.completed_at, key, since, until):
        step = found.setdefault(row["element_id"], Step(row["element_id"], row["name"]))
        _count(step, row, row["status"] in ("open", "claimed"), now)
    for row in _visits(job, job.c.finished_at, key, since, until):
        step = found.setdefault(row["element_id"], Step(row["element_id"], row["name"]))
        _count(step, row, row["status"] in ("ready", "running", "incident"), now)
    return sorted(found.values(), key=lambda step: -step.mean_h)


def _visits(table: Any, ended: Any, key: str, since: date | None, until: date | None) -> Sequence[Mapping[str, Any]]:
    due = table.c.due_at if "due_at" in table.c else table.c.next_at
    columns = (table.c.element_id, table.c.name, table.c.status, table.c.created_at)
    query = select(*columns, ended.label("ended_at"), due.label("due_at")).where(table.c.process_key == key)
    if since is not None:
        query = query.where(table.c.created_at >= start_of(since))
    if until is not None:
        query = query.where(table.c.created_at < end_of(until))
    return rows(query)


def _count(step: Step, row: Mapping[str, Any], waiting: bool, now: datetime) -> None:
    step.visits += 1
    step.waiting += waiting
    if row["ended_at"] is not None:
        step.hours.append((row["ended_at"] - row["created_at"]).total_seconds() / 3600)
    over = row["due_at"] is not None and (row["ended_at"] or now) > row["due_at"]
    step.overdue += over and "due_at" in row and row["status"] in ("open", "claimed", "completed")


def marks(found: Sequence[Step], mode: str) -> list[dict[str, Any]]:
    """What the viewer paints: level 1 to 5 by rank among the values, and the value in words."""
    values = sorted({step.value(mode) for step in found if step.value(mode) > 0})
    return [
        {
            "element_id": step.element_id,
            "state": "heat",
            "level": 1 + values.index(step.value(mode)) * LEVELS // len(values),
            "label": said(step.value(mode), mode),
        }
        for step in found
        if step.value(mode) > 0
    ]


def said(value: float, mode: str) -> str:
    """3.5 h or 2.1 d for a dwell, else the count."""
    if mode != "dwell":
        return str(int(value))
    return f"{value / 24:.1f} d" if value >= 48 else f"{value:.1f} h" if value >= 0.1 else f"{value * 3600:.0f} s"
