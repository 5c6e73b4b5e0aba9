"""The only module that imports SpiffWorkflow: parses, holds the running tasks, and refuses to evaluate any Python.

SpiffWorkflow gives the specification graph, the task states, workflows and sub-workflows. Its hooks are replaced where
it is silently wrong (C1, C2, D1, D4, D5, D6 of the engine's guards):

- nothing is predicted: a task exists only for a token that is really there, and is taken out of the tree when it has
  passed, so neither depth nor size grows with the rounds of a loop, and every look-up is flat;
- tasks carry no data: locals belong to the call or the instance of a multi-instance, values to the case file;
- a join counts tokens per incoming flow; conditions, timers and collections are FEEL and asked of the host;
- names that SpiffWorkflow uses for its own tasks contain a blank, so no id of a diagram can meet them.

Longer than 400 lines because the rule "one module imports SpiffWorkflow" is worth more than the size.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser.BpmnParser import BpmnParser, full_tag
from SpiffWorkflow.bpmn.parser.ProcessParser import ProcessParser
from SpiffWorkflow.bpmn.parser.TaskParser import TaskParser
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.diagram import EMBEDDED_TAGS, NODE_TAGS, Diagram, Node, Scope
from engine.bpmn.guards import Budget
from engine.bpmn.marking import Frame, Marking, TokenRow
from engine.bpmn.model import NO_LOCALS, Element, Flow, Host, Position, Visit, VisitKind, Wait, WaitKind
from engine.bpmn.values import due_value, plain
from engine.errors import BusinessFault, IllegalTransition, ModelFault

WAITING, READY, STARTED = TaskState.WAITING, TaskState.READY, TaskState.STARTED
COMPLETED, CANCELLED, ERROR, FUTURE = TaskState.COMPLETED, TaskState.CANCELLED, TaskState.ERROR, TaskState.FUTURE
ROOT = " root"
EMPTY: tuple[str, ...] = ()


class NoPython(PythonScriptEngine):  # type: ignore[misc]
    """Stands where SpiffWorkflow would evaluate Python; refuses everything."""

    def __init__(self) -> None:
        self.environment = self

    def evaluate(self, *_: Any, **__: Any) -> Any:
        raise ModelFault("引擎不执行 Python 表达式。")

    execute = call_service = validate = evaluate


NO_PYTHON = NoPython()


# ------------------------------------------------------------------------------------------------ specifications
class ProcessNet(BpmnProcessSpec):  # type: ignore[misc]
    """The specification of one scope: a process or an embedded sub-process."""

    def __init__(self, name: str, description: str | None = None, filename: str | None = None) -> None:
        WorkflowSpec.__init__(self, name=name, filename=filename)
        self.description = description
        self.start = BpmnStartTask(self, ROOT)
        self.end, self.svg, self.io_specification = None, None, None
        self.data_objects: dict[str, Any] = {}
        self.data_stores: dict[str, Any] = {}
        self.correlation_keys: dict[str, Any] = {}
        self.bpmn_start_events: list[Any] = []
        self.triggered_starts: tuple[tuple[FlowNode, FlowNode], ...] = ()
        self.joins: tuple[InclusiveNode, ...] = ()


class FlowNode(BpmnSpecMixin):  # type: ignore[misc]
    """A node without behaviour of its own: passes the token on along every outgoing flow."""

    element: Element
    links: tuple[tuple[Flow, FlowNode], ...] = ()
    arrivals: tuple[str, ...] = ()
    boundary: tuple[FlowNode, ...] = ()
    wait: WaitKind | None = None

    def test(self) -> None:
        """Structure is checked when the definition is compiled, not at every visit."""

    def _predict(self, *_: Any, **__: Any) -> None:
        """Nothing is predicted."""

    def _update(self, token: Token) -> None:
        if self._update_hook(token):
            token._ready()

    def _update_hook(self, token: Token) -> bool:
        return True

    def _on_ready(self, token: Token) -> None:
        token.workflow.top_workflow.visit(token, "entered")
        if self.boundary and token.instance is None:
            self._attach(token)

    def _attach(self, token: Token) -> None:
        for event in self.boundary:
            if event.wait is not None:
                guard = token.workflow.spawn(event, token, WAITING)
                event.open(guard)

    def open(self, token: Token) -> None:
        """Evaluate what a wait needs, once, when it opens."""

    def _run(self, token: Token) -> bool | None:
        return self._run_hook(token)

    def _run_hook(self, token: Token) -> bool | None:
        return True

    def _on_complete_hook(self, token: Token) -> None:
        token.workflow.top_workflow.visit(token, "completed")
        self.leave(token)

    def leave(self, token: Token) -> None:
        for flow, target in self.links:
            token.workflow.spawn(target, token, FUTURE, flow.id)

    def _on_cancel(self, token: Token) -> None:
        token.workflow.top_workflow.visit(token, "cancelled")

    def _on_error(self, token: Token) -> None:
        token.workflow.top_workflow.visit(token, "error")


class ActivityNode(FlowNode):
    """A task or a call: carries boundary events, output mappings and multi-instance."""

    def _on_ready(self, token: Token) -> None:
        super()._on_ready(token)
        if self.manual and (self.element.multi_instance is None or token.instance is not None):
            return
        token.workflow.top_workflow.ready.append(token)

    def _run_hook(self, token: Token) -> bool | None:
        loop = self.element.multi_instance
        if loop is not None and token.instance is None:
            return self._open_instances(token)
        return self.work(token)

    def work(self, token: Token) -> bool | None:
        return True

    def _open_instances(self, body: Token) -> bool | None:
        loop, run = self.element.multi_instance, body.workflow.top_workflow
        assert loop is not None
        if loop.collection:
            items = _items(run.evaluate(loop.collection, body), self.element)
        else:
            items = list(range(int(run.evaluate(loop.cardinality or "0", body))))
        run.budget.room(len(items), self.element.id)
        body.internal_data.update(total=len(items), done=[])
        if not items:
            run.store_results(body)
            return True
        if loop.sequential:
            body.internal_data["todo"] = items[1:]
            body.workflow.spawn_instance(self, body, 0, items[0])
        else:
            for number, item in enumerate(items):
                body.workflow.spawn_instance(self, body, number, item)
        return None

    def _on_complete_hook(self, token: Token) -> None:
        run = token.workflow.top_workflow
        run.visit(token, "completed")
        if self.element.outputs:
            run.store_outputs(token)
        for child in token.children:
            if child.task_spec is not self or child.instance is None:
                child.discard()
        if token.instance is None:
            self.leave(token)
        else:
            self._instance_done(token)

    def _instance_done(self, token: Token) -> None:
        body, run, loop = token.parent, token.workflow.top_workflow, self.element.multi_instance
        assert loop is not None
        state = body.internal_data
        state["done"].append(token.instance)
        todo = state.get("todo")
        others = [child for child in body.children if child is not token and child.instance is not None]
        finished = not todo if loop.sequential else not others
        if loop.completion and not finished:
            finished = run.evaluate(loop.completion, token, run.progress(body, loop.completion, len(others))) is True
        if finished:
            for child in others:
                child.cancel()
            state.pop("todo", None)
            run.store_results(body)
            run.finished.append(body)
        elif todo:
            state["todo"] = todo[1:]
            body.workflow.spawn_instance(self, body, state["total"] - len(todo), todo[0])


class UserNode(ActivityNode):
    wait: WaitKind | None = "user"

    def __init__(self, wf_spec: Any, bpmn_id: str, **kwargs: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kwargs)
        self.manual = True


class JobNode(ActivityNode):
    """Service tasks, send tasks and throwing events with a topic."""

    wait: WaitKind | None = "job"

    def work(self, token: Token) -> bool | None:
        run = token.workflow.top_workflow
        return True if run.host.service(self.element, run.position(token)) else None

    def _on_complete_hook(self, token: Token) -> None:
        super()._on_complete_hook(token)
        if self.element.kind == "endEvent":
            token.workflow.end_element_id = self.element.id


class ScriptNode(ActivityNode):
    def work(self, token: Token) -> bool | None:
        run = token.workflow.top_workflow
        run.host.script(self.element, run.position(token))
        return True


class DecisionNode(ActivityNode):
    def work(self, token: Token) -> bool | None:
        run = token.workflow.top_workflow
        run.host.decide(self.element, run.position(token))
        return True


class CallNode(ActivityNode):
    """A call activity or an embedded sub-process: runs a scope of its own."""

    spec: str = ""

    def work(self, token: Token) -> bool | None:
        run = token.workflow.top_workflow
        params = None
        if self.element.kind == "callActivity":
            params = {name: plain(run.resolve(text, token)) for name, text in self.element.inputs.items()}
        run.call(token, self.spec, params)
        return None

    def _on_cancel(self, token: Token) -> None:
        inner = token.workflow.top_workflow.subprocesses.get(token.id)
        if inner is not None:
            inner.cancel()
        super()._on_cancel(token)


class PassNode(FlowNode):
    """Start events, plain and terminating ends, plain intermediate throws."""

    def _on_ready(self, token: Token) -> None:
        super()._on_ready(token)
        token.workflow.top_workflow.ready.append(token)


class EndNode(PassNode):
    def _on_complete_hook(self, token: Token) -> None:
        scope = token.workflow
        scope.top_workflow.visit(token, "completed")
        scope.end_element_id = self.element.id
        if self.element.event == "terminate":
            scope.clear(token)


class ErrorEndNode(EndNode):
    def _run_hook(self, token: Token) -> bool | None:
        raise BusinessFault(self.element.error_code or "", f"流程抛出错误事件 {self.element.name or self.element.id}。")


class ChoiceNode(PassNode):
    """Exclusive gateway: the first flow in document order whose condition holds, else the default."""

    def leave(self, token: Token) -> None:
        run = token.workflow.top_workflow
        for flow, target in self.links:
            if flow.id == self.element.default_flow:
                continue
            if flow.condition is None and len(self.links) > 1:
                continue
            if flow.condition is None or run.evaluate(flow.condition, token) is True:
                token.workflow.spawn(target, token, FUTURE, flow.id)
                return
        self._default(token)

    def _default(self, token: Token) -> None:
        for flow, target in self.links:
            if flow.id == self.element.default_flow:
                token.workflow.spawn(target, token, FUTURE, flow.id)
                return
        if self.links:
            name = self.element.name or self.element.id
            raise ModelFault(
                f"网关“{name}”的条件都不成立，也没有默认流向。请补一条默认流向或改正条件。",
                element_id=self.element.id,
                process_key=self.element.process_key,
            )


class JoinNode(PassNode):
    """Parallel gateway: lets through when every incoming flow has a token; surplus tokens stay for the next time."""

    def _update_hook(self, token: Token) -> bool:
        if len(self.arrivals) < 2:
            return True
        token._set_state(WAITING)
        by_flow: dict[str, Token] = {}
        for other in token.workflow.at(self):
            by_flow.setdefault(other.internal_data["flow"], other)
        if len(by_flow) < len(self.arrivals):
            return False
        by_flow[token.internal_data["flow"]] = token
        _consume(token, by_flow.values())
        return True


class InclusiveNode(ChoiceNode):
    """Inclusive gateway after BPMN 2.0, 13.4.3: waits while a token could still arrive on an empty incoming flow."""

    reach: Mapping[str, frozenset[str]] = {}

    def _update_hook(self, token: Token) -> bool:
        if len(self.arrivals) < 2:
            return True
        token._set_state(WAITING)
        return False

    def settle(self, scope: RunScope) -> bool:
        """Fire if nothing more can come. Called only when no token can move by itself."""
        held: dict[str, Token] = {}
        for token in scope.at(self):
            held.setdefault(token.internal_data["flow"], token)
        if not held:
            return False
        filled = {node for flow in held for node in self.reach[flow]}
        for token in list(scope.tasks.values()):
            if token.task_spec is self or token._state & TaskState.FINISHED_MASK:
                continue
            name = token.task_spec.name
            if name not in filled and any(name in self.reach[flow] for flow in self.arrivals if flow not in held):
                return False
        first, *rest = held.values()
        _consume(first, rest)
        first._ready()
        return True

    def leave(self, token: Token) -> None:
        if len(self.links) < 2:
            FlowNode.leave(self, token)
            return
        run, taken = token.workflow.top_workflow, False
        for flow, target in self.links:
            if flow.id == self.element.default_flow:
                continue
            if flow.condition is None or run.evaluate(flow.condition, token) is True:
                token.workflow.spawn(target, token, FUTURE, flow.id)
                taken = True
        if not taken:
            self._default(token)


class CatchNode(FlowNode):
    """Timer, message and signal events, receive tasks, boundary events and starts of event sub-processes."""

    def _update_hook(self, token: Token) -> bool:
        token._set_state(WAITING)
        token.workflow.top_workflow.visit(token, "entered")
        if self.boundary:
            self._attach(token)
        self.open(token)
        return False

    def _on_ready(self, token: Token) -> None:
        if self.element.boundary_of is not None:
            token.workflow.top_workflow.visit(token, "entered")
        token.workflow.top_workflow.ready.append(token)

    def open(self, token: Token) -> None:
        element, run = self.element, token.workflow.top_workflow
        if element.timer is not None:
            text = element.timer.working_days or element.timer.expression
            token.internal_data["due"] = due_value(run.resolve(text, token), element.timer)
        elif element.event == "message":
            key = element.correlation or "=case.case_no"
            value = run.resolve(key, token)
            token.internal_data["key"] = None if value is None else str(plain(value))

    def _on_complete_hook(self, token: Token) -> None:
        for child in token.children:
            child.discard()
        super()._on_complete_hook(token)


class EventChoiceNode(FlowNode):
    """Event-based gateway: opens its events, the first that happens takes the token."""

    def _on_ready(self, token: Token) -> None:
        super()._on_ready(token)
        token.workflow.top_workflow.ready.append(token)

    def _run_hook(self, token: Token) -> bool | None:
        for flow, target in self.links:
            token.workflow.spawn(target, token, FUTURE, flow.id)
        token._set_state(STARTED)
        for child in token.children:
            child.task_spec._update(child)
        return None

    def _on_complete_hook(self, token: Token) -> None:
        token.workflow.top_workflow.visit(token, "completed")
        for child in token.children:
            child.cancel()


def _items(value: Any, element: Element) -> list[Any]:
    items = plain(value)
    if isinstance(items, dict):
        return [{"key": key, "value": item} for key, item in items.items()]
    if not isinstance(items, list):
        name = element.name or element.id
        raise ModelFault(f"“{name}”的多实例集合不是列表。", element_id=element.id, value=repr(items)[:100])
    return items


def _consume(kept: Token, tokens: Iterable[Token]) -> None:
    for other in tokens:
        if other is not kept:
            other.discard()


# ------------------------------------------------------------------------------------------------ tokens and scopes
class Token(Task):  # type: ignore[misc]
    """A SpiffWorkflow task that stands for one token; its id is short and counted, so a replay gives the same ids."""

    @property
    def instance(self) -> int | None:
        number: int | None = self.internal_data.get("n")
        return number

    def _set_state(self, value: int) -> None:
        self._state = value

    def cancel(self) -> None:
        if self._state & TaskState.FINISHED_MASK:
            return
        for child in self.children:
            child.cancel()
        self._state = CANCELLED
        self.task_spec._on_cancel(self)
        self.discard()

    def discard(self) -> None:
        """Take this task and all under it out of the tree, without a trace."""
        if self.id in self.workflow.tasks:
            self._state = CANCELLED
            self.workflow._remove_task(self.id)

    def detach(self) -> None:
        """Move from the activity it is attached to up to that activity's parent."""
        host = self.parent
        host._children.remove(self.id)
        host.parent._children.append(self.id)
        self._parent = host._parent


class RunScope:
    """What the top workflow and the sub-workflows have in common: one scope of a diagram with its tokens."""

    spec: ProcessNet
    tasks: dict[str, Token]
    task_tree: Token
    top_workflow: Run
    parent_task_id: str | None
    end_element_id: str | None = None
    completed: bool

    def plant(self) -> None:
        root = Token(self, self.spec.start, id=ROOT)
        root._state = COMPLETED
        self.task_tree = root

    def spawn(self, node: FlowNode, parent: Token, state: int, flow: str | None = None) -> Token:
        token = Token(self, node, parent, state, id=self.top_workflow.next_id())
        if flow is not None and len(node.arrivals) > 1:
            token.internal_data["flow"] = flow
        return token

    def spawn_instance(self, node: FlowNode, body: Token, number: int, item: Any) -> None:
        token = self.spawn(node, body, FUTURE)
        token.internal_data.update(n=number, item=item)
        node._update(token)

    def start(self, node: FlowNode) -> None:
        token = self.spawn(node, self.task_tree, FUTURE)
        token._ready()
        for event, _ in self.spec.triggered_starts:
            if event.wait is not None:
                event.open(self.spawn(event, self.task_tree, WAITING))

    def at(self, node: FlowNode) -> list[Token]:
        return [token for token in self.tasks.values() if token.task_spec is node and token._state == WAITING]

    def _task_completed_notify(self, token: Token) -> None:
        """Contract the finished task: what follows it moves up to its parent."""
        parent = token.parent
        if parent is not None and token.id in self.tasks:
            for child in token.children:
                child._parent = parent.id
                parent._children.append(child.id)
            parent._children.remove(token.id)
            del self.tasks[token.id]
        self.finish_if_empty()

    def finish_if_empty(self) -> None:
        if self.completed or any(t._state != COMPLETED and not _is_trigger(t) for t in self.tasks.values()):
            return
        self.clear(None)
        self.completed = True
        self.top_workflow.scope_ended(self)

    def clear(self, keep: Token | None) -> None:
        """Cancel everything in the scope except one token."""
        for token in list(self.tasks.values()):
            if token is keep or token.id == ROOT or token.id not in self.tasks:
                continue
            if _is_trigger(token):
                token.discard()
            else:
                token.cancel()


def _is_trigger(token: Token) -> bool:
    return bool(token._state == WAITING and token.task_spec.element.kind == "startEvent")


class CallScope(RunScope, BpmnSubWorkflow):  # type: ignore[misc]
    """A running call activity or embedded sub-process."""

    def __init__(self, spec: ProcessNet, parent: Token, top: Run, params: Mapping[str, Any] | None) -> None:
        self.parent_task = parent
        super().__init__(spec, parent.id, top, deserializing=True)
        self.params = params
        self.plant()

    def _calculate_depth(self) -> int:
        return int(self.parent_task.workflow.depth) + 1

    @property
    def parent_workflow(self) -> RunScope:
        return self.parent_task.workflow  # type: ignore[no-any-return]

    def cancel(self) -> None:
        self.completed = True
        self.clear(None)
        self.top_workflow.subprocesses.pop(self.parent_task_id, None)


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
            return EMPTY
        caller: Token = scope.parent_task  # type: ignore[attr-defined]
        outer = self.path(caller)
        if caller.instance is None and caller.task_spec.element.kind == "callActivity":
            return (*outer, caller.task_spec.element.id)
        return outer

    def locals(self, token: Token) -> dict[str, Any]:
        found: dict[str, Any] = {}
        current: Token | None = token
        while current is not None:
            if current.instance is not None:
                loop = current.task_spec.element.multi_instance
                item = current.internal_data["item"]
                for name, value in (("loopCounter", current.instance), ("item", item), (loop.variable, item)):
                    found.setdefault(name, value)
            scope = current.workflow
            params = getattr(scope, "params", None)
            if params is not None:
                found.setdefault("params", params)
            current = getattr(scope, "parent_task", None)
            if params is not None and current is not None:
                # a called process sees its own parameters only, plus the item of the instance that called it
                if current.instance is not None:
                    found.setdefault("loopCounter", current.instance)
                    found.setdefault("item", current.internal_data["item"])
                break
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

    def results(self, body: Token) -> list[Any]:
        """What the finished instances left under the result name, in the order of the items."""
        element, base = body.task_spec.element, self.scope_path(body.workflow)
        found = []
        for number in sorted(body.internal_data["done"]):
            at = Position(body.id, element, (*base, f"{element.id}#{number}"), self.locals(body))
            found.append(plain(self.host.evaluate(element.result_name, at)))
        return found

    def store_results(self, body: Token) -> None:
        element = body.task_spec.element
        if element.kind in EMBEDDED_TAGS or element.kind == "callActivity" or element.result_name.startswith("/"):
            return
        self.host.write(element.result_name, self.results(body), self.position(body))

    def progress(self, body: Token, condition: str, active: int) -> dict[str, Any]:
        """What a completion condition may use besides the scope of the instance that has just finished."""
        done = body.internal_data["done"]
        local: dict[str, Any] = {
            "nrOfInstances": body.internal_data["total"],
            "nrOfCompletedInstances": len(done),
            "nrOfActiveInstances": active,
        }
        if "results" in condition:
            local["results"] = self.results(body)
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
        if token._state & TaskState.FINISHED_MASK:
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

    # -- state
    def waits(self) -> tuple[Wait, ...]:
        found = []
        for token in self.tokens():
            kind = wait_kind(token)
            if kind is not None:
                data, element = token.internal_data, token.task_spec.element
                wait = Wait(self.position(token), kind, data.get("due"), element.message_name, data.get("key"), data.get("fired", 0))
                found.append(wait)
        return tuple(found)

    def marking(self) -> Marking:
        frames = []
        for scope in self.scopes():
            rows = [
                TokenRow(t.id, t.task_spec.name, t._state, None if t._parent == ROOT else t._parent, t.internal_data or None)
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


# ------------------------------------------------------------------------------------------------ parser
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
                raise ModelFault(f"元素 {node.element.id} 的类型 {node.element.kind} 不支持。", element_id=node.element.id)
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

    OVERRIDE_PARSER_CLASSES = {full_tag(tag): (ElementParser, FlowNode) for tag in NODE_TAGS if tag in _BY_TAG}
    PARSER_CLASSES: dict[str, Any] = {}
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
