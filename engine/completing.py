"""Takes a person's verdict on a task: by the one who holds it, on the revision that person saw, with a form its schema allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from engine import canonical
from engine.actors import Actor
from engine.errors import IllegalTransition, ValidationFailed
from engine.ground import Done
from engine.history import Subject
from engine.host import Place
from engine.rights import require_right
from engine.runtime import Act, Runtime, actor_dict, receipt_of
from engine.statements import Write, instant
from engine.states import EventKind, ItemSource
from engine.step import Step, locked_task
from engine.submission import bounded, checked_form
from engine.tasks import groups_of, refuse_finished, stale
from engine.views import StepReceipt

Row = dict[str, Any]
_COMPLETE = (
    "UPDATE user_task SET status = 'completed', revision = revision + 1, completed_at = ?, completed_by = ?,"
    " completed_by_name = ?, outcome = ?, opinion = ?, assignee_id = ?, assignee_name = ? WHERE id = ? AND revision = ?"
)


class Completions(Runtime):
    def complete_task(
        self,
        task_id: str,
        revision: int,
        actor: Actor,
        outcome: str,
        form: Mapping[str, Any],
        idempotency_key: str,
        opinion: str = "",
    ) -> StepReceipt:
        """A person's verdict. Raises StaleTask (who, when, what), NotPermitted, ValidationFailed (details.errors), StepFailed."""
        given = canonical.loads(canonical.dumps(form))
        body = {"task": task_id, "revision": revision, "outcome": outcome, "form": given, "opinion": opinion}

        def work(connection: Connection, failed: Mapping[Place, BaseException]) -> Done:
            return self._complete(connection, failed, task_id, revision, actor, outcome, given, opinion)

        described = {"command": "complete_task", **body, "actor": actor_dict(actor)}
        return receipt_of(self.guarded("complete_task", idempotency_key, actor, body, work, described))

    def _complete(
        self,
        connection: Connection,
        failed: Mapping[Place, BaseException],
        task_id: str,
        revision: int,
        actor: Actor,
        outcome: str,
        form: Row,
        opinion: str,
    ) -> Done:
        task, case, instance = locked_task(connection, task_id)
        refuse_finished(task)
        groups = groups_of(connection, task)
        require_right(task, groups, case, actor)
        self._check_claim(task, revision, actor)
        if outcome not in (task["outcomes"] or ("submit", "done", "")):
            known = "、".join(task["outcomes"])
            raise ValidationFailed(
                f"没有“{outcome}”这个办理结果，可选：{known}。",
                errors=[{"path": "/outcome", "message": f"可选：{known}"}],
            )
        form = self._checked_task_form(connection, task, form, outcome, opinion)
        step = Step(connection, self.settings, self.now(), self.today(), actor, case, instance)
        who = (instant(step.now), actor.user_id, actor.name, outcome, opinion, actor.user_id, actor.name)
        step.later(Write(_COMPLETE, (*who, task_id, revision), 1))
        path = tuple(task["path"].split(".")) if task["path"] else ()
        place = Subject(task["process_key"], task["element_id"], task["name"], task["path"], task_id)
        trigger: Row = {"token": task["token_id"], "outcome": outcome, "opinion": opinion, "item": task["item_name"]}
        step.event(EventKind.TASK_COMPLETED, trigger, place)
        value = {**form, "outcome": outcome, "opinion": opinion, "actor": actor.user_id, "actor_name": actor.name}
        value |= {"actor_post": actor.post, "at": step.now.isoformat()}
        form_version = (task["form_key"], task["form_version"])
        _, trigger["item_version"] = step.write(
            f"/{task['item_name']}", value, ItemSource.FORM, element_id=task["element_id"], form=form_version
        )
        token = task["token_id"]
        own = (task["element_id"], path, actor.user_id)
        act: Act = lambda execution: execution.complete(token)  # noqa: E731
        answer = self.advance(connection, step, act, trigger, failed, done=token, own=own, hold=True)
        return Done(step.case_id, {**answer, "completed_task": task_id}, step.writes)

    def _check_claim(self, task: Row, revision: int, actor: Actor) -> None:
        claimed_by_other = task["assignee_id"] is not None and task["assignee_id"] != actor.user_id
        if claimed_by_other and not actor.is_system:
            raise stale(task, "claimed")
        if task["revision"] != revision:
            raise stale(task, task["status"])
        if task["requires_claim"] and task["assignee_id"] is None and not actor.is_system:
            raise IllegalTransition("请先签收这项任务，再提交办理结果。", task_id=task["id"], do="claim")

    def _checked_task_form(self, connection: Connection, task: Row, form: Row, outcome: str, opinion: str) -> Row:
        if not task["form_key"]:
            return bounded(form, self.settings.max_form_bytes)
        entry = self.library.form(connection, task["form_key"], task["form_version"])
        return checked_form(entry, form, self.settings.max_form_bytes, task["field_access"], outcome, opinion)
