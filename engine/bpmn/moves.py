"""Moves that the diagram does not draw (return, withdraw, jump): planned on the marking, refused unless the case can still end.

A move puts one new token on an activity and takes away as few as possible: only the one moved; else also those that
stand behind the target; else all in its scope. The first of these after which the scope can still come to its end, with
nothing done twice, is the plan. A token inside a call that dies takes the call with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from engine.bpmn.diagram import ACTIVITY_TAGS
from engine.bpmn.graph import Graph
from engine.bpmn.model import Definition, Element, Position
from engine.bpmn.soundness import can_complete
from engine.bpmn.spiff import Run
from engine.bpmn.spiff.tokens import RunScope, Token
from engine.errors import IllegalTransition

TARGETS = (ACTIVITY_TAGS | {"intermediateCatchEvent"}) - {"transaction", "adHocSubProcess"}


@dataclass(frozen=True, slots=True)
class Move:
    """What a move does. target, path: where it resumes. dies: open positions that end; stays: those that remain.

    refusal (zh), refusal_en: why it cannot be done; empty when it can.
    """

    target: Element
    path: tuple[str, ...]
    dies: tuple[Position, ...] = ()
    stays: tuple[Position, ...] = ()
    refusal: str = ""
    refusal_en: str = ""
    tokens: tuple[str, ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.refusal


def plan(run: Run, definition: Definition, element_id: str, token_id: str | None, path: tuple[str, ...]) -> Move:
    """The move of a token (of everything in the target's scope, if None) to an element at a path of calls.

    Raises IllegalTransition for an unknown token or element; answers with a refusal when the move is not possible.
    """
    found = _find(run, definition, element_id, path)
    if found is None:
        raise IllegalTransition("目标环节不在正在进行的流程里。", element_id=element_id, path=list(path))
    element, scope = found
    if run.completed:
        return Move(element, path, refusal="流程已经结束。", refusal_en="The process has ended.")
    if element.kind not in TARGETS or element.boundary_of is not None:
        return Move(element, path, refusal="只能退回或跳转到一个环节。", refusal_en="The target must be an activity.")
    moved = None
    if token_id is not None:
        moved = run.holder(run.token(token_id), scope)
        if moved is None:
            zh = "这一步不在目标环节所在的流程里。"
            return Move(element, path, refusal=zh, refusal_en="The token is not within the scope of the target.")
    return _choose(run, definition.graphs[scope.spec.name], scope, element, moved, path)


def _find(run: Run, definition: Definition, element_id: str, path: tuple[str, ...]) -> tuple[Element, RunScope] | None:
    for (_, name), element in definition.elements.items():
        if name == element_id:
            scope = run.scope_of(element, path)
            if scope is not None:
                return element, scope
    return None


def _choose(
    run: Run, graph: Graph, scope: RunScope, element: Element, moved: Token | None, path: tuple[str, ...]
) -> Move:
    undecided = False
    for dying in _candidates(run, graph, scope, element, moved):
        left = [token for token in run.holders(scope) if token not in dying]
        verdict = can_complete(graph, [*(run.place(token) for token in left), f"@{element.id}"], once=True)
        undecided = undecided or verdict is None
        if verdict:
            dies = tuple(run.position(t) for d in dying for t in run.inside(d) if t._state)
            stays = tuple(run.position(token) for token in left)
            return Move(element, path, dies, stays, tokens=tuple(token.id for token in dying))
    if undecided:
        zh, en = (
            "流程的状态太多，无法确认移动后还能办结。",
            "There are too many states to tell whether the case could still end.",
        )
    else:
        zh = "移动后流程将无法办结：有的并行分支会永远等不到另一条。请退回到并行开始之前的环节。"
        en = (
            "After the move the case could not end: a parallel branch would wait for ever. Go back to before the split."
        )
    return Move(element, path, refusal=zh, refusal_en=en)


def _candidates(
    run: Run, graph: Graph, scope: RunScope, element: Element, moved: Token | None
) -> Iterator[list[Token]]:
    everything = run.holders(scope)
    if moved is not None:
        yield [moved]
        behind = _behind(graph, element.id)
        yield [t for t in everything if t is moved or _origin(graph, run.place(t)) in behind]
    yield everything


def _origin(graph: Graph, place: str) -> str:
    """The node that the token is at or has come from."""
    return place[1:] if place.startswith("@") else graph.sources[place]


def _behind(graph: Graph, node: str) -> set[str]:
    """The nodes that a token can reach from this one, itself included."""
    seen: set[str] = set()
    todo = [node]
    while todo:
        current = todo.pop()
        if current in seen:
            continue
        seen.add(current)
        vertex = graph.vertices[current]
        for _, outs in (("", vertex.outs), *vertex.interrupting, *vertex.beside):
            todo += [graph.targets[flow] for flow in outs]
    return seen


def carry_out(run: Run, move: Move) -> Move:
    """Do what the plan says. Raises IllegalTransition with the plan's reason when it was refused."""
    if not move.allowed:
        raise IllegalTransition(move.refusal, element_id=move.target.id, message_en=move.refusal_en)
    scope = run.scope_of(move.target, move.path)
    assert scope is not None
    run.put(scope, move.target, [scope.tasks[token] for token in move.tokens])
    return move
