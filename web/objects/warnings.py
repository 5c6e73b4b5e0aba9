"""The warning list (警示名单): asked by place, person and number, how each warning went on, Excel. SH-203."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template
from sqlalchemy import select

from engine.errors import NotFound
from handlers.fair_guard import registers
from handlers.fair_guard.records import warning_entry
from handlers.fair_guard.rules import add_months
from web.auth.guard import current_person, requires
from web.i18n import _
from web.layout import day, district_name, local
from web.masking import mask_id, mask_name
from web.objects.room import (
    CATEGORIES,
    COLOURS,
    READERS,
    STATUSES,
    asked,
    blueprint,
    everything,
    excel,
    listing,
    reading,
)
from web.services import current_services, rows

FILTERS = ("district", "sub_district", "applicant", "acceptance_no", "colour", "status", "category", "open")
HEADS = [
    "灯色",
    "防控类别",
    "当事人",
    "证件号码",
    "受理编号",
    "区",
    "街道",
    "状态",
    "预警日期",
    "处置期限",
    "警示编号",
    "处置结果",
]


@blueprint.get("/warnings")
@requires(*READERS)
def warning_list() -> str:
    """The list with figures by colour; only the own district for a post of a district."""
    found = listing("/objects/warnings", asked(*FILTERS), registers.warnings)
    with reading() as connection:
        figures = {
            colour: [
                registers.warnings(connection, {**found["values_"], "colour": colour, "open": one}, 0)[1]
                for one in ("1", "")
            ]
            for colour in COLOURS
        }
    words = {"colours": COLOURS, "statuses": STATUSES, "categories": CATEGORIES}
    return render_template(
        "objects/warnings.html", **found, **words, figures=figures, chart=_evolution(found["values_"]["district"])
    )


def _evolution(district: str) -> dict[str, Any]:
    """The warnings of the last twelve months by colour, as the chart island reads them."""
    today = current_services().clock.today()
    first = add_months(today.replace(day=1), -11)
    with reading() as connection:
        found = registers.trend(connection, district or None, first, today)
    months = [f"{add_months(first, place):%Y-%m}" for place in range(12)]
    series = [
        {
            "name": _(word),
            "stack": "all",
            "state": kind,
            "data": [found.get(month, {}).get(colour, 0) for month in months],
        }
        for colour, (word, kind) in COLOURS.items()
    ]
    return {
        "title": _("近十二个月预警"),
        "categories": months,
        "category_title": _("月份"),
        "unit": "",
        "series": series,
    }


@blueprint.get("/warnings.xlsx")
@requires(*READERS)
def warning_book() -> Response:
    """The same list as a workbook, names and numbers masked."""
    lines = [_line(row) for row in everything(asked(*FILTERS), registers.warnings)]
    return excel("warnings", "警示名单", HEADS, lines)


def _line(row: dict[str, Any]) -> list[Any]:
    return [
        COLOURS[row["colour"]][0], CATEGORIES.get(row["category"], row["category"]), mask_name(row["name"]), mask_id(row["id_no"]),
        row["acceptance_no"] or "", district_name(row["district"]), row["sub_district"] or "", STATUSES[row["status"]],
        day(row["raised_on"]), day(row["due_on"]), row["case_no"], row["result"] or "",
    ]  # fmt: skip


@blueprint.get("/warnings/<case_no>")
@requires(*READERS)
def warning_page(case_no: str) -> str:
    """One warning: what the table saw and every step of its evolution (SH-203.R2, R3)."""
    found = rows(select(warning_entry).where(warning_entry.c.case_no == case_no))
    own = current_person().actor.district
    if not found or (own and found[0]["district"] not in (None, own)):
        raise NotFound(f"没有警示 {case_no}。")
    with reading() as connection:
        moves = registers.moves(connection, found[0]["case_id"])
    return render_template("objects/warning.html", entry=found[0], moves=moves, local_time=local)
