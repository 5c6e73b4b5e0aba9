"""Moves that the diagram does not draw: return to an earlier step, take back one's own, jump. Previewed, refused with a reason.

A move is a step like any other: one transaction, one event, replayed. The case file keeps everything that was written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from engine.actors import Actor
from engine.bpmn import Execution, Move
from engine.errors import IllegalTransition, NotPermitted, ValidationFailed
from engine.ground import Done
from engine.history import Subject
from engine.host import StepHost
from engine.records import user_task
from engine.rights import require_right
from engine.runtime import Act, Failed, Runtime, actor_dict, receipt_of
from engine.statements import Write, instant
from engine.states import EventKind, TaskStatus
from engine.step import Step, locked_task
from engine.tasks import groups_of, refuse_finished, stale
from engine.views import StepReceipt

Row = dict[str, Any]
_RETURN = (
    "UPDATE user_task SET status = 'completed', revision = revision + 1, completed_at = ?, completed_by = ?,"
    " completed_by_name = ?, outcome = 'return', opinion = ? WHERE id = ? AND revision = ?"
)


@dataclass(frozen=True, slots=True)
class ReturnTarget:
    """An earlier step of a case and what returning there would do; `refusal` says why it cannot be done, empty if it can.

    ends: names of the open steps that would end. stays: those that would go on.
    """

    element_id: str
    path: str
    name: str
    done_by: str | None
    ends: tuple[str, ...]
    stays: tuple[str, ...]
    refusal: str


class Moves(Runtime):
    def return_targets(self, task_id: str) -> tuple[ReturnTarget, ...]:
        """The finished steps that a task can be returned to, latest first, each with a preview."""
        with self.reading() as connection:
            task, case, instance = locked_task(connection, task_id)
            table = user_task.c
            query = select(table.element_id, table.path, table.name, table.completed_by_name).where(
                table.case_id == case["id"], table.completed_at.is_not(None), table.outcome.is_distinct_from("return")
            )
            found: dict[tuple[str, str], tuple[str, str | None]] = {}
            for row in connection.execute(query.order_by(table.completed_at.desc(), table.id)):
                if (row.element_id, row.path) != (task["element_id"], task["path"]):
                    found.setdefault((row.element_id, row.path), (row.name, row.completed_by_name))
            step = Step(connection, self.settings, self.now(), self.today(), _NOBODY, case, instance)
            return tuple(
                self._preview(connection, step, task["token_id"], place, *said) for place, said in found.items()
            )

    def return_task(
        self,
        task_id: str,
        revision: int,
        actor: Actor,
        element_id: str,
        reason: str,
        idempotency_key: str,
        path: str = "",
    ) -> StepReceipt:
        """Send a case back to an earlier step 退回. Raises IllegalTransition when the case could not end after that."""
        body = {"task": task_id, "revision": revision, "to": element_id, "path": path, "reason": reason}
        if not reason.strip():
            raise ValidationFailed("请填写退回的原因。", errors=[{"path": "/reason", "message": "必填"}])

        def work(connection: Connection, failed: Failed) -> Done:
            task, case, instance = locked_task(connection, task_id)
            refuse_finished(task)
            require_right(task, groups_of(connection, task), case, actor)
            if task["assignee_id"] not in (None, actor.user_id) or task["revision"] != revision:
                raise stale(task, task["status"])
            if task["requires_claim"] and task["assignee_id"] is None:
                raise IllegalTransition("请先签收这项任务，再退回。", task_id=task_id, do="claim")
            step = Step(connection, self.settings, self.now(), self.today(), actor, case, instance)
            step.later(Write(_RETURN, (instant(step.now), actor.user_id, actor.name, reason, task_id, revision), 1))
            return self._carry(connection, step, task, element_id, path, reason, failed, done=task["token_id"])

        described = {"command": "return_task", **body, "actor": actor_dict(actor)}
        return receipt_of(self.guarded("return_task", idempotency_key, actor, body, work, described))

    def take_back(self, task_id: str, actor: Actor, reason: str, idempotency_key: str) -> StepReceipt:
        """Undo one's own completion 撤回, as long as nobody has claimed what followed from it."""
        body = {"task": task_id, "reason": reason}

        def work(connection: Connection, failed: Failed) -> Done:
            task, case, instance = locked_task(connection, task_id)
            if task["completed_by"] != actor.user_id or task["status"] != TaskStatus.COMPLETED:
                raise NotPermitted("只能撤回自己办结的环节。", task_id=task_id)
            follower = self._follower(connection, task)
            step = Step(connection, self.settings, self.now(), self.today(), actor, case, instance)
            return self._carry(connection, step, {**task, **follower}, task["element_id"], task["path"], reason, failed)

        described = {"command": "take_back", **body, "actor": actor_dict(actor)}
        return receipt_of(self.guarded("take_back", idempotency_key, actor, body, work, described))

    def _follower(self, connection: Connection, task: Row) -> Row:
        """The one open task that followed, still nobody's."""
        table = user_task.c
        query = select(table.token_id, table.assignee_name, table.claimed_at, table.path).where(
            table.case_id == task["case_id"], table.completed_at.is_(None), table.created_at >= task["completed_at"]
        )
        rows = connection.execute(query.where(table.status.in_(("open", "claimed")))).mappings().all()
        claimed = next((row for row in rows if row["assignee_name"]), None)
        if claimed is not None:
            raise stale({**task, **claimed, "status": TaskStatus.CLAIMED}, "claimed")
        if len(rows) != 1 or rows[0]["path"] != task["path"]:
            raise IllegalTransition("后续环节已经开始，不能撤回。", task_id=task["id"])
        return {"token_id": rows[0]["token_id"]}

    def _carry(
        self,
        connection: Connection,
        step: Step,
        task: Row,
        element_id: str,
        path: str,
        reason: str,
        failed: Failed,
        done: str | None = None,
    ) -> Done:
        trigger: Row = {"token": task["token_id"], "to": element_id, "to_path": path, "reason": reason}
        place = Subject(task["process_key"], task["element_id"], task["name"], task["path"], task["id"])
        step.event(EventKind.TASK_RETURNED, trigger, place)
        answer = self.advance(connection, step, mover(trigger), trigger, failed, done=done, hold=True)
        return Done(step.case_id, {**answer, "completed_task": task["id"]}, step.writes)

    def _preview(
        self, connection: Connection, step: Step, token_id: str, place: tuple[str, str], name: str, by: str | None
    ) -> ReturnTarget:
        bundle = self.library.bundle(connection, step.instance["bundle_hash"])
        execution = Execution.load(bundle.definition, step.instance["state"], StepHost(self, step))
        element_id, path = place
        try:
            found: Move = execution.preview(element_id, token_id, _parts(path))
        except IllegalTransition as error:
            return ReturnTarget(element_id, path, name, by, (), (), error.message)
        return ReturnTarget(element_id, path, name, by, _names(found.dies), _names(found.stays), found.refusal)


_NOBODY = Actor("", "")


def mover(data: Row) -> Act:
    """The act of a recorded or new move."""
    return lambda execution: _moved(execution, data)


def _moved(execution: Execution, data: Row) -> None:
    execution.move(data["to"], data["token"], _parts(data["to_path"]))


def _parts(path: str) -> tuple[str, ...]:
    return tuple(path.split(".")) if path else ()


def _names(positions: Sequence[Any]) -> tuple[str, ...]:
    return tuple(position.element.name or position.element.id for position in positions)
