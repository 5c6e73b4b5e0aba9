"""The citizen's way through one application: choose, fill, check, send, follow. Every page survives reload and back."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response

from engine.errors import IllegalTransition, NotFound, ValidationFailed
from web.answers import lay_out
from web.auth.guard import current_person, requires
from web.auth.routes import home_of
from web.auth.sessions import person_of_request
from web.files.disposition import disposition
from web.portal import drafts, mine
from web.portal.prefill import prefilled
from web.portal.progress import told
from web.portal.receipt import receipt_pdf as draw
from web.portal.services_offered import guide, offered
from web.public import notices
from web.services import current_services
from web.submission import checked, new_key, sent_form, sent_key

blueprint = Blueprint("portal", __name__, template_folder="templates")
CHANNELS = ("一网通办", "随申办")


@blueprint.get("/")
def home() -> Response | str:
    """What can be applied for, progress and verification; staff go to their own home unless they ask for this page."""
    person = person_of_request()
    if person is not None and person.is_staff and "public" not in request.args:
        return redirect(home_of(person))
    return render_template("portal/home.html", services=[guide(d.key) for d in offered()], notices=notices.newest(5))


@blueprint.get("/services/<process_key>")
def service(process_key: str) -> str:
    """The guide of one service, before any login."""
    return render_template("portal/service.html", guide=guide(process_key))


@blueprint.get("/apply/<process_key>")
@requires("applicant")
def apply(process_key: str) -> str:
    """The form with the person's draft, or with what the government holds already."""
    person, offer = current_person(), guide(process_key)
    if offer.form is None:
        raise NotFound("这个事项没有申请表，暂时不能在线办理，请到受理窗口办理")
    draft = drafts.of(process_key, person)
    value = draft.value if draft else prefilled(offer.form.schema, drafts.profile(person))
    return render_template(
        "portal/apply.html", guide=offer, form=offer.form, value=value, draft=draft, errors=[],
        prefilled=not draft and bool(value),
    )  # fmt: skip


@blueprint.post("/apply/<process_key>/draft")
@requires("applicant")
def save_draft(process_key: str) -> Response:
    """Keep what has been typed so far. Answers {saved_at}."""
    guide(process_key)
    saved = drafts.save(process_key, current_person(), sent_form())
    return jsonify(saved_at=saved.isoformat())


@blueprint.post("/apply/<process_key>")
@requires("applicant")
def fill(process_key: str) -> Response | tuple[str, int]:
    """Keep the form and go on to the check page; with faults the form comes back with all that was typed."""
    person, offer = current_person(), guide(process_key)
    sent = sent_form()
    drafts.save(process_key, person, sent)
    cleaned, errors = checked(_form(offer), sent, person)
    if errors:
        page = render_template("portal/apply.html", guide=offer, form=offer.form, value=sent, draft=None, errors=errors,
                               prefilled=False)  # fmt: skip
        return page, 422
    drafts.save(process_key, person, cleaned)
    return redirect(f"/apply/{process_key}/check")


def _form(offer: Any) -> Any:
    if offer.form is None:
        raise NotFound("这个事项没有申请表，暂时不能在线办理，请到受理窗口办理")
    return offer.form


@blueprint.get("/apply/<process_key>/check")
@requires("applicant")
def check(process_key: str) -> Response | str:
    """All answers with links back to each, and the statement to agree to."""
    person, offer = current_person(), guide(process_key)
    draft = drafts.of(process_key, person)
    if draft is None:
        return redirect(f"/apply/{process_key}")
    cleaned, errors = checked(_form(offer), draft.value, person)
    if errors:
        return redirect(f"/apply/{process_key}")
    return render_template(
        "portal/check.html", guide=offer, sections=lay_out(offer.form.schema, cleaned, mask=False), draft=draft
    )


@blueprint.post("/apply/<process_key>/submit")
@requires("applicant")
def submit(process_key: str) -> Response | tuple[str, int]:
    """Start the case once, however often the button is tapped; both taps see the same number."""
    person, offer, key = current_person(), guide(process_key), sent_key()
    before = mine.started_with(key, person)
    if before is not None:
        return redirect(f"/my/{before}/receipt")
    draft = drafts.of(process_key, person)
    if draft is None:
        raise IllegalTransition("这份申请没有可提交的内容，可能已经提交；请到“我的办件”查看", at="/my")
    cleaned, errors = checked(_form(offer), draft.value, person)
    if errors:
        page = render_template("portal/apply.html", guide=offer, form=offer.form, value=draft.value, draft=draft,
                               errors=errors, prefilled=False)  # fmt: skip
        return page, 422
    if request.form.get("agree") != "yes":
        page = render_template("portal/check.html", guide=offer, draft=draft, missing_consent=True,
                               sections=lay_out(_form(offer).schema, cleaned, mask=False))  # fmt: skip
        return page, 422
    channel = request.form.get("channel", CHANNELS[0])
    receipt = mine.start(offer, cleaned, person, channel if channel in CHANNELS else CHANNELS[0], key)
    drafts.drop(process_key, person)
    return redirect(f"/my/{receipt.case_no}/receipt")


@blueprint.post("/apply/<process_key>/discard")
@requires("applicant")
def discard(process_key: str) -> Response:
    """Throw the draft away."""
    drafts.drop(process_key, current_person())
    return redirect("/my")


@blueprint.get("/my")
@requires("applicant")
def cases() -> str:
    """My drafts and my cases with what is to be done."""
    person = current_person()
    titles = {d.key: guide(d.key).title for d in offered()}
    return render_template("portal/my.html", cases=mine.cases(person), drafts=drafts.all_of(person), titles=titles,
                           todo=mine.tasks(person))  # fmt: skip


@blueprint.get("/my/<case_no>")
@requires("applicant")
def case(case_no: str) -> str:
    """Where my case stands, in plain sentences with dates and whose turn it is."""
    person = current_person()
    found = mine.case(case_no, person)
    return render_template(
        "portal/case.html",
        case=found,
        progress=told(found),
        tasks=mine.tasks_of(found, person),
        documents=mine.documents(found),
        notices=notices.of_case(found.id),
        decision=mine.decision(found),
        messages=mine.messages(found),
    )


@blueprint.get("/my/<case_no>/receipt")
@requires("applicant")
def receipt(case_no: str) -> str:
    """The confirmation: number, what happens next, until when, whom to ask."""
    person = current_person()
    found = mine.case(case_no, person)
    return render_template("portal/receipt.html", case=found, progress=told(found))


@blueprint.get("/my/<case_no>/receipt.pdf")
@requires("applicant")
def receipt_pdf(case_no: str) -> Response:
    """The receipt as PDF."""
    person = current_person()
    found = mine.case(case_no, person)
    answer = Response(draw(found, told(found)), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="receipt-{case_no}.pdf"'
    return answer


@blueprint.get("/my/<case_no>/application")
@requires("applicant")
def application(case_no: str) -> str:
    """What I sent."""
    found = mine.case(case_no, current_person())
    return render_template("portal/application.html", case=found, sections=mine.sections(found))


@blueprint.get("/my/<case_no>/tasks/<task_id>")
@requires("applicant")
def task(case_no: str, task_id: str) -> str:
    """What I am asked to do now, such as the supplement: only the named fields can be changed."""
    person = current_person()
    found = mine.case(case_no, person)
    asked = mine.task(found, task_id, person)
    work = mine.work_of(found, asked)
    return render_template("portal/task.html", case=found, task=asked, work=work, value=work.value, errors=[], key=new_key())


@blueprint.post("/my/<case_no>/tasks/<task_id>")
@requires("applicant")
def do_task(case_no: str, task_id: str) -> Response | tuple[str, int]:
    """Send what I was asked for; the answer is the same however often it is tapped."""
    person = current_person()
    found = mine.case(case_no, person)
    key = sent_key()
    if mine.answered(key, person):
        return redirect(f"/my/{case_no}")
    asked = mine.task(found, task_id, person)
    work = mine.work_of(found, asked)
    sent = sent_form()
    outcome = request.form.get("outcome") or (asked.outcomes[0] if asked.outcomes else "submit")
    cleaned, errors = checked(work.form, sent, person, work.access, outcome=outcome) if work.form else ({}, [])
    if errors:
        page = render_template("portal/task.html", case=found, task=asked, work=work, value=sent, errors=errors, key=key)
        return page, 422
    mine.complete(asked, cleaned, outcome, person, request.form.get("revision", ""), key)
    return redirect(f"/my/{case_no}?sent=1")


@blueprint.get("/my/<case_no>/withdraw")
@requires("applicant")
def ask_withdrawal(case_no: str) -> str:
    """Says what withdrawing means before it is done."""
    found = mine.case(case_no, current_person())
    return render_template("portal/withdraw.html", case=found, error="", key=new_key())


@blueprint.post("/my/<case_no>/withdraw")
@requires("applicant")
def withdraw(case_no: str) -> Response | tuple[str, int]:
    """End my case; I may apply again later."""
    person = current_person()
    found = mine.case(case_no, person)
    reason = request.form.get("reason", "").strip()
    if not reason:
        return render_template("portal/withdraw.html", case=found, error="请填写撤回的原因", key=sent_key()), 422
    try:
        current_services().engine.withdraw_case(found.id, person.actor, reason, sent_key())
    except ValidationFailed as fault:
        return render_template("portal/withdraw.html", case=found, error=fault.message, key=sent_key()), 422
    return redirect(f"/my/{case_no}")


@blueprint.get("/my/<case_no>/documents/<document_id>")
@requires("applicant")
def document(case_no: str, document_id: str) -> Response:
    """My certificate or notice as PDF."""
    found = mine.case(case_no, current_person())
    paper = next((d for d in mine.documents(found) if d.id == document_id), None)
    if paper is None:
        raise NotFound("这个办件下没有这份文书")
    answer = Response(mine.pdf_of(paper), mimetype="application/pdf")
    answer.headers["Content-Disposition"] = disposition(f"{paper.number}.pdf", download="download" in request.args)
    return answer


