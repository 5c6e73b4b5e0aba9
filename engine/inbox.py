"""What people do with tasks besides completing them: claim, release, transfer, delegate, sign, copy, remind, substitute.

Every move asks for a reason where somebody else is affected, and stands in the case's history. Moves no token.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, select

from engine.actors import Actor
from engine.errors import IllegalTransition, NotPermitted, ValidationFailed
from engine.ground import Ground
from engine.history import Subject
from engine.identifiers import new_id
from engine.questions import Questions, task_view
from engine.records import case_reminder, substitute, task_copy, task_signer, user_task
from engine.rights import is_excluded, require_right
from engine.statements import Write, execute, insert_rows, instant, update
from engine.states import CaseStatus, EventKind, TaskStatus
from engine.step import Step, locked_case, locked_task
from engine.tasks import groups_of, refuse_finished, stale
from engine.views import TaskView

Row = dict[str, Any]
Move = Callable[[Step, Row], None]
_CLAIM = (
    "UPDATE user_task SET status = 'claimed', revision = revision + 1, assignee_id = ?, assignee_name = ?, claimed_at = ?"
    " WHERE id = ? AND revision = ? AND status = 'open' AND assignee_id IS NULL"
)


class Inbox(Questions, Ground):
    def claim(self, task_id: str, revision: int, actor: Actor) -> TaskView:
        """Take a task for oneself alone. The second one gets StaleTask with who and when. Claiming one's own is no error."""

        def move(step: Step, task: Row) -> None:
            if task["assignee_id"] == actor.user_id:
                return
            if task["assignee_id"] is not None:
                raise stale(task, "claimed")
            if task["revision"] != revision:
                raise stale(task, task["status"])
            require_right(task, groups_of(step.connection, task), step.case, actor)
            values = (actor.user_id, actor.name, instant(step.now), task_id, revision)
            step.later(Write(_CLAIM, values, 1))
            task |= {"status": TaskStatus.CLAIMED, "revision": revision + 1, "claimed_at": step.now}
            task |= {"assignee_id": actor.user_id, "assignee_name": actor.name}
            step.event(EventKind.TASK_CLAIMED, {"token": task["token_id"]}, _subject(task))

        return self._move(task_id, actor, move)

    def release(self, task_id: str, actor: Actor, reason: str) -> TaskView:
        """Give a claimed task back to its group: by the one who claimed it, or by a supervisor of the unit."""

        def move(step: Step, task: Row) -> None:
            if task["assignee_id"] is None:
                raise IllegalTransition("这项任务没有人签收，不需要退签。", task_id=task_id)
            require_holder(task, actor)
            self._assign(step, task, None, None, TaskStatus.OPEN)
            data = {"reason": reason, "from": task["assignee_id"], "from_name": task["assignee_name"]}
            step.event(EventKind.TASK_RELEASED, data, _subject(task))

        return self._move(task_id, actor, move, reason)

    def transfer(self, task_id: str, to: Actor, actor: Actor, reason: str) -> TaskView:
        """Hand a task to another person who may do it. Raises NotPermitted if that person may not."""

        def move(step: Step, task: Row) -> None:
            require_holder(task, actor, step, groups_of(step.connection, task))
            require_right({**task, "assignee_id": None}, groups_of(step.connection, task), step.case, to)
            self._assign(step, task, to.user_id, to.name, TaskStatus.CLAIMED, delegated=(None, None))
            data = {"reason": reason, "from": task["assignee_id"], "to": to.user_id, "to_name": to.name}
            step.event(EventKind.TASK_TRANSFERRED, data, _subject(task))

        return self._move(task_id, actor, move, reason)

    def delegate(self, task_id: str, to: Actor, actor: Actor, reason: str) -> TaskView:
        """Let another person do a task in one's own responsibility; both names stay on it."""

        def move(step: Step, task: Row) -> None:
            require_holder(task, actor)
            if is_excluded(task, to.user_id):
                raise NotPermitted(f"{to.name}已办理过前一环节，按回避规则不能受委派。", task_id=task_id)
            self._assign(step, task, to.user_id, to.name, TaskStatus.CLAIMED, delegated=(actor.user_id, actor.name))
            step.event(
                EventKind.TASK_DELEGATED, {"reason": reason, "to": to.user_id, "to_name": to.name}, _subject(task)
            )

        return self._move(task_id, actor, move, reason)

    def add_signer(self, task_id: str, to: Actor, actor: Actor, reason: str) -> TaskView:
        """Ask another person for an opinion before the task is completed 加签."""

        def move(step: Step, task: Row) -> None:
            require_holder(task, actor)
            table = task_signer.c
            if step.connection.execute(
                select(table.task_id).where(table.task_id == task_id, table.user_id == to.user_id)
            ).one_or_none():
                raise IllegalTransition(f"{to.name}已在加签人中。", task_id=task_id)
            row = {"task_id": task_id, "user_id": to.user_id, "user_name": to.name, "asked_by": actor.user_id}
            step.add(task_signer, {**row, "asked_at": step.now, "reason": reason})
            step.event(
                EventKind.TASK_SIGNER_ADDED, {"reason": reason, "to": to.user_id, "to_name": to.name}, _subject(task)
            )

        return self._move(task_id, actor, move, reason)

    def remove_signer(self, task_id: str, user_id: str, actor: Actor, reason: str) -> TaskView:
        """No longer ask a person for an opinion 减签, as long as that person has not given it."""

        def move(step: Step, task: Row) -> None:
            require_holder(task, actor)
            statement = "DELETE FROM task_signer WHERE task_id = ? AND user_id = ? AND signed_at IS NULL"
            if execute(step.connection, statement, (task_id, user_id)) != 1:
                raise IllegalTransition("此人不在加签人中，或已签署。", task_id=task_id)
            step.event(EventKind.TASK_SIGNER_REMOVED, {"reason": reason, "user": user_id}, _subject(task))

        return self._move(task_id, actor, move, reason)

    def sign(self, task_id: str, actor: Actor, verdict: str, opinion: str) -> TaskView:
        """A signer's opinion: verdict agree or disagree."""
        if verdict not in ("agree", "disagree"):
            raise ValidationFailed(
                "请选择同意或不同意。", errors=[{"path": "/verdict", "message": "agree 或 disagree"}]
            )

        def move(step: Step, task: Row) -> None:
            statement = (
                "UPDATE task_signer SET verdict = ?, opinion = ?, signed_at = ?"
                " WHERE task_id = ? AND user_id = ? AND signed_at IS NULL"
            )
            values = (verdict, opinion, instant(step.now), task_id, actor.user_id)
            if execute(step.connection, statement, values) != 1:
                raise NotPermitted("您不是这项任务的加签人，或已签署。", task_id=task_id)
            step.event(EventKind.TASK_SIGNED, {"verdict": verdict, "opinion": opinion}, _subject(task))

        return self._move(task_id, actor, move)

    def copy_task(self, task_id: str, to: Actor, actor: Actor, note: str = "") -> TaskView:
        """Let another person know of a task 抄送; nothing is asked of them."""

        def move(step: Step, task: Row) -> None:
            table = task_copy.c
            held = select(table.task_id).where(table.task_id == task_id, table.user_id == to.user_id)
            if step.connection.execute(held).one_or_none():
                return
            row = {
                "task_id": task_id,
                "user_id": to.user_id,
                "user_name": to.name,
                "case_id": step.case_id,
                "note": note,
            }
            step.add(
                task_copy, {**row, "copied_by": actor.user_id, "copied_by_name": actor.name, "copied_at": step.now}
            )
            step.event(EventKind.TASK_COPIED, {"to": to.user_id, "to_name": to.name, "note": note}, _subject(task))

        return self._move(task_id, actor, move, finished=True)

    def remind(self, case_id: str, actor: Actor, text: str = "") -> int:
        """Urge whoever holds the open tasks of a case 催办; returns how many tasks were marked."""

        def work(connection: Connection) -> int:
            case, instance = locked_case(connection, case_id)
            if case["status"] != CaseStatus.RUNNING:
                raise IllegalTransition("办件已经办结，不需要催办。", case_id=case_id)
            step = Step(connection, self.settings, self.now(), self.today(), actor, case, instance)
            statement = "UPDATE user_task SET reminded_at = ? WHERE case_id = ? AND status IN ('open', 'claimed')"
            count = execute(connection, statement, (instant(step.now), case_id))
            row = {"id": step.id(), "case_id": case_id, "by_id": actor.user_id, "by_name": actor.name, "at": step.now}
            step.add(case_reminder, {**row, "text": text})
            step.event(EventKind.CASE_REMINDED, {"text": text, "tasks": count}, Subject(case["process_key"]))
            step.finish()
            return count

        return self.transact(work)

    def set_substitute(self, actor: Actor, to: Actor, from_on: date, until_on: date, reason: str) -> str:
        """While away, another person may do what this person has claimed 代理. Returns the id."""
        if until_on < from_on:
            raise ValidationFailed(
                "结束日期早于开始日期。", errors=[{"path": "/until_on", "message": "不能早于开始日期"}]
            )
        now = self.now()
        row = {"id": new_id(now), "user_id": actor.user_id, "substitute_id": to.user_id, "substitute_name": to.name}
        more = {"from_on": from_on, "until_on": until_on, "reason": reason, "created_at": now}
        self.transact(lambda connection: insert_rows(connection, substitute, [{**row, **more}]))
        return str(row["id"])

    def take_over(self, task_id: str, actor: Actor) -> TaskView:
        """A substitute takes a task of the person they stand in for."""

        def move(step: Step, task: Row) -> None:
            table = substitute.c
            query = select(table.user_id).where(
                and_(table.user_id == task["assignee_id"], table.substitute_id == actor.user_id),
                and_(table.from_on <= step.today, table.until_on >= step.today),
            )
            if step.connection.execute(query).first() is None:
                raise NotPermitted("您不是这位办理人现在的代理人。", task_id=task_id)
            if is_excluded(task, actor.user_id):
                raise NotPermitted("您已办理过前一环节，按回避规则不能代理这一环节。", task_id=task_id)
            given = (task["assignee_id"], task["assignee_name"])
            self._assign(step, task, actor.user_id, actor.name, TaskStatus.CLAIMED, delegated=given)
            step.event(EventKind.TASK_SUBSTITUTED, {"for": given[0], "for_name": given[1]}, _subject(task))

        return self._move(task_id, actor, move)

    def _assign(
        self,
        step: Step,
        task: Row,
        user_id: str | None,
        name: str | None,
        status: TaskStatus,
        delegated: tuple[str | None, str | None] = (None, None),
    ) -> None:
        values = {
            "status": status.value,
            "revision": task["revision"] + 1,
            "assignee_id": user_id,
            "assignee_name": name,
        }
        values |= {
            "claimed_at": step.now if user_id else None,
            "delegated_by_id": delegated[0],
            "delegated_by_name": delegated[1],
        }
        step.later(update(user_task, values, "id", task["id"], 1))
        task |= values

    def _move(
        self, task_id: str, actor: Actor, move: Move, reason: str | None = None, finished: bool = False
    ) -> TaskView:
        if reason is not None and not reason.strip():
            raise ValidationFailed("请填写原因。", errors=[{"path": "/reason", "message": "必填"}])

        def work(connection: Connection) -> TaskView:
            task, case, instance = locked_task(connection, task_id)
            if not finished:
                refuse_finished(task)
            step = Step(connection, self.settings, self.now(), self.today(), actor, case, instance)
            move(step, task)
            if step.seq != instance["event_seq"]:
                step.finish()
            return task_view(task, case, groups_of(connection, task))

        return self.transact(work)


def require_holder(task: Row, actor: Actor, step: Step | None = None, groups: tuple[str, ...] = ()) -> None:
    """The one who holds the task, a supervisor of its unit, or (where groups are given) one who could claim it."""
    supervises = "supervisor" in actor.groups and (task["org_unit"] is None or task["org_unit"] in actor.org_units)
    if actor.is_system or task["assignee_id"] == actor.user_id or supervises:
        return
    if task["assignee_id"] is None and step is not None:
        require_right(task, groups, step.case, actor)
        return
    if task["assignee_id"] is not None:
        raise stale(task, "claimed")
    raise NotPermitted("请先签收这项任务。", task_id=task["id"])


def _subject(task: Row) -> Subject:
    return Subject(task["process_key"], task["element_id"], task["name"], task["path"], task["id"])
