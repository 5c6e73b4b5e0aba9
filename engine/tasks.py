"""What the row of a user task says: whether it is over, who moved on, whose it is. Changes nothing."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, select

from engine.clock import ZONE
from engine.errors import StaleTask
from engine.records import user_task_group
from engine.states import TaskStatus

Row = dict[str, Any]


def refuse_finished(task: Row) -> None:
    if task["status"] in (TaskStatus.COMPLETED, TaskStatus.CANCELLED):
        raise stale(task, task["status"])


def stale(task: Row, what: str) -> StaleTask:
    """Who has moved on, when, and what they did."""
    done = task["status"] in (TaskStatus.COMPLETED, TaskStatus.CANCELLED)
    by = task["completed_by_name"] if done else task["assignee_name"]
    at = task["completed_at"] if done else task["claimed_at"]
    words = {"completed": "办理", "cancelled": "取消", "claimed": "签收"}.get(what, "改变")
    when = f"{at.astimezone(ZONE):%m-%d %H:%M}" if at else ""
    return StaleTask(
        f"{by or '系统'} {when} 已{words}这项任务。".replace("  ", " "),
        by=by,
        at=at.isoformat() if at else None,
        what=task["outcome"] if what == "completed" else what,
        task_id=task["id"],
        revision=task["revision"],
    )


def groups_of(connection: Connection, task: Row) -> tuple[str, ...]:
    first = (task["group_name"],) if task["group_name"] else ()
    if not task["more_groups"]:
        return first
    query = select(user_task_group.c.group_name).where(user_task_group.c.task_id == task["id"])
    return (*first, *connection.execute(query).scalars())
