"""The error families of the house: who is at fault, and therefore what happens next. Raises nothing itself.

UserFault is answered to the person with what to do next; BusinessFault takes the modelled error event;
Unavailable is retried with a limit; Rejected and ContractBroken become an Incident at once; ModelFault is a
diagram, a table or a registration that cannot be trusted. The docstring of a class is its default message.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class GuangshaError(Exception):
    """Something went wrong."""

    code: ClassVar[str] = "error"
    http_status: ClassVar[int] = 500

    def __init__(self, message: str | None = None, **details: Any) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        self.details: Mapping[str, Any] = details
        super().__init__(self.message)

    def as_dict(self) -> dict[str, Any]:
        """code (stable, for programs), message (for people), details (ids and values, JSON types)."""
        return {"code": self.code, "message": self.message, "details": dict(self.details)}


class UserFault(GuangshaError):
    """The request cannot be carried out as it stands."""

    code, http_status = "user_fault", 400


class ValidationFailed(UserFault):
    """Some of what was entered is missing or wrong. details.errors: list of {path, message}."""

    code, http_status = "validation_failed", 422


class NotPermitted(UserFault):
    """This person may not do this."""

    code, http_status = "not_permitted", 403


class NotFound(UserFault):
    """There is nothing under this name or number."""

    code, http_status = "not_found", 404


class StaleTask(UserFault):
    """Somebody else has moved on in the meantime. details.by, details.at, details.what say who, when and what."""

    code, http_status = "stale_task", 409


class IllegalTransition(UserFault):
    """This step is not possible in the present state."""

    code, http_status = "illegal_transition", 409


class BusinessFault(GuangshaError):
    """The handler found a case that the diagram foresees by an error event."""

    code, http_status = "business_fault", 500

    def __init__(self, bpmn_code: str, message: str | None = None, **details: Any) -> None:
        super().__init__(message, bpmn_code=bpmn_code, **details)
        self.bpmn_code = bpmn_code


class Unavailable(GuangshaError):
    """An outside system does not answer now; it is asked again later."""

    code, http_status = "unavailable", 503

    def __init__(self, message: str | None = None, retry_after_s: float | None = None, **details: Any) -> None:
        super().__init__(message, **details)
        self.retry_after_s = retry_after_s


class Rejected(GuangshaError):
    """An outside system understood the question and refuses it."""

    code, http_status = "rejected", 502


class ContractBroken(GuangshaError):
    """An outside system answered something that its interface document does not allow."""

    code, http_status = "contract_broken", 502


class ModelFault(GuangshaError):
    """A diagram, a table or a registration cannot be executed."""

    code, http_status = "model_fault", 500


class DeploymentRefused(ModelFault):
    """The model cannot be deployed. details.problems: list of {file, line, element_id, rule, severity, message}."""

    code, http_status = "deployment_refused", 422


class DecisionAmbiguous(ModelFault):
    """Several rows of a table that allows one hold at once. details: decision, rows, inputs."""

    code = "decision_ambiguous"


class DecisionMissing(ModelFault):
    """No row of the table holds for these inputs. details: decision, inputs."""

    code = "decision_missing"


class HandlerMissing(ModelFault):
    """A service task names a topic for which no handler is registered. details: topic, element_id."""

    code = "handler_missing"


class BudgetExceeded(ModelFault):
    """The step needed more steps, depth, time or room than one step may take. details: budget, limit."""

    code = "budget_exceeded"


class StepFailed(ModelFault):
    """The step cannot be carried out now; an incident is open, and what was entered is kept. details.incident: its number."""

    code = "step_failed"


class LeaseLost(GuangshaError):
    """Another worker has taken the job over; this result is not stored."""

    code, http_status = "lease_lost", 409
