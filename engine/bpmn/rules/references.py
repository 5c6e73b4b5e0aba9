"""What the diagram names must exist: forms, topics, decisions; and a task must be somebody's."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from engine.bpmn.diagram import Node
from engine.bpmn.rules.context import Context, title, title_en


def check(context: Context) -> None:
    for node in context.diagram.nodes():
        element = node.element
        if element.form_key:
            _exists(context, node, "missing-form", "表单", "form", element.form_key, context.forms)
        if element.topic:
            _exists(context, node, "missing-handler", "服务主题", "topic", element.topic, context.topics)
        if element.kind == "businessRuleTask":
            if element.decision_ref:
                _exists(context, node, "missing-decision", "决策", "decision", element.decision_ref, context.decisions)
            else:
                zh = f"规则任务{title(node)}没有指定决策。请填写 decisionRef。"
                context.error(
                    node, "missing-decision", zh, f"The business rule task {title_en(node)} names no decision."
                )
        if element.kind == "userTask":
            _somebody(context, node)


def _exists(
    context: Context, node: Node, rule: str, what: str, what_en: str, name: str, known: Collection[str] | None
) -> None:
    if known is None or name.startswith("=") or name in known:
        return
    near = get_close_matches(name, list(known), 1)
    hint, hint_en = (f"是否指 {near[0]}？", f" Did you mean {near[0]}?") if near else ("", "")
    zh = f"{title(node)} 引用的{what} {name} 不存在。{hint}请先建立或改正名称。"
    context.error(node, rule, zh, f"The {what_en} {name} of {title_en(node)} does not exist.{hint_en}")


def _somebody(context: Context, node: Node) -> None:
    element = node.element
    if not element.candidate_groups and not element.assignee and element.properties.get("applicant") != "true":
        zh = f"用户任务{title(node)}没有候选组、受理人，也不是申请人办理，没有人会看到它。请指定。"
        context.warning(
            node,
            "nobody",
            zh,
            f"The user task {title_en(node)} has no candidate groups, assignee or applicant: nobody would see it.",
        )
    if not element.form_key:
        zh = f"用户任务{title(node)}没有表单，只能填写意见和结论。"
        context.warning(node, "no-form", zh, f"The user task {title_en(node)} has no form.")
