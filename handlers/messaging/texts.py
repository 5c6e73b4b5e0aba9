"""The wording of each message. Names nobody in full and never an identity number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TEXTS: Mapping[str, str] = {
    "pre_review_passed": "【广厦】{who}，您的{what}（{no}）预审已通过，待{agency}受理，咨询电话{phone}。",
    "pending": "【广厦】{who}，您的{what}（{no}）已收到，待{agency}办理，咨询电话{phone}。",
    "supplement_requested": "【广厦】{who}，您的{what}（{no}）需补正：{details}。请在{until_days}个工作日内登录“我的办件”或到窗口补交。",
    "approved": "【广厦】{who}，您的{what}（{no}）审核通过办结，准入资格编号{certificate}，咨询{agency}{phone}。",
    "closed_failed": "【广厦】{who}，您的{what}（{no}）{result}，原因：{reason}。详情见“我的办件”，您可再次申请，咨询电话{phone}。",
    "fair_guard_warning": "【广厦】公平卫士预警（{no}）：{result}。请在{until_days}个工作日内登录平台核实处置。",
    "dust_alert": "【广厦】{result}（{no}）。请尽快现场处置，在{until_days}日内上传照片办结。",
}
_LONGEST = 450


def wording(template: str, values: Mapping[str, Any]) -> str:
    """The message of a template. Raises KeyError for an unknown template."""
    return TEXTS[template].format_map({key: value or "" for key, value in values.items()})[:_LONGEST]


def masked_name(name: str | None) -> str:
    """张三丰 as 张**: a message may be read by others."""
    return f"{name[0]}{'*' * min(len(name) - 1, 3)}" if name else "申请人"
