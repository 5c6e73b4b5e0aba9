"""A scope as bare structure, for the analyses that play tokens without data; knows no XML and no SpiffWorkflow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.bpmn.diagram import Node, Scope

SPLITS = frozenset({"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"})


@dataclass(frozen=True, slots=True)
class Vertex:
    """A node: flows in and out by id; boundary events as (id, flows out), those that interrupt and those beside."""

    id: str
    kind: str
    event: str
    outs: tuple[str, ...]
    ins: tuple[str, ...]
    interrupting: tuple[tuple[str, tuple[str, ...]], ...] = ()
    beside: tuple[tuple[str, tuple[str, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """key: of the scope. targets, sources: flow id to node id. starts: start events. reach: per inclusive join and
    incoming flow the nodes from which a token can still come."""

    key: str
    vertices: Mapping[str, Vertex]
    targets: Mapping[str, str]
    sources: Mapping[str, str]
    starts: tuple[str, ...]
    reach: Mapping[str, Mapping[str, frozenset[str]]]
    terminates: bool

    def joins(self) -> list[Vertex]:
        return [v for v in self.vertices.values() if v.kind == "inclusiveGateway" and len(v.ins) > 1]


def graph_of(scope: Scope) -> Graph:
    vertices = {node.element.id: _vertex(node, scope) for node in scope.nodes.values() if not _triggered(node)}
    flows = [flow for flow in scope.flows if flow.source in vertices and flow.target in vertices]
    starts = list(scope.starts())
    plain = [e.id for e in starts if e.event == "none"]
    joins = [v for v in vertices.values() if v.kind == "inclusiveGateway" and len(v.ins) > 1]
    return Graph(
        key=scope.key,
        vertices=vertices,
        targets={flow.id: flow.target for flow in flows},
        sources={flow.id: flow.source for flow in flows},
        starts=tuple(plain or [e.id for e in starts]),
        reach={join.id: {flow: sources_of(scope, flow, join.id) for flow in join.ins} for join in joins},
        terminates=any(v.kind == "endEvent" and v.event in ("terminate", "error") for v in vertices.values()),
    )


def _triggered(node: Node) -> bool:
    return bool(node.xml.get("triggeredByEvent") == "true")


def _vertex(node: Node, scope: Scope) -> Vertex:
    events = [scope.nodes[event] for event in node.boundary]
    sides = [[(e.element.id, _outs(e)) for e in events if e.element.interrupting is kind] for kind in (True, False)]
    return Vertex(
        node.element.id,
        node.element.kind,
        node.element.event,
        _outs(node),
        tuple(flow.id for flow in node.incoming),
        tuple(sides[0]),
        tuple(sides[1]),
    )


def _outs(node: Node) -> tuple[str, ...]:
    return tuple(flow.id for flow in node.outgoing)


def sources_of(scope: Scope, flow_id: str, join: str) -> frozenset[str]:
    """Ids of the nodes from which a token can come along this flow without passing the join."""
    found: set[str] = set()
    todo = [flow.source for flow in scope.flows if flow.id == flow_id]
    while todo:
        current = todo.pop()
        if current == join or current in found or current not in scope.nodes:
            continue
        found.add(current)
        node = scope.nodes[current]
        todo.extend(flow.source for flow in node.incoming)
        if node.element.boundary_of is not None:
            todo.append(node.element.boundary_of)
    return frozenset(found)
