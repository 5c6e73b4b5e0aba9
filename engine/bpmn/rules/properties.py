"""Our own properties on processes and elements: known names, values of the right kind."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from engine.bpmn.diagram import Node
from engine.bpmn.rules.context import Context, title, title_en
from engine.bpmn.rules.timers import PATTERNS

PROCESS = frozenset(
    {
        "title",
        "title.en",
        "legal_basis",
        "case_number_rule",
        "start.groups",
        "start.channels",
        "start.form",
        "deadline.working_days",
        "deadline.natural_days",
        "domain",
        "public",
        "block",
    }
)
ELEMENT = frozenset(
    {
        "outcomes",
        "org_unit",
        "deadline.working_days",
        "deadline.natural_days",
        "on_timeout",
        "title.en",
        "applicant",
        "exclude_actors_of",
        "requires_claim",
        "field_access",
        "result",
        "retry.backoff",
        "lane",
        "decision.date",
        "working_days",
        "correlation_key",
        "deadline.pauses",
        "pauses_deadline",
    }
)
_TIMEOUT = re.compile(r"^(remind|complete:[\w.-]+)$")


def check(context: Context) -> None:
    process = context.diagram.scopes[context.diagram.key].xml
    _names(context, process, context.diagram.properties, PROCESS, "流程", "the process")
    for node in context.diagram.nodes():
        properties = node.element.properties
        _names(context, node, properties, ELEMENT, title(node), title_en(node))
        for name in ("deadline.working_days", "deadline.natural_days"):
            text = properties.get(name, "0").strip()
            if not text.startswith("=") and not text.isdigit():
                _wrong(
                    context,
                    node,
                    name,
                    "应为整数，或以 = 开头的 FEEL",
                    "should be a whole number or FEEL with a leading =",
                )
        _values(context, node, properties)


def _names(context: Context, at: Any, given: Mapping[str, str], known: frozenset[str], what: str, what_en: str) -> None:
    for name in given:
        if name in known or name.startswith(("case.", "x.")):
            continue
        near = get_close_matches(name, known, 1)
        hint, hint_en = (f"是否指 {near[0]}？", f" Did you mean {near[0]}?") if near else ("", "")
        zh = f"{what}的属性 {name} 系统不认识，不起作用。{hint}自定义属性请以 x. 开头。"
        context.warning(
            at, "unknown-property", zh, f"The property {name} of {what_en} is unknown and has no effect.{hint_en}"
        )


def _wrong(context: Context, node: Node, name: str, zh: str, en: str) -> None:
    context.error(
        node, "property-value", f"{title(node)} 的属性 {name} {zh}。", f"The property {name} of {title_en(node)} {en}."
    )


def _values(context: Context, node: Node, properties: Mapping[str, str]) -> None:
    if "field_access" in properties:
        try:
            rights = json.loads(properties["field_access"])
            good = isinstance(rights, dict) and all(right in ("hidden", "read", "write") for right in rights.values())
        except ValueError:
            good = False
        if not good:
            _wrong(
                context,
                node,
                "field_access",
                '应为 JSON，如 {"/id_no": "read"}，取值 hidden、read、write',
                'should be JSON such as {"/id_no": "read"}',
            )
    if "on_timeout" in properties and not _TIMEOUT.match(properties["on_timeout"]):
        _wrong(context, node, "on_timeout", "应为 remind 或 complete:结论", "should be remind or complete:<outcome>")
    delays = [part.strip() for part in properties.get("retry.backoff", "").split(",") if part.strip()]
    if any(not PATTERNS["duration"].match(delay) for delay in delays):
        _wrong(
            context,
            node,
            "retry.backoff",
            "应为以逗号分隔的时长，如 PT1M,PT5M,PT30M",
            "should be durations such as PT1M,PT5M,PT30M",
        )
    _excluded(context, node, properties.get("exclude_actors_of", ""))


def _excluded(context: Context, node: Node, text: str) -> None:
    """A block may name elements of the process around it; any other diagram only its own."""
    if text.startswith("=") or "block" in context.diagram.properties:
        return
    known = {n.element.id for n in context.diagram.nodes()} | {"start"}
    for name in filter(None, (part.strip() for part in text.split(","))):
        if name not in known and not _called(context, name):
            _wrong(
                context,
                node,
                "exclude_actors_of",
                f"提到的 {name} 不在图里",
                f"names {name}, which is not in the diagram",
            )


def _called(context: Context, name: str) -> bool:
    diagrams = [context.called_diagram(key) for key in context.diagram.called_keys()]
    return any(name == n.element.id for diagram in diagrams if diagram for n in diagram.nodes())
