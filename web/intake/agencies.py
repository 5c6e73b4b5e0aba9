"""The accepting agencies that a clerk keeps (SH-047.R2): name, address, telephone of the own unit and those below."""

from __future__ import annotations

import re

from flask import flash, redirect, render_template, request
from sqlalchemy import select, update
from werkzeug.wrappers import Response

from engine.errors import NotFound
from web.auth.guard import current_person, requires
from web.auth.people import units
from web.auth.records import org_unit
from web.i18n import _
from web.intake.routes import blueprint
from web.services import rows, writing

KEEPERS = ("operator_clerk", "supervisor", "system_admin")
_PHONE = re.compile(r"[0-9()\-+ 转]{6,30}")


def _kept() -> list[dict[str, str]]:
    mine = current_person().actor.org_units
    query = select(org_unit).where(org_unit.c.code.in_(mine), org_unit.c.kind.in_(("operator", "city_agency")))
    return [dict(row) for row in rows(query.order_by(org_unit.c.code))]


@blueprint.get("/agencies")
@requires(*KEEPERS)
def agencies() -> str:
    """The agencies that this person keeps."""
    return render_template("intake/agencies.html", agencies=_kept())


@blueprint.post("/agencies/<code>")
@requires(*KEEPERS)
def keep_agency(code: str) -> Response:
    """Change name, address and telephone of one agency; messages name it from now on."""
    if code not in {one["code"] for one in _kept()}:
        raise NotFound("没有这个受理机构，或它不属于您的单位")
    values = {key: request.form.get(key, "").strip()[:120] for key in ("name", "address", "phone")}
    if len(values["name"]) < 4 or not _PHONE.fullmatch(values["phone"]):
        flash(_("请填写机构全称和有效的联系电话"), "fail")
        return redirect("/agencies")
    with writing() as connection:
        connection.execute(update(org_unit).where(org_unit.c.code == code).values(**values))
    units.forget()
    flash(_("{name} 的信息已保存", name=values["name"]), "pass")
    return redirect("/agencies")
