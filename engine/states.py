"""The states of every entity and one table of the transitions that are allowed. Decides nothing about who may move."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from engine.errors import IllegalTransition

S = TypeVar("S", bound=StrEnum)


class CaseStatus(StrEnum):
    RUNNING = "running"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"


class InstanceStatus(StrEnum):
    RUNNING = "running"
    ENDED = "ended"
    CANCELLED = "cancelled"


class TaskStatus(StrEnum):
    OPEN = "open"
    CLAIMED = "claimed"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class JobStatus(StrEnum):
    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    INCIDENT = "incident"
    SKIPPED = "skipped"
    CANCELLED = "cancelled"


class TimerStatus(StrEnum):
    WAITING = "waiting"
    FIRED = "fired"
    INCIDENT = "incident"
    CANCELLED = "cancelled"


class SubscriptionStatus(StrEnum):
    WAITING = "waiting"
    RECEIVED = "received"
    CANCELLED = "cancelled"


class IncidentStatus(StrEnum):
    OPEN = "open"
    RESOLVED = "resolved"
    SKIPPED = "skipped"


class PublicationStatus(StrEnum):
    PUBLISHED = "published"
    ENDED = "ended"
    REVOKED = "revoked"


class ObjectionStatus(StrEnum):
    RECEIVED = "received"
    UPHELD = "upheld"
    DISMISSED = "dismissed"


class DocumentStatus(StrEnum):
    VALID = "valid"
    REVOKED = "revoked"


class EventKind(StrEnum):
    """Everything that history can say. The value is what is stored and exported."""

    CASE_STARTED = "case.started"
    CASE_CLOSED = "case.closed"
    CASE_WITHDRAWN = "case.withdrawn"
    CASE_CANCELLED = "case.cancelled"
    CASE_PAUSED = "case.paused"
    CASE_RESUMED = "case.resumed"
    CASE_REMINDED = "case.reminded"
    CASE_DEADLINE_MOVED = "case.deadline_moved"
    TASK_CREATED = "task.created"
    TASK_CLAIMED = "task.claimed"
    TASK_RELEASED = "task.released"
    TASK_TRANSFERRED = "task.transferred"
    TASK_DELEGATED = "task.delegated"
    TASK_SUBSTITUTED = "task.substituted"
    TASK_SIGNER_ADDED = "task.signer_added"
    TASK_SIGNER_REMOVED = "task.signer_removed"
    TASK_SIGNED = "task.signed"
    TASK_COPIED = "task.copied"
    TASK_REMINDED = "task.reminded"
    TASK_RETURNED = "task.returned"
    TASK_COMPLETED = "task.completed"
    TASK_CANCELLED = "task.cancelled"
    TASK_OVERDUE = "task.overdue"
    JOB_CREATED = "job.created"
    JOB_COMPLETED = "job.completed"
    JOB_POSTPONED = "job.postponed"
    JOB_SKIPPED = "job.skipped"
    JOB_CANCELLED = "job.cancelled"
    SERVICE_COMPLETED = "service.completed"
    DECISION_MADE = "decision.made"
    TIMER_STARTED = "timer.started"
    TIMER_FIRED = "timer.fired"
    MESSAGE_AWAITED = "message.awaited"
    MESSAGE_RECEIVED = "message.received"
    INCIDENT_OPENED = "incident.opened"
    INCIDENT_RESOLVED = "incident.resolved"


class ItemSource(StrEnum):
    """Where a value of the case file came from."""

    FORM = "form"
    SERVICE = "service"
    DECISION = "decision"
    SCRIPT = "script"
    MAPPING = "mapping"
    MESSAGE = "message"
    SYSTEM = "system"


TRANSITIONS: Mapping[type[StrEnum], Mapping[StrEnum, frozenset[StrEnum]]] = {
    CaseStatus: {
        CaseStatus.RUNNING: frozenset({CaseStatus.CLOSED, CaseStatus.WITHDRAWN, CaseStatus.CANCELLED}),
    },
    InstanceStatus: {InstanceStatus.RUNNING: frozenset({InstanceStatus.ENDED, InstanceStatus.CANCELLED})},
    TaskStatus: {
        TaskStatus.OPEN: frozenset({TaskStatus.CLAIMED, TaskStatus.COMPLETED, TaskStatus.CANCELLED}),
        TaskStatus.CLAIMED: frozenset(
            {TaskStatus.OPEN, TaskStatus.CLAIMED, TaskStatus.COMPLETED, TaskStatus.CANCELLED}
        ),
    },
    JobStatus: {
        JobStatus.READY: frozenset({JobStatus.RUNNING, JobStatus.INCIDENT, JobStatus.CANCELLED}),
        JobStatus.RUNNING: frozenset({JobStatus.READY, JobStatus.DONE, JobStatus.INCIDENT, JobStatus.CANCELLED}),
        JobStatus.INCIDENT: frozenset({JobStatus.READY, JobStatus.SKIPPED, JobStatus.CANCELLED}),
    },
    TimerStatus: {
        TimerStatus.WAITING: frozenset({TimerStatus.FIRED, TimerStatus.INCIDENT, TimerStatus.CANCELLED}),
        TimerStatus.INCIDENT: frozenset({TimerStatus.WAITING, TimerStatus.CANCELLED}),
    },
    SubscriptionStatus: {
        SubscriptionStatus.WAITING: frozenset({SubscriptionStatus.RECEIVED, SubscriptionStatus.CANCELLED}),
    },
    IncidentStatus: {IncidentStatus.OPEN: frozenset({IncidentStatus.RESOLVED, IncidentStatus.SKIPPED})},
    PublicationStatus: {
        PublicationStatus.PUBLISHED: frozenset({PublicationStatus.ENDED, PublicationStatus.REVOKED}),
    },
    ObjectionStatus: {
        ObjectionStatus.RECEIVED: frozenset({ObjectionStatus.UPHELD, ObjectionStatus.DISMISSED}),
    },
    DocumentStatus: {DocumentStatus.VALID: frozenset({DocumentStatus.REVOKED})},
}


def require_transition(present: S, wanted: S) -> S:
    """Return `wanted` if the table allows it from `present`; raises IllegalTransition otherwise."""
    if wanted not in TRANSITIONS[type(present)].get(present, frozenset()):
        raise IllegalTransition(
            f"当前状态为“{present}”，不能变为“{wanted}”。",
            entity=type(present).__name__,
            present=present,
            wanted=wanted,
        )
    return wanted
