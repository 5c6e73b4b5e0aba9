"""Client units: list with signed dwellings, single edit, batch import with a sheet of errors, figures, Excel. SH-198."""

from __future__ import annotations

from typing import Any

from flask import Response, flash, redirect, render_template, request

from engine.errors import ValidationFailed
from handlers.protected_object import units as register
from web.auth.guard import current_person, requires
from web.objects import workbook
from web.objects.room import (
    READERS,
    WRITERS,
    asked,
    asked_period,
    blueprint,
    districts,
    everything,
    excel,
    listing,
    reading,
)
from web.services import current_services, writing

COLUMNS = {**{label: name for name, label in register.FIELDS.items()}, "行业类型": "industry_type", "区": "district"}
FILTERS = ("text", "industry_type", "district")


@blueprint.get("/units")
@requires(*READERS)
def unit_list() -> str:
    """Units with the number of dwellings they signed for, figures of a period, import."""
    found = listing("/objects/units", asked(*FILTERS, bound=False), register.units, bound=False)
    first, last = asked_period()
    with reading() as connection:
        figures = register.figures(connection, first, last)
    may_write = current_person().any_of(*WRITERS)
    return render_template("objects/units.html", **found, figures=figures, first=first, last=last, may_write=may_write)


@blueprint.get("/units.xlsx")
@requires(*READERS)
def unit_book() -> Response:
    """All units that the filters name, with their signings."""
    names = [*COLUMNS.values(), "contracts", "dwellings"]
    lines = [[row[name] or "" for name in names] for row in everything(asked(*FILTERS, bound=False), register.units)]
    return excel("client-units", "客户单位", [*COLUMNS, "签约合同数", "签约房源套数"], lines)


@blueprint.get("/units/template.xlsx")
@requires(*WRITERS)
def unit_template() -> Response:
    """The empty sheet for the import."""
    content = workbook.made("客户单位", list(COLUMNS), [], "", current_services().clock.now())
    return _download(content, "client-units-template")


def _download(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=workbook.MIME)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


@blueprint.get("/units/edit")
@requires(*WRITERS)
def unit_form() -> str:
    """A new unit, or one that is there by its credit code."""
    with reading() as connection:
        unit = register.known(connection, request.args.get("code", ""))
    return render_template("objects/unit.html", unit=unit or {}, errors=[], fields=_fields(), districts=districts())


def _fields() -> dict[str, str]:
    return {**register.FIELDS, "industry_type": register.OPTIONAL["industry_type"]}


@blueprint.post("/units/edit")
@requires(*WRITERS)
def save_unit() -> Any:
    """Keep what was typed, or show it again with what is wrong."""
    typed = {name: request.form.get(name, "").strip()[:500] for name in (*register.FIELDS, *register.OPTIONAL)}
    services = current_services()
    try:
        with writing() as connection:
            register.save(connection, typed, current_person().name, services.clock.today(), services.clock.now())
    except ValidationFailed as fault:
        errors = fault.details.get("errors", [])
        page = render_template("objects/unit.html", unit=typed, errors=errors, fields=_fields(), districts=districts())
        return page, 422
    flash(f"已保存 {typed['name']}", "pass")
    return redirect("/objects/units")


@blueprint.post("/units/import")
@requires(*WRITERS)
def import_units() -> Any:
    """Take the right rows of a sheet; the wrong ones come back as a workbook that says what to change (SH-198.R2)."""
    file = request.files.get("file")
    services = current_services()
    try:
        lines = workbook.read(file.read() if file else b"", COLUMNS)
        with writing() as connection:
            found = register.take(
                connection, lines, current_person().name, services.clock.today(), services.clock.now()
            )
    except ValidationFailed as fault:
        flash(fault.message, "fail")
        return redirect("/objects/units")
    if not found.errors:
        flash(f"已导入 {found.saved} 家单位", "pass")
        return redirect("/objects/units")
    labels = {name: label for label, name in COLUMNS.items()}
    wrong = [[row, labels.get(name, name), message] for row, name, message in found.errors]
    title = f"导入{found.saved}家，{len({row for row, _, _ in found.errors})}行有误"
    return _download(
        workbook.made(title, ["行号", "列", "问题"], wrong, "", services.clock.now()), "client-units-errors"
    )
