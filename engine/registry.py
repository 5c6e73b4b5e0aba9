"""Which callable serves which topic, and what a handler gets and gives. Refuses a topic that is registered twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from engine.errors import HandlerMissing

if TYPE_CHECKING:
    from engine.calendar import Calendar

JsonValue = Any


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """The case as a handler sees it. Days in Asia/Shanghai, instants aware UTC."""

    id: str
    case_no: str
    process_key: str
    process_version: int
    channel: str
    district: str | None
    org_unit: str | None
    applicant_id: str | None
    applicant_name: str | None
    applicant_id_no: str | None
    mobile: str | None
    title: str
    submitted_on: date
    submitted_at: datetime
    due_on: date | None

    def as_item(self) -> dict[str, Any]:
        """The case-file name `case`: JSON values."""
        return {
            "id": self.id,
            "case_no": self.case_no,
            "process_key": self.process_key,
            "channel": self.channel,
            "district": self.district,
            "org_unit": self.org_unit,
            "applicant_id": self.applicant_id,
            "applicant_name": self.applicant_name,
            "applicant_id_no": self.applicant_id_no,
            "mobile": self.mobile,
            "title": self.title,
            "submitted_on": self.submitted_on.isoformat(),
            "submitted_at": self.submitted_at.isoformat(),
            "due_on": self.due_on.isoformat() if self.due_on else None,
        }


@dataclass(frozen=True, slots=True)
class HandlerContext:
    """What a running service task may use.

    scope: FEEL names of the place where the task stands (case file, params, item), JSON values.
    params: the evaluated inputParameters. connection: only for local handlers, the step's own transaction.
    idempotency_key: the same for every attempt of one job. writer: who acts (id, name).
    """

    case: CaseFacts
    scope: Mapping[str, Any]
    params: Mapping[str, Any]
    services: Any
    connection: Connection | None
    now: datetime
    today: date
    idempotency_key: str
    calendar: Calendar
    element_id: str = ""
    job_id: str | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """An answer of an outside system exactly as received, to be kept with its hash. `as_of` is the source's data date."""

    system: str
    department: str
    request_id: str
    raw: bytes
    received_at: datetime
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceResult:
    """What a handler gives back: the case-file value, evidence, and writes to be made in the completing transaction."""

    value: Mapping[str, Any]
    evidence: tuple[Evidence, ...] = ()
    writes: Callable[[Connection], None] | None = None


Handler = Callable[[HandlerContext], "ServiceResult | Mapping[str, Any] | None"]


@dataclass(frozen=True, slots=True)
class Service:
    topic: str
    handler: Handler
    outside: bool


@dataclass(slots=True)
class Registry:
    """Topics by name. One of these is handed to the Engine."""

    services: dict[str, Service] = field(default_factory=dict)

    def add(self, topic: str, handler: Handler, *, outside: bool = False) -> None:
        """Raises ValueError for a topic that another function serves already."""
        known = self.services.get(topic)
        if known is not None and known.handler is not handler:
            raise ValueError(
                f"topic {topic} is served by {known.handler.__module__}.{known.handler.__qualname__} already"
            )
        self.services[topic] = Service(topic, handler, outside)

    def service(self, topic: str, element_id: str = "") -> Service:
        try:
            return self.services[topic]
        except KeyError as error:
            raise HandlerMissing(f"服务主题 {topic} 没有登记处理程序。", topic=topic, element_id=element_id) from error

    @property
    def topics(self) -> frozenset[str]:
        return frozenset(self.services)

    def __iter__(self) -> Iterator[Service]:
        return iter(self.services.values())


registry = Registry()


def service_task(topic: str, outside: bool = False, registry: Registry = registry) -> Callable[[Handler], Handler]:
    """Register the decorated function for a topic. outside=True: it talks to another system, so a worker runs it as a job."""

    def register(handler: Handler) -> Handler:
        registry.add(topic, handler, outside=outside)
        return handler

    return register
