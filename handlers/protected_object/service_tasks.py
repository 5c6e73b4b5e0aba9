"""Steps of the flows that write to the archives of families and to the register of client units. Calls nobody outside."""

from __future__ import annotations

from datetime import date

from engine import BusinessFault, HandlerContext, ServiceResult, ValidationFailed, service_task
from handlers.protected_object import archives, units


@service_task("protected_object.archive")
def archive(ctx: HandlerContext) -> ServiceResult:
    """Add a part to the family's archive. params: purpose (rental, sale), part, kind, summary, content and, where they
    differ from the case, acceptance_no, id_no, name, happened_on. Returns entry. Source: SH-196.R1, SH-197.R1."""
    assert ctx.connection is not None
    given = {name: value for name, value in ctx.params.items() if value is not None}
    happened_on = given.pop("happened_on", None)
    entry = {
        "acceptance_no": ctx.case.case_no,
        "id_no": str(ctx.case.applicant_id_no or ""),
        "name": str(ctx.case.applicant_name or ""),
        "district": ctx.case.district,
        "source_case_no": ctx.case.case_no,
        "happened_on": date.fromisoformat(happened_on) if happened_on else ctx.today,
        **given,
    }
    return ServiceResult(
        {"entry": archives.record(ctx.connection, entry, ctx.element_id, ctx.now), "part": entry["part"]}
    )


@service_task("protected_object.client_unit")
def client_unit(ctx: HandlerContext) -> ServiceResult:
    """A unit signs: its mandatory fields are forced, what is stored is taken over. Source: SH-198.R1, R3.

    params: unit (credit_code and what was typed), signing (contract_no, dwellings, signed_on). Returns unit, filled (names
    of the fields that came from the register). Raises BusinessFault client_unit_incomplete with the missing fields.
    """
    assert ctx.connection is not None
    typed = {name: value for name, value in (ctx.params.get("unit") or {}).items() if value}
    stored = units.known(ctx.connection, str(typed.get("credit_code") or "")) or {}
    names = (*units.FIELDS, *units.OPTIONAL)
    unit = {name: typed.get(name) or stored.get(name) for name in names}
    filled = [name for name in names if stored.get(name) and not typed.get(name)]
    try:
        code = units.save(ctx.connection, unit, "合同签订", ctx.today, ctx.now)
    except ValidationFailed as fault:
        raise BusinessFault("client_unit_incomplete", fault.message, unit=typed.get("credit_code")) from fault
    signing = ctx.params.get("signing")
    if signing:
        day = date.fromisoformat(signing["signed_on"])
        units.sign(ctx.connection, {**signing, "credit_code": code, "signed_on": day}, ctx.now)
    return ServiceResult({"unit": {**unit, "credit_code": code}, "filled": filled})
