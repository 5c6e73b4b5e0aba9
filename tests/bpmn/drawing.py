"""Writes small BPMN files for the tests, in the dialect of our own diagrams."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" id="defs" targetNamespace="http://guangsha/test">\n'
)


def extension(properties: dict[str, str] | None = None, inner: str = "") -> str:
    rows = "".join(
        f"<camunda:property name={quoteattr(k)} value={quoteattr(v)}/>" for k, v in (properties or {}).items()
    )
    block = f"<camunda:properties>{rows}</camunda:properties>" if rows else ""
    return f"<bpmn:extensionElements>{block}{inner}</bpmn:extensionElements>" if block or inner else ""


@dataclass
class Drawing:
    """Collects nodes and flows; `xml()` gives the file."""

    key: str = "p"
    nodes: list[tuple[str, str, str, str]] = field(default_factory=list)
    flows: list[tuple[str, str, str, str | None]] = field(default_factory=list)
    declarations: str = ""
    properties: dict[str, str] = field(default_factory=dict)
    with_shapes: bool = True

    def node(self, tag: str, node_id: str, inner: str = "", **attributes: str) -> Drawing:
        rendered = " ".join(f"{k.replace('__', ':')}={quoteattr(v)}" for k, v in attributes.items())
        self.nodes.append((tag, node_id, inner, rendered))
        return self

    def flow(self, source: str, target: str, condition: str | None = None) -> Drawing:
        number = sum(1 for _, a, b, _ in self.flows if a == source and b == target)
        flow_id = f"f_{source}_{target}" + (f"_{number}" if number else "")
        self.flows.append((flow_id, source, target, condition))
        return self

    def chain(self, *ids: str) -> Drawing:
        for source, target in pairwise(ids):
            self.flow(source, target)
        return self

    # shorthands
    def start(self, node_id: str = "start_1") -> Drawing:
        return self.node("startEvent", node_id)

    def end(self, node_id: str = "end_1", inner: str = "") -> Drawing:
        return self.node("endEvent", node_id, inner)

    def user(
        self, node_id: str, inner: str = "", properties: dict[str, str] | None = None, groups: str = "operator_clerk"
    ) -> Drawing:
        return self.node(
            "userTask", node_id, extension(properties) + inner, camunda__candidateGroups=groups, name=node_id
        )

    def service(self, node_id: str, topic: str = "test.check", inner: str = "", extra: str = "") -> Drawing:
        return self.node(
            "serviceTask", node_id, extension(None, extra) + inner, camunda__type="external", camunda__topic=topic
        )

    def script(self, node_id: str, feel: str, result: str | None = None, inner: str = "") -> Drawing:
        more = {"camunda__resultVariable": result} if result else {}
        return self.node(
            "scriptTask", node_id, inner + f"<bpmn:script>{escape(feel)}</bpmn:script>", scriptFormat="feel", **more
        )

    def rule(self, node_id: str, decision: str, result: str | None = None) -> Drawing:
        more = {"camunda__resultVariable": result} if result else {}
        return self.node("businessRuleTask", node_id, "", camunda__decisionRef=decision, **more)

    def xor(self, node_id: str, default: str | None = None) -> Drawing:
        return self.node("exclusiveGateway", node_id, "", **({"default": default} if default else {}))

    def both(self, node_id: str) -> Drawing:
        return self.node("parallelGateway", node_id)

    def call(self, node_id: str, called: str, extra: str = "", inner: str = "") -> Drawing:
        return self.node("callActivity", node_id, extension(None, extra) + inner, calledElement=called)

    def timer(
        self, node_id: str, text: str = "PT1H", tag: str = "timeDuration", properties: dict[str, str] | None = None
    ) -> Drawing:
        return self.node("intermediateCatchEvent", node_id, extension(properties) + timer_definition(text, tag))

    def boundary_timer(
        self, node_id: str, on: str, text: str = "P5D", interrupting: bool = True, tag: str = "timeDuration"
    ) -> Drawing:
        return self.node(
            "boundaryEvent",
            node_id,
            timer_definition(text, tag),
            attachedToRef=on,
            cancelActivity=str(interrupting).lower(),
        )

    def boundary_error(self, node_id: str, on: str, code: str | None = None) -> Drawing:
        definition = "<bpmn:errorEventDefinition/>"
        if code is not None:
            self.declarations += f'<bpmn:error id="err_{node_id}" name="{code}" errorCode="{code}"/>'
            definition = f'<bpmn:errorEventDefinition errorRef="err_{node_id}"/>'
        return self.node("boundaryEvent", node_id, definition, attachedToRef=on)

    def message(self, node_id: str, name: str, tag: str = "intermediateCatchEvent", **attributes: str) -> Drawing:
        self.declarations += f'<bpmn:message id="msg_{node_id}" name={quoteattr(name)}/>'
        return self.node(tag, node_id, f'<bpmn:messageEventDefinition messageRef="msg_{node_id}"/>', **attributes)

    def body(self) -> str:
        rows = []
        for tag, node_id, inner, attributes in self.nodes:
            first, rest = inner, ""
            if "</bpmn:extensionElements>" in inner:
                at = inner.index("</bpmn:extensionElements>") + len("</bpmn:extensionElements>")
                first, rest = inner[:at], inner[at:]
            elif not inner.startswith("<bpmn:extensionElements"):
                first, rest = "", inner
            links = "".join(f"<bpmn:incoming>{f}</bpmn:incoming>" for f, _, b, _ in self.flows if b == node_id)
            links += "".join(f"<bpmn:outgoing>{f}</bpmn:outgoing>" for f, a, _, _ in self.flows if a == node_id)
            rows.append(f'<bpmn:{tag} id="{node_id}" {attributes}>{first}{links}{rest}</bpmn:{tag}>')
        for flow_id, source, target, condition in self.flows:
            text = ""
            if condition is not None:
                text = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{escape(condition)}</bpmn:conditionExpression>'
            rows.append(
                f'<bpmn:sequenceFlow id="{flow_id}" sourceRef="{source}" targetRef="{target}">{text}</bpmn:sequenceFlow>'
            )
        return "\n".join(rows)

    def xml(self) -> bytes:
        shapes = ""
        if self.with_shapes:
            plane = "".join(
                f'<bpmndi:BPMNShape id="{n}_di" bpmnElement="{n}"><dc:Bounds x="{100 * i}" y="100" width="80" height="60"/></bpmndi:BPMNShape>'
                for i, (_, n, _, _) in enumerate(self.nodes)
            )
            shapes = f'<bpmndi:BPMNDiagram id="dia"><bpmndi:BPMNPlane id="plane" bpmnElement="{self.key}">{plane}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
        process = f'<bpmn:process id="{self.key}" name="{self.key}" isExecutable="true">{extension(self.properties)}\n{self.body()}\n</bpmn:process>'
        return f"{HEAD}{self.declarations}{process}{shapes}</bpmn:definitions>\n".encode()


def embedded(node_id: str, inner: Drawing, attributes: str = "", loop: str = "") -> str:
    """The XML body of an embedded sub-process, for Drawing.node('subProcess', ...)."""
    return inner.body() + loop


def timer_definition(text: str, tag: str = "timeDuration") -> str:
    if not text:
        return "<bpmn:timerEventDefinition/>"
    return f'<bpmn:timerEventDefinition><bpmn:{tag} xsi:type="bpmn:tFormalExpression">{escape(text)}</bpmn:{tag}></bpmn:timerEventDefinition>'


def multi(collection: str, sequential: bool = False, completion: str | None = None, variable: str = "item") -> str:
    condition = f"<bpmn:completionCondition>{escape(completion)}</bpmn:completionCondition>" if completion else ""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"'
        f" camunda:collection={quoteattr(collection)} camunda:elementVariable={quoteattr(variable)}>"
        f"{condition}</bpmn:multiInstanceLoopCharacteristics>"
    )
