"""Archives of families: qualification, allocation (配租) and sale (配售), with ledger, figures, entries and Excel. SH-195 to 197."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

from flask import Response, flash, redirect, render_template, request
from sqlalchemy import select

from engine.errors import NotFound, ValidationFailed
from engine.records import cases
from handlers.protected_object import archives
from handlers.protected_object.records import KINDS
from web.auth.guard import current_person, requires
from web.layout import day, district_name
from web.masking import mask_id, mask_name
from web.objects.room import (
    READERS,
    WRITERS,
    asked,
    asked_period,
    blueprint,
    everything,
    excel,
    listing,
    reading,
)
from web.services import current_services, rows, writing

FILTERS = ("kind", "district", "text")
TITLES = {"rental": "配租档案", "sale": "配售档案"}


@blueprint.get("/qualifications")
@requires(*READERS)
def qualification_list() -> str:
    """One archive for every application, from its submission on (SH-195)."""
    found = listing("/objects/qualifications", asked(*FILTERS), archives.qualifications)
    return render_template("objects/qualifications.html", **found, kinds=KINDS)


@blueprint.get("/qualifications.xlsx")
@requires(*READERS)
def qualification_book() -> Response:
    heads = ["受理编号", "住房品种", "申请人", "证件号码", "区", "提交日期", "状态", "办理结果"]
    lines = [
        [row["case_no"], KINDS[row["process_key"]], mask_name(row["applicant_name"]), mask_id(row["applicant_id_no"]),
         district_name(row["district"]), day(row["submitted_on"]), row["status"], row["outcome_name"] or ""]
        for row in everything(asked(*FILTERS), archives.qualifications)
    ]  # fmt: skip
    return excel("qualifications", "资格档案", heads, lines)


@blueprint.get("/qualifications/<case_no>")
@requires(*READERS)
def qualification_page(case_no: str) -> str:
    """Every step of the review as it stands now."""
    found = rows(select(cases).where(cases.c.case_no == case_no, cases.c.process_key.in_(list(KINDS))))
    _check_district(found[0]["district"] if found else None, bool(found), case_no)
    with reading() as connection:
        steps = archives.stages(connection, found[0]["id"])
    return render_template("objects/qualification.html", case=found[0], steps=steps)


def _check_district(district: str | None, exists: bool, number: str) -> None:
    own = current_person().actor.district
    if not exists or (own and district not in (None, own)):
        raise NotFound(f"没有档案 {number}。")


def _finder(purpose: str) -> Callable[..., tuple[list[Any], int]]:
    if purpose not in TITLES:
        raise NotFound("没有这种档案。")

    def find(connection: Any, values: Any, limit: int, offset: int) -> tuple[list[Any], int]:
        return archives.families(connection, purpose, values, limit, offset)

    return find


@blueprint.get("/families/<purpose>")
@requires(*READERS)
def family_list(purpose: str) -> str:
    """The dynamic ledger with figures of a period (SH-196, SH-197)."""
    found = listing(f"/objects/families/{purpose}", asked(*FILTERS), _finder(purpose))
    first, last = asked_period()
    with reading() as connection:
        figures = archives.figures(connection, purpose, first, last)
    return render_template("objects/families.html", **found, purpose=purpose, title=TITLES[purpose], kinds=KINDS, figures=figures,
                           parts=archives.PARTS[purpose], first=first, last=last, may_write=current_person().any_of(*WRITERS))  # fmt: skip


@blueprint.get("/families/<purpose>.xlsx")
@requires(*READERS)
def family_book(purpose: str) -> Response:
    parts = archives.PARTS.get(purpose, {})
    heads = ["受理编号", "住房品种", "主申请人", "证件号码", "区", "家庭状态", "最近记录", "最近日期", "记录数"]
    lines = [
        [row["acceptance_no"], KINDS[row["kind"]], mask_name(row["name"]), mask_id(row["id_no"]), district_name(row["district"]),
         parts.get(row["state"] or "", ""), parts.get(row["part"], ""), day(row["last_on"]), row["entries"]]
        for row in everything(asked(*FILTERS), _finder(purpose))
    ]  # fmt: skip
    return excel(f"families-{purpose}", TITLES[purpose], heads, lines)


@blueprint.get("/families/<purpose>/<path:number>")
@requires(*READERS)
def family_page(purpose: str, number: str) -> str:
    """Everything that the archive knows of one family, in order."""
    _finder(purpose)
    with reading() as connection:
        entries = archives.family(connection, purpose, number)
    _check_district(entries[-1]["district"] if entries else None, bool(entries), number)
    return render_template("objects/family.html", entries=entries, head=entries[-1], purpose=purpose, title=TITLES[purpose],
                           parts=archives.PARTS[purpose], may_write=current_person().any_of(*WRITERS))  # fmt: skip


@blueprint.post("/families/<purpose>")
@requires(*WRITERS)
def add_entry(purpose: str) -> Any:
    """A clerk adds a part to an archive; a family that is not there yet begins its archive with it."""
    _finder(purpose)
    typed = {
        name: request.form.get(name, "").strip()[:500]
        for name in ("acceptance_no", "id_no", "name", "kind", "part", "summary", "happened_on")
    }
    try:
        entry = {
            **typed,
            "purpose": purpose,
            "happened_on": _entry_day(typed),
            "district": current_person().actor.district,
        }
        with writing() as connection:
            archives.record(connection, entry, current_person().name, current_services().clock.now())
    except ValidationFailed as fault:
        flash(fault.message, "fail")
        return redirect(f"/objects/families/{purpose}")
    flash("已记入档案", "pass")
    return redirect(f"/objects/families/{purpose}/{typed['acceptance_no']}")


def _entry_day(typed: dict[str, str]) -> date:
    refuse = partial(ValidationFailed, errors=[{"path": "/happened_on", "message": "请填写完整"}])
    if not all(typed[name] for name in ("acceptance_no", "id_no", "name", "summary")):
        raise refuse("请填写受理编号、主申请人、证件号码和内容")
    try:
        return date.fromisoformat(typed["happened_on"])
    except ValueError as error:
        raise refuse("请填写发生日期") from error
