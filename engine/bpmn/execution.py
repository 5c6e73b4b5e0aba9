"""One case in motion: load, act, run to the next waits, dump; decides nothing itself and talks to no database."""

from __future__ import annotations

from typing import Any

from engine.bpmn import codec
from engine.bpmn.guards import Budget
from engine.bpmn.model import Definition, Host, Visit, Wait
from engine.bpmn.moves import Move, carry_out, plan
from engine.bpmn.spiff import Run
from engine.errors import IllegalTransition, ModelFault


class Execution:
    """A running instance of a definition. Not thread-safe; after an exception throw it away and load the last state.

    complete, fire, receive, fail and cancel only act; run() then carries every free token to its next wait.
    """

    def __init__(self, definition: Definition, host: Host) -> None:
        self.definition = definition
        self._budget = Budget()
        self._run = Run(definition.net, definition.key, host, self._budget)

    @classmethod
    def begin(cls, definition: Definition, host: Host, start: str | None = None) -> Execution:
        """A new instance at its start event: the one named, else the plain one, else the only one."""
        execution = cls(definition, host)
        events = execution._run.spec.bpmn_start_events
        if start is not None:
            events = [node for node in events if node.element.id == start]
        chosen = [node for node in events if node.element.event == "none"] or events
        if not chosen:
            raise ModelFault("流程没有这个开始事件。", process_key=definition.key, start=start)
        execution._run.begin(chosen[0].name)
        return execution

    @classmethod
    def load(cls, definition: Definition, state: bytes, host: Host) -> Execution:
        """Raises ModelFault for a state of another definition."""
        execution = cls(definition, host)
        execution._run.restore(codec.decode(definition.hash, state))
        return execution

    def dump(self) -> bytes:
        return codec.encode(self.definition.hash, self._run.marking())

    def run(self, budget: Budget | None = None) -> None:
        """Carry on to the next waits. Raises BudgetExceeded for an endless loop, ModelFault for a gateway without a way."""
        if budget is not None:
            self._budget = self._run.budget = budget
        self._run.go()

    def waits(self) -> tuple[Wait, ...]:
        return self._run.waits()

    def complete(self, token_id: str) -> None:
        """A person has decided or a job has its answer. Raises IllegalTransition for a token that is not waiting for that."""
        self._run.complete_wait(token_id)

    def fail(self, token_id: str, bpmn_code: str) -> bool:
        """Take the error event that catches the code; False, with nothing changed, when none is drawn."""
        return self._run.fail(token_id, bpmn_code)

    def fire(self, token_id: str) -> None:
        """A timer is due."""
        self._run.happen(token_id, ("timer",))

    def receive(self, token_id: str) -> None:
        """A message or signal has come for this token."""
        self._run.happen(token_id, ("message", "signal"))

    def preview(self, element_id: str, token_id: str | None = None, path: tuple[str, ...] = ()) -> Move:
        """What a move to this element would do, without doing it: see engine.bpmn.moves.plan."""
        return plan(self._run, self.definition, element_id, token_id, path)

    def move(self, element_id: str, token_id: str | None = None, path: tuple[str, ...] = ()) -> Move:
        """Return, withdraw or jump to an element. Raises IllegalTransition with the reason when the preview refuses it."""
        return carry_out(self._run, self.preview(element_id, token_id, path))

    def add_signer(self, token_id: str, item: Any) -> None:
        """One more instance in a multi-instance; token_id: any of its open instances."""
        self._run.add_instance(self._run.token(token_id), item)

    def drop_signer(self, token_id: str) -> None:
        """Cancel one open instance of a multi-instance; the last open one stays."""
        self._run.drop_instance(self._run.token(token_id))

    def cancel(self) -> None:
        """End the instance where it stands: every token is cancelled, no end event is reached."""
        if self.is_ended:
            raise IllegalTransition("流程已经结束，不能再取消。")
        self._run.cancel_all()

    @property
    def is_ended(self) -> bool:
        return bool(self._run.completed)

    @property
    def end_element_id(self) -> str | None:
        """The end event reached last in the main process; None while running and after a cancel."""
        return self._run.end_element_id if self.is_ended else None

    @property
    def trace(self) -> list[Visit]:
        """What happened since this object was made (by begin or load)."""
        return self._run.trace
