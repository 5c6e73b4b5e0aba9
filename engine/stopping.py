"""Ends a case where it stands: withdrawn by its applicant, or ended by an authority; with a reason, nothing left open."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from engine.actors import Actor
from engine.errors import IllegalTransition, NotPermitted, ValidationFailed
from engine.ground import Done
from engine.history import Subject
from engine.runtime import Runtime, receipt_of
from engine.states import CaseStatus, EventKind
from engine.step import Step, locked_case
from engine.views import StepReceipt

Row = dict[str, Any]


class Stops(Runtime):
    def withdraw_case(self, case_id: str, actor: Actor, reason: str, idempotency_key: str) -> StepReceipt:
        """The applicant (or who handed it in) takes the case back; all that is open is cancelled."""
        return self._stop(
            case_id, actor, reason, idempotency_key, CaseStatus.WITHDRAWN, EventKind.CASE_WITHDRAWN, "撤回"
        )

    def cancel_case(self, case_id: str, actor: Actor, reason: str, idempotency_key: str) -> StepReceipt:
        """An authority ends the case where it stands. Who may do so is the caller's rule."""
        return self._stop(
            case_id, actor, reason, idempotency_key, CaseStatus.CANCELLED, EventKind.CASE_CANCELLED, "终止"
        )

    def cancel_within(self, connection: Connection, case_id: str, actor: Actor, reason: str) -> None:
        """The same inside the transaction of another case's step (a local handler): one case ends another."""
        self._stop_case(connection, case_id, actor, reason, CaseStatus.CANCELLED, EventKind.CASE_CANCELLED, "终止")

    def _stop(
        self, case_id: str, actor: Actor, reason: str, key: str, status: CaseStatus, kind: EventKind, name: str
    ) -> StepReceipt:
        body = {"case": case_id, "reason": reason}

        def work(connection: Connection) -> Done:
            return Done(case_id, self._stop_case(connection, case_id, actor, reason, status, kind, name))

        return receipt_of(self.command(kind.value, key, actor, body, work))

    def _stop_case(
        self,
        connection: Connection,
        case_id: str,
        actor: Actor,
        reason: str,
        status: CaseStatus,
        kind: EventKind,
        name: str,
    ) -> Row:
        if not reason.strip():
            raise ValidationFailed(f"请填写{name}的原因。", errors=[{"path": "/reason", "message": "必填"}])
        case, instance = locked_case(connection, case_id)
        if case["status"] != CaseStatus.RUNNING:
            raise IllegalTransition(
                f"办件 {case['case_no']} 已经办结或终止，不能{name}。", case_id=case_id, status=case["status"]
            )
        if status is CaseStatus.WITHDRAWN and not _may_withdraw(case, actor):
            raise NotPermitted("只有申请人或代为提交的人可以撤回办件。", case_id=case_id)
        step = Step(connection, self.settings, self.now(), self.today(), actor, case, instance)
        trigger: Row = {"reason": reason}
        step.event(kind, trigger, Subject(case["process_key"], subject_id=case_id))
        step.close(status, status.value, name, reason)
        return self.advance(connection, step, lambda execution: execution.cancel(), trigger, {})


def _may_withdraw(case: Row, actor: Actor) -> bool:
    return actor.is_system or actor.user_id in (case["applicant_id"], case["started_by"])
