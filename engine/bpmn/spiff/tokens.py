"""Tokens and the scopes that hold them: SpiffWorkflow's tasks and workflows, flat and without data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task

from engine.bpmn.spiff.nodes import FlowNode, ProcessNet
from engine.bpmn.spiff.states import CANCELLED, COMPLETED, FINISHED, FUTURE, ROOT, WAITING

if TYPE_CHECKING:
    from engine.bpmn.spiff.run import Run


class Token(Task):  # type: ignore[misc]
    """A SpiffWorkflow task that stands for one token; its id is short and counted, so a replay gives the same ids."""

    @property
    def instance(self) -> int | None:
        number: int | None = self.internal_data.get("n")
        return number

    def _set_state(self, value: int) -> None:
        self._state = value

    def cancel(self) -> None:
        if self._state & FINISHED:
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
        if flow is not None and node.counts:
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
        if self.completed or any(t._state != COMPLETED and not is_trigger(t) for t in self.tasks.values()):
            return
        self.clear(None)
        self.completed = True
        self.top_workflow.scope_ended(self)

    def clear(self, keep: Token | None) -> None:
        """Cancel everything in the scope except one token."""
        for token in list(self.tasks.values()):
            if token is keep or token.id == ROOT or token.id not in self.tasks:
                continue
            if is_trigger(token):
                token.discard()
            else:
                token.cancel()


def is_trigger(token: Token) -> bool:
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
