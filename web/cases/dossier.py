"""Gathers what a case page shows: documents, facts, checks, rules, history, related cases; judges nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from engine import CaseFilter
from engine.errors import NotFound
from engine.records import issued_document, outgoing_message, stored_file
from engine.views import CaseView, DecisionRecordView, EventView, ItemView, NoticeView, Progress, TaskView
from web.answers import Section, file_ids, lay_out
from web.auth.people import Person
from web.masking import mask_value
from web.services import current_services, rows
from web.submission import form_of

PUBLIC_GROUPS = frozenset({"supervisor", "city_examiner", "auditor", "verification_authority"})


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
class Check:
    """One answer of an outside system with where it came from; `raw` is masked text for the page."""

    name: str
    title: str
    verdict: str
    summary: str
    system: str
    department: str
    request_id: str
    queried_at: str
    as_of: str
    facts: tuple[tuple[str, Any], ...]
    evidence_id: str | None
    sha256: str
    raw: str
    intact: bool
    person: str


@dataclass(frozen=True)
class Difference:
    """A declared value beside the verified one."""

    label: str
    declared: str
    verified: str
    source: str
    differs: bool


@dataclass(frozen=True)
class Dossier:
    """Everything for one case page."""

    case: CaseView
    sections: list[Section]
    documents: list[Document]
    checks: list[Check]
    differences: list[Difference]
    decisions: list[DecisionRecordView]
    events: list[EventView]
    progress: Progress
    tasks: list[TaskView]
    related: list[CaseView]
    items: Mapping[str, ItemView]
    notices: list[NoticeView]


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
    units = person.actor.org_units
    district_unit = f"SH-{case.district}" if case.district else None
    return bool({case.org_unit, district_unit} & units) or case.started_by == person.account_id or bool(
        {t.org_unit for t in current_services().engine.tasks_of(case.id)} & units
    )


def open_dossier(case: CaseView, hide_verification: bool = False) -> Dossier:
    """Read everything about one case. `hide_verification`: results that are not released yet stay closed (SH-030)."""
    engine = current_services().engine
    items = engine.case_file(case.id)
    application = items.get("application")
    schema: Mapping[str, Any] = {}
    if application is not None and application.form_key:
        schema = form_of(application.form_key, application.form_version).schema
    value = application.value if application is not None else {}
    checks = [] if hide_verification else _checks(case, items)
    return Dossier(
        case=case,
        sections=lay_out(schema, value),
        documents=_documents(case, schema, value),
        checks=checks,
        differences=_differences(value, checks),
        decisions=list(engine.decision_records(case.id)),
        events=list(engine.events(case.id)),
        progress=engine.progress(case.id),
        tasks=[t for t in engine.tasks_of(case.id, open_only=True)],
        related=related(case),
        items=items,
        notices=[],
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
    columns = [c for c in issued_document.c if c.name != "pdf"]
    papers = rows(select(*columns).where(issued_document.c.case_id == case.id).order_by(issued_document.c.issued_at))
    found += [
        Document(r["id"], r["title"], f"{r['number']}.pdf", "application/pdf", f"/cases/{case.case_no}/documents/{r['id']}",
                 r["sha256"], r["issued_at"], True)
        for r in papers
    ]
    return found


def _checks(case: CaseView, items: Mapping[str, ItemView]) -> list[Check]:
    evidence = {e.id: e for e in current_services().engine.evidence(case.id)}
    found = []
    for name, item in items.items():
        for part, value in _verdicts(name, item.value):
            found.append(_check(part, value, evidence.get(str(value.get("evidence_id") or item.evidence_id or ""))))
    order = {"fail": 0, "error": 1, "manual": 2, "running": 3, "pass": 4}
    return sorted(found, key=lambda check: (order.get(check.verdict, 5), check.name))


def _verdicts(name: str, value: Any) -> list[tuple[str, Mapping[str, Any]]]:
    """The check results in one item: itself, or a list of them."""
    if isinstance(value, dict) and value.get("verdict") and (value.get("system") or value.get("department")):
        return [(name, value)]
    if isinstance(value, list):
        return [found for number, one in enumerate(value) for found in _verdicts(f"{name}#{number}", one)]
    return []


_ENVELOPE = frozenset(
    {"verdict", "summary", "system", "department", "request_id", "queried_at", "as_of", "evidence_id", "title", "raw",
     "person", "name", "id_no", "subject"}
)


def _check(name: str, value: Mapping[str, Any], proof: Any) -> Check:
    person = value.get("person") or value.get("name") or value.get("subject") or ""
    return Check(
        name=name,
        title=str(value.get("title") or SYSTEMS.get(str(value.get("system")), value.get("system") or name)),
        verdict=str(value["verdict"]),
        summary=str(value.get("summary", "")),
        system=str(value.get("system", "")),
        department=str(value.get("department", "")),
        request_id=str(value.get("request_id", "")),
        queried_at=str(value.get("queried_at", "")),
        as_of=str(value.get("as_of") or ""),
        facts=tuple((key, mask_value(one)) for key, one in value.items() if key not in _ENVELOPE),
        evidence_id=proof.id if proof else None,
        sha256=proof.sha256 if proof else "",
        raw=masked_raw(proof.raw) if proof else "",
        intact=proof.intact if proof else True,
        person=person if isinstance(person, str) else str(person.get("name", "")),
    )


def masked_raw(raw: bytes) -> str:
    """The raw answer as text with numbers masked; its hash is of the bytes as received."""
    from web.masking import mask_text

    return mask_text(raw.decode("utf-8", "replace"))[:20_000]


SYSTEMS = {
    "real_estate": "不动产登记核查",
    "public_housing": "公有住房核查",
    "resettlement": "征收安置住房核查",
    "social_insurance": "社会保险核查",
    "marriage": "婚姻核查",
    "violations": "违规违约核查",
    "licence_library": "电子证照库",
    "case_repository": "办件库",
    "thematic_database": "主题库",
}


def _differences(value: Mapping[str, Any], checks: list[Check]) -> list[Difference]:
    """Declared and verified values side by side, mismatches first; compares only what both sides say."""
    found: list[Difference] = []
    applicant = value.get("applicant", {}) if isinstance(value.get("applicant"), dict) else {}
    for check in checks:
        facts = dict(check.facts)
        for label, declared, keys in (
            ("婚姻状况", applicant.get("marital_status"), ("marital_status", "registered_status", "status")),
            ("工作单位", (value.get("employment") or {}).get("employer_name"), ("employer", "employer_name")),
            ("有产权住房", _yes(value.get("housing", {}).get("owns_home")), ("owns_home", "homes_count")),
        ):
            verified = next((facts[key] for key in keys if key in facts), None)
            system = {"婚姻状况": "marriage", "工作单位": "social_insurance", "有产权住房": "real_estate"}[label]
            if check.system == system and declared is not None and verified is not None:
                said = _yes(bool(verified)) if label == "有产权住房" else str(verified)
                found.append(Difference(label, str(declared), said, check.department or check.system, str(declared) != said))
    return sorted(found, key=lambda one: not one.differs)


def _yes(value: Any) -> str | None:
    return None if value is None else "是" if value else "否"


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
