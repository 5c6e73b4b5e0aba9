"""Fetches authorised e-licences and stores issued certificates. Never asks without the holder's consent."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import select

from engine import Evidence, HandlerContext, Rejected, ServiceResult, service_task
from engine.records import issued_document


def _proof(answer: Any) -> Evidence:
    return Evidence(
        answer.system, answer.department, answer.request_id, answer.raw, answer.received_at, answer.as_of.isoformat()
    )


@service_task("licence_library.fetch", outside=True)
def fetch(ctx: HandlerContext) -> ServiceResult:
    """params: authorised (bool), types (names joined by commas). Source: SH-013.R6, SH-016.R2.

    Returns found (type, number, issuer, dates, hash) and notes; a refusal by the library is a note, not a failure,
    because the clerk can still ask for paper. Raises Unavailable, ContractBroken.
    """
    if not ctx.params.get("authorised"):
        return ServiceResult({"found": [], "notes": ["申请人未授权调取电子证照，请核对纸质材料"]})
    if not _is_id_card(ctx):
        return ServiceResult({"found": [], "notes": ["申请人没有居民身份证，不能调取电子证照"]})
    found: list[dict[str, Any]] = []
    notes: list[str] = []
    proofs: list[Evidence] = []
    for place, licence_type in enumerate(str(ctx.params["types"]).split(",")):
        try:
            answer = ctx.services.connectors.licence_library.fetch(
                holder_id_no=str(ctx.case.applicant_id_no),
                holder_name=str(ctx.case.applicant_name),
                licence_type=licence_type,
                authorisation_no=f"SQ-{ctx.case.case_no}",
                idempotency_key=f"{ctx.idempotency_key}:{place}",
            )
        except Rejected as refusal:
            notes.append(f"{licence_type}：{refusal.message}")
            continue
        proofs.append(_proof(answer))
        found += [_shown(licence) for licence in answer.value.licences]
    return ServiceResult({"found": found, "notes": notes}, tuple(proofs))


def _is_id_card(ctx: HandlerContext) -> bool:
    applicant = (ctx.scope.get("application") or {}).get("applicant") or {}
    return applicant.get("id_type", "id_card") == "id_card"


def _shown(licence: Any) -> dict[str, Any]:
    return {
        "licence_type": licence.licence_type,
        "licence_no": licence.licence_no,
        "issuer": licence.issuer,
        "issued_on": licence.issued_on.isoformat(),
        "valid_to": licence.valid_to.isoformat() if licence.valid_to else None,
        "document_sha256": licence.document_sha256,
    }


@service_task("licence_library.store", outside=True)
def store(ctx: HandlerContext) -> ServiceResult:
    """Keep an issued certificate in the library. Source: SH-045.R4, SH-046.R2. Safe to repeat: keyed.

    params: licence_type, document (document_id), numbering (number, issued_on, valid_from, valid_to).
    """
    numbering = ctx.params["numbering"]
    if not _is_id_card(ctx):
        return ServiceResult({"skipped": "持证人没有居民身份证，未归集电子证照库"})
    answer = ctx.services.connectors.licence_library.store(
        licence_type=ctx.params["licence_type"],
        licence_no=numbering["number"],
        holder_id_no=str(ctx.case.applicant_id_no),
        holder_name=str(ctx.case.applicant_name),
        issued_on=date.fromisoformat(numbering["valid_from"]),
        valid_from=date.fromisoformat(numbering["valid_from"]),
        valid_to=date.fromisoformat(numbering["valid_to"]),
        document=_pdf(ctx, ctx.params["document"]["document_id"]),
        idempotency_key=ctx.idempotency_key,
    )
    return ServiceResult({**answer.facts(), "request_id": answer.request_id}, (_proof(answer),))


def _pdf(ctx: HandlerContext, document_id: str) -> bytes:
    with ctx.services.database.connect() as connection:
        found = connection.execute(select(issued_document.c.pdf).where(issued_document.c.id == document_id))
        return bytes(found.scalar_one())
