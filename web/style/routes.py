"""Serves the page of the visual language, to everybody: what stands here is what every page uses. Holds no data."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, render_template

from web.style import filters

blueprint = Blueprint("style", __name__, url_prefix="/style", template_folder="templates", static_folder="static")
filters.install(blueprint)
_ICONS = Path(__file__).resolve().parent.parent / "ui" / "icons.txt"
COLOURS = (
    ("--gs-blue", "#1557B0", "主色：唯一的填充按钮、链接、当前项"),
    ("--gs-blue-deep", "#0F458F", "主色（悬停、顶栏）"),
    ("--gs-blue-tint", "#EAF2FC", "主色（浅，选中）"),
    ("--gs-ink", "#1F2733", "正文"),
    ("--gs-ink-2", "#5B6675", "次要文字"),
    ("--gs-line", "#DDE3EA", "分隔线"),
    ("--gs-ground", "#F5F7FA", "底色"),
    ("--gs-surface", "#FFFFFF", "面"),
)
STATES = (
    ("pass", "#1B7F4B", "通过"),
    ("manual", "#B25E00", "需人工"),
    ("warn", "#C4490A", "将到期"),
    ("fail", "#C02B2B", "不通过"),
    ("running", "#1557B0", "核查中"),
    ("fault", "#6A4BB5", "接口异常"),
    ("brown", "#7A4B2A", "公平守护"),
    ("neutral", "#5B6675", "未开始"),
)


@blueprint.get("/", strict_slashes=False)
def home() -> str:
    """The whole language on one page."""
    return render_template("style/home.html", colours=COLOURS, states=STATES, icons=_icons())


def _icons() -> list[str]:
    lines = _ICONS.read_text("utf-8").splitlines() if _ICONS.exists() else []
    return [line.split()[0] for line in lines if line.strip() and not line.startswith("#")]
