"""The six outside checks as topics: ask each person's register, keep every raw answer, form one verdict.

Asks in the order in which the persons stand; never asks about a person without a resident identity number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from engine import Evidence, HandlerContext, ServiceResult, Unavailable, service_task
from handlers.eligibility.rules import verdict_of

_LONGEST_LIST = 30
# A system that does not speak at all is not asked about the next person; one that is still preparing is.
_SILENT = ("timeout", "transport", "breaker_open")


def _check(ctx: HandlerContext, system: str) -> ServiceResult:
    """params.persons: name, id_no, id_type, marital_status, relation.

    Returns verdict, summary, system, department, request_id, queried_at, as_of, persons (name, id_no,
    relation, facts, source).
    Raises Unavailable (asked again with the same keys), Rejected, ContractBroken (someone else's data).
    """
    persons = (ctx.params.get("persons") or [])[:_LONGEST_LIST]
    spouses = [p["id_no"] for p in persons if p.get("relation") in ("配偶", "本人")]
    answers: list[dict[str, Any]] = []
    proofs: list[Evidence] = []
    last: Any = None
    waiting: Unavailable | None = None
    for place, person in enumerate(persons):
        entry = {"name": person["name"], "id_no": person["id_no"], "relation": person.get("relation"), "facts": None}
        if system == "marriage":
            entry |= {"marital_status": person.get("marital_status")}
            entry |= {"spouses": spouses} if person.get("relation") in ("本人", "配偶") else {}
        if person.get("id_type", "id_card") in (None, "id_card"):
            try:
                last = _ask(ctx, system, person, place)
            except Unavailable as error:
                if error.details.get("reason") in _SILENT:
                    raise
                waiting = error
                continue
            proofs.append(_proof(last))
            entry |= {"facts": last.facts(), "source": _source(ctx, system, last)}
        answers.append(entry)
    if waiting is not None:
        raise waiting
    verdict, summary = verdict_of(system, answers)
    title = ctx.params.get("title")
    value = {"verdict": verdict, "summary": summary, "title": title, "persons": answers}
    return ServiceResult({**value, **_source(ctx, system, last)}, tuple(proofs))


def _ask(ctx: HandlerContext, system: str, person: Mapping[str, Any], place: int) -> Any:
    client = getattr(ctx.services.connectors, system)
    return client.check(id_no=person["id_no"], name=person["name"], idempotency_key=f"{ctx.idempotency_key}:{place}")


def _source(ctx: HandlerContext, system: str, last: Any) -> Mapping[str, Any]:
    queried = last.received_at if last is not None else ctx.now
    return {
        "system": last.system if last is not None else system,
        "department": last.department if last is not None else None,
        "request_id": last.request_id if last is not None else None,
        "queried_at": _instant(queried),
        "as_of": last.as_of.isoformat() if last is not None else None,
    }


def _instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _proof(answer: Any) -> Evidence:
    return Evidence(
        answer.system, answer.department, answer.request_id, answer.raw, answer.received_at, answer.as_of.isoformat()
    )


def _topic(system: str) -> Callable[[HandlerContext], ServiceResult]:
    @service_task(f"eligibility.verify_{system}", outside=True)
    def verify(ctx: HandlerContext) -> ServiceResult:
        return _check(ctx, system)

    return verify


# Source: SH-028 (real estate), SH-027.R2 (public housing), SH-029 (resettlement), SH-026.R1 and R2.
VERIFIERS = {
    system: _topic(system)
    for system in ("real_estate", "public_housing", "resettlement", "social_insurance", "marriage", "violations")
}
