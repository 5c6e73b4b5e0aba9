"""Pages of the auditor: search, one case moment by moment, proof, replay and export. Every reading is recorded."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, render_template, request, url_for

from engine import canonical
from web.audit import package, provenance, queries
from web.audit.lists import LIMIT, LISTS
from web.audit.timeline import Moment, diagrams, marks, moments
from web.audit.words import EVENT_NAMES, SOURCE_NAMES
from web.auth.guard import current_person, requires
from web.i18n import _
from web.masking import mask_text
from web.services import current_services, now

blueprint = Blueprint("audit", __name__, url_prefix="/audit", template_folder="templates", static_folder="static")
READERS = ("auditor", "supervisor")


@blueprint.get("/", strict_slashes=False)
@requires(*READERS)
def home() -> str:
    """Cases, or events, that fit the search in the address."""
    search = _search()
    view = request.args.get("view", "cases")
    found, total = (queries.find_events if view == "events" else queries.find_cases)(search)
    return render_template(
        "audit/home.html",
        view=view,
        search=search,
        found=found,
        total=total,
        size=queries.PAGE,
        kinds=EVENT_NAMES,
        actors=queries.actors(),
        districts=queries.districts(),
    )


@blueprint.post("/integrity")
@requires(*READERS)
def integrity_of_all() -> str:
    """Recompute the chains of all cases and list those that do not fit."""
    checked, broken = current_services().engine.verify_all()
    numbers = {one.case_id: current_services().engine.case(one.case_id).case_no for one in broken}
    return render_template("audit/_all.html", checked=checked, broken=broken, numbers=numbers, at=now())


@blueprint.get("/lists")
@requires(*READERS)
def lists() -> str:
    """What an auditor always asks for, by ?list=."""
    current = request.args.get("list", "skipped")
    if current not in LISTS:
        abort(404)
    return render_template("audit/lists.html", lists=LISTS, current=current, found=LISTS[current].find()[:LIMIT])


@blueprint.get("/<case_no>")
@requires(*READERS)
def case(case_no: str) -> str:
    """One case at ?at=<event number> (the last by default)."""
    found = _case(case_no)
    if "at" not in request.args:
        _note(found, "audit")
    return render_template("audit/case.html", **_moment(found))


@blueprint.get("/<case_no>/moment")
@requires(*READERS)
def moment(case_no: str) -> str:
    """Only the parts of that page that depend on the moment, for the slider."""
    return render_template("audit/_moment.html", **_moment(_case(case_no)))


@blueprint.get("/<case_no>/diagram.bpmn")
@requires(*READERS)
def diagram(case_no: str) -> Response:
    """The diagram that this case runs on: ?process=<key> for one that it calls."""
    found = _case(case_no)
    ids = queries.members(found.id)
    key = request.args.get("process", found.process_key)
    definitions = queries.definitions([ids[key]]) if key in ids else {}
    if key not in definitions:
        abort(404)
    return Response(bytes(definitions[key]["xml"]), mimetype="application/xml")


@blueprint.post("/<case_no>/integrity")
@requires(*READERS)
def integrity(case_no: str) -> str:
    """Recompute the hash chain, every value and every raw answer; name the first that does not fit."""
    found = _case(case_no)
    engine = current_services().engine
    return render_template(
        "audit/_integrity.html",
        chain=engine.verify_chain(found.id),
        values=queries.broken_items(found.id),
        answers=[one for one in engine.evidence(found.id) if not one.intact],
        checked=queries.counted(found.id),
        case=found,
        at=now(),
    )


@blueprint.post("/<case_no>/replay")
@requires(*READERS)
def replay(case_no: str) -> str:
    """Execute the case once more from its recorded inputs and compare every marking and value."""
    found = _case(case_no)
    report = current_services().engine.replay(found.id)
    return render_template("audit/_replay.html", report=report, case=found, at=now())


@blueprint.get("/<case_no>/reads")
@requires("auditor")
def reads(case_no: str) -> str:
    """Who looked at this case, and how."""
    found = _case(case_no)
    return render_template("audit/reads.html", case=found, reads=current_services().engine.reads(case_id=found.id))


@blueprint.get("/<case_no>/evidence/<evidence_id>")
@requires(*READERS)
def raw(case_no: str, evidence_id: str) -> str:
    """A raw answer as received, with its hash."""
    found = _case(case_no)
    one = next((item for item in current_services().engine.evidence(found.id) if item.id == evidence_id), None)
    if one is None:
        abort(404)
    _note(found, "evidence")
    plain, text = _plain(found), _pretty(one.raw)
    return render_template(
        "audit/evidence.html", case=found, evidence=one, text=text if plain else mask_text(text), plain=plain
    )


@blueprint.get("/<case_no>/evidence/<evidence_id>/raw")
@requires("auditor")
def raw_file(case_no: str, evidence_id: str) -> Response:
    """The same bytes as a file."""
    found = _case(case_no)
    one = next((item for item in current_services().engine.evidence(found.id) if item.id == evidence_id), None)
    if one is None:
        abort(404)
    _note(found, "export")
    return _file(one.raw, f"{one.system}-{one.request_id}.raw", "application/octet-stream")


@blueprint.get("/<case_no>/package.zip")
@requires("auditor")
def export_package(case_no: str) -> Response:
    """The case as one file that verifies itself offline."""
    found = _case(case_no)
    _note(found, "export")
    files = getattr(current_services(), "files", None)
    content = package.build(found.id, current_person().name, now(), getattr(files, "read", None))
    return _file(content, f"{case_no}.zip", "application/zip")


@blueprint.get("/<case_no>/log.xes")
@requires("auditor")
def export_xes(case_no: str) -> Response:
    """The events in the form that process-mining tools read (IEEE 1849)."""
    found = _case(case_no)
    _note(found, "export")
    return _file(current_services().engine.export_xes([found.id]), f"{case_no}.xes", "application/xml")


def _plain(found: Any) -> str:
    """The reason for which numbers and names are shown in full (?plain=), noted as a reading; empty: they are masked."""
    reason = request.args.get("plain", "").strip()
    if len(reason) < 2 or not current_person().any_of("auditor"):
        return ""
    current_services().engine.record_read(found.id, current_person().actor, "plaintext", reason)
    return reason


def _note(found: Any, what: str) -> None:
    """Reading is an event too: who looked at which case, and how."""
    current_services().engine.record_read(found.id, current_person().actor, what, "审计")


def _search() -> queries.Search:
    given = request.args
    return queries.Search(
        text=given.get("q", "").strip(),
        actor=given.get("actor", "").strip(),
        kind=given.get("kind", ""),
        process_key=given.get("process", ""),
        district=given.get("district", ""),
        status=given.get("status", ""),
        since=_day(given.get("since", "")),
        until=_day(given.get("until", "")),
        page=max(1, given.get("page", 1, type=int)),
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _case(case_no: str) -> Any:
    return current_services().engine.case(case_no)


def _moment(found: Any) -> dict[str, Any]:
    """Everything that the page shows of one moment."""
    engine = current_services().engine
    all_moments = moments(engine.events(found.id), found.process_key)
    here = _chosen(all_moments)
    drawings = _drawings(found, all_moments)
    shown = _shown(drawings, here)
    items = engine.case_file(found.id, as_of_seq=here.seq)
    return {
        "case": found,
        "moments": all_moments,
        "here": here,
        "index": all_moments.index(here),
        "labels": [[one.seq, f"{_(one.words)} {one.event.element_name or ''}".strip()] for one in all_moments],
        "drawings": drawings,
        "shown": shown,
        "marks": marks(here, shown["process_key"], shown["path"]).as_dict(),
        "items": provenance.rows(
            items, here.seq, engine.decision_records(found.id), engine.evidence(found.id), _names(all_moments)
        ),
        "event": here.event,
        "facts": provenance.facts(here.event),
        "sources": SOURCE_NAMES,
        "plain": _plain(found),
        "masked": provenance.masked,
        "diagram_url": url_for("audit.diagram", case_no=found.case_no, process=shown["process_key"]),
    }


def _names(found: list[Moment]) -> dict[str, str]:
    """Names of the steps as people know them, by element id."""
    return {one.event.element_id: one.event.element_name for one in found if one.event.element_id and one.event.element_name}


def _chosen(found: list[Moment]) -> Moment:
    if not found:
        abort(404)
    wanted = request.args.get("at", type=int)
    return next((item for item in found if item.seq == wanted), found[-1])


def _drawings(found: Any, all_moments: list[Moment]) -> list[dict[str, str]]:
    definitions = queries.definitions(list(queries.members(found.id).values()))
    known = []
    for drawing in diagrams(all_moments, found.process_key):
        row: Mapping[str, Any] | None = definitions.get(drawing["process_key"])
        if row:
            known.append(drawing | {"name": row["name"], "version": str(row["version"])})
    return known


def _shown(drawings: list[dict[str, str]], here: Moment) -> dict[str, str]:
    """The diagram asked for by ?diagram=<path>, else the main one; `auto` follows the event."""
    wanted = request.args.get("diagram", "")
    if wanted == "auto":
        wanted = here.place.path if here.place else ""
    fallback = {"process_key": "", "path": "", "name": "", "version": ""}
    return next((one for one in drawings if one["path"] == wanted), drawings[0] if drawings else fallback)


def _pretty(content: bytes) -> str:
    try:
        return json.dumps(canonical.loads(content), ensure_ascii=False, indent=2)
    except ValueError:
        return content.decode("utf-8", "replace")


def _file(content: bytes, name: str, media_type: str) -> Response:
    answer = Response(content, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


