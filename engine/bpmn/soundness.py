"""Plays the token game over a scope without data: can every run come to an end, and by which way does it not?

Every choice is taken as possible, so a finding may be excluded by the data; a scope without findings is sound for any
data. Answers "undecided" beyond a bounded number of states instead of taking long. Calls and sub-processes count as one
step here; each is checked as a scope of its own.
Source: W. van der Aalst, soundness of workflow nets: option to complete, proper completion, no dead activity.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from itertools import combinations
from typing import Literal

from engine.bpmn.graph import SPLITS, Graph, Vertex

MAX_STATES = 5_000
ENOUGH_STATES = 500
MAX_TOKENS = 3
FindingKind = Literal["stuck", "never-ends", "endless", "twice", "dead"]
State = tuple[str, ...]
ACTIVE = "@"


@dataclass(frozen=True, slots=True)
class Finding:
    """nodes: where it happens. path: ids of the nodes passed on the way there, in order."""

    kind: FindingKind
    nodes: tuple[str, ...]
    path: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """decided: False when the state space was larger than the bound. states: how many were looked at."""

    decided: bool
    states: int
    findings: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        return self.decided and not self.findings


class _Endless(Exception):
    def __init__(self, path: list[str]) -> None:
        self.path = path


class _Game:
    """One exploration. A state is a sorted tuple of places: flow ids, and `@node` (with the events already fired) for a
    node that holds a token."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.visited: set[str] = set()
        self.joins = graph.joins()
        # without inclusive joins the choices are independent: one at a time is enough
        self.independent = not self.joins
        # the least advanced token moves first, so that tokens that will meet do meet
        self.rank = _ranks(graph)
        self.doubled: list[tuple[str, tuple[str, ...]]] = []

    # -- deterministic moves
    def settle(self, places: Counter[str]) -> tuple[State, list[str]]:
        path: list[str] = []
        limit = 20 * (len(self.graph.vertices) + 5)
        pending = [self.order(place) for place in places if not place.startswith(ACTIVE)]
        heapify(pending)
        while True:
            while pending:
                flow = heappop(pending)[1]
                if places[flow] and self._pass(places, flow, path):
                    self._follow(places, flow, path, pending)
                    if len(path) > limit:
                        raise _Endless(path[: len(self.graph.vertices) + 1])
            joined = next((join for join in self.joins if self._join(places, join, path)), None)
            if joined is None or max(places.values(), default=0) > MAX_TOKENS:
                return tuple(sorted(places.elements())), path
            for out in joined.outs:
                heappush(pending, self.order(out))

    def _follow(self, places: Counter[str], flow: str, path: list[str], pending: list[tuple[int, str]]) -> None:
        """The flows that the node has just filled are looked at next; a flow that was full already is a doubling."""
        vertex = self.graph.vertices[self.graph.targets[flow]]
        if places[flow]:
            heappush(pending, self.order(flow))
        for out in vertex.outs:
            count = places[out]
            if count > 1 and not any(node == self.holder(out) for node, _ in self.doubled):
                self.doubled.append((self.holder(out), tuple(path)))
            if 0 < count <= MAX_TOKENS:
                heappush(pending, self.order(out))

    def order(self, place: str) -> tuple[int, str]:
        return self.rank.get(self.holder(place), 0), place

    def _pass(self, places: Counter[str], flow: str, path: list[str]) -> bool:
        vertex = self.graph.vertices[self.graph.targets[flow]]
        if vertex.kind in SPLITS and len(vertex.outs) > 1:
            return False
        if vertex.kind == "inclusiveGateway" and len(vertex.ins) > 1:
            return False
        if vertex.kind == "endEvent" and vertex.event in ("terminate", "error"):
            return False
        if vertex.kind == "parallelGateway":
            if any(not places[arrival] for arrival in vertex.ins):
                return False
            self._take(places, vertex.ins)
        else:
            self._take(places, (flow,))
        if vertex.interrupting or vertex.beside:
            places[ACTIVE + vertex.id] += 1
        else:
            places.update(vertex.outs)
        self._note(vertex, path)
        return True

    def _join(self, places: Counter[str], join: Vertex, path: list[str]) -> bool:
        held = [flow for flow in join.ins if places[flow]]
        if not held or not self._nothing_more(places, join, held):
            return False
        if len(join.outs) > 1:
            return False
        self._take(places, held)
        places.update(join.outs)
        self._note(join, path)
        return True

    def _nothing_more(self, places: Counter[str], join: Vertex, held: list[str]) -> bool:
        reach = self.graph.reach[join.id]
        filled = {node for flow in held for node in reach[flow]}
        empty = [flow for flow in join.ins if flow not in held]
        for place in places:
            if place in join.ins:
                continue
            node = self.holder(place)
            if node not in filled and any(node in reach[flow] for flow in empty):
                return False
        return True

    def holder(self, place: str) -> str:
        return place[1:].partition("|")[0] if place.startswith(ACTIVE) else self.graph.targets[place]

    def _take(self, places: Counter[str], flows: Iterable[str]) -> None:
        for flow in flows:
            places[flow] -= 1
            if not places[flow]:
                del places[flow]

    def _note(self, vertex: Vertex, path: list[str]) -> None:
        self.visited.add(vertex.id)
        path.append(vertex.id)

    # -- choices
    def choices(self, state: State) -> Iterator[tuple[list[str], Counter[str]]]:
        """(nodes passed, places after) for every choice; only the first open choice when they are independent."""
        places = Counter(state)
        for place in sorted(dict.fromkeys(state), key=self.order):
            options = list(self._options(places, place))
            yield from options
            ends = not place.startswith(ACTIVE) and self.graph.vertices[self.graph.targets[place]].kind == "endEvent"
            if options and self.independent and not ends:
                return

    def _options(self, places: Counter[str], place: str) -> Iterator[tuple[list[str], Counter[str]]]:
        if place.startswith(ACTIVE):
            yield from self._active(places, place)
            return
        vertex = self.graph.vertices[self.graph.targets[place]]
        if vertex.kind == "endEvent":
            yield [vertex.id], Counter()
        elif vertex.kind in ("exclusiveGateway", "eventBasedGateway") and len(vertex.outs) > 1:
            for out in vertex.outs:
                yield [vertex.id], self._after(places, (place,), (out,))
        elif vertex.kind == "inclusiveGateway" and len(vertex.outs) > 1:
            yield from self._inclusive(places, place, vertex)

    def _active(self, places: Counter[str], place: str) -> Iterator[tuple[list[str], Counter[str]]]:
        node, _, fired = place[1:].partition("|")
        vertex = self.graph.vertices[node]
        if vertex.kind in SPLITS:
            for out in vertex.outs:
                yield [], self._after(places, (place,), (out,))
            return
        yield [], self._after(places, (place,), vertex.outs)
        for event, outs in vertex.interrupting:
            yield [event], self._after(places, (place,), outs)
        for event, outs in vertex.beside:
            if event not in fired.split(","):
                after = f"{ACTIVE}{node}|{','.join(sorted(filter(None, [*fired.split(','), event])))}"
                yield [event], self._after(places, (place,), (*outs, after))

    def _inclusive(self, places: Counter[str], place: str, vertex: Vertex) -> Iterator[tuple[list[str], Counter[str]]]:
        taken: list[str] = [place]
        if len(vertex.ins) > 1:
            taken = [flow for flow in vertex.ins if places[flow]]
            if not self._nothing_more(places, vertex, taken):
                return
        sizes = range(1, len(vertex.outs) + 1) if len(vertex.outs) <= 5 else (1, 2, len(vertex.outs))
        for size in sizes:
            for outs in combinations(vertex.outs, size):
                yield [vertex.id], self._after(places, taken, outs)

    def _after(self, places: Counter[str], taken: Iterable[str], given: Iterable[str]) -> Counter[str]:
        after = Counter(places)
        self._take(after, taken)
        after.update(given)
        return after


def _ranks(graph: Graph) -> dict[str, int]:
    """Reverse postorder: in a scope without loops every node comes after all that lead to it."""
    order: list[str] = []
    seen: set[str] = set()
    for start in (*graph.starts, *graph.vertices):
        stack = [(start, iter(_next(graph, start)))] if start not in seen else []
        seen.add(start)
        while stack:
            node, following = stack[-1]
            target = next((n for n in following if n not in seen), None)
            if target is None:
                order.append(node)
                stack.pop()
            else:
                seen.add(target)
                stack.append((target, iter(_next(graph, target))))
    return {node: number for number, node in enumerate(reversed(order))}


def _next(graph: Graph, node: str) -> list[str]:
    vertex = graph.vertices[node]
    flows = [*vertex.outs, *(flow for _, outs in (*vertex.interrupting, *vertex.beside) for flow in outs)]
    return [graph.targets[flow] for flow in flows]


class _Map:
    """The states found, how each was reached, and what follows it."""

    def __init__(self, game: _Game, limit: int) -> None:
        self.game, self.limit = game, limit
        self.before: dict[State, tuple[State | None, tuple[str, ...]]] = {}
        self.edges: dict[State, set[State]] = {}
        self.findings: list[Finding] = []
        self.decided = True

    def explore(self, first: Counter[str], label: list[str], enough: int | None = None) -> None:
        """enough: stop after so many states once the end has been seen."""
        todo: deque[State] = deque()
        self._add(first, None, label, todo)
        while todo:
            if len(self.before) > self.limit:
                self.decided = False
                return
            if enough is not None and len(self.before) > enough and () in self.before:
                return
            state = todo.popleft()
            if any(count > MAX_TOKENS for count in Counter(state).values()):
                continue
            for passed, places in self.game.choices(state):
                self.game.visited.update(passed)
                self._add(places, state, passed, todo)

    def _add(self, places: Counter[str], source: State | None, passed: list[str], todo: deque[State]) -> None:
        known = len(self.game.doubled)
        try:
            state, way = self.game.settle(places)
        except _Endless as endless:
            self.findings.append(
                Finding("endless", tuple(sorted(set(endless.path))), (*self.path(source), *passed, *endless.path))
            )
            return
        for node, done in self.game.doubled[known:]:
            self.findings.append(Finding("twice", (node,), (*self.path(source), *passed, *done)))
        if source is not None:
            self.edges.setdefault(source, set()).add(state)
        if state not in self.before:
            self.before[state] = (source, (*passed, *way))
            todo.append(state)

    def path(self, state: State | None) -> tuple[str, ...]:
        steps: list[tuple[str, ...]] = []
        while state is not None:
            state, way = self.before[state]
            steps.append(way)
        return tuple(node for way in reversed(steps) for node in way)

    def completable(self) -> set[State]:
        """The states from which the end can be reached."""
        back: dict[State, list[State]] = {}
        for source, targets in self.edges.items():
            for target in targets:
                back.setdefault(target, []).append(source)
        found = {state for state in self.before if not state}
        todo = list(found)
        while todo:
            for source in back.get(todo.pop(), ()):
                if source not in found:
                    found.add(source)
                    todo.append(source)
        return found


def check(graph: Graph, limit: int = MAX_STATES) -> Report:
    """What can go wrong in a scope, the worst first; each kind once a place."""
    findings: list[Finding] = []
    decided, states = True, 0
    game = _Game(graph)
    for start in graph.starts:
        space = _Map(game, limit)
        game.visited.add(start)
        space.explore(Counter(graph.vertices[start].outs), [start])
        decided, states = decided and space.decided, states + len(space.before)
        findings += space.findings
        if space.decided:
            findings += _stuck(space)
    if decided and not findings:
        findings += _dead(graph, game.visited)
    order = ("never-ends", "endless", "stuck", "twice", "dead")
    return Report(decided, states, tuple(sorted(dict.fromkeys(findings), key=lambda f: order.index(f.kind))))


def _stuck(space: _Map) -> list[Finding]:
    good = space.completable()
    if not any(state == () for state in space.before):
        worst = next((s for s in space.before if not space.edges.get(s)), next(iter(space.before), ()))
        return [Finding("never-ends", _places(space, worst), space.path(worst))] if worst else []
    found: dict[tuple[str, ...], Finding] = {}
    for state in space.before:
        if state and state not in good and not space.edges.get(state):
            nodes = _places(space, state)
            found.setdefault(nodes, Finding("stuck", nodes, space.path(state)))
    if not found and len(good) < len(space.before):
        state = next(s for s in space.before if s not in good)
        found[()] = Finding("endless", _places(space, state), space.path(state))
    return list(found.values())[:5]


def _places(space: _Map, state: State) -> tuple[str, ...]:
    return tuple(sorted({space.game.holder(place) for place in state}))


def _dead(graph: Graph, visited: set[str]) -> list[Finding]:
    events = {event for v in graph.vertices.values() for event, _ in (*v.interrupting, *v.beside)}
    dead = [
        v.id for v in graph.vertices.values() if v.id not in visited and v.id not in events and v.kind != "startEvent"
    ]
    return [Finding("dead", tuple(dead), ())] if dead else []


def can_complete(graph: Graph, places: Iterable[str], limit: int = MAX_STATES, once: bool = False) -> bool | None:
    """Whether a scope with tokens at these places can come to its end; None when the bound was reached first.

    once: also False when two tokens were seen to follow each other along the same flow.

    Places: a flow id for a token that waits at a join, `@` and a node id for a token held by a node.
    """
    game = _Game(graph)
    start = Counter(places)
    if not start:
        return True
    space = _Map(game, limit)
    for place in list(start):
        if place.startswith(ACTIVE):
            _release(graph, start, place)
    space.explore(start, [], ENOUGH_STATES)
    if any(f.kind == "endless" for f in space.findings) and not space.before:
        return False
    if not space.decided:
        return None
    if once and any(f.kind == "twice" for f in space.findings):
        return False
    return bool(space.before) and next(iter(space.before)) in space.completable()


def _release(graph: Graph, places: Counter[str], place: str) -> None:
    """A node without boundary events and without a choice holds its token only for the person; the game moves it on."""
    vertex = graph.vertices[place[1:].partition("|")[0]]
    if vertex.interrupting or vertex.beside:
        return
    count = places.pop(place)
    for _ in range(count):
        if vertex.kind == "eventBasedGateway" or (vertex.kind in SPLITS and len(vertex.outs) > 1):
            places[f"{ACTIVE}{vertex.id}"] += 1
            return
        places.update(vertex.outs)
