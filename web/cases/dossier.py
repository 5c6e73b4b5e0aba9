"""Gathers what a case page shows: documents, facts, checks, rules, history, related cases; judges nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import g
from sqlalchemy import select

from engine import CaseFilter
from engine.errors import NotFound
from engine.records import issued_document, objection, outgoing_message, publication, stored_file
from engine.views import CaseView, DecisionRecordView, ItemView, Progress, TaskView
from handlers.eligibility.deletion import DELETED
from handlers.eligibility.rules import checks_visible
from web.answers import Section, file_ids, lay_out
from web.auth.people import Person
from web.cases.checks import Check, Difference, differences, read_checks
from web.cases.places import blocks
from web.services import current_services, rows
from web.submission import form_of

HOUSING = frozenset({"real_estate", "public_housing", "resettlement"})


@dataclass(frozen=True)
class Document:
    """One paper on the left side: an uploaded file or an issued document."""

    id: str
    label: str
    name: str
    media_type: str
    address: str
    sha256: str
    at: Any
    issued: bool = False


@dataclass(frozen=True)
class Dossier:
    """Everything for one case page."""

    case: CaseView
    sections: list[Section]
    documents: list[Document]
    checks: list[Check]
    differences: list[Difference]
    decisions: list[DecisionRecordView]
    progress: Progress
    tasks: list[TaskView]
    related: list[CaseView]
    items: Mapping[str, ItemView]
    blocks: Mapping[str, str]


def case_for(case_no: str, person: Person) -> CaseView:
    """The case if this person may see it. Raises NotFound otherwise, so that numbers cannot be tried out."""
    case = current_services().engine.case(case_no)
    if not may_see(case, person):
        raise NotFound("没有找到这个案件，或它不属于您可查看的机构", case_no=case_no)
    return case


def may_see(case: CaseView, person: Person) -> bool:
    """Staff see the cases of their own units and below; auditors and city posts see all that their unit covers."""
    if not person.is_staff:
        return case.applicant_id == person.account_id
    if person.any_of("auditor"):
        return True
    if case.org_unit == DELETED:
        return False  # SH-045.R8: kept for the applicant and the auditor only
    units = person.actor.org_units
    district_unit = f"SH-{case.district}" if case.district else None
    return bool({case.org_unit, district_unit} & units) or case.started_by == person.account_id or bool(
        {t.org_unit for t in current_services().engine.tasks_of(case.id)} & units
    )


def housing_locked(case: CaseView, person: Person) -> bool:
    """Housing results of a window case stay closed to the clerk until the authority has released them (SH-030.R2)."""
    decided = current_services().engine.case_file_scope(case.id).get("release_result") or {}
    return not checks_visible(case.channel, decided.get("outcome") == "confirm", person.actor.groups)


def application_of(items: Mapping[str, ItemView]) -> ItemView | None:
    """What the case was started with: the item `application`, or whatever the start event calls its form."""
    typed = [item for item in items.values() if item.form_key]
    return items.get("application") or min(typed, key=lambda item: item.event_seq, default=None)


def open_dossier(case: CaseView, hide_verification: bool = False) -> Dossier:
    """Read everything about one case. `hide_verification`: housing results that are not released stay closed (SH-030)."""
    engine = current_services().engine
    items = engine.case_file(case.id)
    application = application_of(items)
    schema: Mapping[str, Any] = {}
    if application is not None and application.form_key:
        schema = form_of(application.form_key, application.form_version).schema
    value = application.value if application is not None else {}
    found = [check for check in read_checks(case, items) if not (hide_verification and check.system in HOUSING)]
    return Dossier(
        case=case,
        sections=lay_out(schema, value),
        documents=_documents(case, schema, value),
        checks=found,
        differences=[] if hide_verification else differences(value, items),
        decisions=list(engine.decision_records(case.id)),
        progress=engine.progress(case.id),
        tasks=list(engine.tasks_of(case.id, open_only=True)),
        related=related(case),
        items=items,
        blocks=blocks(case),
    )


def _documents(case: CaseView, schema: Mapping[str, Any], value: Mapping[str, Any]) -> list[Document]:
    """Uploaded files with the material they are, the newest supplement last, then issued documents."""
    labels = {file_id: label for label, _path, file_id in file_ids(schema, value)}
    stored = rows(select(stored_file).where(stored_file.c.case_id == case.id).order_by(stored_file.c.uploaded_at))
    found = [
        Document(r["id"], labels.get(r["id"], r["field"] or "补充材料"), r["name"], r["media_type"], f"/files/{r['id']}",
                 r["sha256"], r["uploaded_at"])
        for r in stored
    ]
    known = {d.id for d in found}
    missing = [file_id for file_id in labels if file_id not in known]
    for r in rows(select(stored_file).where(stored_file.c.id.in_(missing))) if missing else ():
        found.append(Document(r["id"], labels[r["id"]], r["name"], r["media_type"], f"/files/{r['id']}", r["sha256"],
                              r["uploaded_at"]))
    g.setdefault("file_names", {}).update({d.id: d.name for d in found})
    columns = [c for c in issued_document.c if c.name != "pdf"]
    papers = rows(select(*columns).where(issued_document.c.case_id == case.id).order_by(issued_document.c.issued_at))
    found += [
        Document(r["id"], r["title"], f"{r['number']}.pdf", "application/pdf", f"/cases/{case.case_no}/documents/{r['id']}",
                 r["sha256"], r["issued_at"], True)
        for r in papers
    ]
    return found


def related(case: CaseView) -> list[CaseView]:
    """Other cases of the same applicant, newest first."""
    if not case.applicant_id_no:
        return []
    page = current_services().engine.cases(CaseFilter(applicant_id_no=case.applicant_id_no), page=1, size=20)
    return [other for other in page.items if other.id != case.id]


def messages(case: CaseView) -> list[Mapping[str, Any]]:
    """Text messages of the case, oldest first."""
    query = select(outgoing_message).where(outgoing_message.c.case_id == case.id).order_by(outgoing_message.c.sent_at)
    return list(rows(query))


def duplicates(items: Mapping[str, ItemView]) -> Mapping[str, Any] | None:
    """The result of the check across the four kinds of housing (SH-014): {by_kind, conflicts, count, blocked}."""
    item = items.get("duplicates") or items.get("registration")
    return item.value if item is not None and isinstance(item.value, dict) and "by_kind" in item.value else None


def objections(case: CaseView) -> list[Mapping[str, Any]]:
    """The objections to the notices of a case, newest first."""
    query = select(objection, publication.c.number, publication.c.title).join(
        publication, publication.c.id == objection.c.publication_id
    )
    return list(rows(query.where(objection.c.case_id == case.id).order_by(objection.c.submitted_at.desc())))
