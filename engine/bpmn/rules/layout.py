"""The drawing itself: every element has a shape, size is bounded, namespaces are ones that somebody reads."""

from __future__ import annotations

from engine.bpmn.diagram import DI
from engine.bpmn.rules.context import Context, title, title_en

MAX_NODES = 600
KNOWN_NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/BPMN/20100524/MODEL",
        "http://www.omg.org/spec/BPMN/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DC",
        "http://www.omg.org/spec/DD/20100524/DI",
        "http://www.w3.org/2001/XMLSchema-instance",
        "http://www.w3.org/2001/XMLSchema",
        "http://camunda.org/schema/1.0/bpmn",
        "http://camunda.org/schema/modeler/1.0",
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
    }
)
FOREIGN = {
    "http://spiffworkflow.org/bpmn/schema/1.0/core": "SpiffWorkflow",
    "http://camunda.org/schema/zeebe/1.0": "Camunda 8",
    "http://flowable.org/bpmn": "Flowable",
    "http://activiti.org/bpmn": "Activiti",
}


def check(context: Context) -> None:
    _shapes(context)
    _namespaces(context)


def _shapes(context: Context) -> None:
    nodes = list(context.diagram.nodes())
    process = context.diagram.scopes[context.diagram.key].xml
    if len(nodes) > MAX_NODES:
        zh = f"图里有 {len(nodes)} 个元素，超过 {MAX_NODES} 个，难以维护。请拆成若干流程，用调用活动连接。"
        context.error(
            process,
            "too-large",
            zh,
            f"The diagram has {len(nodes)} elements, more than {MAX_NODES}. Split it with call activities.",
        )
    drawn = {shape.get("bpmnElement") for shape in context.diagram.root.iter(f"{DI}BPMNShape")}
    missing = [node for node in nodes if node.element.id not in drawn]
    if nodes and len(missing) == len(nodes):
        zh = "文件里没有图形（BPMNDI），设计器里看不到。请在设计器中打开并自动布局后保存。"
        context.warning(
            process,
            "no-layout",
            zh,
            "The file holds no shapes (BPMNDI), so the editor shows nothing. Lay it out and save it.",
        )
    else:
        for node in missing:
            zh = f"{title(node)} 没有图形，设计器里看不到它。请删除后重画。"
            context.warning(node, "no-shape", zh, f"{title_en(node)} has no shape, so the editor does not show it.")


def _namespaces(context: Context) -> None:
    seen: dict[str, object] = {}
    for xml in context.diagram.root.iter():
        if not isinstance(xml.tag, str):
            continue
        names = [xml.tag, *xml.attrib]
        for name in names:
            if name.startswith("{"):
                seen.setdefault(name[1:].partition("}")[0], xml)
    for uri, xml in seen.items():
        if uri in KNOWN_NAMESPACES:
            continue
        if uri in FOREIGN:
            zh = f"文件含有 {FOREIGN[uri]} 的扩展，这里不读取，部署后不会生效。请用“导入”转换。"
            context.error(
                xml,
                "foreign-extension",
                zh,
                f"The file holds {FOREIGN[uri]} extensions, which have no effect here. Use the importer.",
            )
        else:
            zh = f"文件含有不认识的扩展（{uri}），不会生效。"
            context.warning(
                xml, "unknown-namespace", zh, f"The file holds an unknown extension ({uri}), which has no effect."
            )
