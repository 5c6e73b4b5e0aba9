"""The steps of a case in plain words, from its tasks, jobs and timers, and where it stands in the diagram. Changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, select

from engine import canonical
from engine.records import audit_event, job, timer, user_task
from engine.states import JobStatus, TaskStatus, TimerStatus
from engine.views import CaseView, ProgressStep, TaskView

Places = tuple[tuple[str, str], ...]
Tasks = Callable[[Connection, Any], tuple[TaskView, ...]]
_STATUS = {TaskStatus.COMPLETED: "done", TaskStatus.CANCELLED: "cancelled"}
_JOB_STATUS = {JobStatus.DONE: "done", JobStatus.SKIPPED: "done", JobStatus.CANCELLED: "cancelled"}
_TIMER_STATUS = {TimerStatus.FIRED: "done", TimerStatus.CANCELLED: "cancelled"}


def progress_of(
    connection: Connection, case: CaseView, tasks: Tasks
) -> tuple[tuple[ProgressStep, ...], Places, Places]:
    """(steps by time, places passed, places where it stands); a place is (process key, element id)."""
    from engine.questions import _TASK_SELECT

    steps = [_of_task(task) for task in tasks(connection, _TASK_SELECT.where(user_task.c.case_id == case.id))]
    steps += [_of_job(row) for row in connection.execute(select(job).where(job.c.case_id == case.id)).mappings()]
    drawn = select(timer).where(
        timer.c.case_id == case.id, timer.c.kind == "event", timer.c.status != TimerStatus.CANCELLED
    )
    steps += [_of_timer(row, case.process_key) for row in connection.execute(drawn).mappings()]
    visited, current = _places(connection, case.id)
    return tuple(sorted(steps, key=lambda step: step.started_at)), visited, current


def _places(connection: Connection, case_id: str) -> tuple[Places, Places]:
    visited: dict[tuple[str, str], None] = {}
    current: dict[tuple[str, str], None] = {}
    table = audit_event.c
    query = select(table.data).where(table.case_id == case_id).order_by(table.seq)
    for (text,) in connection.execute(query):
        data = canonical.loads(text)
        for what, process_key, element_id, _path in data.get("trace", ()):
            if what == "completed":
                visited[process_key, element_id] = None
        if "marking" in data:
            current = {(process_key, element_id): None for _kind, process_key, element_id, *_ in data["marking"]}
    return tuple(visited), tuple(current)


def _of_task(task: TaskView) -> ProgressStep:
    return ProgressStep(
        element_id=task.element_id,
        process_key=task.process_key,
        path=task.path,
        kind="user",
        name=task.name,
        name_en=task.name_en,
        status=_STATUS.get(TaskStatus(task.status), "current"),
        whose=task.groups,
        org_unit=task.org_unit,
        started_at=task.created_at,
        finished_at=task.completed_at,
        due_on=task.due_on,
        actor_name=task.completed_by_name or task.assignee_name,
        outcome=task.outcome,
    )


def _of_job(row: Any) -> ProgressStep:
    return ProgressStep(
        element_id=row["element_id"],
        process_key=row["process_key"],
        path=row["path"],
        kind="job",
        name=row["name"],
        name_en=None,
        status=_JOB_STATUS.get(JobStatus(row["status"]), "waiting"),
        whose=(),
        org_unit=None,
        started_at=row["created_at"],
        finished_at=row["finished_at"],
        due_on=None,
        actor_name=None,
        outcome="incident" if row["status"] == JobStatus.INCIDENT else None,
    )


def _of_timer(row: Any, process_key: str) -> ProgressStep:
    return ProgressStep(
        element_id=row["element_id"],
        process_key=process_key,
        path="",
        kind="timer",
        name=row["name"],
        name_en=None,
        status=_TIMER_STATUS.get(TimerStatus(row["status"]), "waiting"),
        whose=(),
        org_unit=None,
        started_at=row["created_at"],
        finished_at=row["fired_at"],
        due_on=None,
        actor_name=None,
        outcome=None,
    )
