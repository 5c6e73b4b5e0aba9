"""Fires what is due: drawn timers, deadlines of tasks. Each due row fires once, however many clocks look. Waits for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from engine.actors import SYSTEM, Actor
from engine.errors import IllegalTransition
from engine.ground import Ground
from engine.history import Subject
from engine.host import Place
from engine.incidents import incident_row
from engine.records import job, timer, user_task
from engine.runtime import Runtime
from engine.statements import execute, instant, update_row
from engine.states import EventKind, ItemSource, JobStatus, TaskStatus, TimerStatus
from engine.step import Step, locked_case

Row = dict[str, Any]
CLOCK = Actor(user_id="system", name="系统", post="定时器")
_FIRED = "UPDATE timer SET status = 'fired', fired_at = ? WHERE id = ? AND status = 'waiting'"


class Timers(Runtime, Ground):
    def fire_timers(self, limit: int = 100) -> int:
        """Fire due timers, oldest first; returns how many. One that fails becomes an incident and holds nothing up."""
        count = 0
        for timer_id in self._due_timers(limit):
            count += self.fire_timer(timer_id)
        return count

    def fire_timer(self, timer_id: str) -> bool:
        """Fire one timer if it is due and nobody has fired it."""
        try:
            return self._fire(timer_id)
        except Exception as error:
            self._fail_timer(timer_id, error)
            return False

    def next_due(self) -> datetime | None:
        """The instant at which a timer or a job is due next; None when nothing waits for the clock."""
        with self.reading() as connection:
            times = [
                connection.execute(
                    select(func.min(timer.c.due_at)).where(timer.c.status == TimerStatus.WAITING)
                ).scalar(),
                connection.execute(select(func.min(job.c.next_at)).where(job.c.status == JobStatus.READY)).scalar(),
                connection.execute(
                    select(func.min(job.c.lease_until)).where(job.c.status == JobStatus.RUNNING)
                ).scalar(),
            ]
        return min((at for at in times if at is not None), default=None)

    def mark_overdue(self, limit: int = 500) -> int:
        """Note open tasks whose due day has passed, once each, in their cases' history."""
        table = user_task.c
        query = (
            select(table.id, table.case_id)
            .where(table.completed_at.is_(None), table.due_at <= self.now(), table.overdue_at.is_(None))
            .where(table.status.in_(("open", "claimed")))
            .limit(limit)
        )
        with self.reading() as connection:
            found = list(connection.execute(query))
        return sum(self._mark_one(task_id, case_id) for task_id, case_id in found)

    def _mark_one(self, task_id: str, case_id: str) -> bool:
        return self.transact(lambda connection: self._mark(connection, task_id, case_id))

    def _mark(self, connection: Connection, task_id: str, case_id: str) -> bool:
        case, instance = locked_case(connection, case_id)
        step = Step(connection, self.settings, self.now(), self.today(), CLOCK, case, instance)
        statement = (
            "UPDATE user_task SET overdue_at = ? WHERE id = ? AND overdue_at IS NULL AND status IN ('open', 'claimed')"
        )
        if execute(connection, statement, (instant(step.now), task_id)) != 1:
            return False
        step.event(EventKind.TASK_OVERDUE, {}, _task_subject(connection, task_id))
        step.finish()
        return True

    def _due_timers(self, limit: int) -> list[str]:
        query = (
            select(timer.c.id)
            .where(timer.c.status == TimerStatus.WAITING, timer.c.due_at <= self.now())
            .order_by(timer.c.due_at, timer.c.id)
            .limit(limit)
        )
        with self.reading() as connection:
            return list(connection.execute(query).scalars())

    def _fire(self, timer_id: str) -> bool:
        def work(connection: Connection, failed: Mapping[Place, BaseException]) -> Row:
            row = dict(connection.execute(select(timer).where(timer.c.id == timer_id)).mappings().one())
            case, instance = locked_case(connection, row["case_id"])
            step = Step(connection, self.settings, self.now(), self.today(), CLOCK, case, instance)
            if row["due_at"] > step.now or execute(connection, _FIRED, (instant(step.now), timer_id)) != 1:
                return {"fired": False}
            if row["action"].startswith("complete:"):
                self._complete_for_timeout(connection, step, row, failed)
            elif row["action"] == "remind":
                self._remind_for_timeout(connection, step, row)
            else:
                trigger: Row = {"token": row["token_id"], "action": row["action"]}
                step.event(EventKind.TIMER_FIRED, trigger, _subject(row))
                token = row["token_id"]
                self.advance(connection, step, lambda execution: execution.fire(token), trigger, failed, done=token)
            return {"fired": True}

        return bool(self.parking(lambda failed: self.transact(lambda c: work(c, failed)))["fired"])

    def _remind_for_timeout(self, connection: Connection, step: Step, row: Row) -> None:
        values = {"reminded_at": step.now, "overdue_at": step.now}
        update_row(connection, user_task, values, "id", row["task_id"])
        step.event(EventKind.TASK_OVERDUE, {"action": "remind"}, _task_subject(connection, row["task_id"]))
        step.finish()

    def _complete_for_timeout(
        self, connection: Connection, step: Step, row: Row, failed: Mapping[Place, BaseException]
    ) -> None:
        """The law's answer to silence: the task is completed with the drawn outcome, by the system."""
        task = dict(connection.execute(select(user_task).where(user_task.c.id == row["task_id"])).mappings().one())
        if task["status"] not in (TaskStatus.OPEN, TaskStatus.CLAIMED):
            raise IllegalTransition("任务已经办结，时限不再生效。", task_id=task["id"])
        outcome = row["action"].partition(":")[2]
        values = {"status": TaskStatus.COMPLETED.value, "revision": task["revision"] + 1, "completed_at": step.now}
        values |= {
            "completed_by": SYSTEM.user_id,
            "completed_by_name": SYSTEM.name,
            "outcome": outcome,
            "overdue_at": step.now,
        }
        update_row(connection, user_task, {**values, "opinion": row["due_proof"] or ""}, "id", task["id"])
        trigger: Row = {
            "token": task["token_id"],
            "outcome": outcome,
            "opinion": row["due_proof"],
            "item": task["item_name"],
        }
        trigger |= {"timeout": row["id"]}
        step.event(EventKind.TASK_COMPLETED, trigger, _task_subject(connection, task["id"]))
        value = {
            "outcome": outcome,
            "opinion": row["due_proof"] or "",
            "actor": SYSTEM.user_id,
            "actor_name": SYSTEM.name,
        }
        _, trigger["item_version"] = step.write(
            f"/{task['item_name']}",
            {**value, "at": step.now.isoformat(), "timeout": True},
            ItemSource.SYSTEM,
            element_id=task["element_id"],
        )
        token = task["token_id"]
        self.advance(connection, step, lambda execution: execution.complete(token), trigger, failed, done=token)

    def _fail_timer(self, timer_id: str, error: BaseException) -> None:
        def work(connection: Connection) -> None:
            row = dict(connection.execute(select(timer).where(timer.c.id == timer_id)).mappings().one())
            case, instance = locked_case(connection, row["case_id"])
            statement = (
                "UPDATE timer SET status = 'incident', attempts = attempts + 1 WHERE id = ? AND status = 'waiting'"
            )
            if execute(connection, statement, (timer_id,)) != 1:
                return
            step = Step(connection, self.settings, self.now(), self.today(), CLOCK, case, instance)
            self.open_incident(step, incident_row(error, "timer", timer_id, _subject(row)))
            step.finish()

        self.transact(work)

    def make_timer_wait(self, step: Step, timer_id: str) -> bool:
        """Let a timer that became an incident fire again."""
        statement = "UPDATE timer SET status = 'waiting' WHERE id = ? AND status = 'incident'"
        return execute(step.connection, statement, (timer_id,)) == 1


def _subject(row: Row) -> Subject:
    return Subject(None, row["element_id"], row["name"], None, row["id"])


def _task_subject(connection: Connection, task_id: str) -> Subject:
    table = user_task.c
    query = select(table.process_key, table.element_id, table.name, table.path).where(table.id == task_id)
    row = connection.execute(query).one()
    return Subject(row.process_key, row.element_id, row.name, row.path, task_id)
