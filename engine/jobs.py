"""Outside calls: leased to one worker at a time, tried again with back-off, stored with their evidence in one transaction.

The truth of a job is its row. A worker whose lease was taken over cannot store its late result (LeaseLost). Calls happen
outside any transaction; a lost or doubled queue message is harmless.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select

from engine.actors import Actor
from engine.bpmn import Execution
from engine.casefile import CaseFile, Scope, load_values
from engine.errors import BusinessFault, GuangshaError, LeaseLost, ModelFault, Unavailable
from engine.expressions import json_value
from engine.ground import Ground
from engine.history import Subject
from engine.host import Place, service_result, store_result
from engine.identifiers import new_id
from engine.incidents import incident_row
from engine.records import job
from engine.registry import HandlerContext, ServiceResult
from engine.runtime import Runtime
from engine.statements import execute, instant, update_row
from engine.states import EventKind, ItemSource, JobStatus
from engine.step import Step, facts_of, locked_case

Row = dict[str, Any]
WORKER = Actor(user_id="system", name="系统", post="后台任务")
_LEASE = (
    "UPDATE job SET status = 'running', lease_token = ?, lease_until = ?, attempts = attempts + 1"
    " WHERE id = ? AND (status = 'ready' OR (status = 'running' AND lease_until < ?))"
)
_HOLD = "UPDATE job SET lease_until = ? WHERE id = ? AND lease_token = ? AND status = 'running'"
_DONE = (
    "UPDATE job SET status = 'done', finished_at = ?, lease_token = NULL, last_error = NULL"
    " WHERE id = ? AND lease_token = ? AND status = 'running'"
)


class Jobs(Runtime, Ground):
    def run_jobs(self, limit: int = 100, lane: str | None = None) -> int:
        """Run due jobs one after another until none is due or the limit is reached; returns how many were run."""
        count = 0
        while count < limit:
            leased = self._lease_next(lane)
            if leased is None:
                break
            self._run_leased(*leased)
            count += 1
        return count

    def run_job(self, job_id: str) -> bool:
        """Run one job now if it is due; False when it is not, or another worker has it."""
        leased = self.transact(lambda connection: self._lease(connection, job_id))
        if leased is None:
            return False
        self._run_leased(*leased)
        return True

    def extend_lease(self, job_id: str, lease_token: str) -> None:
        """A long call is still alive. Raises LeaseLost."""
        until = instant(self.now() + timedelta(seconds=self.settings.lease_s))
        if self.transact(lambda connection: execute(connection, _HOLD, (until, job_id, lease_token))) != 1:
            raise LeaseLost(job_id=job_id)

    def jobs_due(self, lane: str | None = None) -> int:
        """How many jobs could run now."""
        with self.reading() as connection:
            return connection.execute(select(func.count()).select_from(job).where(self._due(lane))).scalar_one()

    # -- leasing
    def _due(self, lane: str | None) -> Any:
        now = self.now()
        ready = and_(job.c.status == JobStatus.READY, job.c.next_at <= now)
        expired = and_(job.c.status == JobStatus.RUNNING, job.c.lease_until < now)
        due = or_(ready, expired)
        return due if lane is None else and_(due, job.c.lane == lane)

    def _lease_next(self, lane: str | None) -> tuple[Row, str] | None:
        query = select(job.c.id).where(self._due(lane)).order_by(job.c.next_at, job.c.id).limit(1)

        def work(connection: Connection) -> tuple[Row, str] | None:
            found = connection.execute(query.with_for_update(skip_locked=True)).scalar_one_or_none()
            return None if found is None else self._lease(connection, found)

        with self.reading() as connection:
            if connection.execute(query).first() is None:
                return None
        return self.transact(work)

    def _lease(self, connection: Connection, job_id: str) -> tuple[Row, str] | None:
        now = self.now()
        token = new_id(now)
        values = (token, instant(now + timedelta(seconds=self.settings.lease_s)), job_id, instant(now))
        if execute(connection, _LEASE, values) != 1:
            return None
        return dict(connection.execute(select(job).where(job.c.id == job_id)).mappings().one()), token

    # -- running
    def _run_leased(self, row: Row, token: str) -> None:
        try:
            service = self.registry.service(row["topic"], row["element_id"])
            if service.outside:
                result = service_result(service.handler(self._outside_context(row)))
                self._finish(row, token, lambda step: result)
            else:
                self._finish(row, token, lambda step: service_result(service.handler(self._local_context(step, row))))
        except LeaseLost:
            return
        except BusinessFault as fault:
            self._fault(row, token, fault)
        except Unavailable as error:
            self._postpone(row, token, error)
        except Exception as error:
            self._give_up(row, token, error)

    def _outside_context(self, row: Row) -> HandlerContext:
        with self.reading() as connection:
            case, instance = _case_of(connection, row["case_id"])
            file = CaseFile(instance["items"], load_values(connection, row["case_id"], instance["items"]))
            file.tree()
            calendar = self.library.calendar(connection, case["jurisdiction"])
        facts = facts_of(case)
        return HandlerContext(
            case=facts,
            scope=Scope(file, facts.as_item(), _path(row), row["locals"]),
            params=row["params"],
            services=self.services,
            connection=None,
            now=self.now(),
            today=self.today(),
            idempotency_key=row["idempotency_key"],
            calendar=calendar,
            element_id=row["element_id"],
            job_id=row["id"],
        )

    def _local_context(self, step: Step, row: Row) -> HandlerContext:
        return HandlerContext(
            case=step.facts,
            scope=step.scope(_path(row), row["locals"]),
            params=row["params"],
            services=self.services,
            connection=step.connection,
            now=step.now,
            today=step.today,
            idempotency_key=row["idempotency_key"],
            calendar=self.library.calendar(step.connection, step.case["jurisdiction"]),
            element_id=row["element_id"],
            job_id=row["id"],
        )

    def _finish(self, row: Row, token: str, produce: Any, actor: Actor = WORKER) -> None:
        """Store the result and carry the case on, in one transaction, if the lease still holds."""

        def work(connection: Connection, failed: Mapping[Place, BaseException]) -> Row:
            case, instance = locked_case(connection, row["case_id"])
            step = Step(connection, self.settings, self.now(), self.today(), actor, case, instance)
            if execute(connection, _DONE, (instant(step.now), row["id"], token)) != 1:
                raise LeaseLost(job_id=row["id"])
            trigger: Row = {"token": row["token_id"], "topic": row["topic"], "attempts": row["attempts"]}
            step.event(EventKind.JOB_COMPLETED, trigger, _subject(row))
            result: ServiceResult = produce(step)
            store_result(step, result, f"/{row['item_name']}", (), row["element_id"], row["id"], trigger)
            return self._carry_on(connection, step, row, trigger, failed)

        self.parking(lambda failed: self.transact(lambda connection: work(connection, failed)))

    def _carry_on(
        self, connection: Connection, step: Step, row: Row, trigger: Row, failed: Mapping[Place, BaseException]
    ) -> Row:
        token_id = row["token_id"]
        return self.advance(
            connection, step, lambda execution: execution.complete(token_id), trigger, failed, done=token_id
        )

    # -- failing
    def _fault(self, row: Row, token: str, fault: BusinessFault) -> None:
        """Take the drawn error event; an incident if none is drawn."""

        def work(connection: Connection, failed: Mapping[Place, BaseException]) -> Row:
            case, instance = locked_case(connection, row["case_id"])
            step = Step(connection, self.settings, self.now(), self.today(), WORKER, case, instance)
            if execute(connection, _DONE, (instant(step.now), row["id"], token)) != 1:
                raise LeaseLost(job_id=row["id"])
            trigger: Row = {
                "token": row["token_id"],
                "topic": row["topic"],
                "fault": fault.bpmn_code,
                "message": fault.message,
            }
            step.event(EventKind.JOB_COMPLETED, trigger, _subject(row))

            def act(execution: Execution) -> None:
                if not execution.fail(row["token_id"], fault.bpmn_code):
                    raise ModelFault(
                        f"流程没有画出错误 {fault.bpmn_code} 的处理：{fault.message}", element_id=row["element_id"]
                    )

            return self.advance(connection, step, act, trigger, failed, done=row["token_id"])

        try:
            self.parking(lambda failed: self.transact(lambda connection: work(connection, failed)))
        except LeaseLost:
            return
        except Exception as error:
            self._give_up(row, token, error)

    def _postpone(self, row: Row, token: str, error: Unavailable) -> None:
        """Try again later; after the last wait of the job's back-off it becomes an incident."""
        waits, tried = row["backoff_s"], row["attempts"]
        if tried > len(waits):
            self._give_up(row, token, error)
            return
        wait_s = max(float(waits[tried - 1]), error.retry_after_s or 0.0)

        def work(connection: Connection) -> None:
            case, instance = locked_case(connection, row["case_id"])
            if not _holds(connection, row["id"], token):
                return
            step = Step(connection, self.settings, self.now(), self.today(), WORKER, case, instance)
            next_at = step.now + timedelta(seconds=wait_s)
            values = {
                "status": JobStatus.READY.value,
                "next_at": next_at,
                "lease_token": None,
                "last_error": error.message,
            }
            update_row(connection, job, values, "id", row["id"])
            data = {"attempt": tried, "next_at": instant(next_at), "error": error.message}
            step.event(EventKind.JOB_POSTPONED, data, _subject(row))
            step.finish()

        self.transact(work)

    def _give_up(self, row: Row, token: str, error: BaseException) -> None:
        message = error.message if isinstance(error, GuangshaError) else f"{type(error).__name__}: {error}"

        def work(connection: Connection) -> None:
            case, instance = locked_case(connection, row["case_id"])
            if not _holds(connection, row["id"], token):
                return
            step = Step(connection, self.settings, self.now(), self.today(), WORKER, case, instance)
            values = {"status": JobStatus.INCIDENT.value, "lease_token": None, "last_error": message}
            update_row(connection, job, values, "id", row["id"])
            self.open_incident(step, incident_row(error, "job", row["id"], _subject(row)))
            step.finish()

        self.transact(work)

    # -- what incidents ask for
    def make_job_ready(self, step: Step, job_id: str) -> bool:
        """Let a job that became an incident run again from its first attempt; False if it is not waiting for that."""
        statement = "UPDATE job SET status = 'ready', attempts = 0, next_at = ?, lease_token = NULL WHERE id = ? AND status = 'incident'"
        done = execute(step.connection, statement, (instant(step.now), job_id)) == 1
        if done and self.settings.enqueue is not None:
            self.settings.enqueue(step.connection, [job_id])
        return done

    def skip_job(
        self, connection: Connection, step: Step, job_id: str, reason: str, value: Mapping[str, Any] | None
    ) -> bool:
        """Carry the case on without the job's answer; the case file says so, with the reason and the person."""
        found = connection.execute(select(job).where(job.c.id == job_id)).mappings().one_or_none()
        if found is None or found["status"] != JobStatus.INCIDENT:
            return False
        row = dict(found)
        update_row(connection, job, {"status": JobStatus.SKIPPED.value, "finished_at": step.now}, "id", job_id)
        trigger: Row = {"token": row["token_id"], "topic": row["topic"], "reason": reason}
        step.event(EventKind.JOB_SKIPPED, trigger, _subject(row))
        written = {
            "verdict": "manual",
            "summary": f"已跳过：{reason}",
            "skipped_by": step.actor.user_id,
            **(value or {}),
        }
        full, version = step.write(
            f"/{row['item_name']}", json_value(written), ItemSource.SYSTEM, element_id=row["element_id"]
        )
        trigger |= {"item": full, "version": version}
        self._carry_on(connection, step, row, trigger, {})
        return True


def _holds(connection: Connection, job_id: str, token: str) -> bool:
    query = select(job.c.lease_token).where(job.c.id == job_id, job.c.status == JobStatus.RUNNING)
    return connection.execute(query).scalar_one_or_none() == token


def _case_of(connection: Connection, case_id: str) -> tuple[Row, Row]:
    from engine.records import cases, process_instance

    case = connection.execute(select(cases).where(cases.c.id == case_id)).mappings().one()
    instance = (
        connection.execute(select(process_instance).where(process_instance.c.case_id == case_id)).mappings().one()
    )
    return dict(case), dict(instance)


def _path(row: Row) -> tuple[str, ...]:
    return tuple(row["path"].split(".")) if row["path"] else ()


def _subject(row: Row) -> Subject:
    return Subject(row["process_key"], row["element_id"], row["name"], row["path"], row["id"])
