"""Timers: ISO 8601 as other tools write it (plain, translated) or FEEL, or a number of working days."""

from __future__ import annotations

import re

from engine.bpmn.model import Timer
from engine.bpmn.rules.context import Context, title, title_en
from engine.bpmn.rules.expressions import feel

_DURATION = r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"
_DATE = r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?"
PATTERNS = {
    "duration": re.compile(f"^{_DURATION}$"),
    "date": re.compile(f"^{_DATE}$"),
    "cycle": re.compile(f"^R\\d*/({_DATE}/)?{_DURATION}(/{_DATE})?$"),
}
EXAMPLES = {"duration": "P5D 或 PT2H", "date": "2026-07-01T17:00:00+08:00", "cycle": "R3/P1D"}


def check(context: Context) -> None:
    for node in context.diagram.nodes():
        timer = node.element.timer
        if timer is None:
            continue
        if timer.kind == "working_days":
            _days(context, node, timer)
        elif not timer.expression:
            zh = f"定时事件{title(node)}没有时间。请填写时长、日期或属性 working_days。"
            context.error(
                node, "timer", zh, f"The timer {title_en(node)} has no time. Give a duration, a date or working_days."
            )
        elif timer.expression.startswith("="):
            feel(context, node, timer.expression, f"定时事件{title(node)}的时间", f"the time of {title_en(node)}")
        elif not PATTERNS[timer.kind].match(timer.expression):
            zh = f"定时事件{title(node)}的时间 {timer.expression} 不合规，应如 {EXAMPLES[timer.kind]}，或写 FEEL。"
            context.error(
                node,
                "timer",
                zh,
                f"The time {timer.expression} of {title_en(node)} is not ISO 8601 for a {timer.kind}.",
            )
        if timer.kind == "cycle" and (node.element.kind != "boundaryEvent" or node.element.interrupting):
            zh = f"{title(node)} 是循环定时，只能用在非中断的边界事件上；这里只会触发一次。请改为时长。"
            context.error(
                node,
                "timer-cycle",
                zh,
                f"A cycle at {title_en(node)} would happen only once. Use a duration or a non-interrupting boundary event.",
            )


def _days(context: Context, node: object, timer: Timer) -> None:
    text = timer.working_days or ""
    element = node.element  # type: ignore[attr-defined]
    if text.startswith("="):
        feel(context, node, text, f"{title(element)}的工作日数", f"the working days of {title_en(element)}")
    elif not text.isdigit():
        zh = f"{title(element)} 的工作日数 {text} 不是数字。请填数字，或以 = 开头写 FEEL。"
        context.error(node, "timer", zh, f"The working days {text} of {title_en(element)} are not a number.")
