"""Starts cases for staff: at the window for an applicant (SH-011), a re-check (SH-012), or an own matter of the post."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request
from sqlalchemy import select
from werkzeug.wrappers import Response

from engine import CaseFilter
from engine.errors import NotFound, ValidationFailed
from engine.views import DefinitionView
from web import drafts
from web.answers import file_ids, lay_out
from web.auth.guard import current_person, requires
from web.auth.people import WORKERS
from web.auth.records import account
from web.cases import dossier
from web.i18n import _
from web.services import current_services, rows
from web.submission import checked, form_of, new_key, sent_form, sent_key

blueprint = Blueprint("intake", __name__, template_folder="templates")
CLERK = "operator_clerk"
CHANNEL = "窗口"


def startable() -> list[DefinitionView]:
    """Every process that this person's post may start with a form."""
    groups = current_person().actor.groups
    return [d for d in current_services().engine.definitions() if groups & set(d.start_groups) and d.start_form_key]


def offered() -> list[DefinitionView]:
    """The public services that a clerk enters at the window for an applicant."""
    return [d for d in startable() if d.public]


def _service(process_key: str) -> DefinitionView:
    found = next((d for d in startable() if d.key == process_key), None)
    if found is None:
        raise NotFound("没有这个事项，或您的岗位不能发起它", process_key=process_key)
    return found


def _channel(service: DefinitionView) -> str:
    """The window for applicants; the diagram's first channel for what the staff starts itself."""
    named = [part.strip() for part in service.properties.get("start.channels", "").split(",") if part.strip()]
    return CHANNEL if service.public or CHANNEL in named or not named else named[0]


def _subject(process_key: str) -> str:
    return f"intake:{process_key}"[:40]


@blueprint.get("/intake")
@requires(CLERK)
def choose() -> Response | str:
    """Choose the service; with only one it opens at once."""
    services = offered()
    if len(services) == 1:
        return redirect(f"/intake/{services[0].key}")
    return render_template("intake/choose.html", services=services)


@blueprint.get("/start")
@requires(*WORKERS)
def others() -> str:
    """What the post may start besides the window: every process of the staff, on a case where one is named."""
    case_no = request.args.get("case_no", "")[:80]
    return render_template("intake/start.html", services=[d for d in startable() if not d.public], case_no=case_no)


@blueprint.get("/intake/<process_key>")
@requires(*WORKERS)
def enter(process_key: str) -> str:
    """The form with what has been kept so far, or with what the address gives (a case number, for example)."""
    service = _service(process_key)
    kept = drafts.of(_subject(process_key), current_person())
    return _page(service, kept.value if kept else _first(service), kept.key if kept and kept.key else new_key(), kept)


def _first(service: DefinitionView) -> dict[str, Any]:
    known = form_of(service.start_form_key or "").schema.get("properties", {})
    given = {key: value[:200] for key, value in request.args.items() if known.get(key, {}).get("type") == "string"}
    return {**({"kind": "new"} if service.public and "kind" in known else {}), **given}


def _page(service: DefinitionView, value: dict[str, Any], key: str, kept: Any = None, errors: Any = ()) -> str:
    form = form_of(service.start_form_key or "")
    return render_template("intake/enter.html", service=service, form=form, value=value, key=key, kept=kept, errors=list(errors))


@blueprint.post("/intake/<process_key>/draft")
@requires(*WORKERS)
def keep(process_key: str) -> Response:
    """Keep the form for now (暂存)."""
    _service(process_key)
    kept = drafts.of(_subject(process_key), current_person())
    key = kept.key if kept and kept.key else new_key()
    saved = drafts.save(_subject(process_key), current_person(), {"form": sent_form(), "key": key})
    return jsonify(saved_at=saved.isoformat())


@blueprint.post("/intake/<process_key>")
@requires(*WORKERS)
def submit(process_key: str) -> Response | tuple[str, int]:
    """Save, or start the case for the applicant; the channel is the window, both names stay in the case."""
    person, service, key = current_person(), _service(process_key), sent_key()
    before = current_services().engine.answered(key)
    if before is not None:
        return redirect(f"/cases/{before['case_no']}")
    value = sent_form()
    drafts.save(_subject(process_key), person, {"form": value, "key": key})
    if request.form.get("act") == "save":
        flash(_("已暂存，可以随时接着填"), "pass")
        return redirect(f"/intake/{process_key}")
    form = form_of(service.start_form_key or "")
    cleaned, errors = checked(form, value, current_person())
    if errors:
        return _page(service, value, key, errors=errors), 422
    try:
        receipt = _start(service, form, cleaned, key)
    except ValidationFailed as fault:
        return _page(service, value, key, errors=fault.details.get("errors") or [{"path": "", "message": fault.message}]), 422
    drafts.drop(_subject(process_key), person)
    flash(_("已登记，受理编号 {case_no}", case_no=receipt.case_no), "pass")
    return redirect(f"/cases/{receipt.case_no}")


def _start(service: DefinitionView, form: Any, value: dict[str, Any], key: str) -> Any:
    applicant = value.get("applicant") if isinstance(value.get("applicant"), dict) else {}
    known = rows(select(account.c.id).where(account.c.id_no == applicant.get("id_no", "-")))
    return current_services().engine.start_case(
        service.key,
        actor=current_person().actor,
        form=value,
        channel=_channel(service),
        idempotency_key=key,
        files=tuple(file_id for _label, _path, file_id in file_ids(form.schema, value)),
        on_behalf_of=str(applicant.get("name") or "") or None,
        applicant_id=known[0]["id"] if known else None,
    )


@blueprint.get("/recheck")
@requires(CLERK)
def recheck() -> str:
    """Look for earlier cases by number, name or identity number; the clerk judges whether a re-check is possible."""
    person, text = current_person(), request.args.get("text", "").strip()[:60]
    found = []
    if len(text) >= 2:
        page = current_services().engine.cases(CaseFilter(text=text, status="closed", org_units=person.actor.org_units), size=50)
        found = [(case, _certificate(case)) for case in page.items]
    return render_template("intake/recheck.html", text=text, found=found, today=current_services().clock.today())


def _certificate(case: Any) -> Any:
    """The certificate of an earlier case: the newest document with a validity."""
    papers = [p for p in current_services().engine.issued_documents(case.id) if p.valid_to]
    return papers[-1] if papers else None


@blueprint.get("/recheck/<case_no>")
@requires(CLERK)
def judge(case_no: str) -> str:
    """The earlier case to read, with the judgement to make."""
    case = dossier.case_for(case_no, current_person())
    item = current_services().engine.case_file(case.id).get("application")
    form = form_of(item.form_key, item.form_version) if item and item.form_key else None
    sections = lay_out(form.schema if form else {}, item.value if item else {})
    return render_template("intake/judge.html", case=case, certificate=_certificate(case), sections=sections, key=new_key(),
                           today=current_services().clock.today(), error="")  # fmt: skip


@blueprint.post("/recheck/<case_no>")
@requires(CLERK)
def generate(case_no: str) -> Response | tuple[str, int]:
    """Make the re-check's form from the earlier case, linked by its number; it can be edited, kept and submitted."""
    person = current_person()
    case = dossier.case_for(case_no, person)
    item = current_services().engine.case_file(case.id).get("application")
    kind = request.form.get("recheck_type", "")
    if item is None or case.status != "closed" or kind not in ("qualification_expired", "contract_renewal"):
        flash(_("请选择复核业务；只有已办结的案件可以复核"), "fail")
        return redirect(f"/recheck/{case_no}")
    if request.form.get("eligible") != "yes":
        flash(_("判断为不符合复核条件，没有生成复核案件；可以按新办登记"), "warn")
        return redirect("/recheck")
    value = {**item.value, "kind": "recheck", "recheck_type": kind, "history_case_no": case.case_no}
    value.pop("consents", None)
    drafts.save(_subject(case.process_key), person, {"form": value, "key": new_key()})
    flash(_("已从历史案件 {case_no} 生成复核申请，请核对后提交", case_no=case.case_no), "pass")
    return redirect(f"/intake/{case.process_key}")
