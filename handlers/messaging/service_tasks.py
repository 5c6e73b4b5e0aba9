"""Sends one message at a named point of a case and keeps it in the log. Sends nothing without a mobile number."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from engine import Evidence, HandlerContext, ServiceResult, service_task
from engine.errors import DecisionMissing, Rejected
from engine.identifiers import new_id
from engine.records import outgoing_message
from handlers.messaging.kept import filled
from handlers.messaging.records import contact
from handlers.messaging.texts import masked_name, wording


@service_task("messaging.send", outside=True)
def send(ctx: HandlerContext) -> ServiceResult:
    """params: template and its values (agency, details, until_days, certificate, result, reason).

    Returns sent, message_id, text. A number that the platform refuses is noted, not an incident: the case goes on.
    Raises Unavailable, ContractBroken. Safe to repeat: keyed. Source: SH-016.R4, SH-047.R2 to R5.
    """
    mobile = ctx.case.mobile
    if not mobile:
        return ServiceResult({"sent": False, "note": "没有手机号码，未发送短信"})
    template = str(ctx.params["template"])
    text = _text(ctx, template, _values(ctx))
    try:
        answer = ctx.services.connectors.sms.send(
            mobile=mobile, template=template, text=text, idempotency_key=ctx.idempotency_key
        )
    except Rejected as refusal:
        return ServiceResult({"sent": False, "template": template, "text": text, "note": refusal.message})
    row = {
        "id": new_id(ctx.now),
        "case_id": ctx.case.id,
        "job_id": ctx.job_id,
        "mobile": mobile,
        "template": template,
        "text": text,
        "sent_at": ctx.now,
        "receipt": answer.value.message_id,
    }

    def log(connection: Connection) -> None:
        connection.execute(outgoing_message.insert().values(**row))

    evidence = Evidence(
        answer.system, answer.department, answer.request_id, answer.raw, answer.received_at, answer.as_of.isoformat()
    )
    value = {"sent": True, "template": template, "text": text, "message_id": answer.value.message_id}
    return ServiceResult(value, (evidence,), log)


def _text(ctx: HandlerContext, template: str, values: dict[str, Any]) -> str:
    """The wording in force today: the table `message_texts`, which administrators change, else the one shipped here."""
    try:
        kept = ctx.services.engine.try_decision("message_texts", {"template": template}, ctx.today).value
    except DecisionMissing:
        kept = ""
    return filled(str(kept), values) if kept else wording(template, values)


def _values(ctx: HandlerContext) -> dict[str, Any]:
    agency = ctx.params.get("agency") or ctx.scope.get("routing") or {}
    with ctx.services.database.connect() as connection:
        kept = contact(connection, agency.get("unit") or ctx.case.org_unit)
    details = "；".join(item["name"] for item in ctx.params.get("details") or [])
    return {
        "who": masked_name(ctx.case.applicant_name),
        "what": "公共租赁住房准入资格申请" if ctx.case.process_key == "public_rental" else "申请",
        "no": ctx.case.case_no,
        "agency": kept["name"] if kept else agency.get("unit_name"),
        "phone": kept["phone"] if kept else agency.get("phone"),
        "details": details,
        "until_days": ctx.params.get("until_days"),
        "certificate": (ctx.params.get("certificate") or {}).get("number"),
        "result": ctx.params.get("result"),
        "reason": ctx.params.get("reason"),
    }
