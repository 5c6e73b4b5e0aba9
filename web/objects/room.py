"""What the pages of protected persons share: the blueprint, who may enter, the words, what was asked in the address."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from sqlalchemy import Connection

from handlers.fair_guard.records import KINDS
from web.auth.guard import current_person
from web.auth.people import WORKERS, units
from web.objects import workbook
from web.services import current_services

blueprint = Blueprint("objects", __name__, template_folder="templates", url_prefix="/objects")
READERS = sorted(WORKERS | {"auditor", "system_admin"})
WRITERS = ("operator_clerk", "supervisor", "city_examiner")
KEEPERS = ("system_admin", "supervisor")
SIZE = 20
MOST = 5000
COLOURS = {
    "red": ("红灯", "fail"),
    "brown": ("棕灯", "brown"),
    "orange": ("橙灯", "warn"),
    "yellow": ("黄灯", "manual"),
}
STATUSES = {
    "raised": "已预警",
    "notified": "已告知",
    "verified": "已核实",
    "handled": "已处置",
    "cleared": "已解除",
}
CATEGORIES = {
    "same_kind_repeat": "同品种重复申请",
    "gave_up_repeat": "放弃后注销期内又申请",
    "rental_in_review": "租赁型审核中申请共有产权",
    "rental_beneficiary": "租赁型保障对象申请共有产权",
    "co_resident_again": "同住人再申请",
    "waiting_applies_rental": "轮候期间申请租赁型",
    "shared_purchased": "完成共有产权购房",
    "shared_delivered": "共有产权交付满三个月",
    "economy_income": "收入超过限额",
    "economy_assets": "财产超过限额",
    "married_recently": "结婚不满一年",
    "divorced_recently": "离婚不满三年",
    "lessor_beneficiary": "出租人是廉租对象",
    "lessor_repeated": "一房多租",
    "public_rental_lease_expiring": "公租房租约将到期",
    "public_rental_lease_expired": "公租房租约已到期",
    "low_rent_subsidy_expiring": "廉租补贴协议将到期",
    "low_rent_subsidy_expired": "廉租补贴协议已到期",
    "low_rent_contract_expiring": "廉租合同将到期",
    "low_rent_contract_expired": "廉租合同已到期",
    "annual_same_batch": "年检：本批次重复",
    "annual_registered_earlier": "年检：往批次已登录",
    "other": "其他",
}


@contextmanager
def reading() -> Iterator[Connection]:
    """A connection for the questions of one page."""
    with current_services().database.connect() as connection:
        yield connection


def asked(*names: str, bound: bool = True) -> dict[str, str]:
    """What stands in the address; bound: only the own district for a post that has one, nobody sees another's list."""
    values = {name: request.args.get(name, "").strip()[:80] for name in names}
    own = current_person().actor.district if bound else None
    return {**values, "district": own} if own and "district" in values else values


def asked_page() -> int:
    text = request.args.get("page", "1")
    return max(1, int(text)) if text.isdecimal() and len(text) < 7 else 1


def asked_period() -> tuple[date, date]:
    """first and last day of the address; the running year by default."""
    today = current_services().clock.today()
    last = _day("last") or today
    first = _day("first") or min(date(today.year, 1, 1), last - timedelta(days=1))
    return (first, last) if first <= last else (last, first)


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def listing(
    path: str, values: Mapping[str, str], find: Callable[..., tuple[list[Any], int]], bound: bool = True
) -> dict[str, Any]:
    """One page of a list for a template: found, total, page, pages, page_address, values_, excel (its address)."""
    page = asked_page()
    with reading() as connection:
        found, total = find(connection, values, SIZE, (page - 1) * SIZE)
    kept = {name: value for name, value in values.items() if value}
    return {
        "found": found,
        "total": total,
        "page": page,
        "pages": max(1, -(-total // SIZE)),
        "values_": values,
        "page_address": lambda number: f"{path}?{urlencode({**kept, 'page': number})}",
        "excel": f"{path}.xlsx?{urlencode(kept)}",
        "districts": districts(),
        "bound": bound and current_person().actor.district,
    }


def everything(values: Mapping[str, str], find: Callable[..., tuple[list[Any], int]]) -> list[Any]:
    """All rows of a list for an export, at most 5,000."""
    with reading() as connection:
        return find(connection, values, MOST, 0)[0]


def excel(name: str, title: str, heads: list[str], lines: list[list[Any]]) -> Response:
    """A workbook as a download, with who exported it and as of when."""
    by, at = current_person().name, current_services().clock.now()
    response = Response(workbook.made(title, heads, lines, by, at), mimetype=workbook.MIME)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return response


def districts() -> list[tuple[str, str]]:
    """Codes and names of the districts."""
    found = {u["district"]: u["name"] for u in units.fresh().values() if u["kind"] == "district"}
    return [(code, name.removesuffix("住房保障和房屋管理局")) for code, name in sorted(found.items())]


@blueprint.app_template_filter()
def colour_word(colour: str) -> str:
    return COLOURS.get(colour, (colour, ""))[0]


@blueprint.app_template_filter()
def colour_kind(colour: str) -> str:
    return COLOURS.get(colour, ("", "neutral"))[1]


@blueprint.app_template_filter()
def warning_status(status: str) -> str:
    return STATUSES.get(status, status)


@blueprint.app_template_filter()
def warning_category(category: str) -> str:
    return CATEGORIES.get(category, category)


@blueprint.app_template_filter()
def kind_word(kind: str) -> str:
    return KINDS.get(kind, kind)
