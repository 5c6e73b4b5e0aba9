"""Tells the city's case repository how a case stands, and asks its pre-check. Keeps the receipts, decides nothing."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from sqlalchemy import select

from engine import Evidence, HandlerContext, ServiceResult, service_task
from engine.records import issued_document

SERVICE_ITEMS = {"public_rental": "GZF-ZGSQ-001"}


def proof(answer: Any) -> Evidence:
    """The raw answer of a connector as evidence."""
    return Evidence(
        answer.system, answer.department, answer.request_id, answer.raw, answer.received_at, answer.as_of.isoformat()
    )


def _content(application: dict[str, Any]) -> dict[str, Any]:
    person, housing = application["applicant"], application.get("housing") or {}
    return {
        "basics": {
            "name": person["name"],
            "mobile": person.get("mobile"),
            "address": housing.get("contact_address") or housing.get("living_address"),
            "kind": application.get("kind"),
            "raising_type": application.get("raising_type"),
            "district": application.get("district"),
        },
        "family": (application.get("household") or {}).get("members") or [],
        "housing": housing.get("homes") or [],
    }


def _has_id_card(person: dict[str, Any]) -> bool:
    return person.get("id_type", "id_card") == "id_card"


@service_task("case_repository.prefill", outside=True)
def prefill(ctx: HandlerContext) -> ServiceResult:
    """Upload basics, family, housing, all applicants and the application form file. Source: SH-013.R1, SH-013.R2.

    Returns prefill_no, service_item_code. Raises Unavailable, Rejected, ContractBroken. Safe to repeat: keyed.
    """
    application = ctx.params["application"]
    person = application["applicant"]
    if not _has_id_card(person):
        return ServiceResult({"skipped": "申请人没有居民身份证，办件库不提供预填"})
    content = _content(application)
    answer = ctx.services.connectors.case_repository.prefill(
        service_item_code=SERVICE_ITEMS.get(ctx.case.process_key, ctx.case.process_key),
        applicant_id_no=person["id_no"],
        applicant_name=person["name"],
        basics=content["basics"],
        family=content["family"],
        housing=content["housing"],
        applicants=[person, *content["family"]],
        form_file_base64=_file(ctx, ctx.params.get("form_document")),
        idempotency_key=ctx.idempotency_key,
    )
    return ServiceResult({**answer.facts(), "request_id": answer.request_id}, (proof(answer),))


def _file(ctx: HandlerContext, document_id: str | None) -> str:
    """The generated application form as the repository takes it; empty if there is none."""
    if not document_id:
        return ""
    with ctx.services.database.connect() as connection:
        found = connection.execute(select(issued_document.c.pdf).where(issued_document.c.id == document_id))
        return b64encode(bytes(found.scalar_one())).decode("ascii")


@service_task("case_repository.precheck", outside=True)
def precheck(ctx: HandlerContext) -> ServiceResult:
    """Have the pre-filled content validated before it is submitted. Source: SH-015.R2.

    Returns passed, problems (path, message), in_progress, valid. Safe to repeat: keyed.
    """
    application = ctx.params["application"]
    person = application["applicant"]
    if not _has_id_card(person):
        return ServiceResult({"passed": True, "problems": [], "in_progress": [], "valid": []})
    answer = ctx.services.connectors.case_repository.precheck(
        service_item_code=SERVICE_ITEMS.get(ctx.case.process_key, ctx.case.process_key),
        applicant_id_no=person["id_no"],
        applicant_name=person["name"],
        content=_content(application),
        idempotency_key=ctx.idempotency_key,
    )
    return ServiceResult({**answer.facts(), "request_id": answer.request_id}, (proof(answer),))


def _number(ctx: HandlerContext) -> str:
    """The number under which the repository knows the case: its own if the case was collected there, else ours."""
    application = ctx.scope.get("application") or {}
    return str(application.get("repository_case_no") or ctx.case.case_no)


@service_task("case_repository.push_result", outside=True)
def push_result(ctx: HandlerContext) -> ServiceResult:
    """Push state, result and reason that the applicant reads in 我的办件. Source: SH-033.R5, SH-045.R3, SH-045.R9.

    params: state (a CaseState), result, reason, certificate; case_no and applicant_id_no if about another case.
    """
    params = ctx.params
    certificate = params.get("certificate") or {}
    answer = ctx.services.connectors.case_repository.push_result(
        case_no=str(params.get("case_no") or _number(ctx)),
        applicant_id_no=str(params.get("applicant_id_no") or ctx.case.applicant_id_no),
        state=params["state"],
        result=str(params.get("result") or ""),
        reason=str(params.get("reason") or ""),
        step=ctx.element_id,
        detail={key: certificate[key] for key in ("number", "valid_from", "valid_to") if key in certificate},
        idempotency_key=ctx.idempotency_key,
    )
    return ServiceResult(
        {**answer.facts(), "state": params["state"], "request_id": answer.request_id}, (proof(answer),)
    )


@service_task("case_repository.supplement", outside=True)
def supplement(ctx: HandlerContext) -> ServiceResult:
    """Keep the supplement state at the repository in step with ours. Source: SH-024.R3, SH-024.R4.

    params: state (requested, received, accepted, lapsed), items (code, name, detail), note.
    """
    answer = ctx.services.connectors.case_repository.update_supplement(
        case_no=_number(ctx),
        applicant_id_no=str(ctx.case.applicant_id_no),
        state=ctx.params["state"],
        missing=[item["name"] for item in ctx.params.get("items") or []],
        note=str(ctx.params.get("note") or ""),
        idempotency_key=ctx.idempotency_key,
    )
    return ServiceResult(
        {**answer.facts(), "state": ctx.params["state"], "request_id": answer.request_id}, (proof(answer),)
    )
