"""Pages of the operator: incidents with retry and skip, queue, connectors, messages, people, deployments."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import GuangshaError
from web.admin import queries, sandbox
from web.auth.guard import current_person, requires
from web.auth.people import GROUP_NAMES
from web.i18n import _
from web.services import current_services, now

blueprint = Blueprint("admin", __name__, url_prefix="/admin", template_folder="templates", static_folder="static")
OPERATORS = ("system_admin",)
READERS = ("system_admin", "auditor")
MODELERS = ("system_admin", "auditor", "analyst", "model_publisher", "rule_admin", "rule_approver")


@blueprint.get("/", strict_slashes=False)
@requires(*READERS)
def home() -> str:
    """What stands behind this desk, with the figures that ask for attention."""
    return render_template(
        "admin/home.html",
        incidents=queries.incident_counts(),
        jobs=queries.job_counts(),
        health=queries.queue_health(now()),
        people=len(queries.accounts("", "", "")),
        deployed=queries.deployments(1)[1],
        sent=queries.messages("", 1)[1],
        systems=len(current_services().connectors.clients()),
    )


@blueprint.get("/incidents")
@requires(*READERS)
def incidents() -> str:
    """Incidents by cause above, one by one below; status, cause, q and page stand in the address."""
    status = request.args.get("status", "open")
    cause, q, page = request.args.get("cause", ""), request.args.get("q", "").strip(), _page()
    found, total = queries.incidents("" if status == "all" else status, cause, q, page)
    return render_template(
        "admin/incidents.html",
        groups=queries.incident_groups("open" if status == "all" else status),
        counts=queries.incident_counts(),
        incidents=found,
        total=total,
        page=page,
        size=queries.PAGE,
        status=status,
        cause=cause,
        q=q,
    )


@blueprint.get("/incidents/<incident_id>")
@requires(*READERS)
def incident(incident_id: str) -> str:
    """One incident with its traceback, the job behind it and what may be done."""
    found = queries.incident_one(incident_id) or abort(404)
    return render_template("admin/incident.html", incident=found, job=queries.job_one(found["subject_id"]))


@blueprint.post("/incidents/<incident_id>/retry")
@requires(*OPERATORS)
def retry(incident_id: str) -> Response:
    """Do once more what failed; what had succeeded before is not repeated."""
    reason = request.form.get("reason", "").strip() or "重试"
    failed = _attempt(lambda: current_services().engine.retry_incident(incident_id, current_person().actor, reason))
    _tell(failed, _("已重新排队，稍后可在办件中看到结果"))
    return _back(url_for("admin.incidents"))


@blueprint.post("/incidents/<incident_id>/skip")
@requires(*OPERATORS)
def skip(incident_id: str) -> Response:
    """Go on without the answer, with a reason that stays in the case."""
    reason = request.form.get("reason", "").strip()
    if len(reason) < 5:
        flash(_("跳过必须写明理由，至少 5 个字；理由会记入办件"), "fail")
        return redirect(url_for("admin.incident", incident_id=incident_id))
    failed = _attempt(lambda: current_services().engine.skip_incident(incident_id, current_person().actor, reason))
    _tell(failed, _("已跳过，办件继续往下走"))
    return _back(url_for("admin.incidents"))


@blueprint.post("/incidents/<incident_id>/resolve")
@requires(*OPERATORS)
def resolve(incident_id: str) -> Response:
    """Declare it settled by other means; nothing is run."""
    reason = request.form.get("reason", "").strip()
    failed = _attempt(lambda: current_services().engine.resolve_incident(incident_id, current_person().actor, reason))
    _tell(failed, _("已标记为另行解决"))
    return _back(url_for("admin.incidents"))


@blueprint.post("/incidents/retry-all")
@requires(*OPERATORS)
def retry_all() -> Response:
    """Retry every open incident of one cause (at most 500 at a time) and say how many could not be."""
    cause = request.form.get("cause", "")
    actor, engine = current_person().actor, current_services().engine
    failures = []
    ids = queries.incident_ids(cause)
    for incident_id in ids:
        failed = _attempt(lambda subject=incident_id: engine.retry_incident(subject, actor, "整组重试"))
        if failed:
            failures.append(failed)
    flash(_("已重试 {done} 件", done=len(ids) - len(failures)), "pass" if not failures else "warn")
    for message in sorted(set(failures)):
        flash(_("{count} 件没有成功：{why}", count=failures.count(message), why=message), "fail")
    return _back(url_for("admin.incidents"))


@blueprint.get("/jobs")
@requires(*READERS)
def jobs() -> str:
    """Outside calls that wait, run, failed or are done."""
    status, topic, page = request.args.get("status", ""), request.args.get("topic", ""), _page()
    found, total = queries.jobs(status, topic, page)
    return render_template(
        "admin/jobs.html",
        jobs=found,
        total=total,
        page=page,
        size=queries.PAGE,
        status=status,
        topic=topic,
        counts=queries.job_counts(),
        topics=queries.topics(),
        health=queries.queue_health(now()),
    )


@blueprint.get("/timers")
@requires(*READERS)
def timers() -> str:
    """Due times, the next one first."""
    status, page = request.args.get("status", "waiting"), _page()
    found, total = queries.timers("" if status == "all" else status, page)
    return render_template(
        "admin/timers.html",
        timers=found,
        total=total,
        page=page,
        size=queries.PAGE,
        status=status,
        counts=queries.timer_counts(),
        health=queries.queue_health(now()),
        now=now(),
    )


@blueprint.get("/connectors")
@requires(*READERS)
def connectors() -> str:
    """Every outside system with its interface document; health and switches are fetched by the page."""
    services = current_services()
    return render_template(
        "admin/connectors.html",
        systems=sandbox.systems(services),
        sandboxed=bool(services.config.sandbox_url),
        modes=sandbox.MODES,
        topics={row["topic"]: row for row in queries.topics()},
    )


@blueprint.get("/connectors/<system>/health")
@requires(*READERS)
def connector_health(system: str) -> str:
    """Ask one system how it is: a fragment, so that a slow one delays only its own card."""
    services = current_services()
    if system not in services.connectors.clients():
        abort(404)
    return render_template("admin/_health.html", system=system, health=sandbox.health(services, system))


@blueprint.post("/connectors/<system>/switch")
@requires(*OPERATORS)
def connector_switch(system: str) -> Response:
    """Turn a switch of the sandbox (demo only): how this outside system behaves from now on."""
    services = current_services()
    if not services.config.sandbox_url:
        abort(404)
    mode = request.form.get("mode", "ok")
    failed = _attempt(lambda: sandbox.switch(services, system, mode))
    _tell(failed, _("沙箱已切换"))
    return redirect(url_for("admin.connectors") + ("" if system == "*" else f"#{system}"))


@blueprint.get("/messages")
@requires("system_admin", "supervisor", "auditor")
def messages() -> str:
    """Messages sent out."""
    q, page = request.args.get("q", "").strip(), _page()
    found, total = queries.messages(q, page)
    return render_template("admin/messages.html", messages=found, total=total, page=page, size=queries.PAGE, q=q)


@blueprint.get("/accounts")
@requires(*READERS)
def accounts() -> str:
    """People with their posts and rights, and the organisation they belong to."""
    q, group, unit = (request.args.get(name, "").strip() for name in ("q", "group", "unit"))
    return render_template(
        "admin/accounts.html",
        accounts=queries.accounts(q, group, unit),
        units=_tree(),
        q=q,
        group=group,
        unit=unit,
        group_names=GROUP_NAMES,
    )


@blueprint.get("/deployments")
@requires(*MODELERS)
def deployments() -> str:
    """What was deployed, by whom, approved by whom, effective when."""
    page = _page()
    found, total = queries.deployments(page)
    return render_template("admin/deployments.html", deployments=found, total=total, page=page, size=queries.PAGE)


@blueprint.get("/calendar")
@requires(*MODELERS)
def calendar() -> Response:
    """The holiday calendar is changed at the rules desk, in the same way as a rule."""
    return redirect(url_for("rules.calendar"))


def _tree() -> list[dict[str, object]]:
    """Units in depth-first order with their depth."""
    below: dict[str, list[dict[str, object]]] = {}
    for row in queries.units():
        below.setdefault(row["parent"] or "", []).append(dict(row))
    found: list[dict[str, object]] = []

    def visit(parent: str, depth: int) -> None:
        for unit in below.get(parent, ()):
            found.append(unit | {"depth": depth})
            visit(str(unit["code"]), depth + 1)

    visit("", 0)
    return found


def _page() -> int:
    return max(1, request.args.get("page", 1, type=int))


def _attempt(act: object) -> str:
    """Run a command; the sentence that says why it was refused, or nothing."""
    try:
        act()  # type: ignore[operator]
    except GuangshaError as error:
        return error.message
    return ""


def _tell(failed: str, done: str) -> None:
    flash(failed or done, "fail" if failed else "pass")


def _back(default: str) -> Response:
    """Where the form says to go, if that is a page of ours."""
    keep = {name: request.form[f"keep_{name}"] for name in ("status", "cause", "q") if request.form.get(f"keep_{name}")}
    return redirect(default + (f"?{urlencode(keep)}" if keep else ""))
