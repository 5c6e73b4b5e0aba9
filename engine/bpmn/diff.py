"""What changed between two versions of a diagram, in sentences that a person who approves them understands; judges nothing.

Elements are matched by id; where the id is gone, by kind and name. Moving shapes about is one sentence of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.bpmn.diagram import DI, Diagram, Node, read_diagram
from engine.bpmn.model import Element, Flow

ChangeKind = Literal["added", "removed", "changed", "layout"]
KINDS = {
    "userTask": ("人工任务", "user task"),
    "serviceTask": ("服务任务", "service task"),
    "businessRuleTask": ("规则任务", "business rule task"),
    "scriptTask": ("脚本任务", "script task"),
    "callActivity": ("调用活动", "call activity"),
    "subProcess": ("子流程", "sub-process"),
    "exclusiveGateway": ("排他网关", "exclusive gateway"),
    "parallelGateway": ("并行网关", "parallel gateway"),
    "inclusiveGateway": ("包容网关", "inclusive gateway"),
    "eventBasedGateway": ("事件网关", "event-based gateway"),
    "startEvent": ("开始事件", "start event"),
    "endEvent": ("结束事件", "end event"),
    "boundaryEvent": ("边界事件", "boundary event"),
    "intermediateCatchEvent": ("中间事件", "intermediate event"),
}
FIELDS = {
    "name": ("名称", "name"),
    "kind": ("类型", "kind"),
    "event": ("事件类型", "event type"),
    "form_key": ("表单", "form"),
    "candidate_groups": ("候选组", "candidate groups"),
    "assignee": ("受理人", "assignee"),
    "topic": ("服务主题", "topic"),
    "decision_ref": ("决策", "decision"),
    "called_key": ("被调用流程", "called process"),
    "result_name": ("结果名", "result name"),
    "script": ("脚本", "script"),
    "message_name": ("消息", "message"),
    "correlation": ("消息关联键", "correlation key"),
    "error_code": ("错误代码", "error code"),
    "timer": ("定时", "timer"),
    "boundary_of": ("附着的任务", "attached to"),
    "interrupting": ("是否中断", "interrupting"),
    "multi_instance": ("会签（多实例）", "multi-instance"),
    "lane": ("泳道", "lane"),
}
MAPS = {"inputs": ("输入", "input"), "outputs": ("输出", "output"), "properties": ("属性", "property")}


@dataclass(frozen=True, slots=True)
class Change:
    """element_id: of the new version, of the old one for what was removed, "" for the process itself."""

    kind: ChangeKind
    element_id: str
    message: str
    message_en: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "element_id": self.element_id,
            "message": self.message,
            "message_en": self.message_en,
        }


def diff(old: bytes, new: bytes) -> list[Change]:
    """Changes of the process, then removed, added and changed elements, then flows. Raises ValidationFailed for no BPMN."""
    before, after = read_diagram(old), read_diagram(new)
    pairs, removed, added = _match(before, after)
    changes = list(_process(before, after))
    changes += [_whole("removed", node.element) for node in removed]
    changes += [_whole("added", node.element) for node in added]
    for one, two in pairs:
        changes += _element(one.element, two.element)
    changes += _flows(before, after, {one.element.id: two.element.id for one, two in pairs})
    if not changes and _shapes(before) != _shapes(after):
        zh, en = (
            "只移动了图形或连线，办理方式没有变化。",
            "Only shapes or lines were moved; the process works as before.",
        )
        changes.append(Change("layout", "", zh, en))
    return changes


def _match(before: Diagram, after: Diagram) -> tuple[list[tuple[Node, Node]], list[Node], list[Node]]:
    old, new = {n.element.id: n for n in before.nodes()}, {n.element.id: n for n in after.nodes()}
    pairs = [(node, new[name]) for name, node in old.items() if name in new]
    gone, come = [n for k, n in old.items() if k not in new], [n for k, n in new.items() if k not in old]
    for node in list(gone):
        same = [
            c
            for c in come
            if (c.element.kind, c.element.name) == (node.element.kind, node.element.name) and node.element.name
        ]
        if len(same) == 1:
            pairs.append((node, same[0]))
            gone.remove(node)
            come.remove(same[0])
    return pairs, gone, come


def _process(before: Diagram, after: Diagram) -> Iterator[Change]:
    if before.key != after.key:
        yield Change(
            "changed",
            "",
            f"流程编号由 {before.key} 改为 {after.key}。",
            f"The process id changed from {before.key} to {after.key}.",
        )
    if before.name != after.name:
        yield Change(
            "changed",
            "",
            f"流程名称由“{before.name}”改为“{after.name}”。",
            f"The process name changed from '{before.name}' to '{after.name}'.",
        )
    yield from _maps("", "流程", "the process", "属性", "property", before.properties, after.properties)


def called(element: Element) -> tuple[str, str]:
    """The element as a person speaks of it, zh and en."""
    kind, kind_en = KINDS.get(element.kind, (element.kind, element.kind))
    return f"{kind}“{element.name or element.id}”", f"the {kind_en} '{element.name or element.id}'"


def _whole(kind: ChangeKind, element: Element) -> Change:
    zh, en = called(element)
    verb, verb_en = ("新增了", "Added") if kind == "added" else ("删除了", "Removed")
    return Change(kind, element.id, f"{verb}{zh}。", f"{verb_en} {en}.")


def _element(old: Element, new: Element) -> Iterator[Change]:
    zh, en = called(new)
    if old.id != new.id:
        yield Change(
            "changed",
            new.id,
            f"{zh}的编号由 {old.id} 改为 {new.id}。",
            f"The id of {en} changed from {old.id} to {new.id}.",
        )
    for field, (name, name_en) in FIELDS.items():
        a, b = getattr(old, field), getattr(new, field)
        if field == "result_name" and (a, b) == (old.id, new.id):
            continue
        if a != b:
            yield _changed(new.id, zh, en, name, name_en, _text(a), _text(b))
    for field, (name, name_en) in MAPS.items():
        yield from _maps(new.id, zh, en, name, name_en, getattr(old, field), getattr(new, field))


def _changed(element_id: str, zh: str, en: str, name: str, name_en: str, old: str, new: str) -> Change:
    if not old:
        return Change("changed", element_id, f"{zh}的{name}设为 {new}。", f"The {name_en} of {en} was set to {new}.")
    if not new:
        return Change(
            "changed",
            element_id,
            f"{zh}的{name}（原为 {old}）已去掉。",
            f"The {name_en} of {en} (was {old}) was removed.",
        )
    return Change(
        "changed",
        element_id,
        f"{zh}的{name}由 {old} 改为 {new}。",
        f"The {name_en} of {en} changed from {old} to {new}.",
    )


def _maps(
    element_id: str, zh: str, en: str, what: str, what_en: str, old: Mapping[str, str], new: Mapping[str, str]
) -> Iterator[Change]:
    for key in dict.fromkeys([*old, *new]):
        a, b = old.get(key, ""), new.get(key, "")
        if a != b:
            yield _changed(element_id, zh, en, f"{what} {key} ", f"{what_en} {key}", a, b)


def _text(value: Any) -> str:
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return "是 (yes)" if value else "否 (no)"
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    if hasattr(value, "working_days"):
        return f"{value.working_days} 个工作日 (working days)" if value.working_days else str(value.expression)
    if hasattr(value, "sequential"):
        order = "依次 (in sequence)" if value.sequential else "同时 (in parallel)"
        return " ".join(
            filter(None, [order, value.collection or value.cardinality, value.completion and f"[{value.completion}]"])
        )
    return str(value)


def _flows(before: Diagram, after: Diagram, renamed: Mapping[str, str]) -> Iterator[Change]:
    old, new = list(_all_flows(before)), list(_all_flows(after))
    names = {n.element.id: n.element for d in (before, after) for n in d.nodes()}
    defaults = {n.element.default_flow for n in after.nodes()}, {n.element.default_flow for n in before.nodes()}
    ways = {(renamed.get(f.source, f.source), renamed.get(f.target, f.target), f.id): f for f in old}
    by_ends: dict[tuple[str, str], list[Flow]] = {}
    for (source, target, _), flow in ways.items():
        by_ends.setdefault((source, target), []).append(flow)
    for flow in new:
        known = by_ends.get((flow.source, flow.target), [])
        match = next((f for f in known if f.id == flow.id), known[0] if known else None)
        if match is None:
            yield Change("added", flow.source, *_way("新增了", "Added", flow, names))
            continue
        known.remove(match)
        if (match.condition or "") != (flow.condition or ""):
            zh, en = _ends(flow, names)
            yield _changed(
                flow.source,
                f"从{zh}的流向",
                f"the flow from {en}",
                "条件",
                "condition",
                match.condition or "",
                flow.condition or "",
            )
        if (match.id in defaults[1]) != (flow.id in defaults[0]):
            zh, en = _ends(flow, names)
            is_default = flow.id in defaults[0]
            text = (
                ("现在是默认流向", "is now the default")
                if is_default
                else ("不再是默认流向", "is no longer the default")
            )
            yield Change("changed", flow.source, f"从{zh}的流向{text[0]}。", f"The flow from {en} {text[1]}.")
    for left in by_ends.values():
        for flow in left:
            yield Change("removed", flow.source, *_way("删除了", "Removed", flow, names))


def _all_flows(diagram: Diagram) -> Iterable[Flow]:
    for scope in diagram.scopes.values():
        yield from scope.flows


def _ends(flow: Flow, names: Mapping[str, Element]) -> tuple[str, str]:
    ends = [names.get(name) for name in (flow.source, flow.target)]
    zh = [called(e)[0] if e else f"“{n}”" for e, n in zip(ends, (flow.source, flow.target), strict=True)]
    en = [called(e)[1] if e else f"'{n}'" for e, n in zip(ends, (flow.source, flow.target), strict=True)]
    return f"{zh[0]}到{zh[1]}", f"{en[0]} to {en[1]}"


def _way(verb: str, verb_en: str, flow: Flow, names: Mapping[str, Element]) -> tuple[str, str]:
    zh, en = _ends(flow, names)
    condition = f"（条件 {flow.condition}）" if flow.condition else ""
    condition_en = f" (condition {flow.condition})" if flow.condition else ""
    return f"{verb}从{zh}的流向{condition}。", f"{verb_en} the flow from {en}{condition_en}."


def _shapes(diagram: Diagram) -> list[tuple[str, str]]:
    found = []
    for shape in diagram.root.iter(f"{DI}BPMNShape", f"{DI}BPMNEdge"):
        for part in shape:
            found.append((shape.get("bpmnElement", ""), str(sorted(part.attrib.items()))))
    return found
