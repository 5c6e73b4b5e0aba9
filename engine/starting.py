"""Opens a case from its start form: who may, on which channel, what the case row says, its number and countdown.

Refuses a form that its schema refuses, before anything is stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select, update

from engine import canonical
from engine.actors import Actor
from engine.bpmn import Budget, Execution
from engine.errors import NotPermitted, ValidationFailed
from engine.expressions import feel, json_value
from engine.ground import Done
from engine.history import GENESIS, Subject
from engine.host import Place, StepHost
from engine.identifiers import new_id
from engine.library import Bundle, FormEntry
from engine.numbering import next_number
from engine.records import process_bundle, stored_file
from engine.runtime import Runtime, actor_dict, naming_last_service, open_tasks
from engine.standing import numbering_rule, working_days
from engine.statements import insert_rows
from engine.states import CaseStatus, EventKind, InstanceStatus, ItemSource
from engine.step import Step
from engine.submission import bounded, checked_form
from engine.views import StartReceipt
from engine.waits import WaitRows

Row = dict[str, Any]
DEFAULT_RULE = "{process_key}-{yyyymmdd}-{seq:5}"


class Starts(Runtime):
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

        def work(connection: Connection, failed: Mapping[Place, BaseException]) -> Done:
            return self._start(
                connection, failed, process_key, actor, given, channel, files, on_behalf_of, applicant_id
            )

        described = {"command": "start_case", **body, "actor": actor_dict(actor)}
        answer = self.guarded("start_case", idempotency_key, actor, body, work, described)
        return StartReceipt(answer["case_id"], answer["case_no"], open_tasks(answer))

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
    ) -> Done:
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
                update(stored_file)
                .where(stored_file.c.id.in_(list(files)), stored_file.c.case_id.is_(None))
                .values(case_id=step.case_id)
            )
        trigger = {"process": process_key, "version": bundle.process.version, "bundle": bundle.hash, "channel": channel}
        step.event(EventKind.CASE_STARTED, trigger, Subject(process_key, subject_id=step.case_id))
        form_version = (entry.key, entry.version) if entry else (None, None)
        _, trigger["item_version"] = step.write(item, form, ItemSource.FORM, form=form_version)
        trigger |= {"item": item, "on_behalf_of": on_behalf_of}
        host = StepHost(self, step, failed)
        with naming_last_service(host):
            execution = Execution.begin(bundle.definition, host)
            execution.run(Budget(steps=self.settings.max_steps))
        rows = WaitRows(self, step, host, ())
        answer = self.settle(step, execution, rows, trigger, hold=True)
        return Done(step.case_id, answer, step.writes)

    def _check_start(self, bundle: Bundle, actor: Actor, channel: str) -> None:
        says = bundle.process.properties.get
        groups = {name.strip() for name in says("start.groups", "").split(",") if name.strip()}
        citizen = says("public") == "true" and not actor.groups - {"applicant"}
        if groups and not actor.is_system and not groups & actor.groups and not citizen:
            raise NotPermitted("您没有发起这项办理的岗位。", process_key=bundle.process.key, groups=sorted(groups))
        channels = [name.strip() for name in says("start.channels", "").split(",") if name.strip()]
        if channels and channel not in channels and not actor.is_system:
            message = f"这项办理不接受渠道“{channel}”，可用：{'、'.join(channels)}。"
            raise ValidationFailed(message, errors=[{"path": "/channel", "message": message}])

    def _checked_start_form(self, connection: Connection, bundle: Bundle, form: Row) -> tuple[FormEntry | None, Row]:
        key = bundle.definition.start_form_key or bundle.process.properties.get("start.form")
        if not key:
            return None, bounded(form, self.settings.max_form_bytes)
        entry = self.library.form(connection, key)
        return entry, checked_form(entry, form, self.settings.max_form_bytes)

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
        rule = numbering_rule(self.library, connection, today, process.key) or process.properties.get(
            "case_number_rule", DEFAULT_RULE
        )
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
        kept = working_days(self.library, step.connection, step.today, bundle.process.key)
        days = json_value(self._property(text, scope)) if kept is None else kept
        if days is None:
            return
        due = self.library.calendar(step.connection, step.case["jurisdiction"]).add_working_days(step.today, int(days))
        step.change_case(deadline_working_days=int(days), due_on=due.day, due_proof=due.proof)


def start_item(bundle: Bundle) -> str:
    """The case-file name of the start form: `result` of the start event, else application."""
    for element in bundle.definition.main.values():
        if element.kind == "startEvent" and element.scope == element.process_key and element.properties.get("result"):
            return element.properties["result"]
    return "application"
