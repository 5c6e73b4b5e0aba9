"""The live board of dust monitoring, its alerts, devices and statistics; every number leads to its cases. Decides nothing."""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template, request
from openpyxl import Workbook

from engine.errors import NotFound
from handlers.site import tables
from handlers.site.records import AREAS
from web.auth.guard import current_person, requires
from web.cases.workbook import safe
from web.i18n import _
from web.layout import district_name, local
from web.services import current_services, now
from web.site import queries
from web.site.api import api, sheet_of
from web.site.queries import Chosen, Tally

blueprint = Blueprint("site", __name__, template_folder="templates")
blueprint.register_blueprint(api)
READERS = ("site_supervisor", "contractor", "supervisor", "auditor")
DAY = timedelta(hours=24)
KINDS = {"exceedance": "扬尘超标", "offline": "设备离线"}
LEVELS = {"general": "一般", "serious": "严重"}
STATES = {"open": "在办", "escalated": "已升级督办", "closed": "已办结", "in_time": "按时办结", "late": "逾期办结", "mistaken": "误报"}
DEVICE_STATES = {"online": "在线", "silent": "离线", "unheard": "未传数据", "connected": "接入中", "refused": "未准接入", "retired": "已停用"}
HEADS = ("告警", "超标", "离线", "在办", "按时办结", "逾期办结", "误报", "平均处置（分钟）")
_WORDS = {"KINDS": KINDS, "LEVELS": LEVELS, "STATES": STATES, "DEVICE_STATES": DEVICE_STATES, "AREAS": AREAS}


@blueprint.get("/site/board")
@requires(*READERS)
def board() -> str:
    """The live board; its figures come again every 30 seconds."""
    return render_template("site/board.html", **_board())


@blueprint.get("/site/board/figures")
@requires(*READERS)
def figures() -> str:
    """The part of the board that is fetched again."""
    return render_template("site/_figures.html", **_board())


def _board() -> dict[str, Any]:
    person, services, instant = current_person(), current_services(), now()
    since = instant - DAY
    states: dict[str, int] = dict.fromkeys(DEVICE_STATES, 0)
    for device in queries.devices(person, tables.periods(services.engine), instant):
        states[device["state"]] += 1
    counts = {state: queries.alerts(person, Chosen(state=state), size=1)[1] for state in ("open", "escalated")}
    hours = queries.hours_of(queries.course(person, since))
    counts |= {kind: queries.alerts(person, Chosen(state="open", kind=kind), size=1)[1] for kind in KINDS}
    return {
        "states": states,
        "counts": counts,
        "course": _hour_chart(hours, "mean", _("近 24 小时均值（µg/m³）"), "line"),
        "exceeding": _hour_chart(hours, "exceeding", _("近 24 小时超标次数"), "bar"),
        "places": _places_chart(queries.open_by(person, "district")),
        "highest": queries.highest(person, since),
        "latest": queries.alerts(person, Chosen(state="open"), size=10)[0],
        "as_of": instant,
        **_WORDS,
    }


def _hour_chart(hours: list[dict[str, Any]], name: str, title: str, kind: str) -> dict[str, Any]:
    """One figure of every hour; figures of different units never share an axis."""
    series = {"name": title, "type": kind, "data": [hour[name] for hour in hours]}
    categories = [hour["hour"].strftime("%H:%M") for hour in hours]
    return {"title": title, "category_title": _("时间"), "categories": categories, "series": [series]}


def _places_chart(found: list[Any]) -> dict[str, Any]:
    names = sorted({row["name"] for row in found})
    by = {(row["name"], row["kind"]): row["n"] for row in found}
    series = [
        {
            "name": _(words),
            "type": "bar",
            "stack": "all",
            "data": [by.get((name, kind), 0) for name in names],
            "links": [f"/site/alerts?{urlencode({'state': 'open', 'kind': kind, 'district': name})}" for name in names],
        }
        for kind, words in KINDS.items()
    ]
    categories = [district_name(name) or name for name in names]
    return {"title": _("各区在办告警"), "category_title": _("行政区"), "categories": categories, "series": series, "unit": _("件")}


def _chosen() -> Chosen:
    given = {name: request.args.get(name, "")[:100] for name in ("state", "kind", "level", "district", "contractor", "device")}
    return Chosen(**given, first=_day("first"), last=_day("last"))


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


@blueprint.get("/site/alerts")
@requires(*READERS)
def alerts() -> str:
    """The alerts behind a number; each leads to its case."""
    chosen, page = _chosen(), max(1, request.args.get("page", 1, type=int))
    found, total = queries.alerts(current_person(), chosen, page)
    pages = max(1, -(-total // queries.PAGE))
    return render_template(
        "site/alerts.html", found=found, total=total, page=page, pages=pages, chosen=chosen, address=_page_address, **_WORDS
    )


@blueprint.get("/site/alerts/<case_no>")
@requires(*READERS)
def alert(case_no: str) -> str:
    """One alert with every occurrence that it gathered."""
    found = queries.alert(current_person(), case_no)
    if found is None:
        raise NotFound("没有这件告警，或不属于您的机构", case_no=case_no)
    return render_template("site/alert.html", alert=found, occurrences=queries.occurrences(case_no), **_WORDS)


def _page_address(number: int) -> str:
    return f"/site/alerts?{urlencode({**request.args.to_dict(), 'page': number})}"


@blueprint.get("/site/devices")
@requires(*READERS)
def devices() -> str:
    """All devices of the reader's units, by state."""
    state, text = request.args.get("state", ""), request.args.get("text", "").strip()[:60]
    found = queries.devices(current_person(), tables.periods(current_services().engine), now())
    counts: dict[str, int] = dict.fromkeys(DEVICE_STATES, 0)
    for device in found:
        counts[device["state"]] += 1
    shown = [d for d in found if state in ("", d["state"]) and _holds(d, text)]
    return render_template("site/devices.html", found=shown[:200], total=len(shown), counts=counts, state=state, text=text, **_WORDS)


def _holds(device: dict[str, Any], text: str) -> bool:
    return not text or any(text in str(device[name] or "") for name in ("device_no", "project_name", "contractor_name"))


@blueprint.get("/site/devices/<device_no>")
@requires(*READERS)
def device(device_no: str) -> str:
    """One device: its means of the last day against the limit, and its alerts."""
    found, windows, own = queries.device_page(current_person(), device_no, now() - DAY)
    if found is None:
        raise NotFound("没有这台设备，或不属于您的机构", device_no=device_no)
    chart = {
        "title": _("近 24 小时十五分钟均值"),
        "category_title": _("时间"),
        "categories": [local(row["window_at"], "%H:%M") for row in windows],
        "unit": "µg/m³",
        "series": [
            {"name": _("均值"), "type": "line", "data": [row["mean_ug_m3"] for row in windows]},
            {"name": _("限值"), "type": "line", "data": [row["limit_ug_m3"] for row in windows]},
        ],
    }
    return render_template("site/device.html", device=found, chart=chart, alerts=own, **_WORDS)


@blueprint.get("/site/statistics")
@requires(*READERS)
def statistics() -> str:
    """Alerts of a period by district and by contractor."""
    chosen = _period()
    person = current_person()
    parts = [(_("行政区"), "district", queries.tallies(person, chosen, "district")),
             (_("施工企业"), "contractor", queries.tallies(person, chosen, "contractor_name"))]  # fmt: skip
    return render_template("site/statistics.html", chosen=chosen, parts=parts, address=_tally_address, heads=HEADS, **_WORDS)


def _period() -> Chosen:
    today = current_services().clock.today()
    return Chosen(first=_day("first") or today - timedelta(days=29), last=_day("last") or today)


def _tally_address(chosen: Chosen, column: str, name: str, **more: str) -> str:
    where = {"first": chosen.first, "last": chosen.last, **({column: name} if name else {}), **more}
    return f"/site/alerts?{urlencode(where)}"


@blueprint.get("/site/statistics.xlsx")
@requires(*READERS)
def workbook() -> Response:
    """The statistics as a workbook."""
    chosen, person, book = _period(), current_person(), Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "扬尘告警统计"
    sheet.append([f"扬尘告警统计 {chosen.first} 至 {chosen.last}，数据截至 {local(now())}，导出人 {safe(person.name)}"])
    for words, column in (("行政区", "district"), ("施工企业", "contractor_name")):
        sheet.append([])
        sheet.append([words, *HEADS])
        for tally in queries.tallies(person, chosen, column):
            sheet.append([safe(_named(tally, column)), *_cells(tally)])
    kept = io.BytesIO()
    book.save(kept)
    headers = {"Content-Disposition": f'attachment; filename="dust-{chosen.first}-{chosen.last}.xlsx"'}
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    return Response(kept.getvalue(), mimetype=kind, headers=headers)


def _named(tally: Tally, column: str) -> str:
    return (district_name(tally.name) or tally.name if column == "district" else tally.name) or "合计"


def _cells(tally: Tally) -> list[int | None]:
    return [tally.total, tally.exceedance, tally.offline, tally.open, tally.in_time, tally.late, tally.mistaken, tally.minutes]


@blueprint.get("/site/refusals")
@requires("site_supervisor", "device_installer", "supervisor")
def refusals() -> str:
    """The latest rows that were not taken, with their reasons."""
    return render_template("site/refusals.html", found=queries.refusals())


@blueprint.get("/site/refusals/<batch>.csv")
@requires("site_supervisor", "device_installer", "supervisor")
def refusal_sheet(batch: str) -> Response:
    """The refused rows of one batch as a sheet."""
    return sheet_of(batch)
