"""Fills an instance for measuring: thousands of cases through the real engine, outside systems answered from a can."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from connectors.sandbox.population import population
from engine import Actor, Engine, Evidence, HandlerContext, ServiceResult, registry
from engine.registry import Registry
from web import bootstrap
from web.config import Config
from web.demo.casting import Persona
from web.demo.household import answers
from web.demo.story import Story

CLERK = "clerk"
UNIT, DISTRICT = "SH-310101-OP01", "310101"
_RAW = '{"code":"0","data":[],"备注":"测量用应答"}'.encode()
# topic: what the case file gets. The checks are below.
_CANNED: Mapping[str, Mapping[str, Any]] = {
    "document.issue": {"document_id": "bench", "number": "bench", "verify_code": "bench"},
    "document.number": {"number": "bench", "valid_from": "2026-01-01", "valid_to": "2028-01-01"},
    "case_repository.precheck": {"passed": True, "problems": []},
}


def load(config: Config, cases: int) -> None:
    """Cases that wait at the pre-review of one district's clerk."""
    services = bootstrap.build(config)
    engine = Engine(services.database, registry=canned(), clock=services.clock, services=None)
    households = population(1).households
    for number in range(cases):
        household = households[number % len(households)]
        persona = Persona(number, Story("bench", 1, ()), "", household, household.head, "一网通办", DISTRICT, "district", None)
        form = answers(persona) | {"materials": {}}
        citizen = Actor(user_id=f"bench-{number}", name=household.head.name, groups=frozenset({"applicant"}))
        engine.start_case("public_rental", actor=citizen, form=form, channel="一网通办", idempotency_key=f"bench-{number}")
    services.database.dispose()


def canned() -> Registry:
    """Every topic served at once inside the step: our own handlers as they are, outside ones by a canned answer."""
    found = Registry()
    for service in registry:
        found.add(service.topic, _answering(service.topic) if service.outside or service.topic in _CANNED else service.handler)
    return found


def _answering(topic: str) -> Any:
    def answer(ctx: HandlerContext) -> ServiceResult:
        if topic.startswith("eligibility.verify_"):
            proof = Evidence(topic, "测量", ctx.idempotency_key or topic, _RAW, datetime.now(UTC))
            return ServiceResult({"verdict": "pass", "summary": "无异常", "persons": []}, (proof,))
        return ServiceResult(_CANNED.get(topic, {"state": "sent"}))

    return answer
