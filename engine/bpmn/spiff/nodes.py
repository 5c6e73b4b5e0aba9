"""The specifications of the nodes: what each kind of element does with a token; every value comes from the host.

Longer than 400 lines: one class per kind of element, all of them hooks of the same base.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.specs.WorkflowSpec import WorkflowSpec

from engine.bpmn.model import Element, Flow, WaitKind
from engine.bpmn.spiff.states import FINISHED, FUTURE, ROOT, STARTED, WAITING
from engine.bpmn.values import due_value, plain
from engine.errors import BusinessFault, ModelFault

if TYPE_CHECKING:
    from engine.bpmn.spiff.tokens import RunScope, Token


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
    counts = False  # whether arriving tokens wait here for each other, so that each must know its flow

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
        if self.element.outputs and (self.element.multi_instance is None or token.instance is not None):
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

    counts = True

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

    counts = True
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
            if token.task_spec is self or token._state & FINISHED:
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
