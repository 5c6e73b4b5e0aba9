"""The same stories on a real PostgreSQL: what SQLite forgives, it does not."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from connectors.sandbox import RunningSandbox
from engine.scenarios import read_scenarios, run_scenario, settle
from handlers.eligibility import statistics
from handlers.eligibility.collection import collect
from tests.flows.stage import ROOT, fonts, make_stage, press

STORIES = {s.name: s for s in read_scenarios(ROOT / "processes/eligibility/public_rental/scenarios.yaml")}


@pytest.mark.postgres
@pytest.mark.parametrize("name", ["recheck", "second_review_rejected", "supplement_lapsed"])
def test_a_story_on_postgresql(name: str, postgres_url: str, tmp_path: Path, sandbox: RunningSandbox) -> None:
    if not fonts():
        pytest.skip("the islands with the fonts are not built")
    stage = make_stage(tmp_path, sandbox, press(), postgres_url, ("eligibility",))
    played = run_scenario(stage, STORIES[name])
    assert played.failures == ()
    stage.engine.services.connectors.close()  # type: ignore[attr-defined]
    stage.engine.database.dispose()


@pytest.mark.postgres
def test_lists_on_postgresql(postgres_url: str, tmp_path: Path, sandbox: RunningSandbox) -> None:
    if not fonts():
        pytest.skip("the islands with the fonts are not built")
    stage = make_stage(tmp_path, sandbox, press(), postgres_url, ("eligibility",))
    services = SimpleNamespace(connectors=stage.engine.services.connectors, engine=stage.engine, files=None)
    collect(services)
    settle(stage)
    today = stage.clock.today()
    with stage.engine.database.connect() as connection:
        assert len(statistics.case_details(connection, stage="预审")) == 38
        assert statistics.countdown(connection, stage.engine.calendar(), today)[1] == {"normal": 40}
        assert statistics.statistics(connection, today, today, today)["total"] == 40
    services.connectors.close()
    stage.engine.database.dispose()
