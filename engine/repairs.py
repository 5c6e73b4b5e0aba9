"""What a person does about an incident: look, retry, skip with a reason, or declare it resolved. Loses nothing of the case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, select

from engine.actors import Actor
from engine.completing import Completions
from engine.correlating import Correlations
from engine.errors import IllegalTransition, NotFound, ValidationFailed
from engine.history import Subject
from engine.jobs import Jobs
from engine.records import incident
from engine.starting import Starts
from engine.statements import execute, instant
from engine.states import EventKind, IncidentStatus
from engine.step import Step, locked_case
from engine.timers import Timers
from engine.views import IncidentView, Page

Row = dict[str, Any]
_CLOSE = (
    "UPDATE incident SET status = ?, resolved_at = ?, resolved_by = ?, resolved_by_name = ?, resolution = ?, reason = ?"
    " WHERE id = ? AND status = 'open'"
)


class Repairs(Jobs, Timers, Starts, Completions, Correlations):
    def incidents(
        self, status: str | None = "open", page: int = 1, size: int = 50, case_id: str | None = None
    ) -> Page[IncidentView]:
        """Newest first; status None is all."""
        where = [incident.c.status == status] if status else []
        where += [incident.c.case_id == case_id] if case_id else []
        query = select(incident).where(*where).order_by(incident.c.opened_at.desc(), incident.c.id)
        with self.reading() as connection:
            total = connection.execute(select(func.count()).select_from(incident).where(*where)).scalar_one()
            rows = connection.execute(query.limit(size).offset((max(page, 1) - 1) * size)).mappings()
            return Page(tuple(_view(dict(row)) for row in rows), total, max(page, 1), size)

    def incident(self, incident_id: str) -> IncidentView:
        """One incident, by id or number. Raises NotFound."""
        with self.reading() as connection:
            return _view(_load(connection, incident_id))

    def incident_causes(self) -> dict[str, int]:
        """Open incidents by cause."""
        query = (
            select(incident.c.cause, func.count().label("number"))
            .where(incident.c.status == IncidentStatus.OPEN)
            .group_by(incident.c.cause)
        )
        with self.reading() as connection:
            return {row.cause: int(row.number) for row in connection.execute(query)}

    def retry_incident(self, incident_id: str, actor: Actor, reason: str = "") -> IncidentView:
        """Let the failed job, timer or step run again. What is done already is not done twice (same idempotency key)."""
        row = self._open_one(incident_id)
        if row["kind"] == "step":
            self._repeat(row)
            self.transact(lambda connection: self._close_incident(connection, row, actor, "retry", reason))
            return self.incident(row["id"])

        def work(connection: Connection) -> None:
            step = self._incident_step(connection, row, actor)
            again = self.make_job_ready if row["kind"] == "job" else self.make_timer_wait
            if not again(step, row["subject_id"]):
                raise IllegalTransition("这一步已经不在异常状态，请刷新。", incident=row["number"])
            self._close_incident(connection, row, actor, "retry", reason)
            step.event(
                EventKind.INCIDENT_RESOLVED, {"number": row["number"], "by": "retry", "reason": reason}, _subject(row)
            )
            step.finish()

        self.transact(work)
        return self.incident(row["id"])

    def skip_incident(
        self, incident_id: str, actor: Actor, reason: str, value: Mapping[str, Any] | None = None
    ) -> IncidentView:
        """Go on without a failed job's answer. The case file keeps verdict `manual`, the reason, and `value` if given."""
        if not reason.strip():
            raise ValidationFailed("请填写跳过的原因。", errors=[{"path": "/reason", "message": "必填"}])
        row = self._open_one(incident_id)
        if row["kind"] != "job":
            raise IllegalTransition("只有外部调用的异常可以跳过。", incident=row["number"])

        def work(connection: Connection) -> None:
            step = self._incident_step(connection, row, actor)
            self._close_incident(connection, row, actor, "skip", reason)
            if not self.skip_job(connection, step, row["subject_id"], reason, value):
                raise IllegalTransition("这一步已经不在异常状态，请刷新。", incident=row["number"])

        self.transact(work)
        return self.incident(row["id"])

    def resolve_incident(self, incident_id: str, actor: Actor, reason: str) -> IncidentView:
        """Declare an incident settled by other means; nothing is run."""
        if not reason.strip():
            raise ValidationFailed("请填写处理说明。", errors=[{"path": "/reason", "message": "必填"}])
        row = self._open_one(incident_id)
        self.transact(lambda connection: self._close_incident(connection, row, actor, "resolve", reason))
        return self.incident(row["id"])

    def _repeat(self, row: Row) -> None:
        """Carry out the recorded command of a failed step in the name of the person who gave it."""
        told = row["command"] or {}
        who = Actor(
            user_id=told["actor"]["id"],
            name=told["actor"]["name"],
            post=told["actor"]["post"] or "",
            org_unit=told["actor"]["org_unit"],
            district=told["actor"].get("district"),
            groups=frozenset(told["actor"].get("groups", ())),
            org_units=frozenset(told["actor"].get("org_units", ())),
        )
        key = f"retry:{row['id']}"
        if told.get("command") == "complete_task":
            self.complete_task(told["task"], told["revision"], who, told["outcome"], told["form"], key, told["opinion"])
        elif told.get("command") == "start_case":
            self.start_case(
                told["process"],
                actor=who,
                form=told["form"],
                channel=told["channel"],
                idempotency_key=key,
                files=told["files"],
                on_behalf_of=told["behalf"],
            )
        elif told.get("command") == "correlate":
            self.correlate(told["message"], told["key"], told["payload"], who, key)
        else:
            raise IllegalTransition("这个异常没有可以重做的操作。", incident=row["number"])

    def _open_one(self, incident_id: str) -> Row:
        with self.reading() as connection:
            row = _load(connection, incident_id)
        if row["status"] != IncidentStatus.OPEN:
            raise IllegalTransition(
                f"异常 {row['number']} 已处理。", incident=row["number"], by=row["resolved_by_name"]
            )
        return row

    def _incident_step(self, connection: Connection, row: Row, actor: Actor) -> Step:
        case, instance = locked_case(connection, row["case_id"])
        return Step(connection, self.settings, self.now(), self.today(), actor, case, instance)

    def _close_incident(self, connection: Connection, row: Row, actor: Actor, resolution: str, reason: str) -> None:
        status = IncidentStatus.SKIPPED if resolution == "skip" else IncidentStatus.RESOLVED
        values = (status.value, instant(self.now()), actor.user_id, actor.name, resolution, reason, row["id"])
        if execute(connection, _CLOSE, values) != 1:
            raise IllegalTransition(f"异常 {row['number']} 已处理。", incident=row["number"])


def _load(connection: Connection, incident_id: str) -> Row:
    query = select(incident).where((incident.c.id == incident_id) | (incident.c.number == incident_id))
    row = connection.execute(query).mappings().one_or_none()
    if row is None:
        raise NotFound("没有这个异常。", incident=incident_id)
    return dict(row)


def _view(row: Row) -> IncidentView:
    return IncidentView(**{name: row[name] for name in IncidentView.__dataclass_fields__})


def _subject(row: Row) -> Subject:
    return Subject(row["process_key"], row["element_id"], row["element_name"], None, row["id"])
