"""Reads BPMN with the Camunda 7 namespace into elements and flows; judges nothing (lint does) and executes nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.model import Element, Flow, MultiInstance, Timer
from engine.errors import ValidationFailed
from engine.xmlsafe import parse_xml

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
CAMUNDA = "{http://camunda.org/schema/1.0/bpmn}"
DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
EVENT_TAGS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
ACTIVITY_TAGS = frozenset(
    {
        "task",
        "userTask",
        "manualTask",
        "serviceTask",
        "sendTask",
        "receiveTask",
        "scriptTask",
        "businessRuleTask",
        "callActivity",
        "subProcess",
        "transaction",
        "adHocSubProcess",
    }
)
GATEWAY_TAGS = frozenset(
    {"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"}
)
NODE_TAGS = EVENT_TAGS | ACTIVITY_TAGS | GATEWAY_TAGS
EMBEDDED_TAGS = frozenset({"subProcess", "transaction", "adHocSubProcess"})
_ISO = re.compile(r"^(R\d*/|P[T\d]|\d{4}-\d{2}-\d{2})[^\s()]*$")


@dataclass(slots=True)
class Node:
    """An element with its XML and its flows, in document order."""

    element: Element
    xml: Any
    outgoing: list[Flow] = field(default_factory=list)
    incoming: list[Flow] = field(default_factory=list)
    boundary: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Scope:
    """A process or an embedded sub-process: what one (sub)workflow runs. Keys: `process` or `process/sub-process`."""

    key: str
    process_key: str
    xml: Any
    nodes: dict[str, Node] = field(default_factory=dict)
    flows: list[Flow] = field(default_factory=list)
    parent: str | None = None
    triggered: bool = False

    def starts(self) -> list[Element]:
        return [node.element for node in self.nodes.values() if node.element.kind == "startEvent"]


@dataclass(slots=True)
class Diagram:
    """One file: the main process, its scopes and the declarations around them."""

    root: Any
    key: str
    name: str
    properties: Mapping[str, str]
    scopes: dict[str, Scope]
    executable: list[str]

    def nodes(self) -> Iterator[Node]:
        for scope in self.scopes.values():
            yield from scope.nodes.values()

    def called_keys(self) -> list[str]:
        keys = [node.element.called_key for node in self.nodes() if node.element.called_key]
        return list(dict.fromkeys(key for key in keys if key and not key.startswith("=")))


def local(tag: Any) -> str:
    """The tag without its namespace; empty for comments and processing instructions."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def read_diagram(xml: bytes, process_key: str | None = None) -> Diagram:
    """Parse a file. Raises ValidationFailed when it is not safe XML or holds no process (see engine.xmlsafe)."""
    root = parse_xml(xml)
    if root.tag != f"{BPMN}definitions":
        raise ValidationFailed("这不是 BPMN 2.0 文件：根元素应为 bpmn:definitions。")
    processes = root.findall(f"{BPMN}process")
    if not processes:
        raise ValidationFailed("文件里没有流程（bpmn:process）。")
    main = _main_process(processes, process_key)
    executable = [p.get("id", "") for p in processes if p.get("isExecutable") == "true"]
    key = main.get("id", "")
    diagram = Diagram(root, key, main.get("name", key), _properties(main), {}, executable)
    _read_scope(diagram, main, key, None, _Declarations(root))
    return diagram


def _main_process(processes: list[Any], process_key: str | None) -> Any:
    if process_key is not None:
        found = [p for p in processes if p.get("id") == process_key]
        if not found:
            raise ValidationFailed(f"文件里没有编号为 {process_key} 的流程。", process_key=process_key)
        return found[0]
    runnable = [p for p in processes if p.get("isExecutable") == "true"]
    return (runnable or processes)[0]


class _Declarations:
    """Names of messages, signals and errors declared beside the processes, and lanes."""

    def __init__(self, root: Any) -> None:
        self.messages = {e.get("id"): e.get("name") for e in root.findall(f"{BPMN}message")}
        self.signals = {e.get("id"): e.get("name") for e in root.findall(f"{BPMN}signal")}
        self.errors = {e.get("id"): e.get("errorCode") or e.get("name") for e in root.findall(f"{BPMN}error")}
        self.lanes: dict[str, str] = {}
        for lane in root.iter(f"{BPMN}lane"):
            for ref in lane.findall(f"{BPMN}flowNodeRef"):
                self.lanes[(ref.text or "").strip()] = lane.get("name", "")


def _read_scope(diagram: Diagram, xml: Any, key: str, parent: str | None, known: _Declarations) -> None:
    process_key = key.partition("/")[0]
    scope = Scope(key, process_key, xml, parent=parent, triggered=xml.get("triggeredByEvent") == "true")
    diagram.scopes[key] = scope
    for child in xml:
        tag = local(child.tag)
        if tag in NODE_TAGS and child.get("id"):
            element = _element(child, tag, process_key, key, known)
            scope.nodes.setdefault(element.id, Node(element, child))
            if tag in EMBEDDED_TAGS:
                _read_scope(diagram, child, f"{process_key}/{element.id}", key, known)
        elif tag == "sequenceFlow":
            scope.flows.append(_flow(child))
    _connect(scope)


def _connect(scope: Scope) -> None:
    for flow in scope.flows:
        source, target = scope.nodes.get(flow.source), scope.nodes.get(flow.target)
        if source is not None and target is not None:
            source.outgoing.append(flow)
            target.incoming.append(flow)
    for node in scope.nodes.values():
        host = scope.nodes.get(node.element.boundary_of or "")
        if host is not None:
            host.boundary.append(node.element.id)


def _flow(xml: Any) -> Flow:
    body = xml.find(f"{BPMN}conditionExpression")
    text = feel_body(body.text) if body is not None else None
    return Flow(
        xml.get("id", ""),
        xml.get("sourceRef", ""),
        xml.get("targetRef", ""),
        text,
        xml.sourceline or 0,
        xml.get("name", ""),
    )


def feel_body(text: str | None) -> str:
    """The FEEL of an expression that may carry a leading `=`."""
    body = (text or "").strip()
    return body[1:].strip() if body.startswith("=") else body


def _properties(xml: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for block in xml.findall(f"{BPMN}extensionElements/{CAMUNDA}properties"):
        for item in block.findall(f"{CAMUNDA}property"):
            found[item.get("name", "")] = item.get("value", "")
    return found


def _element(xml: Any, tag: str, process_key: str, scope: str, known: _Declarations) -> Element:
    element_id = xml.get("id", "")
    properties = _properties(xml)
    event, definition = _event(xml, tag)
    call = tag == "callActivity"
    return Element(
        id=element_id,
        name=xml.get("name", ""),
        kind=tag,
        process_key=process_key,
        scope=scope,
        line=xml.sourceline or 0,
        event=event,
        form_key=xml.get(f"{CAMUNDA}formKey"),
        candidate_groups=_groups(xml.get(f"{CAMUNDA}candidateGroups")),
        assignee=xml.get(f"{CAMUNDA}assignee"),
        topic=_topic(xml, definition),
        decision_ref=xml.get(f"{CAMUNDA}decisionRef"),
        called_key=xml.get("calledElement") if call else None,
        result_name=xml.get(f"{CAMUNDA}resultVariable") or properties.get("result") or element_id,
        inputs=_call_mapping(xml, "in") if call else _parameters(xml, "inputParameter"),
        outputs=_call_mapping(xml, "out") if call else _parameters(xml, "outputParameter"),
        properties=properties,
        script=_script(xml, tag),
        message_name=_message(xml, definition, known),
        correlation=properties.get("correlation_key"),
        error_code=_error(event, definition, known),
        timer=_timer(definition, properties) if event == "timer" else None,
        boundary_of=xml.get("attachedToRef") if tag == "boundaryEvent" else None,
        interrupting=xml.get("cancelActivity" if tag == "boundaryEvent" else "isInterrupting", "true") != "false",
        multi_instance=_multi_instance(xml),
        default_flow=xml.get("default"),
        lane=known.lanes.get(element_id),
    )


def _event(xml: Any, tag: str) -> tuple[str, Any]:
    definitions = [child for child in xml if local(child.tag).endswith("EventDefinition")]
    if tag in EVENT_TAGS and definitions:
        name = local(definitions[0].tag).removesuffix("EventDefinition")
        return ("multiple" if len(definitions) > 1 else name), definitions[0]
    if tag == "receiveTask":
        return "message", xml
    return "none", None


def _groups(text: str | None) -> tuple[str, ...]:
    if not text or not text.strip():
        return ()
    if text.strip().startswith("="):
        return (text.strip(),)
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _topic(xml: Any, definition: Any) -> str | None:
    for holder in (xml, definition):
        if holder is not None and holder.get(f"{CAMUNDA}topic"):
            return str(holder.get(f"{CAMUNDA}topic"))
    return None


def _parameters(xml: Any, tag: str) -> dict[str, str]:
    blocks = xml.findall(f"{BPMN}extensionElements/{CAMUNDA}inputOutput/{CAMUNDA}{tag}")
    return {p.get("name", ""): (p.text or "").strip() for p in blocks}


def _call_mapping(xml: Any, tag: str) -> dict[str, str]:
    """target -> `=FEEL`, from camunda:in and camunda:out."""
    found: dict[str, str] = {}
    for item in xml.findall(f"{BPMN}extensionElements/{CAMUNDA}{tag}"):
        source = item.get("source") or item.get("sourceExpression")
        if item.get("target") and source:
            found[item.get("target")] = "=" + feel_body(source)
    return found


def _script(xml: Any, tag: str) -> str | None:
    if tag != "scriptTask":
        return None
    body = xml.find(f"{BPMN}script")
    return feel_body(body.text) if body is not None else None


def _message(xml: Any, definition: Any, known: _Declarations) -> str | None:
    if definition is None:
        return None
    if definition.get("messageRef"):
        return known.messages.get(definition.get("messageRef"))
    if definition.get("signalRef"):
        return known.signals.get(definition.get("signalRef"))
    return None


def _error(event: str, definition: Any, known: _Declarations) -> str | None:
    if event != "error" or not definition.get("errorRef"):
        return None
    return known.errors.get(definition.get("errorRef")) or str(definition.get("errorRef"))


def _timer(definition: Any, properties: Mapping[str, str]) -> Timer:
    if properties.get("working_days"):
        return Timer("working_days", "", properties["working_days"].strip())
    for child in definition:
        tag = local(child.tag)
        if tag in ("timeDuration", "timeDate", "timeCycle"):
            kind = {"timeDuration": "duration", "timeDate": "date", "timeCycle": "cycle"}[tag]
            return Timer(kind, timer_text(child.text))  # type: ignore[arg-type]
    return Timer("duration", "")


def timer_text(text: str | None) -> str:
    """Plain ISO 8601 stays as it is (quotes of other tools taken off); everything else is FEEL and gets its `=`."""
    body = (text or "").strip()
    bare = body.strip("\"'")
    if not body or body.startswith("="):
        return body
    return bare if _ISO.match(bare) else "=" + body


def _multi_instance(xml: Any) -> MultiInstance | None:
    loop = xml.find(f"{BPMN}multiInstanceLoopCharacteristics")
    if loop is None:
        return None
    completion = loop.find(f"{BPMN}completionCondition")
    cardinality = loop.find(f"{BPMN}loopCardinality")
    collection = loop.get(f"{CAMUNDA}collection")
    return MultiInstance(
        sequential=loop.get("isSequential") == "true",
        collection=feel_body(collection) if collection else None,
        cardinality=feel_body(cardinality.text) if cardinality is not None else None,
        variable=loop.get(f"{CAMUNDA}elementVariable") or "item",
        completion=feel_body(completion.text) if completion is not None else None,
    )
