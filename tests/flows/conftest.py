"""One sandbox a test: its ledgers remember case numbers, and every test begins with an empty database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sandbox import RunningSandbox, start_sandbox
from engine.scenarios import Stage
from tests.flows.stage import MONDAY, domain_of, fonts, make_stage, press


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with start_sandbox(seed=1, today=MONDAY.date()) as running:
        yield running


@pytest.fixture
def stage(tmp_path: Path, sandbox: RunningSandbox, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """A stage for the scenario's domain, or for the DOMAINS that the module names; else with everything deployed."""
    if not fonts():
        pytest.skip("the islands with the fonts are not built")
    scenario = getattr(getattr(request.node, "callspec", None), "params", {}).get("scenario")
    domains = (domain_of(scenario.process),) if scenario else getattr(request.module, "DOMAINS", ())
    made = make_stage(tmp_path, sandbox, press(), domains=domains)
    yield made
    made.engine.services.connectors.close()  # type: ignore[attr-defined]
    made.engine.database.dispose()
