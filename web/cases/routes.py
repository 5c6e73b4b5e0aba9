"""The case page and its task panel, and the lists of cases; every act is an engine command with its revision."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response as Answer

from engine.errors import (
    GuangshaError,
    IllegalTransition,
    NotFound,
    NotPermitted,
    StaleTask,
    UserFault,
    ValidationFailed,
)
from engine.views import TaskView
from web import drafts
from web.answers import value_at
from web.auth.guard import current_person, requires, staff_only
from web.auth.people import WORKERS, Person, person_named
from web.auth.reading import note_reading
from web.cases import colleagues, dossier, opinions
from web.cases.checks import masked_raw
from web.cases.first_value import first_value
from web.cases.places import standing_at, title_of
from web.i18n import _
from web.inbox import filters
from web.inbox.countdown import countdown
from web.layout import local
from web.masking import mask_text, mask_value
from web.services import current_services
from web.submission import checked, form_of, new_key, sent_form, sent_key

blueprint = Blueprint("cases", __name__, template_folder="templates")
READERS = sorted(WORKERS | {"auditor", "system_admin"})
MOVES = {"release": "退签", "transfer": "转办", "delegate": "委派", "remind": "催办", "copy": "抄送"}


@blueprint.get("/tasks/<task_id>")
@requires(*sorted(WORKERS))
def task(task_id: str) -> str:
    """One task on its case page: documents left, facts and checks right, the action panel below."""
    person = current_person()
    found = task_for(task_id, person)
    kept = drafts.of(task_id, person)
    return page(found, person, value=kept.value if kept else None, opinion=kept.opinion if kept else "",
                outcome=kept.outcome if kept else "")  # fmt: skip


def task_for(task_id: str, person: Person) -> TaskView:
    """The task if this person may open it. Raises NotFound or NotPermitted."""
    return current_services().engine.task(task_id, person.actor)


def page(found: TaskView, person: Person, *, value: dict[str, Any] | None = None, opinion: str = "", outcome: str = "",
         errors: list[dict[str, str]] | None = None, conflict: GuangshaError | None = None, key: str = "") -> str:  # fmt: skip
    """The case page around one task."""
    state = filters.read(request.args)
    engine = current_services().engine
    case = engine.case(found.case_id)
    note_reading(case.id, case.case_no, "case")
    form = form_of(found.form_key, found.form_version) if found.form_key else None
    open_here = found.status in ("open", "claimed")
    mine = open_here and (found.assignee_id == person.account_id or (not found.requires_claim and not found.assignee_id))
    opened = dossier.open_dossier(case, dossier.housing_locked(case, person))
    return render_template(
        "cases/case.html",
        dossier=opened,
        case=case,
        task=found,
        mine=mine,
        open_here=open_here,
        form=form,
        value=value if value is not None else first_value(found, form, opened),
        opinion=opinion,
        outcome=outcome,
        errors=errors or [],
        conflict=conflict,
        key=key or new_key(),
        phrases=_phrases(person, found),
        duplicates=dossier.duplicates(opened.items),
        objections=dossier.objections(case),
        colleagues=colleagues.who_may(found, person),
        countdown=countdown(found.due_on, found.due_proof),
        case_countdown=countdown(case.due_on, case.due_proof),
        place=_place(state, person, found.id),
        state=state,
        moves=MOVES,
    )


def _phrases(person: Person, found: TaskView) -> list[dict[str, str]]:
    return [{"title": row["text"], "text": row["text"], "outcome": row["outcome"]}
            for row in opinions.usable(person, found.outcomes)]  # fmt: skip


def _place(state: filters.ListState, person: Person, task_id: str) -> dict[str, Any]:
    """Where this task stands in the list that the address describes: {number, total, back, next}."""
    ids, total = current_services().engine.inbox_ids(person.actor, filters.as_filter(state), size=100, sort=state.sort)
    at = ids.index(task_id) if task_id in ids else -1
    following = ids[at + 1] if 0 <= at < len(ids) - 1 else (ids[0] if at < 0 and ids else None)
    before = ids[at - 1] if at > 0 else None
    return {"number": at + 1, "total": total, "back": state.address("/inbox", page=state.page),
            "next": state.address(f"/tasks/{following}") if following else "",
            "before": state.address(f"/tasks/{before}") if before else ""}  # fmt: skip


@blueprint.post("/tasks/<task_id>/claim")
@requires(*sorted(WORKERS))
def claim(task_id: str) -> Answer:
    """Take the task; who comes second reads who has it since when."""
    person = current_person()
    revision = _revision()
    try:
        current_services().engine.claim(task_id, revision, person.actor)
    except UserFault:
        found = current_services().engine.task(task_id)
        if found.assignee_id and found.assignee_id != person.account_id:
            raise StaleTask(_("{name} 已于 {at} 签收，您不能再办理这项任务", name=found.assignee_name,
                              at=local(found.claimed_at, "%m-%d %H:%M")), at=_list_address()) from None  # fmt: skip
        raise
    return redirect(_same_list(f"/tasks/{task_id}"))


def _revision() -> int:
    sent = request.form.get("revision", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else -1


def _same_list(path: str) -> str:
    return filters.read(request.args).address(path)


def _list_address() -> str:
    return _same_list("/inbox")


@blueprint.post("/tasks/<task_id>")
@requires(*sorted(WORKERS))
def complete(task_id: str) -> Answer | tuple[str, int]:
    """Decide and go on to the next task of the same list. A refusal keeps every word that was typed."""
    person, key = current_person(), sent_key()
    before = current_services().engine.answered(key)
    if before is not None:
        return _onward(task_id, before.get("case_no", ""))
    sent, outcome = sent_form(), request.form.get("outcome", "")
    opinion = request.form.get("opinion", "").strip()[:2000]
    drafts.save(task_id, person, {"form": sent, "opinion": opinion, "outcome": outcome})
    found = task_for(task_id, person)
    form = form_of(found.form_key, found.form_version) if found.form_key else None
    cleaned, errors = checked(form, sent, person, found.field_access, outcome=outcome, opinion=opinion) if form else ({}, [])
    if outcome not in found.outcomes and found.outcomes:
        errors.insert(0, {"path": "/outcome", "message": _("请先选择办理结论")})
    if errors:
        return page(found, person, value=sent, opinion=opinion, outcome=outcome, errors=errors, key=key), 422
    try:
        receipt = current_services().engine.complete_task(
            task_id, _revision(), person.actor, outcome, cleaned, key, opinion=opinion
        )
    except (StaleTask, IllegalTransition, NotPermitted) as fault:
        return page(task_for(task_id, person), person, value=sent, opinion=opinion, outcome=outcome, conflict=fault), 409
    except ValidationFailed as fault:
        faults = list(fault.details.get("errors") or [{"path": "", "message": fault.message}])
        return page(found, person, value=sent, opinion=opinion, outcome=outcome, errors=faults, key=key), 422
    drafts.drop(task_id, person)
    opinions.used(person, opinion)
    flash(_("{case_no} 已提交：{outcome}", case_no=receipt.case_no, outcome=_word(outcome)), "pass")
    return _onward(task_id, receipt.case_no)


def _word(outcome: str) -> str:
    from web.layout import outcome_word

    return outcome_word(outcome)


def _onward(task_id: str, case_no: str) -> Answer:
    """The next task of the list, or the list; «stay» keeps the case open."""
    if request.form.get("then") == "stay":
        return redirect(f"/cases/{case_no}")
    state = filters.read(request.args)
    page_of = current_services().engine.inbox(current_person().actor, filters.as_filter(state), page=1, size=20, sort=state.sort)
    following = next((t.id for t in page_of.items if t.id != task_id), None)
    return redirect(state.address(f"/tasks/{following}") if following else state.address("/inbox"))


@blueprint.get("/tasks/<task_id>/draft")
@requires(*sorted(WORKERS))
def draft(task_id: str) -> Answer:
    """What this person has typed here before: {fields}."""
    kept = drafts.of(task_id, current_person())
    if kept is None:
        return Response(status=204)
    return jsonify(fields={"opinion": kept.opinion, "form": json.dumps(kept.value, ensure_ascii=False)})


@blueprint.post("/tasks/<task_id>/draft")
@requires(*sorted(WORKERS))
def save_draft(task_id: str) -> Answer:
    """Keep what is being typed."""
    person = current_person()
    task_for(task_id, person)
    body = request.get_json(silent=True) or {}
    fields = body.get("fields", body) if isinstance(body, dict) else {}
    kept = drafts.of(task_id, person)
    try:
        value = json.loads(fields.get("form") or "null") if isinstance(fields.get("form"), str) else fields.get("form")
    except ValueError:
        value = None
    content = {
        "form": value if isinstance(value, dict) else (kept.value if kept else {}),
        "opinion": str(fields.get("opinion", kept.opinion if kept else ""))[:2000],
        "outcome": str(fields.get("outcome", kept.outcome if kept else ""))[:60],
    }
    return jsonify(saved_at=drafts.save(task_id, person, content).isoformat())


@blueprint.post("/tasks/<task_id>/move/<move>")
@requires(*sorted(WORKERS))
def move(task_id: str, move: str) -> Answer:
    """Release, transfer, remind or copy, each with a reason that stays in the case."""
    engine, person = current_services().engine, current_person()
    found = task_for(task_id, person)
    reason = request.form.get("reason", "").strip()[:500]
    if move not in MOVES:
        raise NotFound("没有这种操作")
    if len(reason) < 2:
        flash(_("请填写原因"), "fail")
        return redirect(_same_list(f"/tasks/{task_id}"))
    if move == "release":
        engine.release(task_id, person.actor, reason)
    elif move == "remind":
        engine.remind(found.case_id, person.actor, reason)
    else:
        other = person_named(request.form.get("to", ""))
        if other is None:
            flash(_("请选择接收人"), "fail")
            return redirect(_same_list(f"/tasks/{task_id}"))
        acts = {"transfer": engine.transfer, "delegate": engine.delegate, "copy": engine.copy_task}
        acts[move](task_id, other.actor, person.actor, reason)
    flash(_("{case_no} 已{move}", case_no=found.case_no, move=_(MOVES[move])), "pass")
    return redirect(_list_address() if move in ("release", "transfer", "delegate") else _same_list(f"/tasks/{task_id}"))


@blueprint.post("/opinions")
@requires(*sorted(WORKERS))
def keep_opinion() -> Answer:
    """Keep an opinion as one's own template."""
    text = request.form.get("text", "").strip()
    if text:
        opinions.keep(current_person(), request.form.get("outcome", "")[:60], text)
    return jsonify(kept=bool(text))


@blueprint.get("/cases/<case_no>")
@requires(*READERS)
def case(case_no: str) -> Answer | str:
    """The case without a task, to read; with an open task of one's own it opens that."""
    person = current_person()
    found = dossier.case_for(case_no, person)
    note_reading(found.id, case_no, "case")
    opened = dossier.open_dossier(found, dossier.housing_locked(found, person))
    return render_template("cases/case.html", dossier=opened, case=found, task=None, mine=False, open_here=False, form=None,
                           case_countdown=countdown(found.due_on, found.due_proof), errors=[], conflict=None,
                           own_tasks=_own_tasks(opened, person), duplicates=dossier.duplicates(opened.items),
                           objections=dossier.objections(found), state=filters.read({}), place=None)  # fmt: skip


def _own_tasks(opened: dossier.Dossier, person: Person) -> list[TaskView]:
    groups, units = person.actor.groups, person.actor.org_units
    return [t for t in opened.tasks if groups & set(t.groups) and (t.org_unit is None or t.org_unit in units)]


@blueprint.get("/cases/<case_no>/diagram.xml")
@requires()
def diagram(case_no: str) -> Answer:
    """The diagram that this case runs on."""
    found = _visible(case_no)
    definition = current_services().engine.definition_of(found.id)[found.process_key]
    return Response(definition.xml, mimetype="application/xml")


@blueprint.get("/cases/<case_no>/marks.json")
@requires()
def marks(case_no: str) -> Answer:
    """The path taken and where the case stands, for the viewer: {visited, current} as element ids of the main process."""
    found = _visible(case_no)
    progress = current_services().engine.progress(found.id)
    main = found.process_key
    return jsonify(
        visited=[element for process, element in progress.visited if process == main],
        current=standing_at(progress),
    )


def _visible(case_no: str) -> Any:
    person = current_person()
    return dossier.case_for(case_no, person)


@blueprint.get("/cases/<case_no>/reveal")
@staff_only
def reveal(case_no: str) -> str:
    """One masked value in full, with a reason that is recorded; the page masks it again after 60 seconds."""
    person, path = current_person(), request.args.get("path", "")[:200]
    found = dossier.case_for(case_no, person)
    item = dossier.application_of(current_services().engine.case_file(found.id))
    value = value_at(item.value, path) if item else None
    if not isinstance(value, str):
        raise NotFound("这一项没有可显示的内容")
    note_reading(found.id, case_no, "reveal", path, request.args.get("reason", "办理核对"))
    return render_template("cases/revealed.html", value=value, masked=mask_text(value))


@blueprint.get("/cases/<case_no>/documents/<document_id>")
@requires(*READERS)
def document(case_no: str, document_id: str) -> Answer:
    """An issued document as PDF."""
    person = current_person()
    found = dossier.case_for(case_no, person)
    paper = next((d for d in current_services().engine.issued_documents(found.id) if d.id == document_id), None)
    if paper is None:
        raise NotFound("这个案件下没有这份文书")
    note_reading(found.id, case_no, "document", paper.number)
    answer = Response(paper.pdf, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'inline; filename="{paper.verify_code}.pdf"'
    return answer


@blueprint.get("/cases/<case_no>/evidence/<evidence_id>")
@requires(*READERS)
def evidence(case_no: str, evidence_id: str) -> Answer:
    """A raw answer as text, masked, for reading beside its hash."""
    person = current_person()
    found = dossier.case_for(case_no, person)
    proof = next((e for e in current_services().engine.evidence(found.id) if e.id == evidence_id), None)
    if proof is None:
        raise NotFound("这个案件下没有这份证据")
    note_reading(found.id, case_no, "evidence", proof.request_id)
    return Response(masked_raw(proof.raw), mimetype="text/plain; charset=utf-8")


@blueprint.app_template_global()
def masked_json(value: Any) -> str:
    """A JSON value as indented text with its numbers masked."""
    return json.dumps(mask_value(value), ensure_ascii=False, indent=2, default=str)


@blueprint.app_template_global()
def outputs_in_words(value: Any) -> str:
    """The outcome of a decision as one line of words."""
    if isinstance(value, dict) and value.get("name"):
        return mask_text(str(value["name"]))
    if isinstance(value, dict):
        return "；".join(f"{key} {outputs_in_words(one)}" for key, one in value.items())
    if isinstance(value, list):
        return "、".join(outputs_in_words(one) for one in value) if value else _("无（没有不符合的情形）")
    return mask_text(str(value)) if value is not None else "—"


@blueprint.app_template_global()
def duplicate_in_words(one: Any) -> str:
    """One record of the check across kinds of housing as words, numbers masked."""
    if not isinstance(one, dict):
        return mask_text(str(one))
    return mask_text("，".join(str(value) for value in one.values() if isinstance(value, str | int) and value not in ("", None)))


@blueprint.app_template_global()
def step_title(opened: dossier.Dossier, step: Any) -> str:
    """A step in words with its block."""
    return title_of(step, dict(opened.blocks))


@blueprint.app_template_global()
def opinions_of(opened: dossier.Dossier, step: Any) -> str:
    """What the person wrote at this step: opinion and reason."""
    name = ".".join([*(part for part in step.path.split(".") if part), step.element_id]) if step.path else step.element_id
    item = opened.items.get(name)
    value = item.value if item is not None and isinstance(item.value, dict) else {}
    return "；".join(str(value[key]) for key in ("opinion", "reason", "basis", "note") if value.get(key))


@blueprint.app_template_global()
def diagram_thumb(case: Any) -> Markup:
    """The diagram with the path taken, drawn by the viewer island."""
    return Markup(render_template("cases/thumb.html", case=case))
