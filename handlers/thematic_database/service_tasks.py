"""Pushes the facts of a finished case to the thematic database. Chooses nothing: the diagram names the facts."""

from __future__ import annotations

from engine import Evidence, HandlerContext, ServiceResult, service_task


@service_task("thematic_database.push", outside=True)
def push(ctx: HandlerContext) -> ServiceResult:
    """params: subject, facts. The record is the case. Source: SH-045.R3. Safe to repeat: keyed."""
    answer = ctx.services.connectors.thematic_database.push(
        subject=ctx.params["subject"],
        record_id=ctx.case.case_no,
        facts=ctx.params.get("facts") or {},
        idempotency_key=ctx.idempotency_key,
    )
    evidence = Evidence(
        answer.system, answer.department, answer.request_id, answer.raw, answer.received_at, answer.as_of.isoformat()
    )
    return ServiceResult({**answer.facts(), "request_id": answer.request_id}, (evidence,))
