"""Turns what a case waits for into rows that people, workers and the clock can find, and closes those that are over.

Compares the waits before and after a run; never asks the database what is open.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import select

from engine.actors import SYSTEM
from engine.bpmn import Wait
from engine.calendar import Calendar
from engine.casefile import full_name
from engine.clock import end_of
from engine.durations import add_duration, parse_cycle, parse_instant, seconds_of
from engine.errors import ModelFault
from engine.expressions import json_value
from engine.host import StepHost, subject_of
from engine.incidents import incident_row
from engine.records import deadline_pause, job, message_subscription, timer, user_task, user_task_group
from engine.standing import working_days
from engine.statements import Write, execute, instant
from engine.states import EventKind, JobStatus, SubscriptionStatus, TaskStatus, TimerStatus
from engine.step import Step
from engine.views import OpenTask

if TYPE_CHECKING:
    from engine.ground import Ground

Waits = Mapping[str, Wait]
_TABLES = {
    "user": ("user_task", "'open', 'claimed'"),
    "job": ("job", "'ready', 'running', 'incident'"),
    "timer": ("timer", "'waiting', 'incident'"),
    "message": ("message_subscription", "'waiting'"),
    "signal": ("message_subscription", "'waiting'"),
}
_CLOSED_EVENT = {"user": EventKind.TASK_CANCELLED, "job": EventKind.JOB_CANCELLED}


class Due(NamedTuple):
    on: Any
    at: Any
    proof: str | None


class WaitRows:
    """Keeps the rows of one case in step with its tokens. `done`: the token whose row the command itself has closed."""

    def __init__(
        self, ground: Ground, step: Step, host: StepHost, before: Iterable[Wait], done: str | None = None
    ) -> None:
        self.ground, self.step, self.host, self.done = ground, step, host, done
        self.before: Waits = {wait.position.token_id: wait for wait in before}
        self.opened: list[OpenTask] = []

    def settle(self, waits: Iterable[Wait]) -> None:
        after: Waits = {wait.position.token_id: wait for wait in waits}
        self._close([wait for token, wait in self.before.items() if token not in after])
        for token, wait in after.items():
            known = self.before.get(token)
            if known is None:
                self._open(wait)
            elif known.fired != wait.fired:
                self._open_timer(wait)

    def _close(self, gone: list[Wait]) -> None:
        for kind, (table, states) in _TABLES.items():
            tokens = [
                wait.position.token_id for wait in gone if wait.kind == kind and wait.position.token_id != self.done
            ]
            if tokens:
                marks = ", ".join("?" for _ in tokens)
                statement = f"UPDATE {table} SET status = 'cancelled' WHERE case_id = ? AND token_id IN ({marks}) AND status IN ({states})"
                self.step.later(Write(statement, (self.step.case_id, *tokens)))
        users = [wait.position.token_id for wait in gone if wait.kind == "user"]
        if users:
            self._close_deadlines(users)
        for wait in gone:
            if wait.position.token_id != self.done and wait.kind in _CLOSED_EVENT:
                self.step.event(
                    _CLOSED_EVENT[wait.kind], {"token": wait.position.token_id}, subject_of(wait.position), SYSTEM
                )

    def _close_deadlines(self, tokens: list[str]) -> None:
        paused = [wait for token, wait in self.before.items() if token in tokens and _pauses(wait)]
        marks = ", ".join("?" for _ in tokens)
        if any(_has_deadline_timer(self.before[token]) for token in tokens):
            statement = f"UPDATE timer SET status = 'cancelled' WHERE case_id = ? AND token_id IN ({marks}) AND status = 'waiting'"
            self.step.later(Write(statement, (self.step.case_id, *tokens)))
        if paused:
            statement = f"UPDATE deadline_pause SET ended_on = ? WHERE case_id = ? AND token_id IN ({marks}) AND ended_on IS NULL"
            execute(self.step.connection, statement, (self.step.today.isoformat(), self.step.case_id, *tokens))
            self.step.event(EventKind.CASE_RESUMED, {"tokens": sorted(tokens)}, actor=SYSTEM)
            self.ground.reckon_deadline(self.step)

    def _open(self, wait: Wait) -> None:
        if wait.kind == "user":
            self._open_task(wait)
        elif wait.kind == "job":
            self._open_job(wait)
        elif wait.kind == "timer":
            self._open_timer(wait)
        else:
            self._open_subscription(wait)

    # -- people
    def _open_task(self, wait: Wait) -> None:
        at, step = wait.position, self.step
        element, task_id = at.element, step.id()
        says = element.properties.get
        applicant = says("applicant") == "true"
        groups = self._groups(wait) or (("applicant",) if applicant else ())
        form_key = self.host.resolve(element.form_key, at) if element.form_key else None
        form = self.ground.library.form(step.connection, form_key) if form_key else None
        due = self._task_due(wait)
        assignee = self.host.resolve(element.assignee, at) if element.assignee else None
        org_unit = self.host.resolve(says("org_unit") or "=case.org_unit", at)
        excluded = self._excluded(wait)
        row = {
            "id": task_id,
            "case_id": step.case_id,
            "token_id": at.token_id,
            "process_key": element.process_key,
            "element_id": element.id,
            "path": ".".join(at.path),
            "item_name": full_name(element.result_name or element.id, at.path),
            "name": element.name or element.id,
            "name_en": says("title.en"),
            "status": TaskStatus.CLAIMED if assignee else TaskStatus.OPEN,
            "revision": 1,
            "group_name": groups[0] if groups else None,
            "more_groups": len(groups) > 1,
            "org_unit": org_unit,
            "applicant": applicant,
            "requires_claim": says("requires_claim", "false" if applicant else "true") == "true",
            "outcomes": self._outcomes(wait),
            "form_key": form_key,
            "form_version": form.version if form else None,
            "field_access": json.loads(says("field_access") or "null"),
            "params": json_value(dict(at.locals)),
            "excluded": excluded,
            "assignee_id": assignee,
            "assignee_name": assignee,
            "claimed_at": step.now if assignee else None,
            "created_at": step.now,
            "due_on": due.on,
            "due_at": due.at,
            "due_proof": due.proof,
        }
        step.add(user_task, row)
        for group in groups[1:]:
            step.add(user_task_group, {"task_id": task_id, "group_name": group})
        data = {"token": at.token_id, "groups": list(groups), "org_unit": org_unit, "due_on": due.on, "form": form_key}
        step.event(EventKind.TASK_CREATED, data, subject_of(at, task_id), SYSTEM)
        self._open_deadline(wait, task_id, due)
        self.opened.append(OpenTask(task_id, element.id, str(row["name"]), groups, org_unit, applicant))

    def _groups(self, wait: Wait) -> tuple[str, ...]:
        found: list[str] = []
        for text in wait.position.element.candidate_groups:
            value = self.host.resolve(text, wait.position)
            found += value if isinstance(value, list) else str(value or "").split(",")
        return tuple(dict.fromkeys(name.strip() for name in found if name and name.strip()))

    def _outcomes(self, wait: Wait) -> list[str]:
        value = self.host.resolve(wait.position.element.properties.get("outcomes", ""), wait.position)
        names = value if isinstance(value, list) else str(value or "").split(",")
        return [str(name).strip() for name in names if str(name).strip()]

    def _excluded(self, wait: Wait) -> str:
        """The people who did the named earlier tasks (by element id, or by the id of the call around them)."""
        text = wait.position.element.properties.get("exclude_actors_of", "")
        value = self.host.resolve(text, wait.position) if text else ""
        names = {
            str(n).strip()
            for n in (value if isinstance(value, list) else str(value or "").split(","))
            if str(n).strip()
        }
        if not names:
            return ""
        people = {self.step.case["started_by"]} if "start" in names else set()
        table = user_task.c
        query = select(table.element_id, table.path, table.completed_by).where(
            table.case_id == self.step.case_id, table.completed_by.is_not(None)
        )
        for element_id, path, who in self.step.connection.execute(query):
            if names & {element_id, *(part.partition("#")[0] for part in path.split("."))}:
                people.add(who)
        own = self.host.own_completion
        if own is not None and names & {own[0], *(part.partition("#")[0] for part in own[1])}:
            people.add(own[2])
        people.discard(SYSTEM.user_id)
        return f",{','.join(sorted(people))}," if people else ""

    def _task_due(self, wait: Wait) -> Due:
        says, calendar = wait.position.element.properties.get, self._calendar()
        if says("deadline.working_days"):
            element = wait.position.element
            kept = working_days(
                self.ground.library, self.step.connection, self.step.today, element.process_key, element.id
            )
            count = self._count(says("deadline.working_days", ""), wait) if kept is None else kept
            found = calendar.add_working_days(self.step.today, count) if count is not None else None
        elif says("deadline.natural_days"):
            count = self._count(says("deadline.natural_days", ""), wait)
            found = calendar.add_natural_days(self.step.today, count) if count is not None else None
        else:
            found = None
        return Due(found.day, end_of(found.day), found.proof) if found else Due(None, None, None)

    def _count(self, text: str, wait: Wait) -> int | None:
        value = self.host.resolve(text, wait.position)
        if value is None or value == "":
            return None
        try:
            return int(value)
        except (TypeError, ValueError) as error:
            raise ModelFault(f"时限“{text}”得到 {value!r}，应为天数。", element_id=wait.position.element.id) from error

    def _open_deadline(self, wait: Wait, task_id: str, due: Due) -> None:
        action = wait.position.element.properties.get("on_timeout")
        if action and due.at is not None:
            self._add_timer(wait, "deadline", action, due, task_id)
        reason = _pauses(wait)
        if reason:
            values = {"case_id": self.step.case_id, "token_id": wait.position.token_id, "started_on": self.step.today}
            self.step.add(deadline_pause, {**values, "reason": reason})
            self.step.event(EventKind.CASE_PAUSED, {"reason": reason, "token": wait.position.token_id}, actor=SYSTEM)

    # -- machines and the clock
    def _open_job(self, wait: Wait) -> None:
        at, step = wait.position, self.step
        element, job_id = at.element, step.id()
        parked = self.host.parked[at.token_id]
        row = {
            "id": job_id,
            "case_id": step.case_id,
            "token_id": at.token_id,
            "process_key": element.process_key,
            "element_id": element.id,
            "path": ".".join(at.path),
            "item_name": full_name(element.result_name or element.id, at.path),
            "name": element.name or element.id,
            "topic": element.topic,
            "lane": element.properties.get("lane", "people"),
            "params": parked.params,
            "locals": parked.locals,
            "backoff_s": self._backoff(element.properties.get("retry.backoff", "")),
            "status": JobStatus.READY if parked.error is None else JobStatus.INCIDENT,
            "idempotency_key": f"{step.case_id}:{at.token_id}",
            "attempts": 0 if parked.error is None else 1,
            "created_at": step.now,
            "next_at": step.now,
            "last_error": str(parked.error) if parked.error else None,
        }
        step.add(job, row)
        step.event(
            EventKind.JOB_CREATED, {"token": at.token_id, "topic": element.topic}, subject_of(at, job_id), SYSTEM
        )
        if parked.error is not None:
            self.ground.open_incident(step, incident_row(parked.error, "job", job_id, subject_of(at, job_id)))
        elif self.ground.settings.enqueue is not None:
            self.ground.new_jobs(step.connection).append(job_id)

    def _backoff(self, text: str) -> list[float]:
        parts = [part.strip() for part in text.split(",") if part.strip()]
        return [seconds_of(part) for part in parts] if parts else list(self.ground.settings.backoff_s)

    def _open_timer(self, wait: Wait) -> None:
        due = self._timer_due(wait)
        if due is not None:
            self._add_timer(wait, "event", "fire", due, None)

    def _timer_due(self, wait: Wait) -> Due | None:
        drawn, text = wait.position.element.timer, str(wait.due)
        if drawn is None or wait.due is None:
            raise ModelFault("定时事件没有给出时间。", element_id=wait.position.element.id)
        if drawn.kind == "working_days":
            found = self._calendar().add_working_days(self.step.today, int(wait.due))
            return Due(found.day, end_of(found.day), found.proof)
        if drawn.kind == "duration":
            return Due(None, add_duration(self.step.now, text), f"{text} 自 {self.step.now.isoformat()}")
        if drawn.kind == "date":
            return Due(None, parse_instant(text), text)
        cycle = parse_cycle(text)
        if cycle.times is not None and wait.fired >= cycle.times:
            return None
        if cycle.start is not None and wait.fired == 0:
            return Due(None, max(cycle.start, self.step.now), text)
        return Due(None, add_duration(self.step.now, cycle.every), text)

    def _add_timer(self, wait: Wait, kind: str, action: str, due: Due, task_id: str | None) -> None:
        at, timer_id = wait.position, self.step.id()
        row = {
            "id": timer_id,
            "case_id": self.step.case_id,
            "token_id": at.token_id,
            "kind": kind,
            "task_id": task_id,
            "element_id": at.element.id,
            "name": at.element.name or at.element.id,
            "action": action,
            "status": TimerStatus.WAITING,
            "due_at": due.at,
            "due_proof": due.proof,
            "created_at": self.step.now,
            "attempts": 0,
        }
        self.step.add(timer, row)
        data = {"token": at.token_id, "due_at": instant(due.at), "because": due.proof, "kind": kind}
        self.step.event(EventKind.TIMER_STARTED, data, subject_of(at, timer_id), SYSTEM)

    def _open_subscription(self, wait: Wait) -> None:
        at, subscription_id = wait.position, self.step.id()
        message = wait.message or at.element.message_name or ""
        row = {
            "id": subscription_id,
            "case_id": self.step.case_id,
            "token_id": at.token_id,
            "element_id": at.element.id,
            "item_name": full_name(at.element.result_name or at.element.id, at.path),
            "message": message if wait.kind == "message" else f"signal:{message}",
            "correlation_key": wait.correlation or "",
            "status": SubscriptionStatus.WAITING,
            "created_at": self.step.now,
        }
        self.step.add(message_subscription, row)
        data = {"token": at.token_id, "message": row["message"], "key": row["correlation_key"]}
        self.step.event(EventKind.MESSAGE_AWAITED, data, subject_of(at, subscription_id), SYSTEM)

    def _calendar(self) -> Calendar:
        return self.ground.library.calendar(self.step.connection, self.step.case["jurisdiction"])


def marking_of(waits: Iterable[Wait]) -> list[list[str]]:
    """Where a case stands, as text that can be compared: [kind, process, element, path, token], sorted."""
    return sorted(
        [wait.kind, at.element.process_key, at.element.id, ".".join(at.path), at.token_id]
        for wait in waits
        for at in (wait.position,)
    )


def _pauses(wait: Wait) -> str:
    return wait.position.element.properties.get("deadline.pauses", "") if wait.kind == "user" else ""


def _has_deadline_timer(wait: Wait) -> bool:
    return bool(wait.position.element.properties.get("on_timeout"))
