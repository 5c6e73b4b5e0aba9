"""Start, complete, correlate, fire, withdraw and cancel: each one transaction, idempotent by key, actor and time given.

Load with lock, check state and revision, run to the next waits, write all rows. Where a model or a handler fails, nothing
of the step is kept but an incident that holds the command, so that it can be repeated.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from engine import canonical
from engine.actors import SYSTEM, Actor
from engine.bpmn import Budget, Execution
from engine.errors import (
    BusinessFault,
    GuangshaError,
    IllegalTransition,
    ModelFault,
    NotFound,
    NotPermitted,
    StaleTask,
    StepFailed,
    Unavailable,
    UserFault,
    ValidationFailed,
)
from engine.ground import Ground
from engine.history import GENESIS, NOTHING, Subject
from engine.host import Place, ServiceFailed, StepHost, feel, json_value
from engine.identifiers import new_id
from engine.incidents import incident_row
from engine.library import Bundle, FormEntry
from engine.numbering import next_number
from engine.records import deadline_pause, incident, message_subscription, process_bundle, stored_file, user_task_group
from engine.rights import require_right
from engine.statements import execute, insert_rows, instant
from engine.states import CaseStatus, EventKind, InstanceStatus, ItemSource, SubscriptionStatus, TaskStatus
from engine.step import Step, locked_case, locked_task
from engine.views import OpenTask, StartReceipt, StepReceipt
from engine.waits import WaitRows, marking_of

Row = dict[str, Any]
Act = Callable[[Execution], None]
_COMPLETE = (
    "UPDATE user_task SET status = 'completed', revision = revision + 1, completed_at = ?, completed_by = ?,"
    " completed_by_name = ?, outcome = ?, opinion = ?, assignee_id = ?, assignee_name = ? WHERE id = ? AND revision = ?"
)
_PARKS = 20
DEFAULT_RULE = "{process_key}-{yyyymmdd}-{seq:5}"


class Runtime(Ground):
    # -- commands
    def start_case(
        self,
        process_key: str,
        *,
        actor: Actor,
        form: Mapping[str, Any],
        channel: str,
        idempotency_key: str,
        files: Sequence[str] = (),
        on_behalf_of: str | None = None,
        applicant_id: str | None = None,
    ) -> StartReceipt:
        """Open a case from its start form. files: ids of stored files that belong to it.

        on_behalf_of: name of the person for whom somebody else acts; applicant_id: the applicant's user id, if the actor
        is not the applicant. Raises ValidationFailed (details.errors), NotPermitted, NotFound.
        """
        given = canonical.loads(canonical.dumps(form))
        body = {
            "process": process_key,
            "form": given,
            "channel": channel,
            "files": sorted(files),
            "behalf": on_behalf_of,
        }

        def work(connection: Connection, failed: Mapping[Place, BaseException]) -> tuple[str | None, Row]:
            return self._start(
                connection, failed, process_key, actor, given, channel, files, on_behalf_of, applicant_id
            )

        described = {"command": "start_case", **body, "actor": actor.as_dict()}
        answer = self._guarded("start_case", idempotency_key, actor, body, work, described)
        return StartReceipt(answer["case_id"], answer["case_no"], _open_tasks(answer))

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

        def work(connection: Connection, failed: Mapping[Place, BaseException]) -> tuple[str | None, Row]:
            return self._complete(connection, failed, task_id, revision, actor, outcome, given, opinion)

        described = {"command": "complete_task", **body, "actor": actor_dict(actor)}
        return _receipt(self._guarded("complete_task", idempotency_key, actor, body, work, described))

    def correlate(
        self, message: str, key: str, payload: Mapping[str, Any], actor: Actor, idempotency_key: str
    ) -> StepReceipt:
        """Give a message to the one case that waits for it under this key. Raises NotFound when none does."""
        given = canonical.loads(canonical.dumps(payload))
        body = {"message": message, "key": key, "payload": given}

        def work(connection: Connection, failed: Mapping[Place, BaseException]) -> tuple[str | None, Row]:
            return self._receive(connection, failed, message, key, given, actor)

        described = {"command": "correlate", **body, "actor": actor_dict(actor)}
        return _receipt(self._guarded("correlate", idempotency_key, actor, body, work, described))

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

    # -- the way of every step
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
    ) -> Row:
        """Load, act, run to the next waits, write. `trigger`: the data of the event that caused it; gets the marking."""
        bundle = self.library.bundle(connection, step.instance["bundle_hash"])
        host = StepHost(self, step, failed, own)
        execution = Execution.load(bundle.definition, step.instance["state"], host)
        rows = WaitRows(self, step, host, execution.waits(), done)
        with _naming_last_service(host):
            act(execution)
            execution.run(Budget(steps=self.settings.max_steps))
        return self._settle(step, execution, rows, trigger)

    def _settle(self, step: Step, execution: Execution, rows: WaitRows, trigger: Row) -> Row:
        waits = execution.waits()
        rows.settle(waits)
        if execution.is_ended and step.case["status"] == CaseStatus.RUNNING:
            self._close(step, execution)
        trigger["trace"] = [[v.what, v.process_key, v.element_id, ".".join(v.path)] for v in execution.trace]
        trigger["marking"] = marking_of(waits)
        trigger["case_file"] = step.file.digest()
        step.finish(execution.dump())
        if self.settings.enqueue is not None:
            self.settings.enqueue(step.connection, self._take_new_jobs(step.connection))
        return _answer(step, rows.opened, execution.is_ended)

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

    # -- start
    def _start(
        self,
        connection: Connection,
        failed: Mapping[Place, BaseException],
        process_key: str,
        actor: Actor,
        form: Row,
        channel: str,
        files: Sequence[str],
        on_behalf_of: str | None,
        applicant_id: str | None,
    ) -> tuple[str, Row]:
        now, today = self.now(), self.today()
        bundle = self.library.bundle_for(connection, process_key, now)
        self._check_start(bundle, actor, channel)
        entry, form = self._checked_start_form(connection, bundle, form)
        item = start_item(bundle)
        case = self._case_row(connection, bundle, item, actor, form, channel, on_behalf_of, applicant_id)
        self._store_bundle(connection, bundle)
        instance = {
            "case_id": case["id"],
            "bundle_hash": bundle.hash,
            "status": InstanceStatus.RUNNING,
            "state": b"",
            "version": 0,
            "items": {},
            "event_seq": 0,
            "event_hash": GENESIS,
            "end_element_id": None,
        }
        step = Step(connection, self.settings, now, today, actor, case, instance)
        self._set_deadline(step, bundle)
        step.open()
        if files:
            connection.execute(
                update(stored_file).where(stored_file.c.id.in_(list(files))).values(case_id=step.case_id)
            )
        trigger = {"process": process_key, "version": bundle.process.version, "bundle": bundle.hash, "channel": channel}
        step.event(EventKind.CASE_STARTED, trigger, Subject(process_key, subject_id=step.case_id))
        form_version = (entry.key, entry.version) if entry else (None, None)
        _, trigger["item_version"] = step.write(item, form, ItemSource.FORM, form=form_version)
        trigger |= {"item": item, "on_behalf_of": on_behalf_of}
        host = StepHost(self, step, failed)
        with _naming_last_service(host):
            execution = Execution.begin(bundle.definition, host)
            execution.run(Budget(steps=self.settings.max_steps))
        rows = WaitRows(self, step, host, ())
        answer = self._settle(step, execution, rows, trigger)
        return step.case_id, answer

    def _check_start(self, bundle: Bundle, actor: Actor, channel: str) -> None:
        says = bundle.process.properties.get
        groups = {name.strip() for name in says("start.groups", "").split(",") if name.strip()}
        citizen = says("public") == "true" and not actor.groups - {"applicant"}
        if groups and not actor.is_system and not (groups & actor.groups) and not (citizen and "applicant" in groups):
            raise NotPermitted("您没有发起这项办理的岗位。", process_key=bundle.process.key, groups=sorted(groups))
        channels = [name.strip() for name in says("start.channels", "").split(",") if name.strip()]
        if channels and channel not in channels and not actor.is_system:
            message = f"这项办理不接受渠道“{channel}”，可用：{'、'.join(channels)}。"
            raise ValidationFailed(message, errors=[{"path": "/channel", "message": message}])

    def _checked_start_form(self, connection: Connection, bundle: Bundle, form: Row) -> tuple[FormEntry | None, Row]:
        key = bundle.definition.start_form_key or bundle.process.properties.get("start.form")
        if not key:
            return None, self._bounded(form)
        entry = self.library.form(connection, key)
        return entry, self._checked_form(entry, form, None, None, None)

    def _checked_form(
        self, entry: FormEntry, form: Row, access: Mapping[str, str] | None, outcome: str | None, opinion: str | None
    ) -> Row:
        from engine.forms import normalise, validate

        clean = normalise(entry.schema, self._bounded(form), access)
        faults = validate(entry.schema, clean, access, outcome=outcome, opinion=opinion)
        if faults:
            raise ValidationFailed(
                f"有 {len(faults)} 处需要改正：{faults[0].message}",
                errors=[fault.as_dict() for fault in faults],
                form_key=entry.key,
            )
        return clean  # type: ignore[no-any-return]

    def _bounded(self, form: Any) -> Row:
        if not isinstance(form, dict):
            raise ValidationFailed("表单内容应为 JSON 对象。", errors=[{"path": "", "message": "应为 JSON 对象"}])
        if len(canonical.dumps(form)) > self.settings.max_form_bytes:
            raise ValidationFailed("表单内容过大，请减少后重新提交。", errors=[{"path": "", "message": "内容过大"}])
        return form

    def _case_row(
        self,
        connection: Connection,
        bundle: Bundle,
        item: str,
        actor: Actor,
        form: Row,
        channel: str,
        on_behalf_of: str | None,
        applicant_id: str | None,
    ) -> Row:
        now, today, process = self.now(), self.today(), bundle.process
        basis = {
            "process_key": process.key,
            "channel": channel,
            "submitted_on": today.isoformat(),
            "submitted_at": now.isoformat(),
        }
        scope = {item: form, "application": form, "case": basis, "actor": actor.as_dict(), "params": {}}
        own = {
            name.removeprefix("case."): json_value(self._property(text, scope))
            for name, text in process.properties.items()
            if name.startswith("case.")
        }
        citizen = actor.groups <= {"applicant"} and not actor.is_system
        facts = {
            name: own.get(name) for name in ("applicant_name", "applicant_id_no", "mobile", "district", "org_unit")
        }
        values = {**basis, **facts, "district": facts["district"] or "SH"}
        rule = process.properties.get("case_number_rule", DEFAULT_RULE)
        return {
            "id": new_id(now),
            "case_no": next_number(
                connection, rule, now, **{k: v for k, v in values.items() if isinstance(v, str | int)}
            ),
            "process_key": process.key,
            "process_version": process.version,
            "process_name": process.properties.get("title") or process.name,
            "domain": process.domain,
            "title": str(own.get("title") or process.properties.get("title") or process.name),
            "status": CaseStatus.RUNNING,
            "outcome": None,
            "outcome_name": None,
            "verification": None,
            "channel": channel,
            **facts,
            "applicant_id": applicant_id or own.get("applicant_id") or (actor.user_id if citizen else None),
            "started_by": actor.user_id,
            "started_by_name": actor.name,
            "on_behalf_of": on_behalf_of,
            "jurisdiction": self.settings.jurisdiction,
            "submitted_at": now,
            "submitted_on": today,
            "deadline_working_days": None,
            "due_on": None,
            "due_proof": None,
            "closed_at": None,
            "closed_reason": None,
        }

    def _property(self, text: str, scope: Mapping[str, Any]) -> Any:
        return feel(text[1:].strip(), scope, self.now()) if text.startswith("=") else text

    def _store_bundle(self, connection: Connection, bundle: Bundle) -> None:
        if self.library.is_stored(bundle.hash):
            return
        found = connection.execute(
            select(process_bundle.c.hash).where(process_bundle.c.hash == bundle.hash)
        ).one_or_none()
        if found is None:
            row = {
                "hash": bundle.hash,
                "process_key": bundle.process.key,
                "members": bundle.members,
                "created_at": self.now(),
            }
            insert_rows(connection, process_bundle, [row])
        else:
            self.library.now_stored(bundle.hash)

    def _set_deadline(self, step: Step, bundle: Bundle) -> None:
        text = bundle.process.properties.get("deadline.working_days")
        if not text:
            return
        scope = {**step.scope(), "case": step.facts.as_item()}
        days = json_value(self._property(text, scope))
        if days is None:
            return
        due = self.library.calendar(step.connection, step.case["jurisdiction"]).add_working_days(step.today, int(days))
        step.change_case(deadline_working_days=int(days), due_on=due.day, due_proof=due.proof)

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
        from engine.calendar import Pause

        pauses = [Pause(row.started_on, row.ended_on, row.reason) for row in step.connection.execute(query)]
        calendar = self.library.calendar(step.connection, step.case["jurisdiction"])
        due = calendar.add_working_days(step.case["submitted_on"], int(days), pauses)
        step.change_case(due_on=due.day, due_proof=due.proof)

    # -- complete
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
    ) -> tuple[str, Row]:
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
        if execute(connection, _COMPLETE, (*who, task_id, revision)) != 1:
            raise StaleTask("这项任务刚刚被别人改变。", task_id=task_id)
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
        answer = self.advance(connection, step, act, trigger, failed, done=token, own=own)
        return step.case_id, {**answer, "completed_task": task_id}

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
            return self._bounded(form)
        entry = self.library.form(connection, task["form_key"], task["form_version"])
        return self._checked_form(entry, form, task["field_access"], outcome, opinion)

    # -- messages
    def _receive(
        self,
        connection: Connection,
        failed: Mapping[Place, BaseException],
        message: str,
        key: str,
        payload: Row,
        actor: Actor,
    ) -> tuple[str, Row]:
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
        execute(connection, statement, (instant(step.now), row["id"]))
        trigger: Row = {"token": row["token_id"], "message": message, "key": key, "item": row["item_name"]}
        step.event(EventKind.MESSAGE_RECEIVED, trigger, Subject(None, row["element_id"], message, None, row["id"]))
        _, trigger["item_version"] = step.write(
            f"/{row['item_name']}", payload, ItemSource.MESSAGE, element_id=row["element_id"]
        )
        token = row["token_id"]
        return step.case_id, self.advance(
            connection, step, lambda execution: execution.receive(token), trigger, failed, done=token
        )

    # -- stop
    def _stop(
        self, case_id: str, actor: Actor, reason: str, key: str, status: CaseStatus, kind: EventKind, name: str
    ) -> StepReceipt:
        body = {"case": case_id, "reason": reason}

        def work(connection: Connection) -> tuple[str | None, Row]:
            return case_id, self._stop_case(connection, case_id, actor, reason, status, kind, name)

        return _receipt(self.command(kind.value, key, actor, body, work))

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

    # -- failures
    def _guarded(
        self,
        name: str,
        key: str,
        actor: Actor,
        body: Mapping[str, Any],
        work: Callable[[Connection, Mapping[Place, BaseException]], tuple[str | None, Row]],
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
def _naming_last_service(host: StepHost) -> Iterator[None]:
    """An error event that no diagram catches is a failure of the service that raised it."""
    try:
        yield
    except BusinessFault as fault:
        if host.last_service is not None and host.last_service[1] is fault:
            raise ServiceFailed(host.last_service[0], fault) from fault
        raise


def start_item(bundle: Bundle) -> str:
    """The case-file name of the start form: `result` of the start event, else application."""
    for element in bundle.definition.main.values():
        if element.kind == "startEvent" and element.scope == element.process_key and element.properties.get("result"):
            return element.properties["result"]
    return "application"


def refuse_finished(task: Row) -> None:
    if task["status"] in (TaskStatus.COMPLETED, TaskStatus.CANCELLED):
        raise stale(task, task["status"])


def stale(task: Row, what: str) -> StaleTask:
    """Who has moved on, when, and what they did."""
    done = task["status"] in (TaskStatus.COMPLETED, TaskStatus.CANCELLED)
    by = task["completed_by_name"] if done else task["assignee_name"]
    at = task["completed_at"] if done else task["claimed_at"]
    words = {"completed": "办理", "cancelled": "取消", "claimed": "签收"}.get(what, "改变")
    from engine.clock import ZONE

    when = f"{at.astimezone(ZONE):%m-%d %H:%M}" if at else ""
    return StaleTask(
        f"{by or '系统'} {when} 已{words}这项任务。".replace("  ", " "),
        by=by,
        at=at.isoformat() if at else None,
        what=task["outcome"] if what == "completed" else what,
        task_id=task["id"],
        revision=task["revision"],
    )


def groups_of(connection: Connection, task: Row) -> tuple[str, ...]:
    first = (task["group_name"],) if task["group_name"] else ()
    if not task["more_groups"]:
        return first
    query = select(user_task_group.c.group_name).where(user_task_group.c.task_id == task["id"])
    return (*first, *connection.execute(query).scalars())


def actor_dict(actor: Actor) -> Row:
    """All of an actor, so that a command can be repeated in the same name."""
    return {
        **actor.as_dict(),
        "district": actor.district,
        "groups": sorted(actor.groups),
        "org_units": sorted(actor.org_units),
    }


def _may_withdraw(case: Row, actor: Actor) -> bool:
    return actor.is_system or actor.user_id in (case["applicant_id"], case["started_by"])


def _answer(step: Step, opened: Sequence[OpenTask], ended: bool) -> Row:
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


def _open_tasks(answer: Row) -> tuple[OpenTask, ...]:
    return tuple(OpenTask(**{**task, "groups": tuple(task["groups"])}) for task in answer["open_tasks"])


def _receipt(answer: Row) -> StepReceipt:
    return StepReceipt(
        answer["case_id"],
        answer["case_no"],
        answer.get("completed_task"),
        _open_tasks(answer),
        answer["ended"],
        answer["outcome"],
    )


def _place(error: BaseException) -> Subject:
    if isinstance(error, GuangshaError) and error.details.get("element_id"):
        return Subject(element_id=str(error.details["element_id"]))
    return NOTHING
