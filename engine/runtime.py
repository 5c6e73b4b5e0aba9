"""The way of every step: load with lock, act, run to the next waits, write all rows in one transaction.

Where a model or a handler fails, nothing of the step is kept but an incident that holds the command, so that it can be
repeated; a failing local service is parked alone, so that the person's work is not lost with it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from engine.actors import SYSTEM, Actor
from engine.bpmn import Budget, Execution
from engine.calendar import Pause
from engine.errors import BusinessFault, GuangshaError, ModelFault, NotFound, StepFailed, Unavailable, UserFault
from engine.ground import Done, Ground
from engine.history import NOTHING, Subject
from engine.host import Place, ServiceFailed, StepHost
from engine.identifiers import new_id
from engine.incidents import incident_row
from engine.numbering import next_number
from engine.records import deadline_pause, incident
from engine.statements import insert_rows
from engine.states import CaseStatus, EventKind
from engine.step import Step, locked_task
from engine.views import OpenTask, StepReceipt
from engine.waits import WaitRows, marking_of

Row = dict[str, Any]
Act = Callable[[Execution], None]
Failed = Mapping[Place, BaseException]
_PARKS = 20


class Runtime(Ground):
    def advance(
        self,
        connection: Connection,
        step: Step,
        act: Act,
        trigger: Row,
        failed: Mapping[Place, BaseException],
        *,
        done: str | None = None,
        own: tuple[str, tuple[str, ...], str] | None = None,
        hold: bool = False,
    ) -> Row:
        """Load, act, run to the next waits, write. `trigger`: the data of the event that caused it; gets
        the marking. done: the token whose row the caller closes; own: element, path and person of the task that is
        completed; hold: the caller sends step.writes."""
        bundle = self.library.bundle(connection, step.instance["bundle_hash"])
        host = StepHost(self, step, failed, own)
        execution = Execution.load(bundle.definition, step.instance["state"], host)
        rows = WaitRows(self, step, host, execution.waits(), done)
        with naming_last_service(host):
            act(execution)
            execution.run(Budget(steps=self.settings.max_steps))
        return self.settle(step, execution, rows, trigger, hold)

    def settle(self, step: Step, execution: Execution, rows: WaitRows, trigger: Row, hold: bool = False) -> Row:
        """Rows for the new waits, the end of the case if it is over, the marking into the event; write."""
        waits = execution.waits()
        rows.settle(waits)
        if execution.is_ended and step.case["status"] == CaseStatus.RUNNING:
            self._close(step, execution)
        trigger["trace"] = [[v.what, v.process_key, v.element_id, ".".join(v.path)] for v in execution.trace]
        trigger["marking"] = marking_of(waits)
        trigger["case_file"] = step.file.digest()
        step.finish(execution.dump(), hold)
        if self.settings.enqueue is not None:
            self.settings.enqueue(step.connection, self._take_new_jobs(step.connection))
        return answer_of(step, rows.opened, execution.is_ended)

    def _close(self, step: Step, execution: Execution) -> None:
        end_id = execution.end_element_id
        element = execution.definition.main.get(end_id or "")
        name = (element.name if element else "") or end_id or "结束"
        outcome = (element.properties.get("outcome") if element else None) or name
        step.instance["end_element_id"] = end_id
        step.close(CaseStatus.CLOSED, outcome, name)
        step.event(
            EventKind.CASE_CLOSED,
            {"outcome": outcome, "end": end_id},
            Subject(step.case["process_key"], end_id, name),
            SYSTEM,
        )

    # -- the countdown of a case
    def set_case_deadline(self, step: Step, days: int) -> None:
        """Give a running case its countdown in working days from the day of submission."""
        step.change_case(deadline_working_days=days)
        self.reckon_deadline(step)

    def reckon_deadline(self, step: Step) -> None:
        """Reckon the countdown of a case anew with its pauses."""
        days = step.case["deadline_working_days"]
        if days is None:
            return
        query = select(deadline_pause).where(deadline_pause.c.case_id == step.case_id)
        pauses = [Pause(row.started_on, row.ended_on, row.reason) for row in step.connection.execute(query)]
        calendar = self.library.calendar(step.connection, step.case["jurisdiction"])
        due = calendar.add_working_days(step.case["submitted_on"], int(days), pauses)
        step.change_case(due_on=due.day, due_proof=due.proof)

    # -- failures
    def guarded(
        self,
        name: str,
        key: str,
        actor: Actor,
        body: Mapping[str, Any],
        work: Callable[[Connection, Mapping[Place, BaseException]], Done],
        described: Row,
    ) -> Row:
        """command(), with failing local services parked and any other failure of the model made an incident."""
        try:
            return self.parking(
                lambda failed: self.command(name, key, actor, body, lambda connection: work(connection, failed))
            )
        except (UserFault, Unavailable):
            raise
        except Exception as error:
            number = self.record_failure(error, described)
            message = f"系统暂时不能办理这一步，已登记异常 {number}，您填写的内容已保留，管理员处理后会继续。"
            raise StepFailed(message, incident=number, cause=str(error)) from error

    def parking(self, run: Callable[[Mapping[Place, BaseException]], Row]) -> Row:
        """Run; when a local service fails, run again with it parked as an incident."""
        failed: dict[Place, BaseException] = {}
        for _ in range(_PARKS):
            try:
                return run(failed)
            except ServiceFailed as failure:
                failed[failure.place] = failure.error
        raise ModelFault("同一步里失败的服务太多。")

    def record_failure(self, error: BaseException, described: Row) -> str:
        """Open an incident for a whole step that failed; returns its number."""
        task_id = described.get("task")

        def work(connection: Connection) -> str:
            row = incident_row(error, "step", task_id, _place(error), described)
            case_id, case_no = self._case_of_task(connection, task_id)
            return self.insert_incident(connection, {**row, "case_id": case_id, "case_no": case_no})

        return self.transact(work)

    def insert_incident(self, connection: Connection, row: Row) -> str:
        now = self.now()
        number = next_number(connection, "INC-{yyyymmdd}-{seq:4}", now)
        insert_rows(
            connection, incident, [{**row, "id": new_id(now), "number": number, "status": "open", "opened_at": now}]
        )
        return number

    def open_incident(self, step: Step, row: Row) -> str:
        """Open an incident within a step, with its event."""
        number = next_number(step.connection, "INC-{yyyymmdd}-{seq:4}", step.now)
        more = {"id": step.id(), "number": number, "status": "open", "opened_at": step.now}
        step.add(incident, {**row, **more, "case_id": step.case_id, "case_no": step.case["case_no"]})
        data = {"number": number, "code": row["code"], "message": row["message"], "kind": row["kind"]}
        place = Subject(row["process_key"], row["element_id"], row["element_name"], None, row["subject_id"])
        step.event(EventKind.INCIDENT_OPENED, data, place, SYSTEM)
        return number

    def _case_of_task(self, connection: Connection, task_id: str | None) -> tuple[str | None, str | None]:
        if task_id is None:
            return None, None
        try:
            _, case, _ = locked_task(connection, task_id)
        except NotFound:
            return None, None
        return case["id"], case["case_no"]

    # -- new jobs of a step, for the queue of production
    def new_jobs(self, connection: Connection) -> list[str]:
        jobs: list[str] = connection.info.setdefault("guangsha_new_jobs", [])
        return jobs

    def _take_new_jobs(self, connection: Connection) -> list[str]:
        return connection.info.pop("guangsha_new_jobs", [])  # type: ignore[no-any-return]


@contextlib.contextmanager
def naming_last_service(host: StepHost) -> Iterator[None]:
    """An error event that no diagram catches is a failure of the service that raised it."""
    try:
        yield
    except BusinessFault as fault:
        if host.last_service is not None and host.last_service[1] is fault:
            raise ServiceFailed(host.last_service[0], fault) from fault
        raise


def actor_dict(actor: Actor) -> Row:
    """All of an actor, so that a command can be repeated in the same name."""
    return {
        **actor.as_dict(),
        "district": actor.district,
        "groups": sorted(actor.groups),
        "org_units": sorted(actor.org_units),
    }


def answer_of(step: Step, opened: Sequence[OpenTask], ended: bool) -> Row:
    tasks = [
        {
            "id": t.id,
            "element_id": t.element_id,
            "name": t.name,
            "groups": list(t.groups),
            "org_unit": t.org_unit,
            "applicant": t.applicant,
        }
        for t in opened
    ]
    return {
        "case_id": step.case_id,
        "case_no": step.case["case_no"],
        "open_tasks": tasks,
        "ended": ended,
        "outcome": step.case["outcome"],
    }


def open_tasks(answer: Row) -> tuple[OpenTask, ...]:
    return tuple(OpenTask(**{**task, "groups": tuple(task["groups"])}) for task in answer["open_tasks"])


def receipt_of(answer: Row) -> StepReceipt:
    return StepReceipt(
        answer["case_id"],
        answer["case_no"],
        answer.get("completed_task"),
        open_tasks(answer),
        answer["ended"],
        answer["outcome"],
    )


def _place(error: BaseException) -> Subject:
    if isinstance(error, GuangshaError) and error.details.get("element_id"):
        return Subject(element_id=str(error.details["element_id"]))
    return NOTHING
