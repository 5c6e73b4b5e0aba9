"""Ends a case whose deletion the city has approved and takes it off the screens; the case repository keeps it. SH-045.R8."""

from __future__ import annotations

from contextlib import suppress

from sqlalchemy import Connection, select, update

from engine import SYSTEM, HandlerContext, IllegalTransition, ServiceResult, service_task
from engine.records import cases
from handlers.eligibility.records import deleted_case
from handlers.eligibility.registers import release_slots

DELETED = "deleted"


@service_task("eligibility.delete_case", outside=True)
def delete_case(ctx: HandlerContext) -> ServiceResult:
    """params: case_id, reason. Outside, because it is a command on another case. Safe to repeat: keyed."""
    case_id, reason = ctx.params["case_id"], str(ctx.params["reason"])
    with suppress(IllegalTransition):  # it has ended in the meantime; it is hidden all the same
        ctx.services.engine.cancel_case(case_id, SYSTEM, f"删除：{reason}", ctx.idempotency_key)
    with ctx.services.database.connect() as connection:
        case_no = connection.execute(select(cases.c.case_no).where(cases.c.id == case_id)).scalar_one()
    row = {
        "case_id": case_id,
        "case_no": case_no,
        "reason": reason,
        "request_case_no": ctx.case.case_no,
        "deleted_at": ctx.now,
    }

    def hide(connection: Connection) -> None:
        """A deleted case belongs to no unit any more, so no list of the bureau shows it; its applicant still sees it."""
        connection.execute(deleted_case.insert().values(**row))
        gone = {"org_unit": DELETED, "outcome": DELETED, "outcome_name": "已删除"}
        connection.execute(update(cases).where(cases.c.id == case_id).values(**gone))
        release_slots(connection, case_id, "已删除", ctx.now)

    return ServiceResult({"case_no": case_no}, (), hide)


def is_deleted(connection: Connection, case_id: str) -> bool:
    """Whether a case is to be shown on no screen of the bureau any more."""
    return (
        connection.execute(select(deleted_case.c.case_id).where(deleted_case.c.case_id == case_id)).first() is not None
    )
