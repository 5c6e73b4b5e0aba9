"""Notices, objections and verification for everybody; shows masked facts only."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request
from werkzeug.wrappers import Response

from engine.errors import NotFound, ValidationFailed
from engine.formats import explain, normalise_text
from web.auth import throttle
from web.auth.people import units
from web.i18n import language
from web.public import notices, verification
from web.services import current_services
from web.submission import new_key, sent_key

blueprint = Blueprint("public", __name__, template_folder="templates")


@blueprint.get("/notices")
def listing() -> str:
    """The notices in force with search by number, words and district."""
    text, district = request.args.get("text", "").strip()[:60], request.args.get("district", "")[:6]
    page = max(1, int(request.args["page"])) if request.args.get("page", "").isdecimal() else 1
    found, total = notices.search(text, district, page)
    districts = [(u["district"], u["code"]) for u in units.fresh().values() if u["kind"] == "district"]
    return render_template("public/notices.html", notices=found, total=total, page=page, text=text, district=district,
                           districts=districts, days_left=notices.days_left,
                           page_address=lambda n: f"/notices?{urlencode({'text': text, 'district': district, 'page': n})}")  # fmt: skip


@blueprint.get("/notices/<notice_id>")
def notice(notice_id: str) -> str:
    """One notice."""
    found = notices.one(notice_id)
    return render_template("public/notice.html", notice=found, days_left=notices.days_left(found))


@blueprint.get("/notices/<notice_id>/objection")
def objection(notice_id: str) -> str:
    """The form for an objection."""
    return render_template("public/objection.html", notice=notices.one(notice_id), values={}, errors=[], key=new_key())


@blueprint.post("/notices/<notice_id>/objection")
def object_to(notice_id: str) -> Response | tuple[str, int]:
    """Take an objection and give its receipt number; two taps give one."""
    found = notices.one(notice_id)
    values = {key: request.form.get(key, "").strip() for key in ("person_name", "mobile", "text")}
    values["mobile"] = normalise_text(values["mobile"], "cn-mobile")
    values["person_name"] = normalise_text(values["person_name"], "cn-name")
    errors = _faults(values)
    if errors:
        return render_template("public/objection.html", notice=found, values=values, errors=errors, key=sent_key()), 422
    receipt = current_services().engine.submit_objection(found["id"], **values, idempotency_key=sent_key())
    return redirect(f"/notices/{notice_id}/objection/{receipt.receipt_no}")


def _faults(values: dict[str, str]) -> list[dict[str, str]]:
    english, found = language() == "en", []
    for key, name in (("person_name", "cn-name"), ("mobile", "cn-mobile")):
        reason = explain(name, values[key])
        if reason:
            found.append({"path": f"/{key}", "message": reason[1] if english else reason[0]})
    if not 10 <= len(values["text"]) <= 2000:
        sentence = "请用 10 到 2000 个字说明异议的事实和理由"
        found.append({"path": "/text", "message": "Give facts and reasons in 10 to 2000 characters" if english else sentence})
    return found


@blueprint.get("/notices/<notice_id>/objection/<receipt_no>")
def objected(notice_id: str, receipt_no: str) -> str:
    """The receipt of an objection."""
    return render_template("public/objected.html", receipt_no=receipt_no, notice_id=notice_id)


@blueprint.get("/verify")
def verify() -> Response | str:
    """Ask for a number or a code."""
    asked = request.args.get("code", "").strip()[:120]
    if asked:
        return redirect(f"/verify/{verification.address_part(asked)}")
    return render_template("public/verify.html", asked="", result=None)


@blueprint.get("/verify/<path:code>")
def verified(code: str) -> str | tuple[str, int]:
    """One sentence on whether the document is genuine and in force, and the facts that may be shown."""
    if not throttle.allowed(f"verify:{request.remote_addr}", 60):
        raise ValidationFailed("查询过于频繁，请一分钟后再试")
    try:
        result = verification.verify(code)
    except NotFound:
        return render_template("public/verify.html", asked=code, result=None, unknown=True), 404
    return render_template("public/verify.html", asked=code, result=result)
