"""What a running step asks for: FEEL in the scope of a place, scripts, decisions, services. Every answer goes to the case file.

Talks to no outside system: an outside service is parked as a job. A local service that fails is named to the runtime,
which runs the step again with that service parked, so that the person's work is not lost with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.bpmn import Element, Position
from engine.decisions import decide
from engine.errors import BusinessFault, ModelFault
from engine.expressions import feel, json_value
from engine.history import Subject
from engine.registry import HandlerContext, Service, ServiceResult
from engine.states import EventKind, ItemSource
from engine.step import Step

if TYPE_CHECKING:
    from engine.ground import Ground

Place = tuple[str, str, str]


class ServiceFailed(Exception):
    """A local service raised; the runtime parks it. Never leaves the engine."""

    def __init__(self, place: Place, error: BaseException) -> None:
        super().__init__(str(error))
        self.place, self.error = place, error


class Parked:
    """A service task that waits for a worker: its evaluated parameters and, if it failed in its step, the error."""

    __slots__ = ("error", "locals", "params", "position")

    def __init__(self, position: Position, params: dict[str, Any], error: BaseException | None) -> None:
        self.position, self.params, self.error = position, params, error
        self.locals = json_value(dict(position.locals))


class StepHost:
    """The Host of one step. `failed`: local services that raised when this step was run before."""

    def __init__(
        self,
        ground: Ground,
        step: Step,
        failed: Mapping[Place, BaseException] | None = None,
        own_completion: tuple[str, tuple[str, ...], str] | None = None,
    ) -> None:
        """own_completion: element, path and user id of the task that this step completes."""
        self.ground, self.step, self.failed = ground, step, failed or {}
        self.own_completion = own_completion
        self.parked: dict[str, Parked] = {}
        self.last_service: tuple[Place, BusinessFault] | None = None

    def evaluate(self, expression: str, at: Position) -> Any:
        return feel(expression, self.step.scope(at.path, at.locals), self.step.now, at.element.id)

    def script(self, element: Element, at: Position) -> None:
        value = json_value(self.evaluate(element.script or "", at))
        self.step.write(element.result_name, value, ItemSource.SCRIPT, path=at.path, element_id=element.id)

    def decide(self, element: Element, at: Position) -> None:
        decide(self.ground, self.step, element, at, self.evaluate)

    def write(self, name: str, value: Any, at: Position) -> None:
        self.step.write(name, json_value(value), ItemSource.MAPPING, path=at.path, element_id=at.element.id)

    def service(self, element: Element, at: Position) -> bool:
        service = self.ground.registry.service(element.topic or "", element.id)
        place = place_of(at)
        params = self.parameters(element, at)
        if service.outside or place in self.failed:
            self.parked[at.token_id] = Parked(at, params, self.failed.get(place))
            return False
        self._run(service, element, at, params, place)
        return True

    def parameters(self, element: Element, at: Position) -> dict[str, Any]:
        return {name: self.resolve(text, at) for name, text in element.inputs.items()}

    def resolve(self, text: str, at: Position) -> Any:
        """A literal, or the value of the FEEL after a leading `=`, as JSON."""
        return json_value(self.evaluate(text[1:].strip(), at)) if text.startswith("=") else text

    def _run(self, service: Service, element: Element, at: Position, params: dict[str, Any], place: Place) -> None:
        data = self.step.event(
            EventKind.SERVICE_COMPLETED, {"token": at.token_id, "topic": service.topic}, subject_of(at)
        )
        try:
            result = service_result(service.handler(self._context(at, params)))
        except BusinessFault as fault:
            data["fault"] = fault.bpmn_code
            self.last_service = (place, fault)
            raise
        except Exception as error:
            raise ServiceFailed(place, error) from error
        store_result(self.step, result, element.result_name, at.path, element.id, None, data)

    def _context(self, at: Position, params: dict[str, Any]) -> HandlerContext:
        step = self.step
        return HandlerContext(
            case=step.facts,
            scope=step.scope(at.path, at.locals),
            params=params,
            services=self.ground.services,
            connection=step.connection,
            now=step.now,
            today=step.today,
            idempotency_key=f"{step.case_id}:{at.token_id}",
            calendar=self.ground.library.calendar(step.connection, step.case["jurisdiction"]),
            element_id=at.element.id,
        )


def store_result(
    step: Step,
    result: ServiceResult,
    name: str,
    path: tuple[str, ...],
    element_id: str,
    job_id: str | None,
    data: dict[str, Any],
) -> None:
    """Keep the evidence, write the value, run the handler's own writes; note all of it in the event's data."""
    value = dict(result.value)
    proofs = [step.keep(proof, job_id, name) for proof in result.evidence]
    if proofs:
        value.setdefault("evidence_id", proofs[0])
    source = ItemSource.SERVICE
    full, version = step.write(
        name, json_value(value), source, path=path, element_id=element_id, evidence_id=proofs[0] if proofs else None
    )
    data |= {"item": full, "version": version, "evidence": proofs}
    note_verdict(step, value.get("verdict"))
    if result.writes is not None:
        result.writes(step.connection)


_WORST = ("pass", "running", "manual", "fail", "error")


def note_verdict(step: Step, verdict: Any) -> None:
    """The case row shows the worst verdict of its checks so far."""
    if verdict not in _WORST:
        return
    present = step.case["verification"]
    if present not in _WORST or _WORST.index(verdict) > _WORST.index(present):
        step.change_case(verification=verdict)


def service_result(found: ServiceResult | Mapping[str, Any] | None) -> ServiceResult:
    if isinstance(found, ServiceResult):
        return found
    if found is None:
        return ServiceResult({})
    if isinstance(found, Mapping):
        return ServiceResult(found)
    raise ModelFault(f"服务任务的处理程序返回了 {type(found).__name__}，应为 ServiceResult 或字典。")


def place_of(at: Position) -> Place:
    return (at.element.process_key, at.element.id, ".".join(at.path))


def subject_of(at: Position, subject_id: str | None = None) -> Subject:
    element = at.element
    return Subject(element.process_key, element.id, element.name or element.id, ".".join(at.path), subject_id)
