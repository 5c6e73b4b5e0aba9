"""Pages of the rule administrator: list, editor, checks, trial, tests, impact, review and history. Decides no case."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from engine.errors import GuangshaError, NotFound, ValidationFailed
from web.auth.guard import current_person, requires
from web.i18n import _
from web.rules import checks, documents, panels, publishing, queries, tests
from web.rules.comparison import compare
from web.rules.recheck import latest, recheck
from web.rules.runs import Runs
from web.rules.shelf import KIND, RuleShelf
from web.rules.tables import Rule
from web.rules.why import Population, count
from web.services import current_services, now
from web.studio import reviews

blueprint = Blueprint("rules", __name__, url_prefix="/rules", template_folder="templates", static_folder="static")
READERS = ("rule_admin", "rule_approver", "analyst", "model_publisher", "system_admin", "auditor")
EDITOR = "rule_admin"
APPROVER = "rule_approver"
MAX_BYTES = 5_000_000


@blueprint.get("/", strict_slashes=False)
@requires(*READERS)
def home() -> str:
    """Every rule with the version in force, the next one, its tests, uses and waiting change."""
    services = current_services()
    waiting = reviews.waiting(services.database, panels.KINDS)
    return render_template(
        "rules/home.html",
        rules=panels.listed(services),
        waiting=waiting,
        pending={row["key"]: row for row in waiting if row["kind"] == KIND},
        checked=latest(services),
    )


@blueprint.get("/<key>")
@requires(*READERS)
def editor(key: str) -> str:
    """The table in the editor: the draft where there is one, else the newest version."""
    shelf = _shelf(key)
    versions, draft = shelf.versions(), shelf.draft()
    if not versions:
        raise NotFound(_("没有名为 {key} 的规则", key=key))
    return render_template(
        "rules/editor.html",
        key=key,
        name=versions[0]["name"],
        versions=versions,
        live=next((row for row in versions if row["state"] == "live"), None),
        planned=[row for row in versions if row["state"] == "planned"],
        draft=draft,
        pending=reviews.pending(current_services().database, KIND, key),
        policy=panels.policy(shelf),
        uses=queries.uses(versions[0]["decision_ids"]),
        may_edit=current_person().any_of(EDITOR),
        panel=request.args.get("panel", "checks"),
        record=request.args.get("record", ""),
        today=current_services().clock.today(),
    )


@blueprint.get("/<key>/xml")
@requires(*READERS)
def xml(key: str) -> Response:
    """The DMN of ?of=draft|live|latest|<version>|review:<id>."""
    return Response(_shelf(key).xml(request.args.get("of", "draft")), mimetype="application/xml")


@blueprint.get("/<key>/export")
@requires(*READERS)
def export(key: str) -> Response:
    """The same as a file to keep."""
    of = request.args.get("of", "live")
    answer = Response(_shelf(key).xml(of), mimetype="application/xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{key}-{of}.dmn"'
    return answer


@blueprint.put("/<key>/draft")
@requires(EDITOR)
def save(key: str) -> Any:
    """Keep the draft. Body: {xml, revision}; answers {revision, saved_at}. StaleTask (409) tells who saved and when."""
    body = request.get_json(silent=True) or {}
    text = body.get("xml")
    if not isinstance(text, str) or not text.strip() or len(text) > MAX_BYTES:
        raise ValidationFailed(_("没有收到规则，或规则超过 5 MB"), errors=[{"path": "/xml", "message": "size"}])
    draft = current_services().engine.save_draft(
        KIND, key, text.encode(), int(body.get("revision") or 0), current_person().actor
    )
    return jsonify(revision=draft.revision, saved_at=draft.updated_at.isoformat(), saved_by=draft.updated_by_name)


@blueprint.post("/<key>/draft/discard")
@requires(EDITOR)
def discard(key: str) -> Answer:
    """Throw the draft away."""
    current_services().engine.discard_draft(KIND, key)
    flash(_("草稿已放弃，现在显示的是最新版本"), "pass")
    return redirect(url_for("rules.editor", key=key))


@blueprint.get("/<key>/checks")
@requires(*READERS)
def check(key: str) -> str:
    """Panel: errors, gaps, overlaps, rows that can never fire, each with a witness."""
    shelf = _shelf(key)
    content = shelf.xml(request.args.get("of", "draft"))
    problems = shelf.problems(content)
    readable = not any(problem["severity"] == "error" for problem in problems)
    found = checks.findings(Rule(content, key)) if readable else []
    return render_template("rules/_checks.html", key=key, problems=problems, findings=found, titles=checks.TITLES)


@blueprint.get("/<key>/try")
@requires(*READERS)
def trial_form(key: str) -> str:
    """Panel: the inputs of the rule as a form, empty or from a recorded decision (?record=)."""
    return render_template("rules/_try.html", **panels.trial(_shelf(key), request.args))


@blueprint.post("/<key>/try")
@requires(*READERS)
def trial(key: str) -> str:
    """Judge what was typed with the draft and with the version in force."""
    return render_template("rules/_try.html", **panels.trial(_shelf(key), request.form, judge=True))


@blueprint.get("/<key>/tests")
@requires(*READERS)
def test_panel(key: str) -> str:
    """Panel: every test of the rule run on the draft."""
    return render_template("rules/_tests.html", **panels.tests_of(_shelf(key)))


@blueprint.post("/<key>/tests")
@requires(EDITOR)
def add_test(key: str) -> str:
    """Keep what was tried as a test, with the outcome that the person says is right."""
    shelf = _shelf(key)
    panels.keep_test(shelf, request.form, current_person().actor)
    return render_template("rules/_tests.html", **panels.tests_of(shelf))


@blueprint.post("/<key>/tests/generate")
@requires(EDITOR)
def generate_tests(key: str) -> str:
    """Boundary cases from the table as it stands, in the place of those generated before."""
    shelf = _shelf(key)
    made = panels.generate(shelf, current_person().actor)
    return render_template("rules/_tests.html", made=made, **panels.tests_of(shelf))


@blueprint.post("/<key>/tests/<test_id>/remove")
@requires(EDITOR)
def remove_test(key: str, test_id: str) -> str:
    tests.remove(current_services().database, key, test_id)
    return render_template("rules/_tests.html", **panels.tests_of(_shelf(key)))


@blueprint.post("/<key>/tests/<test_id>/accept")
@requires(EDITOR)
def accept_test(key: str, test_id: str) -> str:
    """Say that what comes out now is right: the test asks for it from here on."""
    shelf = _shelf(key)
    panels.accept(shelf, test_id, current_person().actor)
    return render_template("rules/_tests.html", **panels.tests_of(shelf))


@blueprint.get("/<key>/impact")
@requires(*READERS)
def impact(key: str) -> str:
    """Panel: the newest what-if of this draft, or the offer to run one."""
    shelf = _shelf(key)
    content = shelf.xml("draft").decode()
    run = _runs().latest(key, content)
    return render_template("rules/_impact.html", key=key, run=run, total=queries.count_pasts(key), shelf=shelf)


@blueprint.post("/<key>/impact")
@requires(*READERS)
def start_impact(key: str) -> str:
    """Run the draft, or the change under review (of=review:<id>), on every recorded decision."""
    of = request.form.get("of", "draft")
    run = _runs().one(panels.weigh(_shelf(key), _runs(), current_person().actor, of))
    return render_template("rules/_impact.html", key=key, run=run, total=run["total"], of=of)


@blueprint.get("/runs/<run_id>")
@requires(*READERS)
def run_state(run_id: str) -> Any:
    """How far a run is; JSON for programs, the panel for the page."""
    run = _runs().one(run_id)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return jsonify({name: run[name] for name in ("id", "state", "total", "seen", "changed", "percent", "left_s")})
    return render_template("rules/_impact.html", key=run["decision_key"], run=run, total=run["total"])


@blueprint.post("/runs/<run_id>/cancel")
@requires(*READERS)
def cancel_run(run_id: str) -> str:
    _runs().cancel(run_id)
    run = _runs().one(run_id)
    return render_template("rules/_impact.html", key=run["decision_key"], run=run, total=run["total"])


@blueprint.get("/runs/<run_id>/changed")
@requires(*READERS)
def changed(run_id: str) -> str:
    """The cases whose outcome would change: ?district=, ?row=, ?open=1."""
    run = _runs().one(run_id)
    return render_template("rules/changed.html", run=run, **panels.changed(run, request.args))


@blueprint.get("/runs/<run_id>/changed.csv")
@requires(*READERS)
def changed_csv(run_id: str) -> Response:
    """The same as a table to keep."""
    answer = Response("\ufeff" + panels.changed_csv(_runs().one(run_id), request.args), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="what-if-{run_id[:8]}.csv"'
    return answer


@blueprint.get("/<key>/history")
@requires(*READERS)
def history(key: str) -> str:
    """Panel: versions with who, when, why and the legal document."""
    services = current_services()
    return render_template(
        "rules/_history.html",
        key=key,
        versions=_shelf(key).versions(),
        reviews={row["version"]: row for row in reviews.of(services.database, KIND, key) if row["version"]},
        documents=documents.of(services.database, KIND, key),
        may_edit=current_person().any_of(EDITOR),
    )


@blueprint.get("/<key>/why")
@requires(*READERS)
def why(key: str) -> str:
    """Why cases came out as they did: counts by version and row, each opening its cases."""
    services, given = current_services(), request.args
    population = Population(
        outcome=given.get("outcome", ""),
        district=given.get("district", ""),
        version=given.get("version", ""),
        row=given.get("row", ""),
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
    )
    everything = count(queries.pasts(services.database, key), Population())
    found = count(queries.pasts(services.database, key), population)
    return render_template(
        "rules/why.html",
        key=key,
        versions=_shelf(key).versions(),
        population=population,
        found=found,
        everything=everything,
        texts=panels.row_texts(_shelf(key), {version for version, _row in found.rows}),
        districts=sorted({one["district"] for one in everything.cases if one["district"]}),
    )


@blueprint.post("/recheck")
@requires(EDITOR, APPROVER, "auditor", "system_admin")
def check_again() -> Answer:
    """Compute the sample of stored decisions now instead of at night."""
    row = recheck(current_services())
    flash(_("已重算 {n} 条判断，{m} 条与记录一致", n=row["seen"], m=row["same"]), "pass" if row["seen"] == row["same"] else "fail")
    return redirect(url_for("rules.home"))


@blueprint.get("/<key>/compare")
@requires(*READERS)
def comparison(key: str) -> str:
    """Two versions: the difference in words, and both tables."""
    shelf = _shelf(key)
    before, after = request.args.get("from", "live"), request.args.get("to", "draft")
    return render_template(
        "rules/compare.html",
        key=key,
        versions=shelf.versions(),
        draft=shelf.draft(),
        before=before,
        after=after,
        changes=compare(shelf.xml(before), shelf.xml(after)),
    )


@blueprint.post("/<key>/submit")
@requires(EDITOR)
def send(key: str) -> Any:
    """Hand the draft to a second person, with its legal basis and the day from which it counts."""
    try:
        review_id = publishing.submit(_shelf(key), current_person().actor, request.form, request.files.get("document"))
    except GuangshaError as error:
        return render_template("rules/refused.html", key=key, error=error, form=request.form), error.http_status
    flash(_("已提交复核；由另一位有审批权限的同事通过后按日生效"), "pass")
    return redirect(url_for("rules.review", review_id=review_id))


@blueprint.post("/<key>/rollback")
@requires(EDITOR)
def rollback(key: str) -> Answer:
    """Propose an older version as a new one; the past stays as it was decided."""
    number = request.form.get("version", "")
    form = {"note": request.form.get("note") or f"恢复为第 {number} 版的内容", "legal_basis": ""}
    review_id = publishing.submit(_shelf(key), current_person().actor, form, which=number)
    flash(_("已把第 {n} 版的内容作为新版本提交复核", n=number), "pass")
    return redirect(url_for("rules.review", review_id=review_id))


@blueprint.get("/reviews/<review_id>")
@requires(*READERS)
def review(review_id: str) -> Any:
    """The approver's sheet: the difference in words, checks, tests, impact, legal document; and the decision."""
    services = current_services()
    with services.database.connect() as connection:
        row = reviews.one(connection, review_id)
    if row["kind"] != KIND:
        return redirect(url_for("rules.calendar_review", review_id=review_id))
    return render_template("rules/review.html", **panels.review(services, row, _runs(), current_person()))


@blueprint.post("/reviews/<review_id>/approve")
@requires(APPROVER)
def accept(review_id: str) -> Answer:
    """Into force: in every process within five seconds, from the day that was asked for."""
    publishing.approve(current_services(), review_id, current_person().actor, request.form.get("note", ""))
    flash(_("已通过；到生效日起所有进程 5 秒内使用新版本，过去的判断不变"), "pass")
    return redirect(url_for("rules.review", review_id=review_id))


@blueprint.post("/reviews/<review_id>/return")
@requires(APPROVER)
def give_back(review_id: str) -> Answer:
    reviews.give_back(
        current_services().database, review_id, current_person().actor, now(), request.form.get("note", "")
    )
    flash(_("已退回修改人"), "pass")
    return redirect(url_for("rules.review", review_id=review_id))


@blueprint.post("/reviews/<review_id>/withdraw")
@requires(EDITOR)
def withdraw(review_id: str) -> Answer:
    row = reviews.withdraw(current_services().database, review_id, current_person().actor, now())
    flash(_("已撤回，草稿仍然保留"), "pass")
    return redirect(url_for("rules.editor", key=row["key"]))


@blueprint.get("/documents/<document_id>")
@requires(*READERS)
def document(document_id: str) -> Response:
    """A legal document as it was attached."""
    row = documents.one(current_services().database, document_id)
    from flask import send_file

    return send_file(io.BytesIO(row["content"]), mimetype=row["media_type"], download_name=row["name"], as_attachment=False)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _shelf(key: str) -> RuleShelf:
    return RuleShelf(current_services(), key)


def _runs() -> Runs:
    services = current_services()
    return Runs(services.database, services.wall.now)
