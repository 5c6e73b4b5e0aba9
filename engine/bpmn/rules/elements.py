"""Elements that the engine refuses: those SpiffWorkflow gets silently wrong (D4) and those nothing here executes."""

from __future__ import annotations

from typing import Any

from engine.bpmn.diagram import ACTIVITY_TAGS, BPMN, CAMUNDA, NODE_TAGS, Node, local
from engine.bpmn.rules.context import Context, title, title_en

REFUSED = {
    "complexGateway": (
        "复杂网关",
        "a complex gateway",
        "请改用排他网关、并行网关或包容网关",
        "use an exclusive, parallel or inclusive gateway",
    ),
    "transaction": (
        "事务子流程",
        "a transaction",
        "请改用普通子流程，撤销用明确的步骤表示",
        "use a plain sub-process and draw what undoes it",
    ),
    "adHocSubProcess": ("即席子流程", "an ad-hoc sub-process", "请画出步骤的顺序", "draw the order of its steps"),
    "standardLoopCharacteristics": (
        "标准循环",
        "a standard loop",
        "请用排他网关画出回路",
        "draw the loop with an exclusive gateway",
    ),
}
EVENTS = {
    "compensate": (
        "补偿事件",
        "a compensation event",
        "引擎不会执行补偿，请把撤销画成普通步骤",
        "draw what undoes the work as steps",
    ),
    "link": ("链接事件", "a link event", "请直接用连线连接", "connect the two places with a sequence flow"),
    "escalation": ("升级事件", "an escalation event", "请用错误事件或非中断定时事件", "use an error event or a timer"),
    "conditional": (
        "条件事件",
        "a conditional event",
        "请用消息事件或排他网关",
        "use a message event or an exclusive gateway",
    ),
    "cancel": ("取消事件", "a cancel event", "请用错误事件", "use an error event"),
    "multiple": (
        "含多个定义的事件",
        "an event with several definitions",
        "请拆成几个事件",
        "split it into several events",
    ),
}
ALLOWED = {
    "startEvent": {"none", "message"},
    "endEvent": {"none", "terminate", "error", "message", "signal"},
    "intermediateCatchEvent": {"timer", "message", "signal"},
    "intermediateThrowEvent": {"none", "message", "signal"},
    "boundaryEvent": {"timer", "message", "signal", "error"},
}
STARTS_INSIDE = {False: {"none"}, True: {"timer", "message", "signal", "error"}}
THROWS = frozenset({"endEvent", "intermediateThrowEvent"})
PASSIVE = frozenset(
    {
        "sequenceFlow",
        "documentation",
        "extensionElements",
        "laneSet",
        "textAnnotation",
        "association",
        "group",
        "incoming",
        "outgoing",
        "multiInstanceLoopCharacteristics",
        "category",
    }
)
DATA = frozenset({"dataObject", "dataObjectReference", "dataStoreReference", "ioSpecification", "property"})


def check(context: Context) -> None:
    for scope in context.diagram.scopes.values():
        for xml in scope.xml:
            _child(context, xml)
        for node in scope.nodes.values():
            _node(context, node)
            if node.element.kind in ALLOWED:
                _event(context, node, scope.parent is not None, scope.triggered)


def _child(context: Context, xml: Any) -> None:
    tag = local(xml.tag)
    if not tag or not xml.tag.startswith(BPMN) or tag in NODE_TAGS or tag in PASSIVE or tag in REFUSED:
        return
    if tag in DATA:
        zh, en = (
            "数据对象只作说明，引擎不读取；数据请放在表单和办件档案里。",
            "Data objects are documentation only; keep data in forms and the case file.",
        )
        context.warning(xml, "data-object", zh, en)
    else:
        context.error(
            xml,
            "unknown-element",
            f"不支持的元素 {tag}。请删除或改画。",
            f"The element {tag} is not supported. Remove or redraw it.",
        )


def _refuse(context: Context, at: Any, rule: str, text: tuple[str, str, str, str], where: Node) -> None:
    zh, en, todo, todo_en = text
    context.error(
        at,
        rule,
        f"{title(where)} 是{zh}，引擎不支持。{todo}。",
        f"{title_en(where)} is {en}, which is not supported: {todo_en}.",
    )


def _node(context: Context, node: Node) -> None:
    element = node.element
    if element.kind in REFUSED:
        _refuse(context, node, "refused-element", REFUSED[element.kind], node)
    if node.xml.find(f"{BPMN}standardLoopCharacteristics") is not None:
        _refuse(context, node, "refused-element", REFUSED["standardLoopCharacteristics"], node)
    if node.xml.get("isForCompensation") == "true":
        text = ("补偿活动", "a compensation activity", "引擎不会执行它，请画成普通步骤", "draw it as a step")
        _refuse(context, node, "compensation", text, node)
    if element.kind in ("task", "manualTask"):
        context.warning(
            node,
            "passes-through",
            f"{title(node)} 不等待任何人，流程会直接通过。需要人办理请改为用户任务。",
            f"{title_en(node)} waits for nobody and passes at once. Make it a user task if a person must act.",
        )
    if element.kind == "serviceTask" and not element.topic and not _java(node):
        zh = f"服务任务{title(node)}没有主题（topic）。请设为外部任务并填写主题。"
        context.error(
            node, "missing-topic", zh, f"The service task {title_en(node)} has no topic. Make it external and name one."
        )
    if element.kind == "sendTask" and not element.topic:
        zh = f"发送任务{title(node)}没有主题（topic），不会发送任何东西。请填写主题。"
        context.error(
            node, "missing-topic", zh, f"The send task {title_en(node)} has no topic, so nothing would be sent."
        )
    if element.kind == "receiveTask" and not element.message_name:
        zh = f"接收任务{title(node)}没有指定消息。请选择消息。"
        context.error(node, "missing-message", zh, f"The receive task {title_en(node)} names no message.")


def _java(node: Node) -> bool:
    return any(node.xml.get(f"{CAMUNDA}{name}") for name in ("class", "delegateExpression", "expression"))


def _event(context: Context, node: Node, embedded: bool, triggered: bool) -> None:
    element = node.element
    allowed = ALLOWED[element.kind]
    if element.kind == "startEvent" and embedded:
        allowed = STARTS_INSIDE[triggered]
    if element.event in EVENTS:
        _refuse(context, node, "refused-event", EVENTS[element.event], node)
    elif element.event not in allowed:
        zh = f"{title(node)}：这里不支持 {element.event} 类型的事件，可用的是 {'、'.join(sorted(allowed))}。"
        en = f"{title_en(node)}: a {element.event} event is not supported here; possible are {', '.join(sorted(allowed))}."
        context.error(node, "refused-event", zh, en)
    if element.kind in THROWS and element.event in ("message", "signal") and not element.topic:
        zh = f"{title(node)} 抛出{element.event}却没有主题（topic），不会发送任何东西。请填写主题或改为无类型事件。"
        context.error(
            node,
            "missing-topic",
            zh,
            f"{title_en(node)} throws a {element.event} without a topic, so nothing would be sent.",
        )
    if element.event in ("message", "signal") and element.kind not in THROWS and not element.message_name:
        zh = f"{title(node)} 没有指定消息或信号的名称。请选择。"
        context.error(node, "missing-message", zh, f"{title_en(node)} names no message or signal.")
    if element.kind == "boundaryEvent":
        _boundary(context, node)


def _boundary(context: Context, node: Node) -> None:
    host = context.diagram.scopes[node.element.scope].nodes.get(node.element.boundary_of or "")
    if host is None or host.element.kind not in ACTIVITY_TAGS:
        zh = f"边界事件{title(node)}没有附着在任务或子流程上。请把它拖到一个任务的边上。"
        context.error(node, "boundary-host", zh, f"The boundary event {title_en(node)} is not attached to an activity.")
    elif host.element.kind in ("task", "manualTask", "receiveTask") and node.element.event == "error":
        zh = f"错误事件{title(node)}附着在不会出错的任务{title(host)}上，永远不会触发。"
        context.warning(
            node, "boundary-host", zh, f"{title_en(host)} raises no errors, so {title_en(node)} never happens."
        )
