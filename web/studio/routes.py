"""Pages of the analyst: list, editor, draft, problems, comparison, review, import and export. Draws and judges nothing itself."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import NotFound, ValidationFailed
from web.auth.guard import current_person, requires
from web.auth.people import GROUP_NAMES
from web.i18n import _
from web.services import current_services, now
from web.studio import heat, importing, queries, reviews
from web.studio.comparison import compare
from web.studio.models import KIND, Shelf
from web.studio.publishing import approve, submit

blueprint = Blueprint("studio", __name__, url_prefix="/studio", template_folder="templates", static_folder="static")
EDITORS = ("analyst", "model_publisher")
READERS = (*EDITORS, "system_admin", "auditor", "supervisor")
MAX_BYTES = 2_000_000


@blueprint.get("/", strict_slashes=False)
@requires(*READERS)
def home() -> str:
    """Every process with its version in force, running cases, draft and waiting change."""
    processes = [dict(row) for row in queries.latest_processes()]
    counts = queries.cases_by_version()
    for row in processes:
        mine = [value for (key, _version), value in counts.items() if key == row["key"]]
        row["running"] = sum(value["running"] for value in mine)
        row["total"] = sum(value["total"] for value in mine)
        row["older"] = sum(v["running"] for (key, n), v in counts.items() if key == row["key"] and n != row["version"])
    waiting = reviews.waiting(current_services().database, (KIND,))
    drafts = queries.drafts(KIND)
    new = [row for key, row in drafts.items() if key not in {process["key"] for process in processes}]
    return render_template(
        "studio/home.html",
        processes=processes,
        drafts=drafts,
        new_drafts=new,
        waiting=waiting,
        pending={row["key"]: row for row in waiting},
        may_edit=current_person().any_of("analyst"),
    )


@blueprint.get("/<key>")
@requires(*READERS)
def editor(key: str) -> str:
    """The diagram in the editor: the draft where there is one, else the version in force."""
    shelf = _shelf(key)
    versions, draft = shelf.versions(), shelf.draft()
    if not versions and draft is None:
        raise NotFound(_("没有名为 {key} 的流程", key=key))
    return render_template(
        "studio/editor.html",
        key=key,
        name=versions[0]["name"] if versions else key,
        versions=versions,
        live=next((row for row in versions if row["live"]), None),
        draft=draft,
        pending=reviews.pending(current_services().database, KIND, key),
        forms=queries.form_keys(),
        decisions=queries.decision_keys(),
        topics=sorted(current_services().engine.registry.topics),
        processes=[row["key"] for row in queries.latest_processes()],
        groups=GROUP_NAMES,
        may_edit=current_person().any_of("analyst"),
    )


@blueprint.get("/<key>/xml")
@requires(*READERS)
def xml(key: str) -> Response:
    """The BPMN of ?of=live|draft|<version>|review:<id>."""
    model = _shelf(key).model(request.args.get("of", "draft"))
    return Response(model.xml, mimetype="application/xml")


@blueprint.get("/<key>/export")
@requires(*READERS)
def export(key: str) -> Response:
    """The same as a file to keep."""
    model = _shelf(key).model(request.args.get("of", "live"))
    name = f"{key}-v{model.version}.bpmn" if model.version else f"{key}-draft.bpmn"
    answer = Response(model.xml, mimetype="application/xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@blueprint.put("/<key>/draft")
@requires("analyst")
def save(key: str) -> Any:
    """Keep the draft. Body: {xml, revision}; answers {revision, saved_at}. StaleTask (409) tells who saved and when."""
    body = request.get_json(silent=True) or {}
    text = _text(body.get("xml"))
    draft = current_services().engine.save_draft(
        KIND, key, text.encode(), int(body.get("revision") or 0), current_person().actor
    )
    return jsonify(revision=draft.revision, saved_at=draft.updated_at.isoformat(), saved_by=draft.updated_by_name)


@blueprint.post("/<key>/draft/discard")
@requires("analyst")
def discard(key: str) -> Response:
    """Throw the draft away: the editor opens the version in force again."""
    current_services().engine.discard_draft(KIND, key)
    flash(_("草稿已放弃，现在显示的是运行中的版本"), "pass")
    return redirect(url_for("studio.editor", key=key))


@blueprint.post("/<key>/problems")
@requires(*READERS)
def problems(key: str) -> Any:
    """What is wrong with the diagram sent: {problems: [...], errors: n, warnings: n}."""
    body = request.get_json(silent=True) or {}
    found = _shelf(key).problems(_text(body.get("xml")).encode())
    errors = sum(problem["severity"] == "error" for problem in found)
    return jsonify(problems=found, errors=errors, warnings=len(found) - errors)


@blueprint.get("/<key>/compare")
@requires(*READERS)
def comparison(key: str) -> str:
    """Two versions beside each other: on the canvas in colour and in words."""
    shelf = _shelf(key)
    versions = shelf.versions()
    default = str(versions[1]["version"]) if len(versions) > 1 and shelf.draft() is None else "live"
    before, after = request.args.get("from", default), request.args.get("to", "draft")
    old, new = shelf.model(before), shelf.model(after)
    return render_template(
        "studio/compare.html",
        key=key,
        versions=versions,
        draft=shelf.draft(),
        before=before,
        after=after,
        old=old,
        new=new,
        changes=compare(old.xml, new.xml),
    )


@blueprint.get("/<key>/heat")
@requires(*READERS)
def heat_map(key: str) -> str:
    """Dwell, backlog or overdue of every step on the live diagram, and as a table."""
    shelf, given = _shelf(key), request.args
    mode = given.get("mode", "dwell")
    if mode not in heat.MODES:
        raise NotFound(_("没有这种统计"))
    since, until = _day(given.get("since", "")), _day(given.get("until", ""))
    found = heat.steps(key, since, until, shelf.now())
    return render_template(
        "studio/heat.html",
        key=key,
        name=shelf.model("live").name,
        mode=mode,
        since=since,
        until=until,
        steps=found,
        marks=heat.marks(found, mode),
        said=heat.said,
        now=shelf.now(),
    )


@blueprint.post("/<key>/submit")
@requires("analyst")
def send(key: str) -> Response:
    """Hand the draft to a second person."""
    review_id = submit(_shelf(key), current_person().actor, request.form.get("note", ""))
    flash(_("已提交复核；由另一位有发布权限的同事通过后上线"), "pass")
    return redirect(url_for("studio.review", review_id=review_id))


@blueprint.get("/reviews/<review_id>")
@requires(*READERS)
def review(review_id: str) -> str:
    """The reviewer's sheet: what changes, which problems, how many cases are affected; and the decision."""
    services, person = current_services(), current_person()
    with services.database.connect() as connection:
        row = reviews.one(connection, review_id)
    if row["kind"] != KIND:
        raise NotFound(_("没有这份修改"))
    shelf = _shelf(row["key"])
    base = str(row["base_version"]) if row["base_version"] else None
    changes = compare(shelf.model(base).xml, row["content"].encode()) if base else []
    return render_template(
        "studio/review.html",
        review=row,
        key=row["key"],
        name=next((one["name"] for one in shelf.versions()), row["key"]),
        changes=changes,
        base=base,
        problems=shelf.problems(row["content"].encode()) if row["state"] == "pending" else row["report"]["problems"],
        counts=queries.cases_by_version(row["key"]),
        callers=queries.callers(row["key"]),
        live=shelf.live_version(),
        states=reviews.STATE_NAMES,
        may_decide=person.any_of("model_publisher") and person.actor.user_id != row["submitted_by"],
        may_withdraw=person.actor.user_id == row["submitted_by"],
        is_author=person.actor.user_id == row["submitted_by"],
    )


@blueprint.post("/reviews/<review_id>/approve")
@requires("model_publisher")
def accept(review_id: str) -> Response:
    """Deploy the change: new cases get it within five seconds, running ones keep theirs."""
    receipt = approve(current_services(), review_id, current_person().actor, request.form.get("note", ""))
    flash(_("已上线：新的办件 5 秒内使用新版本，正在办理的办件保持原版本"), "pass")
    for warning in receipt.warnings:
        flash(str(warning.get("message", "")), "warn")
    return redirect(url_for("studio.review", review_id=review_id))


@blueprint.post("/reviews/<review_id>/return")
@requires("model_publisher")
def give_back(review_id: str) -> Response:
    reviews.give_back(
        current_services().database, review_id, current_person().actor, now(), request.form.get("note", "")
    )
    flash(_("已退回修改人"), "pass")
    return redirect(url_for("studio.review", review_id=review_id))


@blueprint.post("/reviews/<review_id>/withdraw")
@requires("analyst", "rule_admin")
def withdraw(review_id: str) -> Response:
    row = reviews.withdraw(current_services().database, review_id, current_person().actor, now())
    flash(_("已撤回，草稿仍然保留"), "pass")
    return redirect(url_for("studio.editor", key=row["key"]))


@blueprint.post("/new")
@requires("analyst")
def create() -> Response:
    """Begin a diagram: an empty one, or a copy of another process under a new key."""
    key = importing.new_key(request.form.get("key", ""), request.form.get("name", ""))
    source = request.form.get("copy_of", "")
    content = importing.copy_of(_shelf(source).model("live").xml, source, key, request.form["name"]) if source else (
        importing.empty(key, request.form["name"])
    )
    current_services().engine.save_draft(KIND, key, content, 0, current_person().actor)
    return redirect(url_for("studio.editor", key=key))


@blueprint.post("/import")
@requires("analyst")
def upload() -> str | Response:
    """Read a .bpmn file into a draft and list everything in it that is not understood."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise ValidationFailed(_("请选择一个 .bpmn 文件"), errors=[{"path": "/file", "message": _("请选择文件")}])
    content = sent.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValidationFailed(_("文件超过 2 MB，不像是一张流程图"))
    report = importing.read(content)
    shelf = _shelf(report.key)
    draft = shelf.draft()
    saved = current_services().engine.save_draft(
        KIND, report.key, report.xml, draft.revision if draft else 0, current_person().actor
    )
    return render_template(
        "studio/import.html", report=report, file=sent.filename, draft=saved, problems=shelf.problems(report.xml)
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _shelf(key: str) -> Shelf:
    return Shelf(current_services(), key)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValidationFailed(_("没有收到流程图"), errors=[{"path": "/xml", "message": "empty"}])
    if len(value) > MAX_BYTES:
        raise ValidationFailed(_("流程图超过 2 MB"), errors=[{"path": "/xml", "message": "too large"}])
    return value
