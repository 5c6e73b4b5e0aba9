"""The words between the engine and its host: elements, positions, waits, problems; holds no behaviour and no SpiffWorkflow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from engine.bpmn.graph import Graph

WaitKind = Literal["user", "job", "timer", "message", "signal"]
VisitKind = Literal["entered", "completed", "cancelled", "error"]
Severity = Literal["error", "warning"]
TimerKind = Literal["duration", "date", "cycle", "working_days"]
NO_LOCALS: Mapping[str, Any] = {}


@dataclass(frozen=True, slots=True)
class Timer:
    """When an event is due. `expression`: plain ISO 8601 text, or FEEL with a leading `=`; working days: a number or FEEL."""

    kind: TimerKind
    expression: str
    working_days: str | None = None


@dataclass(frozen=True, slots=True)
class MultiInstance:
    """One run of the activity per item. `collection` and `cardinality` are FEEL (leading `=`); exactly one is given."""

    sequential: bool
    collection: str | None
    cardinality: str | None
    variable: str
    completion: str | None


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow; `condition` is FEEL without the leading `=`, None when the flow is unconditional."""

    id: str
    source: str
    target: str
    condition: str | None
    line: int
    name: str = ""


@dataclass(frozen=True, slots=True)
class Element:
    """A node of a diagram as it executes.

    kind: the BPMN tag (userTask, exclusiveGateway, ...). event: none, timer, message, signal, error, terminate, or what
    else the file names (refused by lint). scope: key of the process or embedded sub-process that holds it.
    Texts that start with `=` are FEEL, all others literal; script and conditions are always FEEL.
    """

    id: str
    name: str
    kind: str
    process_key: str
    scope: str
    line: int
    event: str = "none"
    form_key: str | None = None
    candidate_groups: tuple[str, ...] = ()
    assignee: str | None = None
    topic: str | None = None
    decision_ref: str | None = None
    called_key: str | None = None
    result_name: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    script: str | None = None
    message_name: str | None = None
    correlation: str | None = None
    error_code: str | None = None
    timer: Timer | None = None
    boundary_of: str | None = None
    interrupting: bool = True
    multi_instance: MultiInstance | None = None
    default_flow: str | None = None
    lane: str | None = None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a token stands. path: the call activities around it, `#n` marks the instance n (from 0) of a multi-instance.

    locals: `params` of the innermost call; in a multi-instance also `loopCounter`, `item` and the item under its own name.
    """

    token_id: str
    element: Element
    path: tuple[str, ...]
    locals: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Wait:
    """A token that goes on only by complete, fire or receive.

    due: for a timer the evaluated time: an int for kind working_days, else ISO 8601 text (see position.element.timer.kind);
    evaluated once, when the wait opens. correlation: the evaluated key of a message. fired: how often a repeating timer fired.
    """

    position: Position
    kind: WaitKind
    due: str | int | None = None
    message: str | None = None
    correlation: str | None = None
    fired: int = 0


@dataclass(frozen=True, slots=True)
class Visit:
    """One line of the trace of this run. Boundary events appear only when they fire, joins only when they let through."""

    token_id: str
    element_id: str
    process_key: str
    path: tuple[str, ...]
    what: VisitKind


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a diagram that a person must know, with the place and what to do, in Chinese and English."""

    file: str
    line: int
    element_id: str
    rule: str
    severity: Severity
    message: str
    message_en: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "line": self.line,
            "element_id": self.element_id,
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message,
            "message_en": self.message_en,
        }


class Host(Protocol):
    """What a running step asks of the runtime. Each method may raise BusinessFault(bpmn_code), which takes the modelled error event."""

    def evaluate(self, expression: str, at: Position) -> Any:
        """The value of a FEEL expression (no leading `=`) in the scope of that position."""

    def script(self, element: Element, at: Position) -> None: ...

    def decide(self, element: Element, at: Position) -> None: ...

    def service(self, element: Element, at: Position) -> bool:
        """True: done within this step. False: parked; the token waits for complete."""

    def write(self, name: str, value: Any, at: Position) -> None:
        """Store an output of a call or of a multi-instance in the case file, at that position."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A compiled process with all it calls. `net` is the executable form, known to the engine only; graphs: by scope key.

    hash: over the bytes of the main file and of every called one, so an instance names exactly what it runs on.
    """

    key: str
    name: str
    hash: str
    properties: Mapping[str, str]
    elements: Mapping[tuple[str, str], Element]
    main: Mapping[str, Element]
    start_form_key: str | None
    called_keys: tuple[str, ...]
    net: Any
    graphs: Mapping[str, Graph]
