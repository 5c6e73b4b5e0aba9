"""The applicant's own cases and tasks; anything of another person is not found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from engine import CaseFilter
from engine.errors import NotFound
from engine.records import outgoing_message
from engine.views import CaseView, FormView, IssuedDocumentView, StartReceipt, TaskView
from web.answers import Section, file_ids, lay_out
from web.auth.people import Person
from web.portal.services_offered import Guide
from web.services import current_services, rows
from web.submission import form_of

_ENOUGH = 200


@dataclass(frozen=True)
class Work:
    """What a task asks of the applicant: its form, what may be changed, the first value, the defects that are named."""

    form: FormView | None
    access: Mapping[str, str] | None
    value: dict[str, Any]
    defects: tuple[Mapping[str, Any], ...] = field(default=())


def start(offer: Guide, value: dict[str, Any], person: Person, channel: str, key: str) -> StartReceipt:
    """Start the case for this person."""
    services = current_services()
    files = tuple(file_id for _label, _path, file_id in file_ids(offer.form.schema, value)) if offer.form else ()
    return services.engine.start_case(
        offer.definition.key, actor=person.actor, form=value, channel=channel, idempotency_key=key, files=files
    )


def answered(key: str, person: Person) -> dict[str, Any] | None:
    """The answer that a command with this key already got."""
    return current_services().engine.answered(key)


def started_with(key: str, person: Person) -> str | None:
    """The number of the case that this submission has started already, if it is this person's."""
    answer = answered(key, person)
    if not answer or "case_no" not in answer:
        return None
    return case(answer["case_no"], person).case_no


def cases(person: Person) -> list[CaseView]:
    """My cases, newest first; deleted ones stay visible to me (SH-045)."""
    page = current_services().engine.cases(_own(person), page=1, size=_ENOUGH, sort="-submitted_at")
    return list(page.items)


def _own(person: Person) -> CaseFilter:
    return CaseFilter(applicant_id=person.account_id)


def case(case_no: str, person: Person) -> CaseView:
    """My case. Raises NotFound, for somebody else's too, so that numbers cannot be tried out."""
    try:
        found = current_services().engine.case(case_no)
    except NotFound:
        found = None
    mine = found is not None and (
        found.applicant_id == person.account_id or (person.id_no and found.applicant_id_no == person.id_no)
    )
    if not mine:
        raise NotFound("没有找到这个办件，请核对受理编号；如由他人代办，请用代办账号登录", case_no=case_no)
    return found


def tasks(person: Person) -> list[TaskView]:
    """Everything that waits for me."""
    return list(current_services().engine.inbox(person.actor, page=1, size=_ENOUGH).items)


def tasks_of(found: CaseView, person: Person) -> list[TaskView]:
    """What waits for me in this case."""
    return [t for t in current_services().engine.tasks_of(found.id) if t.applicant and t.status in ("open", "claimed")]


def task(found: CaseView, task_id: str, person: Person) -> TaskView:
    """My open task. Raises NotFound when it is no longer open or not mine."""
    asked = next((t for t in tasks_of(found, person) if t.id == task_id), None)
    if asked is None:
        raise NotFound("这项任务已经完成或不再需要办理，请回到办件页面查看最新进度", at=f"/my/{found.case_no}")
    return asked


def scope(found: CaseView) -> Mapping[str, Any]:
    """The latest facts of the case by name."""
    return current_services().engine.case_file_scope(found.id)


def work_of(found: CaseView, asked: TaskView) -> Work:
    """The form of a task with the named defects; fields that no defect names stay closed."""
    form = form_of(asked.form_key, asked.form_version) if asked.form_key else None
    items = current_services().engine.case_file(found.id)
    defects = _defects(items, asked)
    before = items.get(asked.item_name)
    value = before.value if before is not None and isinstance(before.value, dict) else {}
    known = set(form.schema.get("properties", {})) if form else set()
    kept = {k: v for k, v in value.items() if k in known}
    return Work(form, asked.field_access or _closed(form, defects), kept, defects)


def _defects(items: Mapping[str, Any], asked: TaskView) -> tuple[Mapping[str, Any], ...]:
    """What the newest request in the same block of the diagram lists."""
    lists = [
        item
        for item in items.values()
        if (item.name.rpartition(".")[0] == asked.path)
        and isinstance(item.value, dict)
        and isinstance(item.value.get("items"), list)
    ]
    newest = max(lists, key=lambda item: item.event_seq, default=None)
    return tuple(one for one in newest.value["items"] if isinstance(one, dict)) if newest else ()


def _closed(form: FormView | None, defects: tuple[Mapping[str, Any], ...]) -> Mapping[str, str] | None:
    """Hide the materials and corrections that no defect names; None when the defects name no field of the form."""
    materials = (form.schema.get("properties", {}).get("materials") or {}).get("properties", {}) if form else {}
    codes = {str(one.get("code", "")) for one in defects}
    named = codes & set(materials)
    if not named:
        return None
    closed = {f"/materials/{code}": "hidden" for code in materials if code not in named}
    if codes <= set(materials):
        closed["/answers"] = "hidden"
    return closed


def complete(asked: TaskView, value: dict[str, Any], outcome: str, person: Person, revision: str, key: str) -> None:
    """Send my task."""
    seen = int(revision) if revision.isdecimal() else asked.revision
    current_services().engine.complete_task(asked.id, seen, person.actor, outcome, value, key)


def sections(found: CaseView) -> list[Section]:
    """What I sent, laid out by the version of the form that took it."""
    item = current_services().engine.case_file(found.id).get("application")
    if item is None:
        return []
    form = form_of(item.form_key, item.form_version) if item.form_key else None
    return lay_out(form.schema if form else {}, item.value)


def documents(found: CaseView) -> list[IssuedDocumentView]:
    """Notices and certificates of this case, newest first."""
    papers = current_services().engine.issued_documents(found.id)
    return sorted(papers, key=lambda paper: (paper.valid_to is None, paper.issued_at))


def pdf_of(paper: IssuedDocumentView) -> bytes:
    """The bytes of a paper."""
    return paper.pdf


def decision(found: CaseView) -> Mapping[str, Any] | None:
    """How the case ended: outcome, reason in plain words, what one can do against it; None while it runs."""
    if found.status == "running":
        return None
    items = current_services().engine.case_file(found.id)
    opinions = [item for item in items.values() if isinstance(item.value, dict) and item.value.get("outcome")]
    last = max(opinions, key=lambda item: item.event_seq, default=None)
    reason = next(
        (str(last.value[key]) for key in ("reason", "fail_reason", "opinion") if last and last.value.get(key)), ""
    )
    return {"outcome": found.outcome_name or found.outcome, "reason": found.closed_reason or reason, "at": found.closed_at}


def messages(found: CaseView) -> list[Mapping[str, Any]]:
    """Text messages that were sent in this case, oldest first."""
    query = select(outgoing_message).where(outgoing_message.c.case_id == found.id)
    return list(rows(query.order_by(outgoing_message.c.sent_at)))
