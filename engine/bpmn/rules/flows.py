"""Sequence flows: conditions where they count (D4), defaults, starts and ends, nothing unreachable or left hanging."""

from __future__ import annotations

from engine.bpmn.diagram import ACTIVITY_TAGS, EVENT_TAGS, Node, Scope
from engine.bpmn.rules.context import Context, title, title_en

CHOICES = frozenset({"exclusiveGateway", "inclusiveGateway"})


def check(context: Context) -> None:
    for scope in context.diagram.scopes.values():
        _ends(context, scope)
        _starts(context, scope)
        for node in scope.nodes.values():
            _conditions(context, node)
            _direction(context, node, scope)
            if node.element.kind == "eventBasedGateway":
                _event_gateway(context, node, scope)
        _reachable(context, scope)


def _ends(context: Context, scope: Scope) -> None:
    for flow in scope.flows:
        for end, word in ((flow.source, "起点"), (flow.target, "终点")):
            if end not in scope.nodes:
                zh = f"连线 {flow.id} 的{word} {end or '（空）'} 不在同一个流程里。请重新连接。"
                problem_at = scope.xml.find(f".//*[@id='{flow.id}']") if "'" not in flow.id else None
                context.error(
                    problem_at,
                    "broken-flow",
                    zh,
                    f"An end of the flow {flow.id} is not in the same process. Reconnect it.",
                )


def _starts(context: Context, scope: Scope) -> None:
    starts = scope.starts()
    if not starts:
        context.error(
            scope.xml,
            "no-start",
            "流程（或子流程）没有开始事件。请加一个。",
            "The process or sub-process has no start event. Add one.",
        )
    plain = [start for start in starts if start.event == "none"]
    if len(plain) > 1 or (scope.parent and len(starts) > 1):
        zh = f"有 {len(starts)} 个开始事件，无法确定从哪里开始。只保留一个无类型的开始事件。"
        context.error(starts[1], "many-starts", zh, "There are several plain start events. Keep one.")


def _conditions(context: Context, node: Node) -> None:
    element, flows = node.element, node.outgoing
    conditional = [flow for flow in flows if flow.condition is not None]
    if element.kind not in CHOICES:
        if conditional:
            zh = f"{title(node)} 的出线 {conditional[0].id} 带有条件，但只有排他网关和包容网关判断条件，其余会直接通过。请先接一个排他网关。"
            en = f"The flow out of {title_en(node)} has a condition, which only exclusive and inclusive gateways judge. Put one there."
            context.error(node, "condition-outside-gateway", zh, en)
        if len(flows) > 1 and element.kind in ACTIVITY_TAGS | EVENT_TAGS:
            zh = f"{title(node)} 有 {len(flows)} 条出线，会同时走。如果这是本意，请画出并行网关。"
            context.warning(
                node,
                "implicit-split",
                zh,
                f"{title_en(node)} has {len(flows)} outgoing flows, all taken at once. Draw a parallel gateway.",
            )
        return
    if element.default_flow and element.default_flow not in {flow.id for flow in flows}:
        zh = f"{title(node)} 的默认流向 {element.default_flow} 不是它的出线。请重新选择默认流向。"
        context.error(
            node, "broken-default", zh, f"The default flow of {title_en(node)} is not one of its outgoing flows."
        )
    if len(flows) == 1:
        if conditional:
            zh = f"{title(node)} 只有一条出线却带条件，条件不成立时办件会停在这里。请去掉条件或补一条默认流向。"
            context.error(
                node,
                "only-flow-condition",
                zh,
                f"The only flow out of {title_en(node)} has a condition. Remove it or add a default.",
            )
        return
    for flow in flows:
        if flow.id == element.default_flow:
            if flow.condition is not None:
                zh = f"{title(node)} 的默认流向 {flow.id} 带有条件，条件不会被判断。请删除条件。"
                context.warning(
                    node,
                    "default-condition",
                    zh,
                    f"The condition on the default flow of {title_en(node)} is not judged.",
                )
        elif not flow.condition:
            zh = f"{title(node)} 的出线 {flow.id} 没有条件，也不是默认流向。请填写条件或设为默认流向。"
            context.error(
                node,
                "missing-condition",
                zh,
                f"The flow {flow.id} out of {title_en(node)} has no condition and is not the default.",
            )
    if len(flows) > 1 and not element.default_flow:
        zh = f"{title(node)} 没有默认流向，条件都不成立时办件会成为异常。请设一条默认流向。"
        context.warning(
            node,
            "missing-default",
            zh,
            f"{title_en(node)} has no default flow; if no condition holds, the case becomes an incident.",
        )


def _direction(context: Context, node: Node, scope: Scope) -> None:
    element = node.element
    if element.kind in ("startEvent", "boundaryEvent") and node.incoming:
        context.error(
            node,
            "no-incoming",
            f"{title(node)} 不能有入线。请重新连接。",
            f"{title_en(node)} may not have incoming flows.",
        )
    if element.kind == "endEvent" and node.outgoing:
        context.error(
            node,
            "no-outgoing",
            f"结束事件{title(node)}不能有出线。请重新连接。",
            f"The end event {title_en(node)} may not have outgoing flows.",
        )
    if element.kind in ("endEvent",) or node.outgoing or node.xml.get("triggeredByEvent") == "true":
        return
    zh = f"{title(node)} 没有出线，流程到这里就结束了。请接到下一步或结束事件。"
    context.warning(
        node,
        "dead-end",
        zh,
        f"Nothing follows {title_en(node)}; the process ends there. Connect it or add an end event.",
    )


def _event_gateway(context: Context, node: Node, scope: Scope) -> None:
    if len(node.outgoing) < 2:
        zh = f"事件网关{title(node)}少于两个事件。请补充，或直接用该事件。"
        context.error(node, "event-gateway", zh, f"The event-based gateway {title_en(node)} has fewer than two events.")
    for flow in node.outgoing:
        target = scope.nodes[flow.target]
        if target.element.kind not in ("intermediateCatchEvent", "receiveTask") or len(target.incoming) != 1:
            zh = f"事件网关{title(node)}之后只能直接是捕获事件，且该事件没有别的入线；{title(target)}不符合。"
            en = f"Only catching events with no other incoming flow may follow {title_en(node)}; {title_en(target)} is not one."
            context.error(target, "event-gateway", zh, en)
        elif target.boundary:
            zh = f"事件网关之后的{title(target)}不能带边界事件。"
            context.error(
                target,
                "event-gateway",
                zh,
                f"{title_en(target)} behind an event-based gateway may not carry boundary events.",
            )


def _reachable(context: Context, scope: Scope) -> None:
    seen: set[str] = set()
    todo = [start.id for start in scope.starts()]
    todo += [n.element.id for n in scope.nodes.values() if n.xml.get("triggeredByEvent") == "true"]
    while todo:
        current = todo.pop()
        if current in seen:
            continue
        seen.add(current)
        node = scope.nodes[current]
        todo += [flow.target for flow in node.outgoing] + node.boundary
    for node in scope.nodes.values():
        if node.element.id not in seen and scope.starts():
            zh = f"{title(node)} 从开始事件到不了。请连接或删除。"
            context.error(
                node,
                "unreachable",
                zh,
                f"{title_en(node)} cannot be reached from the start event. Connect or delete it.",
            )
