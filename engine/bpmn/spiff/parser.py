"""Builds the executable nets with SpiffWorkflow's parser classes from diagrams that are already read and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser

from engine.bpmn.diagram import NODE_TAGS, Diagram, Node, Scope
from engine.bpmn.model import Element, Flow, WaitKind
from engine.bpmn.spiff.nodes import (
    ActivityNode,
    CallNode,
    CatchNode,
    ChoiceNode,
    DecisionNode,
    EndNode,
    ErrorEndNode,
    EventChoiceNode,
    FlowNode,
    InclusiveNode,
    JobNode,
    JoinNode,
    PassNode,
    ProcessNet,
    ScriptNode,
    UserNode,
)
from engine.errors import ModelFault

_WAITS: dict[str, WaitKind] = {"timer": "timer", "message": "message", "signal": "signal"}
_BY_TAG: dict[str, type[FlowNode]] = {
    "task": ActivityNode,
    "manualTask": ActivityNode,
    "userTask": UserNode,
    "serviceTask": JobNode,
    "sendTask": JobNode,
    "receiveTask": CatchNode,
    "scriptTask": ScriptNode,
    "businessRuleTask": DecisionNode,
    "callActivity": CallNode,
    "subProcess": CallNode,
    "exclusiveGateway": ChoiceNode,
    "parallelGateway": JoinNode,
    "inclusiveGateway": InclusiveNode,
    "eventBasedGateway": EventChoiceNode,
    "intermediateCatchEvent": CatchNode,
    "boundaryEvent": CatchNode,
    "intermediateThrowEvent": PassNode,
    "startEvent": PassNode,
    "endEvent": EndNode,
}


def _node_class(element: Element, triggered: bool) -> type[FlowNode]:
    if element.topic and element.kind in ("endEvent", "intermediateThrowEvent"):
        return JobNode
    if element.kind == "endEvent" and element.event == "error":
        return ErrorEndNode
    if element.kind == "startEvent" and triggered:
        return CatchNode
    return _BY_TAG[element.kind]


class ElementParser(TaskParser):  # type: ignore[misc]
    """Makes the specification of one node; everything it needs was read by engine.bpmn.diagram."""

    def create_task(self) -> FlowNode:
        scope: Scope = self.process_parser.scope
        element = scope.nodes[self.bpmn_id].element
        node = _node_class(element, scope.triggered)(self.spec, self.bpmn_id, bpmn_name=element.name, lane=element.lane)
        node.element = element
        if isinstance(node, CatchNode):
            node.wait = _WAITS.get(element.event)
        if isinstance(node, CallNode):
            node.spec = element.called_key or f"{element.process_key}/{element.id}"
        if element.kind == "startEvent":
            self.spec.bpmn_start_events.append(node)
        return node


class ScopeParser(ProcessParser):  # type: ignore[misc]
    """Parses one scope node by node, without recursion along the flows, so that a long diagram cannot exhaust the stack."""

    scope: Scope

    def create_spec(self) -> ProcessNet:
        return ProcessNet(self.scope.key, self.get_name(), self.filename)

    def _parse(self) -> None:
        self.spec = self.create_spec()
        self.add_tasks()

    def add_tasks(self) -> None:
        for node in self.scope.nodes.values():
            parser_class, spec_class = self.parser._get_parser_class(node.xml.tag)
            if parser_class is None:
                raise ModelFault(
                    f"元素 {node.element.id} 的类型 {node.element.kind} 不支持。", element_id=node.element.id
                )
            parser_class(self, spec_class, node.xml, self.nsmap).create_task()
        for node in self.scope.nodes.values():
            self._link(node)

    def _link(self, node: Node) -> None:
        specs = self.spec.task_specs
        spec: FlowNode = specs[node.element.id]
        spec.links = tuple((flow, specs[flow.target]) for flow in node.outgoing)
        spec.arrivals = tuple(flow.id for flow in node.incoming)
        spec.boundary = tuple(specs[event] for event in node.boundary)
        for _, target in spec.links:
            spec.connect(target)


class DiagramParser(BpmnParser):  # type: ignore[misc]
    """SpiffWorkflow's parser fed with a diagram that is already read and checked."""

    OVERRIDE_PARSER_CLASSES: ClassVar[dict[str, Any]] = {
        full_tag(tag): (ElementParser, FlowNode) for tag in NODE_TAGS if tag in _BY_TAG
    }
    PARSER_CLASSES: ClassVar[dict[str, Any]] = {}
    PROCESS_PARSER_CLASS = ScopeParser

    def nets(self, diagram: Diagram) -> dict[str, ProcessNet]:
        """The executable form of every scope of a diagram, by scope key."""
        found: dict[str, ProcessNet] = {}
        for scope in diagram.scopes.values():
            parser = ScopeParser(self, scope.xml, self.namespaces, {}, filename=diagram.key)
            parser.scope = scope
            found[scope.key] = parser.get_spec()
        for scope in diagram.scopes.values():
            _finish_net(found[scope.key], scope, found)
        return found


def _finish_net(net: ProcessNet, scope: Scope, nets: Mapping[str, ProcessNet]) -> None:
    net.joins = tuple(n for n in net.task_specs.values() if isinstance(n, InclusiveNode) and len(n.arrivals) > 1)
    for join in net.joins:
        join.reach = {flow.id: _sources(scope, flow, join.name) for flow in scope.nodes[join.name].incoming}
    triggered = []
    for node in scope.nodes.values():
        inner = nets.get(f"{scope.process_key}/{node.element.id}")
        if inner is not None and node.xml.get("triggeredByEvent") == "true":
            # the start event waits in the outer scope; inside, the sub-process begins behind it
            event = inner.bpmn_start_events[0]
            watcher = _watcher(net, event)
            triggered.append((watcher, net.task_specs[node.element.id]))
    net.triggered_starts = tuple(triggered)


def _watcher(net: ProcessNet, event: FlowNode) -> FlowNode:
    watcher = CatchNode(net, f"{event.name} watch", bpmn_name=event.element.name)
    watcher.element = event.element
    watcher.wait = event.wait
    return watcher


def _sources(scope: Scope, flow: Flow, join: str) -> frozenset[str]:
    """Ids of the nodes from which a token can come along this flow without passing the join."""
    found: set[str] = set()
    todo = [flow.source]
    while todo:
        current = todo.pop()
        if current == join or current in found:
            continue
        found.add(current)
        node = scope.nodes[current]
        todo.extend(f.source for f in node.incoming)
        if node.element.boundary_of is not None:
            todo.append(node.element.boundary_of)
    return frozenset(found)


def compile_nets(diagrams: Iterable[Diagram]) -> dict[str, ProcessNet]:
    """Every scope of every diagram in executable form."""
    nets: dict[str, ProcessNet] = {}
    for diagram in diagrams:
        nets.update(DiagramParser().nets(diagram))
    return nets
