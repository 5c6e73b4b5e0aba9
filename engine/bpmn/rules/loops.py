"""Multi-instance: a list to run over, on an activity that can, with FEEL and names that hide nothing."""

from __future__ import annotations

from engine.bpmn.diagram import BPMN, EMBEDDED_TAGS, Node
from engine.bpmn.rules.context import Context, title, title_en
from engine.bpmn.rules.expressions import feel
from engine.bpmn.rules.identity import RESERVED

CANNOT = frozenset({"receiveTask", "task", "manualTask"}) | (EMBEDDED_TAGS - {"subProcess"})


def check(context: Context) -> None:
    for node in context.diagram.nodes():
        loop = node.element.multi_instance
        if loop is None:
            continue
        if node.element.kind in CANNOT or node.xml.get("triggeredByEvent") == "true":
            zh = f"{title(node)} 不能是多实例。请用用户任务、服务任务、调用活动或子流程。"
            context.error(node, "multi-instance", zh, f"{title_en(node)} cannot be multi-instance.")
        if not loop.collection and not loop.cardinality:
            _missing(context, node)
        if loop.variable in RESERVED - {"item"}:
            zh = f"{title(node)} 的元素变量 {loop.variable} 是系统保留名。请改名。"
            context.error(
                node, "reserved-name", zh, f"The element variable {loop.variable} of {title_en(node)} is reserved."
            )
        for text, what, what_en in (
            (loop.collection, "集合", "the collection"),
            (loop.cardinality, "次数", "the cardinality"),
            (loop.completion, "完成条件", "the completion condition"),
        ):
            if text is not None:
                feel(context, node, text, f"{title(node)} 的{what}", f"{what_en} of {title_en(node)}")


def _missing(context: Context, node: Node) -> None:
    has_ref = node.xml.find(f"{BPMN}multiInstanceLoopCharacteristics/{BPMN}loopDataInputRef") is not None
    hint = "（loopDataInputRef 不被读取）" if has_ref else ""
    zh = f"多实例{title(node)}没有集合{hint}。请填写 camunda:collection（FEEL 列表）。"
    context.error(
        node, "multi-instance", zh, f"The multi-instance {title_en(node)} has no camunda:collection (a FEEL list)."
    )
