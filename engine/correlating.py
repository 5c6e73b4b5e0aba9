"""Gives a message to the one case that waits for it under its key. Keeps no message that nobody waits for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from engine import canonical
from engine.actors import Actor
from engine.errors import NotFound
from engine.ground import Done
from engine.history import Subject
from engine.host import Place
from engine.records import message_subscription
from engine.runtime import Runtime, actor_dict, receipt_of
from engine.statements import Write, instant
from engine.states import EventKind, ItemSource, SubscriptionStatus
from engine.step import Step, locked_case
from engine.views import StepReceipt

Row = dict[str, Any]


class Correlations(Runtime):
    def correlate(
        self, message: str, key: str, payload: Mapping[str, Any], actor: Actor, idempotency_key: str
    ) -> StepReceipt:
        """Give a message to the one case that waits for it under this key. Raises NotFound when none does."""
        given = canonical.loads(canonical.dumps(payload))
        body = {"message": message, "key": key, "payload": given}

        def work(connection: Connection, failed: Mapping[Place, BaseException]) -> Done:
            return self._receive(connection, failed, message, key, given, actor)

        described = {"command": "correlate", **body, "actor": actor_dict(actor)}
        return receipt_of(self.guarded("correlate", idempotency_key, actor, body, work, described))

    def _receive(
        self,
        connection: Connection,
        failed: Mapping[Place, BaseException],
        message: str,
        key: str,
        payload: Row,
        actor: Actor,
    ) -> Done:
        table = message_subscription.c
        query = select(table.case_id, table.id).where(
            table.message == message, table.correlation_key == key, table.status == SubscriptionStatus.WAITING
        )
        found = connection.execute(query.order_by(table.created_at, table.id).limit(1)).one_or_none()
        if found is None:
            raise NotFound(f"没有办件在等待消息“{message}”（{key}）。", name=message, key=key)
        case, instance = locked_case(connection, found.case_id)
        row = connection.execute(select(message_subscription).where(table.id == found.id)).mappings().one()
        if row["status"] != SubscriptionStatus.WAITING:
            raise NotFound(f"没有办件在等待消息“{message}”（{key}）。", name=message, key=key)
        step = Step(connection, self.settings, self.now(), self.today(), actor, case, instance)
        statement = "UPDATE message_subscription SET status = 'received', received_at = ? WHERE id = ?"
        step.later(Write(statement, (instant(step.now), row["id"])))
        trigger: Row = {"token": row["token_id"], "message": message, "key": key, "item": row["item_name"]}
        step.event(EventKind.MESSAGE_RECEIVED, trigger, Subject(None, row["element_id"], message, None, row["id"]))
        _, trigger["item_version"] = step.write(
            f"/{row['item_name']}", payload, ItemSource.MESSAGE, element_id=row["element_id"]
        )
        token = row["token_id"]
        answer = self.advance(
            connection, step, lambda execution: execution.receive(token), trigger, failed, done=token, hold=True
        )
        return Done(step.case_id, answer, step.writes)
