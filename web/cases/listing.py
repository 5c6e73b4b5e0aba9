"""Pages of many cases: query, countdown, statistics with Excel, text messages; each figure leads to its list."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Response, render_template, request

from engine import CaseFilter
from web.auth.guard import current_person, requires
from web.auth.people import WORKERS, Person, units
from web.cases import lists, workbook
from web.cases.routes import READERS, blueprint
from web.inbox.countdown import countdown
from web.layout import district_name
from web.services import current_services

SIZE = 20


def asked_day(name: str) -> date | None:
    """A day from the address; None for anything that is not one."""
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def asked_page() -> int:
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


def _address(path: str, values: dict[str, Any]) -> Any:
    kept = {key: value for key, value in values.items() if value}
    return lambda number: f"{path}?{urlencode({**kept, 'page': number})}"


@blueprint.get("/cases")
@requires(*READERS)
def search() -> str:
    """Cases by number, applicant, kind, time, stage, district, channel and overdue (SH-022)."""
    person = current_person()
    values = {key: request.args.get(key, "").strip()[:80] for key in ("text", "process", "status", "district", "channel", "overdue", "first", "last")}
    page = current_services().engine.cases(_filter(values, person), page=asked_page(), size=SIZE, sort=_sort())
    steps = lists.current_steps([case.id for case in page.items if case.status == "running"])
    return render_template("cases/search.html", page=page, values_=values, steps=steps, countdown=countdown, choices=_choices(),
                           sort=_sort(), page_address=_address("/cases", {**values, "sort": request.args.get("sort")}))  # fmt: skip


def _filter(values: dict[str, str], person: Person) -> CaseFilter:
    everything = person.any_of("auditor", "system_admin")
    return CaseFilter(
        text=values["text"],
        process_key=values["process"] or None,
        status=values["status"] or None,
        district=values["district"] or None,
        channel=values["channel"] or None,
        overdue=values["overdue"] == "1",
        submitted_from=asked_day("first"),
        submitted_until=asked_day("last"),
        org_units=frozenset() if everything else person.actor.org_units or frozenset({"-"}),
    )


def _sort() -> str:
    sort = request.args.get("sort", "-submitted_at")
    return sort if sort.removeprefix("-") in ("submitted_at", "due_on", "case_no", "applicant_name") else "-submitted_at"


def _choices() -> dict[str, list[Any]]:
    definitions = current_services().engine.definitions()
    return {
        "process": [(d.key, d.name) for d in definitions if d.public or d.start_groups],
        "district": sorted({u["district"] for u in units.fresh().values() if u["kind"] == "district"}),
    }


@blueprint.get("/cases/countdown")
@requires(*sorted(WORKERS))
def countdowns() -> str:
    """Running cases by working days left, with figures (SH-048)."""
    person, page = current_person(), asked_page()
    found, total = lists.countdown_cases(person, page, SIZE)
    steps = lists.current_steps([row["id"] for row in found])
    return render_template("cases/countdown.html", cases=found, total=total, page=page, pages=max(1, -(-total // SIZE)), steps=steps,
                           countdown=countdown, figures=lists.countdown_figures(person),
                           page_address=_address("/cases/countdown", {}))  # fmt: skip


@blueprint.get("/cases/messages")
@requires(*READERS)
def sent_messages() -> str:
    """Text messages that were sent, by day and recipient."""
    person, page = current_person(), asked_page()
    text = request.args.get("text", "").strip()[:40]
    found, total = lists.messages(person, text, asked_day("first"), asked_day("last"), page, SIZE)
    values = {"text": text, "first": request.args.get("first", ""), "last": request.args.get("last", "")}
    return render_template("cases/messages.html", messages=found, total=total, page=page, pages=max(1, -(-total // SIZE)),
                           values_=values, page_address=_address("/cases/messages", values))  # fmt: skip


def _period() -> tuple[date, date]:
    today = current_services().clock.today()
    last = asked_day("last") or today
    first = asked_day("first") or last - timedelta(days=29)
    return (first, last) if first <= last else (last, first)


@blueprint.get("/cases/statistics")
@requires(*READERS)
def figures() -> str:
    """Totals and distributions of a period (SH-022)."""
    first, last = _period()
    return render_template("cases/statistics.html", found=lists.statistics(current_person(), first, last), first=first, last=last)


@blueprint.get("/cases/statistics.xlsx")
@requires(*READERS)
def export() -> Response:
    """The figures and the masked case list of a period as a workbook."""
    person, (first, last) = current_person(), _period()
    data = workbook.made(lists.statistics(person, first, last), lists.export_rows(person, first, last), first, last, person.name)
    current_services().engine.record_read("", person.actor, f"export:statistics {first} {last}", "统计导出")
    answer = Response(data, mimetype="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    answer.headers["Content-Disposition"] = f'attachment; filename="statistics-{first}-{last}.xlsx"'
    return answer


@blueprint.app_template_global()
def districts_of(found: lists.Statistics) -> list[tuple[str, int]]:
    """The counts by district with their names."""
    return [(district_name(code) or code, count) for code, count in found.by_district]
