"""Publishes a notice, closes it and settles the objections, within the step. Publishes no full name and no full number."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select

from engine import HandlerContext, ServiceResult, service_task
from engine.clock import ZONE
from engine.errors import BusinessFault
from engine.identifiers import new_id
from engine.numbering import next_number
from engine.records import objection, publication
from handlers.notice.masking import masked_name, masked_number


@service_task("notice.publish")
def publish(ctx: HandlerContext) -> ServiceResult:
    """params: kind, title, days (at least), day_kind (natural, working), setup (starts_on, ends_on, place), household_size.

    Returns publication_id, number, starts_on, ends_on, ends_at (the instant after the last day).
    Raises BusinessFault notice_period_too_short when the period begins in the past or is too short.
    Source: SH-043.R5, SH-044.R4.
    """
    setup, connection = ctx.params["setup"], ctx.connection
    assert connection is not None
    starts_on, ends_on = date.fromisoformat(setup["starts_on"]), date.fromisoformat(setup["ends_on"])
    _require_period(ctx, starts_on, ends_on)
    number = next_number(connection, "GS-{year}-{seq:6}", ctx.now)
    row = {
        "id": new_id(ctx.now),
        "case_id": ctx.case.id,
        "number": number,
        "kind": ctx.params["kind"],
        "title": ctx.params["title"],
        "text": _text(ctx, starts_on, ends_on),
        "details": _details(ctx),
        "place": setup["place"],
        "district": ctx.case.district,
        "starts_on": starts_on,
        "ends_on": ends_on,
        "status": "published",
        "created_at": ctx.now,
    }
    connection.execute(publication.insert().values(**row))
    ends_at = datetime.combine(ends_on + timedelta(days=1), time(), ZONE)
    return ServiceResult(
        {
            "publication_id": row["id"],
            "number": number,
            "starts_on": starts_on.isoformat(),
            "ends_on": ends_on.isoformat(),
            "ends_at": ends_at.isoformat(),
            "place": setup["place"],
        }
    )


def _require_period(ctx: HandlerContext, starts_on: date, ends_on: date) -> None:
    """The first and the last day both count."""
    wanted = int(ctx.params.get("days") or 1)
    days = [starts_on + timedelta(days=n) for n in range((ends_on - starts_on).days + 1)]
    held = sum(ctx.calendar.is_working(day) for day in days) if ctx.params.get("day_kind") == "working" else len(days)
    if starts_on < ctx.today:
        raise BusinessFault("notice_period_too_short", f"公示开始日期{starts_on}早于今天，请重新填写")
    if held < wanted:
        unit = "个工作日" if ctx.params.get("day_kind") == "working" else "天"
        raise BusinessFault("notice_period_too_short", f"公示期应不少于{wanted}{unit}，现为{held}{unit}，请重新填写")


def _text(ctx: HandlerContext, starts_on: date, ends_on: date) -> str:
    who = masked_name(ctx.case.applicant_name or "申请人")
    return (
        f"{who}（办件编号{ctx.case.case_no}）申请公共租赁住房准入资格，经审核符合条件，现予公示。"
        f"公示期自{starts_on}至{ends_on}。对公示内容有异议的，可在公示期内提出。"
    )


def _details(ctx: HandlerContext) -> dict[str, Any]:
    details = {
        "申请人": masked_name(ctx.case.applicant_name or "申请人"),
        "证件号码": masked_number(ctx.case.applicant_id_no or ""),
        "办件编号": ctx.case.case_no,
    }
    size = ctx.params.get("household_size")
    return {**details, "家庭人口": size} if size else details


@service_task("notice.close")
def close(ctx: HandlerContext) -> ServiceResult:
    """End the notice and gather what was objected. Returns count and items. Source: SH-043.R6, SH-044.R5."""
    connection = ctx.connection
    assert connection is not None
    publication_id = ctx.params["publication_id"]
    connection.execute(publication.update().where(publication.c.id == publication_id).values(status="ended"))
    query = select(objection).where(objection.c.publication_id == publication_id).order_by(objection.c.submitted_at)
    items = [
        {"receipt_no": row["receipt_no"], "text": row["text"], "submitted_at": row["submitted_at"].isoformat()}
        for row in connection.execute(query).mappings()
    ]
    return ServiceResult({"count": len(items), "items": items})


@service_task("notice.settle")
def settle(ctx: HandlerContext) -> ServiceResult:
    """Answer every open objection with the result of the verification. Returns answered (int)."""
    connection = ctx.connection
    assert connection is not None
    upheld = ctx.params["outcome"] == "upheld"
    answered = connection.execute(
        objection.update()
        .where(objection.c.publication_id == ctx.params["publication_id"], objection.c.status == "received")
        .values(
            status="upheld" if upheld else "dismissed",
            answer=ctx.params.get("answer") or "经核实，异议不成立",
            answered_at=ctx.now,
        )
    )
    return ServiceResult({"answered": answered.rowcount})
