"""A small house for the engine's tests: one engine on one database, a clock that moves only when told, people with posts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine as Database

from engine import Actor, Engine, EngineSettings, FrozenClock, HandlerContext, Registry, ServiceResult, open_database
from engine.records import metadata
from engine.registry import Evidence
from tests.bpmn.drawing import Drawing, extension

MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
UNIT = "SH-310101"


def person(user_id: str, *groups: str, unit: str = UNIT) -> Actor:
    return Actor(user_id, f"{user_id}先生", "岗位", unit, "310101", frozenset(groups), frozenset({unit}))


CITIZEN = Actor("citizen", "王五", groups=frozenset({"applicant"}))
CLERK = person("clerk", "operator_clerk")
CLERK_2 = person("clerk2", "operator_clerk")
REVIEWER = person("reviewer", "first_reviewer")
REVIEWER_2 = person("reviewer2", "first_reviewer")
STRANGER = person("stranger", "operator_clerk", unit="SH-310104")
SUPERVISOR = person("boss", "supervisor")
ADMIN = person("admin", "system_admin")
CASE = {
    "title": "测试流程",
    "case_number_rule": "T{year}-{seq:4}",
    "deadline.working_days": "10",
    "case.applicant_name": "=application.name",
    "case.district": "310101",
    "case.org_unit": UNIT,
}


def drawing(key: str = "p", **properties: str) -> Drawing:
    return Drawing(key, properties={**CASE, **properties})


@dataclass
class Outside:
    """The outside world of a test: what the next calls do, and which calls came."""

    answers: list[Any] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    def check(self, ctx: HandlerContext) -> ServiceResult:
        self.keys.append(ctx.idempotency_key)
        answer = self.answers.pop(0) if self.answers else {"verdict": "pass"}
        if isinstance(answer, Exception):
            raise answer
        if callable(answer):
            answer(ctx)
            answer = {"verdict": "pass"}
        proof = Evidence("real_estate", "不动产登记", "R1", b'{"own":0}', ctx.now, "2026-11-22")
        return ServiceResult({**answer, "params": dict(ctx.params)}, (proof,))


@dataclass
class House:
    engine: Engine
    clock: FrozenClock
    outside: Outside
    database: Database
    registry: Registry
    serial: int = 0

    def deploy(self, *drawings: Drawing, **more: bytes) -> None:
        self.engine.deploy({f"processes/x/{d.key}/{d.key}.bpmn": d.xml() for d in drawings} | more, ADMIN)

    def key(self) -> str:
        self.serial += 1
        return f"k{self.serial}"

    def start(self, process: str = "p", form: dict[str, Any] | None = None, actor: Actor = CLERK, **more: Any) -> str:
        """Start a case; returns its id."""
        given = form or {"name": "王五"}
        receipt = self.engine.start_case(
            process, actor=actor, form=given, channel="窗口", idempotency_key=self.key(), **more
        )
        return receipt.case_id

    def open(self, case_id: str) -> list[Any]:
        return list(self.engine.tasks_of(case_id, open_only=True))

    def do(
        self, case_id: str, actor: Actor = CLERK, outcome: str = "submit", element: str | None = None, **form: Any
    ) -> Any:
        """Claim and complete the open task of a case (the named one if there are several)."""
        task = next(t for t in self.open(case_id) if element in (None, t.element_id))
        if task.assignee_id is None and task.requires_claim:
            task = self.engine.claim(task.id, task.revision, actor)
        return self.engine.complete_task(task.id, task.revision, actor, outcome, form, self.key(), "意见")

    def fresh(self) -> Engine:
        """Another process on the same database."""
        settings = self.engine.settings
        return Engine(self.database, registry=self.registry, clock=self.clock, services=None, settings=settings)


def build(url: str, **settings: Any) -> House:
    database = open_database(url, synchronous="OFF")
    metadata.create_all(database)
    registry, outside, clock = Registry(), Outside(), FrozenClock(MONDAY)
    registry.add("test.check", outside.check, outside=True)
    engine = Engine(
        database, registry=registry, clock=clock, settings=EngineSettings(**{"stamp_ttl_s": 0.0, **settings})
    )
    engine.seed_calendar()
    return House(engine, clock, outside, database, registry)


def one_task(key: str = "p", properties: dict[str, str] | None = None, **more: str) -> Drawing:
    """start, one user task `decide`, and two ends by its outcome."""
    own = {"outcomes": "approve,reject", "deadline.working_days": "5", **(properties or {})}
    found = drawing(key, **more).start().user("decide", properties=own).xor("gate", "f_gate_no")
    found.node("endEvent", "yes", extension({"outcome": "通过"}), name="审核通过").node(
        "endEvent", "no", "", name="不通过"
    )
    return found.chain("start_1", "decide", "gate").flow("gate", "yes", 'decide.outcome = "approve"').flow("gate", "no")


def one_job(key: str = "p", backoff: str = "PT1M,PT5M", error: str | None = None) -> Drawing:
    """start, one outside check with a boundary error if named, one user task."""
    inner = '<camunda:inputOutput><camunda:inputParameter name="who">=application.name</camunda:inputParameter>'
    inner += '<camunda:inputParameter name="kind">plain</camunda:inputParameter></camunda:inputOutput>'
    found = drawing(key).start()
    found.node(
        "serviceTask",
        "check",
        extension({"retry.backoff": backoff}, inner),
        camunda__type="external",
        camunda__topic="test.check",
        camunda__resultVariable="evidence.real_estate",
    )
    found.user("after").end().chain("start_1", "check", "after", "end_1")
    if error is not None:
        found.boundary_error("caught", "check", error).user("repair").flow("caught", "repair").flow("repair", "end_1")
    return found
