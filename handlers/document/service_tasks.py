"""Numbers, prints and keeps the papers of a case. Refuses to issue what it cannot draw in full."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, select

from engine import Evidence, HandlerContext, ServiceResult, service_task
from engine.identifiers import new_id
from engine.numbering import next_number
from engine.records import issued_document
from handlers.document.papers import paper as written

NUMBER_RULES: Mapping[str, str] = {"public_rental_certificate": "沪公租准{year}{district}{seq:6}"}
_CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def years_later(day: date, years: int) -> date:
    """The last day of a validity of so many years that begins on `day`: the day before its anniversary."""
    try:
        return day.replace(year=day.year + years) - timedelta(days=1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=2, day=28)


@service_task("document.number")
def number(ctx: HandlerContext) -> ServiceResult:
    """params: rule (name in NUMBER_RULES), valid_years. Nobody types the days: they follow from today. Source: SH-046.R1.

    Returns number, valid_from, valid_to (inclusive).
    """
    assert ctx.connection is not None
    rule = NUMBER_RULES[ctx.params["rule"]]
    given = next_number(ctx.connection, rule, ctx.now, district=ctx.case.district or "310000")
    valid_to = years_later(ctx.today, int(ctx.params["valid_years"]))
    return ServiceResult({"number": given, "valid_from": ctx.today.isoformat(), "valid_to": valid_to.isoformat()})


@service_task("document.issue", outside=True)
def issue(ctx: HandlerContext) -> ServiceResult:
    """Print a paper and keep it as an issued document. Source: SH-015.R1, SH-024.R1, SH-032.R1, SH-045.R4, R5.

    params: template, kind, title, facts, numbering (number, valid_from, valid_to) or none, agency (unit_name).
    Returns document_id, number, verify_code, sha256. Raises BusinessFault glyph_missing; Unavailable while the
    signing service does not answer (only papers with "ca_sign").
    """
    facts = {**(ctx.params.get("facts") or {}), "numbering": ctx.params.get("numbering"), "case": ctx.case.as_item()}
    sheet = {**written(ctx.params["template"], facts), "title": ctx.params["title"]}
    agency = (ctx.params.get("agency") or {}).get("unit_name") or "上海市公共租赁住房受理机构"
    numbering = ctx.params.get("numbering") or {}
    given = numbering.get("number") or _own_number(ctx)
    code = "".join(secrets.choice(_CODE_ALPHABET) for _ in range(16))
    day = f"{ctx.today.year}年{ctx.today.month}月{ctx.today.day}日"
    pdf = ctx.services.documents.print(sheet, number=given, agency=agency, issued_on=day, code=code)
    receipt, proofs = _ca_receipt(ctx, sheet, pdf, agency)
    row = {
        "id": new_id(ctx.now),
        "case_id": ctx.case.id,
        "kind": ctx.params["kind"],
        "title": ctx.params["title"],
        "number": given,
        "pdf": pdf,
        "sha256": sha256(pdf).hexdigest(),
        "verify_code": code,
        "facts": {**sheet.get("verify", {}), **receipt},
        "valid_from": _day(numbering.get("valid_from")),
        "valid_to": _day(numbering.get("valid_to")),
        "status": "valid",
        "issued_at": ctx.now,
    }

    def keep(connection: Connection) -> None:
        connection.execute(issued_document.insert().values(**row))

    value = {"document_id": row["id"], "number": given, "verify_code": code, "sha256": row["sha256"], **receipt}
    return ServiceResult({**value, "kind": row["kind"], "title": row["title"]}, proofs, keep)


def _own_number(ctx: HandlerContext) -> str:
    """Papers without a series are numbered within their case, a second edition with -2."""
    kind = ctx.params["kind"]
    with ctx.services.database.connect() as connection:
        earlier = connection.execute(
            select(func.count()).where(issued_document.c.case_id == ctx.case.id, issued_document.c.kind == kind)
        ).scalar_one()
    return f"{ctx.case.case_no}-{''.join(word[0] for word in kind.split('_')).upper()}{earlier + 1}"


def _ca_receipt(
    ctx: HandlerContext, sheet: Mapping[str, Any], pdf: bytes, agency: str
) -> tuple[dict[str, Any], tuple[Evidence, ...]]:
    """The digital certification centre's signature over the digest, for papers that ask for it (SH-045.R5)."""
    if not sheet.get("ca_sign"):
        return {}, ()
    digest = sha256(pdf).hexdigest()
    answer = ctx.services.connectors.ca_signing.sign(
        document_sha256=digest,
        document_name=f"{ctx.params['title']}.pdf",
        agency=agency,
        idempotency_key=f"{ctx.idempotency_key}:{digest[:16]}",
    )
    proof = Evidence(
        answer.system, answer.department, answer.request_id, answer.raw, answer.received_at, answer.as_of.isoformat()
    )
    return {"签章编号": answer.value.signature_no}, (proof,)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
