"""A running process: moves tokens to their next waits, finds positions and locals, and turns itself into a marking.

Longer than 400 lines: it is one class of SpiffWorkflow's making, and its parts share the same tokens.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.diagram import EMBEDDED_TAGS
from engine.bpmn.guards import Budget
from engine.bpmn.marking import Frame, Marking, TokenRow
from engine.bpmn.model import NO_LOCALS, Element, Host, Position, Visit, VisitKind, Wait, WaitKind
from engine.bpmn.spiff.nodes import ActivityNode, CatchNode, EventChoiceNode, FlowNode, ProcessNet
from engine.bpmn.spiff.states import FINISHED, FUTURE, NO_PYTHON, READY, ROOT, STARTED, WAITING
from engine.bpmn.spiff.tokens import CallScope, RunScope, Token, is_trigger
from engine.bpmn.values import plain
from engine.errors import BusinessFault, IllegalTransition


class Run(RunScope, BpmnWorkflow):  # type: ignore[misc]
    """A running process: the top workflow with its calls, the queue of tokens that can move, and the trace."""

    def __init__(self, nets: Mapping[str, ProcessNet], main: str, host: Host, budget: Budget) -> None:
        BpmnWorkflow.__init__(self, nets[main], nets, NO_PYTHON, deserializing=True)
        self.host, self.budget, self.params = host, budget, None
        self.ready: deque[Token] = deque()
        self.finished: deque[Token] = deque()
        self.trace: list[Visit] = []
        self.sequence = 0
        self.plant()

    # -- what the nodes ask
    def next_id(self) -> str:
        self.sequence += 1
        return f"t{self.sequence}"

    def visit(self, token: Token, what: VisitKind) -> None:
        element = token.task_spec.element
        self.trace.append(Visit(token.id, element.id, element.process_key, self.path(token), what))

    def evaluate(self, expression: str, token: Token, more: Mapping[str, Any] = NO_LOCALS) -> Any:
        return self.host.evaluate(expression, self.position(token, more))

    def resolve(self, text: str, token: Token) -> Any:
        """A literal, or the value of the FEEL after a leading `=`."""
        return self.evaluate(text[1:].strip(), token) if text.startswith("=") else text

    def position(self, token: Token, more: Mapping[str, Any] = NO_LOCALS) -> Position:
        return Position(token.id, token.task_spec.element, self.path(token), {**self.locals(token), **more})

    def path(self, token: Token) -> tuple[str, ...]:
        path = self.scope_path(token.workflow)
        if token.instance is not None:
            return (*path, f"{token.task_spec.element.id}#{token.instance}")
        return path

    def scope_path(self, scope: RunScope) -> tuple[str, ...]:
        if scope.parent_task_id is None:
            return ()
        caller: Token = scope.parent_task  # type: ignore[attr-defined]
        outer = self.path(caller)
        if caller.instance is None and caller.task_spec.element.kind == "callActivity":
            return (*outer, caller.task_spec.element.id)
        return outer

    def locals(self, token: Token) -> dict[str, Any]:
        """Innermost first; a called process sees its own parameters and the item of the instance that called it."""
        found: dict[str, Any] = {}
        current: Token | None = token
        while current is not None:
            for name, value in _item_locals(current):
                found.setdefault(name, value)
            params = getattr(current.workflow, "params", None)
            caller: Token | None = getattr(current.workflow, "parent_task", None)
            if params is not None and caller is not None:
                found.setdefault("params", params)
                for name, value in _item_locals(caller):
                    found.setdefault(name, value)
                break
            current = caller
        return found

    def store_outputs(self, token: Token) -> None:
        element = token.task_spec.element
        inner = self.subprocesses.get(token.id)
        scope = inner.task_tree if inner is not None else None
        for target, text in element.outputs.items():
            at = self.position(token)
            if scope is not None and element.kind == "callActivity":
                path = self.scope_path(inner)
                inside = Position(token.id, element, path, {**at.locals, "params": inner.params})
                value = self.host.evaluate(text[1:].strip(), inside) if text.startswith("=") else text
            else:
                value = self.resolve(text, token)
            self.host.write(target, plain(value), at)

    def results(self, body: Token, name: str) -> list[Any]:
        """What the finished instances left under a name, in the order of the items."""
        element, base = body.task_spec.element, self.scope_path(body.workflow)
        found = []
        for number in sorted(body.internal_data["done"]):
            at = Position(body.id, element, (*base, f"{element.id}#{number}"), self.locals(body))
            found.append(plain(self.host.evaluate(name, at)))
        return found

    def store_results(self, body: Token) -> None:
        """One list for the result of a task, one for each output of a call."""
        element = body.task_spec.element
        names = list(element.outputs)
        if element.kind not in EMBEDDED_TAGS and element.kind != "callActivity":
            names.append(element.result_name)
        for name in names:
            if not name.startswith("/"):
                self.host.write(name, self.results(body, name), self.position(body))

    def progress(self, body: Token, condition: str, active: int) -> dict[str, Any]:
        """What a completion condition may use besides the scope of the instance that has just finished."""
        done = body.internal_data["done"]
        local: dict[str, Any] = {
            "nrOfInstances": body.internal_data["total"],
            "nrOfCompletedInstances": len(done),
            "nrOfActiveInstances": active,
        }
        if "results" in condition:
            local["results"] = self.results(body, body.task_spec.element.result_name)
        return local

    def call(self, token: Token, spec: str, params: Mapping[str, Any] | None) -> None:
        scope = CallScope(self.subprocess_specs[spec], token, self, params)
        self.budget.depth(scope.depth, token.task_spec.element.id)
        self.subprocesses[token.id] = scope
        starts = [s for s in scope.spec.bpmn_start_events if s.element.event == "none"] or scope.spec.bpmn_start_events
        scope.start(starts[0])

    def scope_ended(self, scope: RunScope) -> None:
        if scope is not self:
            self.finished.append(scope.parent_task)  # type: ignore[attr-defined]

    # -- moving
    def go(self) -> None:
        """Run every token that can move by itself, to the next waits."""
        while True:
            while self.ready or self.finished:
                if self.finished:
                    self._finish(self.finished.popleft())
                    continue
                token = self.ready.popleft()
                if token._state == READY and token.id in token.workflow.tasks:
                    self.budget.step(token.task_spec.element.id)
                    self._step(token)
            if not any(join.settle(scope) for scope in self.scopes() for join in scope.spec.joins):
                return

    def _step(self, token: Token) -> None:
        try:
            token.run()
        except BusinessFault as fault:
            if not self.raise_error(token, fault.bpmn_code):
                raise

    def _finish(self, token: Token) -> None:
        """A call whose scope is empty, or a multi-instance whose last instance is through."""
        if token.id in token.workflow.tasks and token._state == STARTED:
            inner = self.subprocesses.get(token.id)
            if inner is not None and any(node is token.task_spec for _, node in token.workflow.spec.triggered_starts):
                # how an event sub-process ends is how the scope around it ends
                token.workflow.end_element_id = inner.end_element_id
            token.complete()
            if inner is not None:
                self.subprocesses.pop(token.id, None)

    def scopes(self) -> list[RunScope]:
        return [self, *self.subprocesses.values()]

    def tokens(self) -> Iterator[Token]:
        for scope in self.scopes():
            for token in list(scope.tasks.values()):
                if token.id != ROOT:
                    yield token

    def token(self, token_id: str) -> Token:
        for scope in self.scopes():
            found = scope.tasks.get(token_id)
            if found is not None and token_id != ROOT:
                return found
        raise IllegalTransition("这一步已经办结或已取消，请刷新页面。", token_id=token_id)

    def begin(self, element_id: str) -> None:
        RunScope.start(self, self.spec.task_specs[element_id])

    def complete_wait(self, token_id: str) -> None:
        token = self.token(token_id)
        kind = wait_kind(token)
        if kind == "user":
            self.budget.step(token.task_spec.element.id)
            self._step(token)
        elif kind == "job":
            token.complete()
        else:
            raise IllegalTransition("这一步现在不能办结。", token_id=token_id, state=TaskState.get_name(token._state))

    def happen(self, token_id: str, kinds: tuple[WaitKind, ...]) -> None:
        """A timer, message or signal that a token waits for has come."""
        token = self.token(token_id)
        if wait_kind(token) not in kinds:
            raise IllegalTransition("这一步没有在等待该事件。", token_id=token_id)
        element = token.task_spec.element
        if element.kind == "startEvent":
            self._trigger(token)
        elif element.boundary_of is not None:
            self._boundary(token)
        elif isinstance(token.parent.task_spec, EventChoiceNode):
            gateway = token.parent
            token.detach()
            gateway.complete()
            token._ready()
        else:
            token._ready()

    def _boundary(self, token: Token) -> None:
        element, host = token.task_spec.element, token.parent
        if element.interrupting:
            token.detach()
            host.cancel()
            token._ready()
            return
        once = element.timer is not None and element.timer.kind != "cycle"
        if once:
            token.detach()
            token._ready()
            return
        token.internal_data["fired"] = token.internal_data.get("fired", 0) + 1
        token.workflow.spawn(token.task_spec, host.parent, FUTURE)._ready()

    def _trigger(self, token: Token) -> None:
        """Start an event sub-process; an interrupting one ends everything else in its scope."""
        scope: RunScope = token.workflow
        node = next(node for event, node in scope.spec.triggered_starts if event is token.task_spec)
        if token.task_spec.element.interrupting:
            scope.clear(token)
            token.discard()
        elif token.task_spec.element.timer is not None and token.task_spec.element.timer.kind != "cycle":
            token.discard()
        else:
            token.internal_data["fired"] = token.internal_data.get("fired", 0) + 1
        scope.spawn(node, scope.task_tree, FUTURE)._ready()

    def raise_error(self, token: Token, code: str) -> bool:
        """Take the nearest error event that catches the code: on the activity, its calls, or an event sub-process."""
        current: Token | None = token
        while current is not None:
            caught = next((b for b in current.task_spec.boundary if _catches(b, code)), None)
            if caught is not None and current.instance is None:
                event = current.workflow.spawn(caught, current.parent, FUTURE)
                self._abandon(current)
                event._ready()
                return True
            if current.instance is not None:
                current = current.parent
                continue
            scope: RunScope = current.workflow
            for event_node, node in scope.spec.triggered_starts:
                if _catches(event_node, code) and event_node.wait is None:
                    self._abandon(current)
                    scope.clear(None)
                    scope.spawn(node, scope.task_tree, FUTURE)._ready()
                    return True
            current = getattr(scope, "parent_task", None)
        return False

    def _abandon(self, token: Token) -> None:
        self.visit(token, "error")
        if token._state & FINISHED:
            token._state = READY
        for child in token.children:
            child.cancel()
        inner = self.subprocesses.get(token.id)
        if inner is not None:
            inner.cancel()
        token.discard()

    def fail(self, token_id: str, code: str) -> bool:
        return self.raise_error(self.token(token_id), code)

    def cancel_all(self) -> None:
        self.completed = True
        self.clear(None)
        self.ready.clear()
        self.finished.clear()

    # -- moves
    def scope_of(self, element: Element, path: tuple[str, ...]) -> RunScope | None:
        """The running scope that holds this element at this path."""
        for scope in self.scopes():
            if scope.spec.name == element.scope and self.scope_path(scope) == path:
                return scope
        return None

    def holder(self, token: Token, scope: RunScope) -> Token | None:
        """The token of that scope that this one belongs to: itself, its multi-instance, its call; None if outside."""
        current: Token | None = token
        while current is not None and current.workflow is not scope:
            current = getattr(current.workflow, "parent_task", None)
        while current is not None and current._parent != ROOT:
            current = current.parent
        return current

    def holders(self, scope: RunScope) -> list[Token]:
        return [t for t in scope.tasks.values() if t._parent == ROOT and not is_trigger(t)]

    def place(self, token: Token) -> str:
        """Where the token stands, in the words of engine.bpmn.soundness."""
        if token._state == WAITING and token.task_spec.counts:
            return str(token.internal_data["flow"])
        return f"@{token.task_spec.name}"

    def inside(self, token: Token) -> list[Token]:
        """The token with all that hangs on it: boundary events, instances, and the scopes it called."""
        found = [token]
        for child in token.children:
            found += self.inside(child)
        inner = self.subprocesses.get(token.id)
        if inner is not None:
            for other in self.holders(inner):
                found += self.inside(other)
        return found

    def put(self, scope: RunScope, element: Element, dying: list[Token]) -> Token:
        """Cancel the dying tokens and stand a new one on the element."""
        for token in dying:
            token.cancel()
        token = scope.spawn(scope.spec.task_specs[element.id], scope.task_tree, FUTURE)
        token.task_spec._update(token)
        return token

    def add_instance(self, token: Token, item: Any) -> None:
        """One more signer in the multi-instance of this token."""
        body = token if token.instance is None else token.parent
        loop = body.task_spec.element.multi_instance
        if loop is None or body._state != STARTED:
            raise IllegalTransition("这一步不是会签，不能加签。", token_id=token.id)
        state = body.internal_data
        state["total"] += 1
        self.budget.room(state["total"], body.task_spec.element.id)
        if loop.sequential:
            state["todo"] = [*state.get("todo", ()), plain(item)]
        else:
            body.workflow.spawn_instance(body.task_spec, body, state["total"] - 1, plain(item))

    def drop_instance(self, token: Token) -> None:
        """One signer less; the last open one cannot be taken away."""
        if token.instance is None or not any(c.instance is not None for c in token.parent.children if c is not token):
            raise IllegalTransition("只剩这一个会签人，不能减签。", token_id=token.id)
        token.cancel()

    # -- state
    def waits(self) -> tuple[Wait, ...]:
        found = []
        for token in self.tokens():
            kind = wait_kind(token)
            if kind is not None:
                data, element = token.internal_data, token.task_spec.element
                wait = Wait(
                    self.position(token),
                    kind,
                    data.get("due"),
                    element.message_name,
                    data.get("key"),
                    data.get("fired", 0),
                )
                found.append(wait)
        return tuple(found)

    def marking(self) -> Marking:
        frames = []
        for scope in self.scopes():
            rows = [
                TokenRow(
                    t.id, t.task_spec.name, t._state, None if t._parent == ROOT else t._parent, t.internal_data or None
                )
                for t in scope.tasks.values()
                if t.id != ROOT
            ]
            frames.append(Frame(scope.parent_task_id, getattr(scope, "params", None), rows, scope.end_element_id))
        return Marking(self.sequence, self.completed, frames)

    def restore(self, marking: Marking) -> None:
        self.sequence, self.completed = marking.sequence, marking.ended
        for frame in marking.frames:
            scope: RunScope = self
            if frame.caller is not None:
                caller = self.token(frame.caller)
                scope = CallScope(self.subprocess_specs[caller.task_spec.spec], caller, self, frame.params)
                self.subprocesses[caller.id] = scope
            scope.end_element_id = frame.end
            for row in frame.tokens:
                parent = scope.tasks[row.parent or ROOT]
                token = Token(scope, scope.spec.task_specs[row.node], parent, row.state, id=row.id)
                if row.data:
                    token.internal_data = row.data


def _item_locals(token: Token) -> list[tuple[str, Any]]:
    if token.instance is None:
        return []
    item = token.internal_data["item"]
    return [("loopCounter", token.instance), ("item", item), (token.task_spec.element.multi_instance.variable, item)]


def wait_kind(token: Token) -> WaitKind | None:
    """What the token waits for from outside; None when it moves by itself or only holds others."""
    node, state = token.task_spec, token._state
    if isinstance(node, ActivityNode):
        if node.element.multi_instance is not None and token.instance is None:
            return None
        if node.wait == "user":
            return "user" if state == READY else None
        return node.wait if state == STARTED else None
    if isinstance(node, CatchNode):
        return node.wait if state == WAITING else None
    return None


def _catches(node: FlowNode, code: str) -> bool:
    return node.element.event == "error" and node.element.error_code in (None, "", code)
