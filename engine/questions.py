"""The lists and pages people look at: to-do, done, cases, tasks, progress. Changes nothing.

Some lines over 400: the one select of a task and the one of a case serve every list in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, false, func, or_, select
from sqlalchemy import case as when

from engine.actors import Actor
from engine.calendar import Pause
from engine.clock import end_of, start_of
from engine.errors import NotFound
from engine.ground import Ground
from engine.records import (
    cases,
    deadline_pause,
    job,
    process_instance,
    task_copy,
    task_signer,
    timer,
    user_task,
    user_task_group,
)
from engine.rights import require_right
from engine.states import CaseStatus, TaskStatus
from engine.tasks import groups_of, stale
from engine.views import (
    CaseFilter,
    CaseView,
    InboxFilter,
    JobView,
    Page,
    Progress,
    TaskView,
    TimerView,
)

MAX_SIZE = 200
_OWN_CASE = cases.alias("own_case")
_OPEN = (TaskStatus.OPEN.value, TaskStatus.CLAIMED.value)
_TASK_SORTS = {
    "due_on": user_task.c.due_on,
    "created_at": user_task.c.created_at,
    "submitted_at": cases.c.submitted_at,
    "case_no": cases.c.case_no,
    "completed_at": user_task.c.completed_at,
    "case_due_on": cases.c.due_on,
    "applicant_name": cases.c.applicant_name,
}
_CASE_SORTS = {
    "submitted_at": cases.c.submitted_at,
    "due_on": cases.c.due_on,
    "case_no": cases.c.case_no,
    "closed_at": cases.c.closed_at,
    "applicant_name": cases.c.applicant_name,
}
_CASE_IN_TASK = {
    "case_no": cases.c.case_no,
    "case_title": cases.c.title,
    "case_process_key": cases.c.process_key,
    "case_process_name": cases.c.process_name,
    "applicant_name": cases.c.applicant_name,
    "channel": cases.c.channel,
    "district": cases.c.district,
    "verification": cases.c.verification,
    "submitted_at": cases.c.submitted_at,
    "case_due_on": cases.c.due_on,
}
_TASK_FIELDS = tuple(
    name for name in TaskView.__dataclass_fields__ if name in user_task.c and name not in _CASE_IN_TASK
)
_TASK_SELECT = select(
    *(user_task.c[name] for name in _TASK_FIELDS),
    user_task.c.group_name,
    user_task.c.more_groups,
    *(column.label(name) for name, column in _CASE_IN_TASK.items()),
).join_from(user_task, cases, user_task.c.case_id == cases.c.id)
_CASE_FIELDS = tuple(name for name in CaseView.__dataclass_fields__ if name in cases.c)
_CASE_SELECT = select(*(cases.c[name] for name in _CASE_FIELDS), process_instance.c.event_seq).join_from(
    cases, process_instance, cases.c.id == process_instance.c.case_id
)


class Questions(Ground):
    # -- tasks
    def task(self, task_id: str, actor: Actor | None = None) -> TaskView:
        """One task. With an actor: raises NotPermitted for one who may not do it, StaleTask if another has claimed it."""
        with self.reading() as connection:
            view = self._one_task(connection, task_id)
            if actor is not None and view.status in _OPEN:
                self._require_sight(connection, view, actor)
            return view

    def _one_task(self, connection: Connection, task_id: str) -> TaskView:
        found = self._tasks(connection, _TASK_SELECT.where(user_task.c.id == task_id))
        if not found:
            raise NotFound("没有这项任务。", task_id=task_id)
        return found[0]

    def _require_sight(self, connection: Connection, view: TaskView, actor: Actor) -> None:
        row = dict(connection.execute(select(user_task).where(user_task.c.id == view.id)).mappings().one())
        case = dict(connection.execute(select(cases).where(cases.c.id == view.case_id)).mappings().one())
        signer = select(task_signer.c.user_id).where(
            task_signer.c.task_id == view.id, task_signer.c.user_id == actor.user_id
        )
        copied = select(task_copy.c.user_id).where(task_copy.c.task_id == view.id, task_copy.c.user_id == actor.user_id)
        if connection.execute(signer).first() or connection.execute(copied).first():
            return
        if "supervisor" in actor.groups and (view.org_unit is None or view.org_unit in actor.org_units):
            return
        require_right(row, groups_of(connection, row), case, actor)
        if view.assignee_id not in (None, actor.user_id) and not actor.is_system:
            raise stale(row, "claimed")

    def inbox(
        self, actor: Actor, filters: InboxFilter | None = None, page: int = 1, size: int = 20, sort: str = "due_on"
    ) -> Page[TaskView]:
        """Open tasks that this person may claim or has claimed. sort: a name of the list, "-" before it for descending."""
        asked = filters or InboxFilter()
        where = and_(self._may_do(actor, asked.scope), *self._task_filters(asked))
        return self._task_page(where, page, size, sort)

    def inbox_counts(self, actor: Actor, due_until: date) -> dict[str, int]:
        """How many open tasks this person may do, in one pass: all, mine, free, soon (due until that day), overdue."""
        due = user_task.c.due_on
        parts = {
            "mine": user_task.c.assignee_id.is_not(None),
            "free": user_task.c.assignee_id.is_(None),
            "soon": due <= due_until,
            "overdue": due < self.today(),
        }
        sums = [func.coalesce(func.sum(when((part, 1), else_=0)), 0).label(name) for name, part in parts.items()]
        query = select(func.count().label("all"), *sums).select_from(user_task).where(self._may_do(actor, "all"))
        with self.reading() as connection:
            return dict(connection.execute(query).mappings().one())

    def inbox_ids(
        self, actor: Actor, filters: InboxFilter | None = None, size: int = 100, sort: str = "due_on"
    ) -> tuple[list[str], int]:
        """The ids of the first tasks of a list and how many it has: to know a task's place without reading the others."""
        asked = filters or InboxFilter()
        where = and_(self._may_do(actor, asked.scope), *self._task_filters(asked))
        counted = _counted(where)
        with self.reading() as connection:
            ids = list(connection.execute(_first_ids(where, sort).limit(size)).scalars())
            return ids, len(ids) if len(ids) < size else connection.execute(counted).scalar_one()

    def done(
        self,
        actor: Actor,
        filters: InboxFilter | None = None,
        page: int = 1,
        size: int = 20,
        sort: str = "-completed_at",
    ) -> Page[TaskView]:
        """Tasks that this person has completed."""
        where = and_(
            user_task.c.completed_at.is_not(None),
            user_task.c.completed_by == actor.user_id,
            *self._task_filters(filters or InboxFilter()),
        )
        return self._task_page(where, page, size, sort)

    def next_task(
        self, actor: Actor, filters: InboxFilter | None = None, after: str | None = None, sort: str = "due_on"
    ) -> TaskView | None:
        """The first task of the same filter besides the one just done."""
        page = self.inbox(actor, filters, 1, 2, sort)
        return next((task for task in page.items if task.id != after), None)

    def copies(self, actor: Actor, page: int = 1, size: int = 20) -> Page[TaskView]:
        """Tasks that were copied to this person 抄送."""
        held = select(task_copy.c.task_id).where(task_copy.c.user_id == actor.user_id)
        return self._task_page(user_task.c.id.in_(held), page, size, "-created_at")

    def to_sign(self, actor: Actor, page: int = 1, size: int = 20) -> Page[TaskView]:
        """Open tasks on which this person's opinion is asked 加签."""
        held = select(task_signer.c.task_id).where(
            task_signer.c.user_id == actor.user_id, task_signer.c.signed_at.is_(None)
        )
        return self._task_page(and_(user_task.c.id.in_(held), user_task.c.status.in_(_OPEN)), page, size, "due_on")

    def signers(self, task_id: str) -> list[Mapping[str, Any]]:
        """Who was asked to sign a task, with verdict and opinion."""
        with self.reading() as connection:
            return [
                dict(r)
                for r in connection.execute(select(task_signer).where(task_signer.c.task_id == task_id)).mappings()
            ]

    def tasks_of(self, case_id: str, open_only: bool = False) -> tuple[TaskView, ...]:
        """All tasks of a case in the order they arose."""
        query = _TASK_SELECT.where(user_task.c.case_id == case_id)
        if open_only:
            query = query.where(user_task.c.status.in_(_OPEN))
        with self.reading() as connection:
            return self._tasks(connection, query.order_by(user_task.c.created_at, user_task.c.id))

    def _may_do(self, actor: Actor, scope: str) -> ColumnElement[bool]:
        undone = user_task.c.completed_at.is_(None)
        mine = and_(undone, user_task.c.assignee_id == actor.user_id, user_task.c.status.in_(_OPEN))
        if scope == "mine":
            return mine
        more = exists().where(
            user_task_group.c.task_id == user_task.c.id, user_task_group.c.group_name.in_(actor.groups)
        )
        unit = or_(user_task.c.org_unit.is_(None), user_task.c.org_unit.in_(actor.org_units))
        group = or_(user_task.c.group_name.in_(actor.groups), and_(user_task.c.more_groups, more))
        staff = and_(group, unit) if actor.groups - {"applicant"} else false()
        # An alias: looked up for the few applicants' tasks only, so that lists and counts need no join for it.
        theirs = or_(_OWN_CASE.c.applicant_id == actor.user_id, _OWN_CASE.c.started_by == actor.user_id)
        own = and_(user_task.c.applicant, exists().where(_OWN_CASE.c.id == user_task.c.case_id, theirs))
        free = and_(
            undone,
            user_task.c.status == TaskStatus.OPEN,
            user_task.c.assignee_id.is_(None),
            user_task.c.excluded.not_like(f"%,{_escaped(actor.user_id)},%", escape="\\"),
            or_(and_(staff, ~user_task.c.applicant), own),
        )
        return free if scope == "free" else or_(free, mine)

    def _task_filters(self, asked: InboxFilter) -> list[ColumnElement[bool]]:
        found: list[ColumnElement[bool]] = []
        for column, value in (
            (cases.c.process_key, asked.process_key),
            (user_task.c.element_id, asked.element_id),
            (cases.c.channel, asked.channel),
            (cases.c.district, asked.district),
            (cases.c.verification, asked.verification),
        ):
            if value:
                found.append(column == value)
        if asked.text.strip():
            found.append(_mentions(asked.text))
        if asked.overdue:
            found.append(user_task.c.due_on < self.today())
        if asked.due_until:
            found.append(user_task.c.due_on <= asked.due_until)
        return found

    def _task_page(self, where: ColumnElement[bool], page: int, size: int, sort: str) -> Page[TaskView]:
        size, page = min(max(size, 1), MAX_SIZE), max(page, 1)
        counted = _counted(where)
        # The page's ids are found among all tasks, its rows are read for these few alone.
        wanted = _first_ids(where, sort).limit(size).offset((page - 1) * size).subquery()
        rows = _TASK_SELECT.where(user_task.c.id.in_(select(wanted.c.id)))
        query = _ordered(rows, sort, _TASK_SORTS, user_task.c.id)
        with self.reading() as connection:
            total = connection.execute(counted).scalar_one()
            return Page(self._tasks(connection, query), total, page, size)

    def _tasks(self, connection: Connection, query: Select[Any]) -> tuple[TaskView, ...]:
        rows = [dict(row) for row in connection.execute(query).mappings()]
        more = [row["id"] for row in rows if row["more_groups"]]
        extra: dict[str, list[str]] = {}
        if more:
            for task_id, name in connection.execute(select(user_task_group).where(user_task_group.c.task_id.in_(more))):
                extra.setdefault(task_id, []).append(name)
        return tuple(_task_view(row, extra.get(row["id"], [])) for row in rows)

    # -- cases
    def case(self, case: str) -> CaseView:
        """A case by id or by its number. Raises NotFound."""
        with self.reading() as connection:
            return self._one_case(connection, case)

    def _one_case(self, connection: Connection, case: str) -> CaseView:
        row = (
            connection.execute(_CASE_SELECT.where(or_(cases.c.id == case, cases.c.case_no == case)))
            .mappings()
            .one_or_none()
        )
        if row is None:
            raise NotFound(f"没有办件 {case}。", case=case)
        return _case_view(dict(row))

    def cases(
        self, filters: CaseFilter | None = None, page: int = 1, size: int = 20, sort: str = "-submitted_at"
    ) -> Page[CaseView]:
        size, page = min(max(size, 1), MAX_SIZE), max(page, 1)
        where = and_(True, *self._case_filters(filters or CaseFilter()))
        counted = select(func.count()).select_from(cases).where(where)
        query = _ordered(_CASE_SELECT.where(where), sort, _CASE_SORTS, cases.c.id).limit(size).offset((page - 1) * size)
        with self.reading() as connection:
            total = connection.execute(counted).scalar_one()
            return Page(tuple(_case_view(dict(row)) for row in connection.execute(query).mappings()), total, page, size)

    def _case_filters(self, asked: CaseFilter) -> list[ColumnElement[bool]]:
        names = (
            "status",
            "process_key",
            "district",
            "channel",
            "outcome",
            "applicant_id",
            "applicant_id_no",
            "started_by",
        )
        found: list[ColumnElement[bool]] = [
            cases.c[name] == getattr(asked, name) for name in names if getattr(asked, name)
        ]
        if asked.text.strip():
            found.append(_mentions(asked.text))
        if asked.org_units:
            found.append(or_(cases.c.org_unit.in_(asked.org_units), cases.c.org_unit.is_(None)))
        if asked.submitted_from:
            found.append(cases.c.submitted_at >= start_of(asked.submitted_from))
        if asked.submitted_until:
            found.append(cases.c.submitted_at < end_of(asked.submitted_until))
        if asked.overdue:
            found += [cases.c.due_on < self.today(), cases.c.status == CaseStatus.RUNNING]
        return found

    def case_counts(self, filters: CaseFilter | None = None) -> dict[tuple[str, str | None], int]:
        """How many cases by (status, outcome)."""
        where = and_(True, *self._case_filters(filters or CaseFilter()))
        query = (
            select(cases.c.status, cases.c.outcome, func.count()).where(where).group_by(cases.c.status, cases.c.outcome)
        )
        with self.reading() as connection:
            return {(status, outcome): count for status, outcome, count in connection.execute(query)}

    def jobs_of(self, case_id: str) -> tuple[JobView, ...]:
        query = select(job).where(job.c.case_id == case_id).order_by(job.c.created_at, job.c.id)
        with self.reading() as connection:
            return tuple(JobView(**_only(JobView, row)) for row in connection.execute(query).mappings())

    def timers_of(self, case_id: str) -> tuple[TimerView, ...]:
        query = select(timer).where(timer.c.case_id == case_id).order_by(timer.c.due_at, timer.c.id)
        with self.reading() as connection:
            return tuple(TimerView(**_only(TimerView, row)) for row in connection.execute(query).mappings())

    def progress(self, case_id: str) -> Progress:
        """The steps of a case in order, where it stands now, and the places of the diagram that it has passed."""
        from engine.progress import progress_of

        with self.reading() as connection:
            view = self._one_case(connection, case_id)
            steps, visited, current = progress_of(connection, view, self._tasks)
            return Progress(view, steps, self._days_left(connection, view), visited, current)

    def _days_left(self, connection: Connection, view: CaseView) -> int | None:
        if view.due_on is None or view.status != CaseStatus.RUNNING:
            return None
        calendar = self.library.calendar(connection, self.settings.jurisdiction)
        return calendar.working_days_between(self.today(), view.due_on)

    def pauses(self, case_id: str) -> tuple[Pause, ...]:
        """When and why the countdown of a case stood still."""
        query = select(deadline_pause).where(deadline_pause.c.case_id == case_id).order_by(deadline_pause.c.started_on)
        with self.reading() as connection:
            return tuple(Pause(row.started_on, row.ended_on, row.reason) for row in connection.execute(query))

    def working_days_left(self, due_on: date | None) -> int | None:
        """Working days from today to a due day; negative when it has passed."""
        return None if due_on is None else self.calendar().working_days_between(self.today(), due_on)


def _counted(where: ColumnElement[bool]) -> Select[Any]:
    """How many tasks meet the condition; the cases are joined only when it asks for something of theirs."""
    plain = select(func.count(user_task.c.id)).where(where)
    if cases not in plain.get_final_froms():
        return plain
    return select(func.count()).select_from(user_task).join(cases, user_task.c.case_id == cases.c.id).where(where)


def _first_ids(where: ColumnElement[bool], sort: str) -> Select[Any]:
    """The ids of the tasks that meet the condition, in the order of the list."""
    by = _TASK_SORTS.get(sort.removeprefix("-"), user_task.c.due_on)
    found = select(user_task.c.id).where(where)
    if by.table is cases or cases in found.get_final_froms():
        found = select(user_task.c.id).join(cases, user_task.c.case_id == cases.c.id).where(where)
    return _ordered(found, sort, _TASK_SORTS, user_task.c.id)


def _ordered(query: Select[Any], sort: str, known: Mapping[str, Any], last: Any) -> Select[Any]:
    column = known.get(sort.removeprefix("-"))
    if column is None:
        column = next(iter(known.values()))
    order = column.desc() if sort.startswith("-") else column.asc()
    return query.order_by(column.is_(None), order, last)


def _mentions(text: str) -> ColumnElement[bool]:
    pattern = f"%{_escaped(text.strip())}%"
    columns = (cases.c.case_no, cases.c.applicant_name, cases.c.title, cases.c.applicant_id_no)
    return or_(*(column.like(pattern, escape="\\") for column in columns))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _task_view(row: dict[str, Any], extra: Iterable[str]) -> TaskView:
    first = (row["group_name"],) if row["group_name"] else ()
    values = {name: value for name, value in row.items() if name not in ("group_name", "more_groups")}
    return TaskView(**{**values, "groups": (*first, *sorted(extra)), "outcomes": tuple(row["outcomes"])})


def task_view(task: Mapping[str, Any], case: Mapping[str, Any], groups: tuple[str, ...]) -> TaskView:
    """The view of a task whose row and case are loaded."""
    values = {name: task[name] for name in _TASK_FIELDS}
    values |= {name: case[column.name] for name, column in _CASE_IN_TASK.items()}
    return TaskView(**{**values, "groups": groups, "outcomes": tuple(task["outcomes"])})


def _case_view(row: dict[str, Any]) -> CaseView:
    return CaseView(**row)


def _only(view: type, row: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: row[name] for name in view.__dataclass_fields__}  # type: ignore[attr-defined]
