"""What the one-stop portal asks of us (SH-005): a person's cases, valid qualifications, supplements, agencies."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine import CaseFilter
from engine.errors import NotFound
from engine.records import cases, issued_document
from web.auth.people import unit_name, units
from web.masking import mask_name
from web.services import current_services, rows

PROCESS = "public_rental"


def _cases_of(id_no: str, name: str | None) -> list[Any]:
    page = current_services().engine.cases(CaseFilter(applicant_id_no=id_no.upper(), process_key=PROCESS), size=100)
    return [case for case in page.items if not name or case.applicant_name == name]


def _valid_papers(case_ids: list[str]) -> list[Any]:
    """Certificates in force of these cases with case number and agency."""
    if not case_ids:
        return []
    today = current_services().clock.today()
    paper = issued_document.c
    query = (
        select(
            paper.number,
            paper.valid_from,
            paper.valid_to,
            paper.case_id,
            cases.c.case_no,
            cases.c.applicant_name,
            cases.c.org_unit,
        )
        .join(cases, cases.c.id == paper.case_id)
        .where(paper.case_id.in_(case_ids), paper.status == "valid", paper.valid_from <= today, paper.valid_to >= today)
        .order_by(paper.valid_from.desc())
    )
    return list(rows(query))


def person_check(id_no: str, name: str | None = None) -> dict[str, Any]:
    """Whether the person has a case in progress and a currently valid one."""
    found = _cases_of(id_no, name)
    running = [case for case in found if case.status == "running"]
    valid_ids = {paper["case_id"] for paper in _valid_papers([case.id for case in found])}
    valid = [case for case in found if case.id in valid_ids]
    return {
        "in_progress": bool(running),
        "currently_valid": bool(valid),
        "cases_in_progress": running,
        "valid_cases": valid,
    }


def current_valid_case_detail(id_no: str, name: str | None = None) -> dict[str, Any]:
    """The details from which a re-check is made."""
    papers = _valid_papers([case.id for case in _cases_of(id_no, name)])
    return {
        "items": [
            {
                "case_no": paper["case_no"],
                "applicant_name": mask_name(paper["applicant_name"]),
                "accepting_agency": paper["org_unit"] or "",
                "accepting_agency_name": unit_name(paper["org_unit"]),
                "certificate_number": paper["number"],
                "effective_on": paper["valid_from"],
                "expires_on": paper["valid_to"],
            }
            for paper in papers
        ]
    }


def supplement_material_notice(case_no: str) -> dict[str, Any]:
    """What the applicant has to bring now: the newest list of defects. Raises NotFound for an unknown number."""
    engine = current_services().engine
    case = engine.case(case_no)
    waiting = [task for task in engine.tasks_of(case.id, open_only=True) if task.applicant]
    lists = [
        (item.event_seq, item.value["items"])
        for item in engine.case_file(case.id).values()
        if isinstance(item.value, dict) and isinstance(item.value.get("items"), list) and "supplement" in item.name
    ]
    items = max(lists, key=lambda one: one[0])[1] if lists else []
    return {
        "case_no": case.case_no,
        "open": bool(waiting),
        "due_on": waiting[0].due_on if waiting else None,
        "items": items,
    }


def accepting_agency_list(district: str) -> dict[str, Any]:
    """The accepting agencies of a district. Raises NotFound for a district that is not ours."""
    here = [unit for unit in units.fresh().values() if unit["district"] == district and unit["kind"] == "operator"]
    if not here:
        raise NotFound("没有这个行政区的受理机构，请核对行政区代码", district=district)
    return {"items": sorted(here, key=lambda unit: unit["code"])}
