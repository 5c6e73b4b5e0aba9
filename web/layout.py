"""What every page shares: who is logged in, the navigation of his post, and how dates, words and states are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g, request

from web.auth.people import GROUP_NAMES, MORE_NAMES, STAFF, WORKERS, Person, unit_name
from web.auth.sessions import person_of_request
from web.i18n import _, language
from web.masking import mask_id, mask_name, mask_phone, mask_text
from web.services import current_services

ZONE = ZoneInfo("Asia/Shanghai")
_ALL = STAFF
# group of the menu: [(path, words, icon, who)]
MENU: tuple[tuple[str, tuple[tuple[str, str, str, frozenset[str]], ...]], ...] = (
    (
        "办理",
        (
            ("/inbox", "待办任务", "inbox", WORKERS),
            ("/inbox/done", "已办任务", "pass", WORKERS),
            ("/inbox/copies", "抄送我的", "copy", WORKERS),
            ("/intake", "窗口登记", "plus", frozenset({"operator_clerk"})),
            ("/recheck", "复核登记", "withdraw", frozenset({"operator_clerk"})),
            ("/start", "发起事项", "publish", WORKERS),
            ("/agencies", "受理机构信息", "org", frozenset({"operator_clerk"})),
        ),
    ),
    (
        "查询统计",
        (
            ("/cases", "案件查询", "search", WORKERS | {"auditor"}),
            ("/cases/countdown", "时限倒计时", "clock", WORKERS),
            ("/cases/statistics", "统计分析", "chart", WORKERS),
            ("/cases/messages", "短信记录", "phone", WORKERS),
            ("/notices", "公示公告", "notice", _ALL),
        ),
    ),
    (
        "保障对象",
        (
            ("/objects/warnings", "警示名单", "flag", WORKERS | {"auditor"}),
            ("/objects/qualifications", "资格档案", "file", WORKERS | {"auditor"}),
            ("/objects/families/rental", "配租档案", "family", WORKERS | {"auditor"}),
            ("/objects/families/sale", "配售档案", "house", WORKERS | {"auditor"}),
            ("/objects/units", "客户单位", "org", WORKERS | {"auditor"}),
            ("/objects/structure", "对象数据结构", "database", frozenset({"supervisor", "auditor", "system_admin"})),
        ),
    ),
    (
        "工地扬尘",
        (
            ("/site/board", "扬尘实时看板", "chart", frozenset({"site_supervisor", "contractor", "supervisor", "auditor"})),
            ("/site/refusals", "拒收的监测数据", "warn", frozenset({"site_supervisor", "device_installer", "supervisor"})),
        ),
    ),
    (
        "规则与流程",
        (
            ("/studio", "流程设计", "flow", frozenset({"analyst", "model_publisher"})),
            ("/rules", "规则管理", "rule", frozenset({"rule_admin", "rule_approver"})),
        ),
    ),
    ("监督审计", (("/audit", "案件审计", "audit", frozenset({"auditor"})),)),
    (
        "系统",
        (
            ("/admin/incidents", "异常处置", "warn", frozenset({"system_admin"})),
            ("/admin/connectors", "系统管理", "settings", frozenset({"system_admin"})),
            ("/demo/clock", "演示时钟", "calendar", frozenset({"system_admin"})),
            ("/style", "界面规范", "star", frozenset({"system_admin", "analyst"})),
            ("/help", "帮助", "help", _ALL),
        ),
    ),
)
CHANNELS = {"online": "线上", "一网通办": "一网通办", "随申办": "随申办", "window": "窗口", "offline": "窗口", "portal": "一网通办"}
OUTCOMES = {
    "approve": "同意",
    "reject": "不同意",
    "return": "退回",
    "supplement": "要求补正",
    "supplemented": "提交补正",
    "pass": "通过",
    "fail": "不通过",
    "accept": "受理",
    "not_accepted": "不予受理",
    "confirm": "确认",
    "confirmed": "确认",
    "not_confirmed": "不予确认",
    "refuse": "不予确认",
    "submit": "提交",
    "complete": "补正齐全",
    "incomplete": "补正不齐",
    "send": "发出告知",
    "repaired": "已修复",
    "release": "确认并反馈",
    "request": "申请查看",
    "done": "完成",
    "objection": "有异议",
    "no_objection": "无异议",
    "conform": "符合",
    "not_conform": "不符合",
    "upheld": "异议成立",
    "dismissed": "异议不成立",
    "withdrawn": "已撤回",
    "cancelled": "已取消",
    "timeout": "逾期自动处理",
    "ok": "确认",
    "mistaken": "不属实",
    "handled": "已处置",
    "urged": "督促处置",
    "stopped": "责令停工",
    "abandon": "放弃接入",
    "cleared": "解除",
    "noted": "已知悉",
}
VERDICTS = {
    "pass": ("通过", "pass"),
    "fail": ("不通过", "fail"),
    "manual": ("需人工", "manual"),
    "running": ("核查中", "running"),
    "error": ("接口异常", "error"),
    None: ("未核查", "neutral"),
}


def local(value: datetime | str | None, form: str = "%Y-%m-%d %H:%M") -> str:
    """An instant as the wall clock of Shanghai shows it."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value)
    return value.astimezone(ZONE).strftime(form) if value else ""


def day(value: date | datetime | str | None) -> str:
    """A day as 2026-01-31."""
    if isinstance(value, datetime):
        return local(value, "%Y-%m-%d")
    return value if isinstance(value, str) else value.isoformat() if value else ""


def channel_word(channel: str | None) -> str:
    return _(CHANNELS.get(channel or "", channel or ""))


def outcome_word(outcome: str | None) -> str:
    return _(OUTCOMES.get(outcome or "", outcome or ""))


def group_word(group: str | None) -> str:
    return _(GROUP_NAMES.get(group or "") or MORE_NAMES.get(group or "", group or ""))


def named(thing: Any) -> str:
    """The name of a task, step or process in the visitor's language."""
    return (getattr(thing, "name_en", None) or thing.name) if language() == "en" else thing.name


def matter(thing: Any) -> str:
    """The name of the process of a case, a task or a row, in the visitor's language."""
    read = thing.get if isinstance(thing, Mapping) else lambda key: getattr(thing, key, None)
    plain = read("case_process_name") or read("process_name") or ""
    if language() != "en":
        return str(plain)
    if "matters" not in g:
        g.matters = {d.key: d.properties.get("title.en") or d.name_en for d in current_services().engine.definitions()}
    return str(g.matters.get(read("case_process_key") or read("process_key")) or plain)


def step_name(task: Any) -> str:
    """The name of a task with the block it stands in: 初审 · 提出审核意见."""
    name, block = named(task), ((task.params or {}).get("params") or {}).get("title", "")
    block = block.replace(getattr(task, "case_process_name", "").removesuffix("申请"), "") or block
    return f"{block} · {name}" if block and block not in name and language() != "en" else name


def menu_for(person: Person | None) -> list[tuple[str, list[dict[str, Any]]]]:
    """The groups of the menu that this person's post can use; the longest path that fits is the current one."""
    if person is None or not person.is_staff:
        return []
    usable = [
        (words, [entry for entry in entries if person.fits(entry[3])]) for words, entries in MENU
    ]
    paths = [entry[0] for _words, entries in usable for entry in entries]
    fits = [path for path in paths if request.path == path or request.path.startswith(f"{path}/")]
    current = max(fits, key=len, default="/inbox" if request.path.startswith("/tasks/") else "")
    return [
        (
            words,
            [{"path": path, "words": word, "icon": icon, "current": path == current} for path, word, icon, _w in entries],
        )
        for words, entries in usable
        if entries
    ]


def district_name(code: str | None) -> str:
    """The district in words: 310101 is 黄浦区."""
    return unit_name(f"SH-{code}").removesuffix("住房保障和房屋管理局") if code else ""


def install(app: Flask) -> None:
    """Give every template the person, the menu and the filters."""
    app.jinja_env.filters.update(
        local=local, day=day, channel=channel_word, outcome=outcome_word, group=group_word, named=named, matter=matter, step_name=step_name,
        mask_name=mask_name, mask_id=mask_id, mask_phone=mask_phone, mask_text=mask_text, unit=unit_name,
        district=district_name,
    )  # fmt: skip
    app.jinja_env.globals["VERDICTS"] = VERDICTS

    @app.context_processor
    def _shared() -> dict[str, Any]:
        person = person_of_request() if "_me" not in request.environ else None
        return {"me": person, "menu": menu_for(person), "demo": current_services().config.demo}
