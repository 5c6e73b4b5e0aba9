"""Serves the help pages; a topic without a page in the visitor's language falls back to Chinese, an unknown one is 404."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, abort, render_template
from markupsafe import Markup

from web.i18n import language

blueprint = Blueprint("help", __name__, url_prefix="/help", template_folder="templates")
_PAGES = Path(__file__).parent / "pages"


@dataclass(frozen=True)
class Topic:
    """A help page: its address, its titles and for whom it is."""

    key: str
    title: str
    title_en: str
    audience: str
    audience_en: str

    def name(self) -> str:
        return self.title_en if language() == "en" else self.title

    def reader(self) -> str:
        return self.audience_en if language() == "en" else self.audience


TOPICS = (
    Topic("start", "从这里开始", "Start here", "所有人", "Everybody"),
    Topic("portal", "在线申请与查询", "Applying and following", "申请人、企业", "Citizens and enterprises"),
    Topic("inbox", "待办与审核", "To-do and decisions", "窗口与审核人员", "Clerks and examiners"),
    Topic("studio", "流程设计", "Process studio", "流程分析师、发布人", "Analysts and publishers"),
    Topic("rules", "规则", "Rules desk", "规则管理员、审批人", "Rule administrators and approvers"),
    Topic("audit", "监督审计", "Audit", "审计员", "Auditors"),
    Topic("admin", "运行管理", "Administration", "系统管理员", "System administrators"),
    Topic("new-flow", "增加一项审批", "Adding a flow", "流程分析师、开发人员", "Analysts and developers"),
)


@blueprint.get("/", strict_slashes=False)
def home() -> str:
    return page("start")


@blueprint.get("/<topic>")
def page(topic: str) -> str:
    """One topic with the list of all beside it."""
    found = next((item for item in TOPICS if item.key == topic), None) or abort(404)
    body = Markup(_text(found.key))  # our own files, never a person's words
    return render_template("help/page.html", topic=found, topics=TOPICS, body=body)


def _text(key: str) -> str:
    """The page in the visitor's language, else in Chinese."""
    chosen = _PAGES / language() / f"{key}.html"
    return (chosen if chosen.exists() else _PAGES / "zh" / f"{key}.html").read_text("utf-8")
