"""Random block-structured diagrams: saving and loading between any two steps changes nothing, and every run ends."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from engine.bpmn import compile_process
from engine.bpmn.diagram import read_diagram
from engine.bpmn.graph import graph_of
from engine.bpmn.soundness import check
from tests.bpmn.desk import Desk, Rider
from tests.bpmn.drawing import Drawing, multi
from tests.bpmn.stock import Stock

Tree = tuple  # (kind, children...)
leaf = st.sampled_from(
    [("user",), ("service",), ("script",), ("rule",), ("timer",), ("message",), ("late",), ("sign",)]
)


def branch(inner: st.SearchStrategy[Tree]) -> st.SearchStrategy[Tree]:
    pair = st.tuples(inner, inner)
    kinds = ["seq", "xor", "and", "or", "event"]
    return st.one_of(
        st.builds(lambda kind, two: (kind, *two), st.sampled_from(kinds), pair),
        st.builds(lambda kind, one: (kind, one), st.sampled_from(["loop", "call", "calls"]), inner),
    )


trees = st.recursive(leaf, branch, max_leaves=12)


@dataclass
class Sketch:
    """Draws a tree; called processes are files of their own."""

    numbers: count = field(default_factory=count)
    files: dict[str, bytes] = field(default_factory=dict)
    facts: dict[str, object] = field(default_factory=dict)
    pick: random.Random = field(default_factory=lambda: random.Random(0))

    def process(self, key: str, tree: Tree) -> bytes:
        d = Drawing(key, with_shapes=False)
        d.start(f"{key}_s").end(f"{key}_e")
        first, last = self.draw(d, tree)
        return d.flow(f"{key}_s", first).flow(last, f"{key}_e").xml()

    python = False  # whether conditions are written for plain SpiffWorkflow

    def draw(self, d: Drawing, tree: Tree) -> tuple[str, str]:
        """(first node, last node) of the block."""
        kind, n = tree[0], next(self.numbers)
        return getattr(self, f"_{kind}")(d, f"{kind}{n}", tree[1:])

    def _user(self, d: Drawing, name: str, _: Tree) -> tuple[str, str]:
        d.user(name)
        return name, name

    def _service(self, d: Drawing, name: str, _: Tree) -> tuple[str, str]:
        d.service(name)
        return name, name

    def _script(self, d: Drawing, name: str, _: Tree) -> tuple[str, str]:
        d.script(name, "1")
        return name, name

    def _rule(self, d: Drawing, name: str, _: Tree) -> tuple[str, str]:
        d.rule(name, "t")
        return name, name

    def _timer(self, d: Drawing, name: str, _: Tree) -> tuple[str, str]:
        d.timer(name)
        return name, name

    def _message(self, d: Drawing, name: str, _: Tree) -> tuple[str, str]:
        d.message(name, "reply")
        return name, name

    def _late(self, d: Drawing, name: str, _: Tree) -> tuple[str, str]:
        interrupting = self.pick.random() < 0.5
        d.user(name).boundary_timer(f"{name}_t", name, interrupting=interrupting).user(f"{name}_chase").chain(
            f"{name}_t", f"{name}_chase"
        )
        if interrupting:
            d.xor(f"{name}_m").chain(name, f"{name}_m").chain(f"{name}_chase", f"{name}_m")
            return name, f"{name}_m"
        d.end(f"{name}_end").chain(f"{name}_chase", f"{name}_end")
        return name, name

    def _sign(self, d: Drawing, name: str, _: Tree) -> tuple[str, str]:
        d.user(name, multi("=[1, 2, 3]", sequential=self.pick.random() < 0.5))
        return name, name

    def _seq(self, d: Drawing, name: str, two: Tree) -> tuple[str, str]:
        a, b = self.draw(d, two[0]), self.draw(d, two[1])
        d.flow(a[1], b[0])
        return a[0], b[1]

    def _gate(self, d: Drawing, name: str, two: Tree, tag: str) -> tuple[str, str]:
        d.node(tag, f"{name}_s", default=f"f_{name}_s_{name}_d") if tag != "parallelGateway" else d.both(f"{name}_s")
        d.node(tag, f"{name}_j")
        for number, tree in enumerate(two):
            first, last = self.draw(d, tree)
            condition = None
            if tag != "parallelGateway":
                condition = f"{name} {'==' if self.python else '='} {number}"
                self.facts[name] = self.pick.randrange(3)
            d.flow(f"{name}_s", first, condition).flow(last, f"{name}_j")
        if tag != "parallelGateway":
            d.script(f"{name}_d", "0").chain(f"{name}_s", f"{name}_d", f"{name}_j")
        return f"{name}_s", f"{name}_j"

    def _xor(self, d: Drawing, name: str, two: Tree) -> tuple[str, str]:
        return self._gate(d, name, two, "exclusiveGateway")

    def _and(self, d: Drawing, name: str, two: Tree) -> tuple[str, str]:
        return self._gate(d, name, two, "parallelGateway")

    def _or(self, d: Drawing, name: str, two: Tree) -> tuple[str, str]:
        return self._gate(d, name, two, "inclusiveGateway")

    def _event(self, d: Drawing, name: str, two: Tree) -> tuple[str, str]:
        d.node("eventBasedGateway", name).xor(f"{name}_j").timer(f"{name}_t").message(f"{name}_m", "reply")
        for event, tree in zip(("t", "m"), two, strict=True):
            first, last = self.draw(d, tree)
            d.chain(name, f"{name}_{event}", first).flow(last, f"{name}_j")
        return name, f"{name}_j"

    def _loop(self, d: Drawing, name: str, one: Tree) -> tuple[str, str]:
        d.xor(f"{name}_m").script(f"{name}_n", f"{name} + 1", f"/{name}").xor(
            f"{name}_x", f"f_{name}_x_{name}_m"
        ).script(f"{name}_o", "0")
        self.facts[name] = 0
        first, last = self.draw(d, one[0])
        d.chain(f"{name}_m", f"{name}_n", first).flow(last, f"{name}_x").flow(f"{name}_x", f"{name}_m")
        d.flow(f"{name}_x", f"{name}_o", f"{name} >= 2")
        return f"{name}_m", f"{name}_o"

    def _call(self, d: Drawing, name: str, one: Tree, loop: str = "") -> tuple[str, str]:
        self.files[f"p_{name}"] = self.process(f"p_{name}", one[0])
        d.call(name, f"p_{name}", '<camunda:in sourceExpression="7" target="days"/>', loop)
        return name, name

    def _calls(self, d: Drawing, name: str, one: Tree) -> tuple[str, str]:
        return self._call(d, name, one, multi("=[1, 2]"))


def act(rider: Rider, choice: int) -> str:
    """Do one of the open things; the same choice does the same in every rider."""
    waits = rider.execution.waits()
    wait = waits[choice % len(waits)]
    token = wait.position.token_id
    getattr(rider.execution, {"user": "complete", "job": "complete", "timer": "fire"}.get(wait.kind, "receive"))(token)
    rider._settle()
    return token


def facts(sketch: Sketch) -> Desk:
    return Desk({**sketch.facts})


@settings(max_examples=120, deadline=None)
@given(trees, st.integers(0, 10_000), st.lists(st.integers(0, 1_000), min_size=5, max_size=40))
def test_saving_and_loading_between_any_two_steps_changes_nothing(tree: Tree, seed: int, choices: list[int]) -> None:
    sketch = Sketch(pick=random.Random(seed))
    definition = compile_process(sketch.process("main", tree), sketch.files.get)
    kept, saved = Rider(definition, facts(sketch), reload=False), Rider(definition, facts(sketch), reload=True)
    for step in range(400):
        assert kept.execution.waits() == saved.execution.waits() and kept.history == saved.history
        assert kept.states[-1] == saved.states[-1] and len(saved.states[-1]) <= 10_240
        if saved.ended:
            break
        choice = choices[step % len(choices)] + step // len(choices)
        assert act(kept, choice) == act(saved, choice)
    assert saved.ended and saved.execution.end_element_id is not None and saved.desk.file == kept.desk.file


plain_trees = st.recursive(
    st.just(("user",)),
    lambda inner: st.builds(
        lambda kind, two: (kind, *two), st.sampled_from(["seq", "xor", "and"]), st.tuples(inner, inner)
    ),
    max_leaves=10,
)


def stock_drawing(tree: Tree, seed: int) -> bytes:
    """The same diagram as plain SpiffWorkflow reads it: Python in conditions and scripts, the facts set by a first script."""
    sketch = Sketch(pick=random.Random(seed))
    sketch.python = True
    d = Drawing("main", with_shapes=False).start("main_s").end("main_e")
    first, last = sketch.draw(d, tree)
    code = "; ".join(f"{name} = {value}" for name, value in sketch.facts.items()) or "n = 0"
    d.nodes = [
        ("scriptTask", i, "<bpmn:script>n = 0</bpmn:script>", "") if t == "scriptTask" else (t, i, x, a)
        for t, i, x, a in d.nodes
    ]
    d.node("scriptTask", "facts", f"<bpmn:script>{code}</bpmn:script>")
    return d.chain("main_s", "facts", first).flow(last, "main_e").xml()


@settings(max_examples=60, deadline=None)
@given(plain_trees, st.integers(0, 10_000), st.lists(st.integers(0, 1_000), min_size=5, max_size=20))
def test_where_the_library_is_right_both_go_the_same_way(tree: Tree, seed: int, choices: list[int]) -> None:
    sketch = Sketch(pick=random.Random(seed))
    rider = Rider(compile_process(sketch.process("main", tree)), facts(sketch), reload=True)
    stock = Stock(stock_drawing(tree, seed), "main")
    for step in range(60):
        assert rider.open() == sorted(task.task_spec.name for task in stock.ready())
        if rider.ended:
            break
        name = rider.open()[choices[step % len(choices)] % len(rider.open())]
        rider.complete(name)
        task = next(task for task in stock.ready() if task.task_spec.name == name)
        task.run()
        stock.workflow.do_engine_steps()
    assert rider.ended and stock.workflow.is_completed()


@settings(max_examples=80, deadline=None)
@given(trees, st.integers(0, 10_000))
def test_block_structured_diagrams_are_sound(tree: Tree, seed: int) -> None:
    sketch = Sketch(pick=random.Random(seed))
    diagram = read_diagram(sketch.process("main", tree))
    for scope in diagram.scopes.values():
        report = check(graph_of(scope), limit=3_000)
        assert not report.findings, report
