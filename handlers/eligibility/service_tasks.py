"""Steps of the eligibility flows that touch our own registers, each inside the step's transaction. Calls nobody outside."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import select, update

from engine import BusinessFault, HandlerContext, ServiceResult, service_task
from engine.clock import ZONE
from engine.records import cases
from handlers.eligibility import checks, deletion, registers
from handlers.eligibility.rules import assess as assessed
from handlers.eligibility.rules import missing_materials, persons_of

__all__ = ["checks", "deletion"]
_KIND = {"public_rental": "public_rental"}


def _kind(ctx: HandlerContext) -> str:
    return _KIND.get(ctx.case.process_key, ctx.case.process_key)


@service_task("eligibility.register")
def register(ctx: HandlerContext) -> ServiceResult:
    """Hold the slots, look for duplicates, find the case that a re-check renews. Source: SH-012.R2, R3, SH-014.R1 to R4.

    Returns duplicates (by kind), blocked, conflicts, history, check_dispatch_at (when a window case's checks are sent).
    """
    assert ctx.connection is not None
    application = ctx.params["application"]
    history = None
    if application.get("kind") == "recheck":
        wanted = str(application.get("history_case_no") or "")
        history = registers.history_of(ctx.connection, wanted, application["applicant"]["id_no"])
        if history is not None:
            business = str(application.get("recheck_type"))
            registers.link_recheck(ctx.connection, ctx.case.id, ctx.case.case_no, history["case_no"], business)
    return ServiceResult({**_duplicates(ctx), "history": history, "check_dispatch_at": _dispatch_at(ctx)})


def _dispatch_at(ctx: HandlerContext) -> str:
    """The next hour of the day at which window cases' checks are sent (SH-031.R3)."""
    hour = int((ctx.scope.get("periods") or {}).get("check_dispatch_hour") or 22)
    moment = datetime.combine(ctx.today, time(hour), ZONE)
    return (moment if moment > ctx.now else moment + timedelta(days=1)).isoformat()


@service_task("eligibility.duplicate_check")
def duplicate_check(ctx: HandlerContext) -> ServiceResult:
    """The same look again before acceptance: what blocked the case may have ended. Source: SH-014, SH-023.R2."""
    return ServiceResult(_duplicates(ctx))


def _duplicates(ctx: HandlerContext) -> dict[str, Any]:
    assert ctx.connection is not None
    id_nos = [person["id_no"] for person in persons_of(ctx.params["application"])]
    conflicts = registers.hold_slots(ctx.connection, _kind(ctx), id_nos, ctx.case.id, ctx.case.case_no, ctx.now)
    found = registers.duplicates(ctx.connection, id_nos, ctx.case.id, ctx.today)
    told = [{"id_no": slot["id_no"], "case_no": slot["case_no"]} for slot in conflicts]
    return {"by_kind": found, "count": sum(map(len, found.values())), "blocked": bool(told), "conflicts": told}


@service_task("eligibility.start_countdown")
def start_countdown(ctx: HandlerContext) -> ServiceResult:
    """Set the case's deadline by the table's working days, counted from submission. Source: SH-048.R1, R2.

    params.working_days. Returns due_on, working_days, proof.
    """
    assert ctx.connection is not None
    days = int(ctx.params["working_days"])
    due = ctx.calendar.add_working_days(ctx.case.submitted_on, days)
    ctx.connection.execute(
        update(cases)
        .where(cases.c.id == ctx.case.id)
        .values(deadline_working_days=days, due_on=due.day, due_proof=due.proof)
    )
    return ServiceResult({"working_days": days, "due_on": due.day.isoformat(), "proof": due.proof})


@service_task("eligibility.pre_review_overdue")
def pre_review_overdue(ctx: HandlerContext) -> ServiceResult:
    """Note that the pre-review is late, for the alert on the home page. Source: SH-014.R7."""
    limit = int(ctx.params["limit_working_days"])
    taken = ctx.calendar.working_days_between(ctx.case.submitted_on, ctx.today)
    return ServiceResult(
        {
            "noticed_on": ctx.today.isoformat(),
            "limit_working_days": limit,
            "overdue_working_days": max(taken - limit, 0),
        }
    )


@service_task("eligibility.materials")
def materials(ctx: HandlerContext) -> ServiceResult:
    """Compare the mandatory materials with what was handed in and supplemented. Source: SH-013.R5, SH-024.R2.

    Returns required and missing (lists of code, name).
    """
    supplement = ctx.params.get("supplement") or {}
    given = [ctx.params["application"].get("materials"), supplement.get("materials")]
    required = ctx.params.get("required") or []
    return ServiceResult({"required": required, "missing": missing_materials(required, given)})


@service_task("eligibility.assess")
def assess(ctx: HandlerContext) -> ServiceResult:
    """Per-capita area and the other inputs of the eligibility table. Source: SH-032.R2."""
    return ServiceResult(assessed(ctx.params["application"], ctx.params["checks"], ctx.today))


@service_task("eligibility.release")
def release(ctx: HandlerContext) -> ServiceResult:
    """Close as failed in our registers: slots go free, the mark 无资格 is set. Source: SH-023.R6, SH-033.R6, SH-043.R4.

    params: result, reason. Returns released (number of slots).
    """
    assert ctx.connection is not None
    result, reason = str(ctx.params["result"]), str(ctx.params.get("reason") or "")
    released = registers.release_slots(ctx.connection, ctx.case.id, result, ctx.now)
    id_no = str(ctx.case.applicant_id_no)
    registers.mark_without_qualification(ctx.connection, _kind(ctx), ctx.case.id, id_no, result, reason, ctx.now)
    return ServiceResult({"released": released, "result": result})


@service_task("eligibility.admit")
def admit(ctx: HandlerContext) -> ServiceResult:
    """Enter the qualification and give up the slots. Source: SH-045.R2, SH-046.R1, R2.

    params: certificate (number, valid_from, valid_to), admission (conditions, priority_group).
    """
    assert ctx.connection is not None
    certificate, admission = ctx.params["certificate"], ctx.params["admission"]
    history = (ctx.scope.get("registration") or {}).get("history") or {}
    row = {
        "number": certificate["number"],
        "kind": _kind(ctx),
        "case_id": ctx.case.id,
        "case_no": ctx.case.case_no,
        "id_no": str(ctx.case.applicant_id_no),
        "holder_name": str(ctx.case.applicant_name),
        "valid_from": datetime.fromisoformat(certificate["valid_from"]).date(),
        "valid_to": datetime.fromisoformat(certificate["valid_to"]).date(),
        "status": "effective",
        "conditions": admission.get("conditions"),
        "priority_group": admission.get("priority_group"),
        "created_at": ctx.now,
    }
    registers.admit(ctx.connection, row, history.get("number"))
    registers.release_slots(ctx.connection, ctx.case.id, "审核通过办结", ctx.now)
    shown = ("number", "kind", "status", "conditions", "priority_group")
    days = {name: certificate[name] for name in ("valid_from", "valid_to")}
    return ServiceResult({**{name: row[name] for name in shown}, **days, "renews": history.get("number")})


@service_task("eligibility.deletion_target")
def deletion_target(ctx: HandlerContext) -> ServiceResult:
    """The case under review that is to be deleted. Raises BusinessFault case_not_in_review. Source: SH-045.R7."""
    assert ctx.connection is not None
    query = select(cases).where(cases.c.case_no == ctx.params["case_no"], cases.c.status == "running")
    row = ctx.connection.execute(query).mappings().one_or_none()
    if row is None or row["id"] == ctx.case.id:
        raise BusinessFault(
            "case_not_in_review", "没有这个在审办件，不能删除；请核对办件编号", case_no=ctx.params["case_no"]
        )
    shown = ("case_no", "title", "applicant_name", "applicant_id_no", "process_key")
    return ServiceResult({"case_id": row["id"], **{name: row[name] for name in shown}})
