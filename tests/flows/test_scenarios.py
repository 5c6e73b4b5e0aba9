"""Every scenario beside every process, through the real engine; together they visit every node and every outcome."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.sandbox import start_sandbox
from engine.bpmn import compile_process
from engine.scenarios import Outcome, Scenario, Stage, outcomes_of, read_scenarios, run_scenario
from tests.flows.stage import MONDAY, ROOT, domain_of, fonts, make_stage, press

FILES = sorted((ROOT / "processes").rglob("scenarios.yaml"))
SCENARIOS = [scenario for file in FILES for scenario in read_scenarios(file)]
PLAYED: dict[str, Outcome] = {}


def _param(scenario: Scenario) -> object:
    return pytest.param(scenario, id=scenario.id, marks=[pytest.mark.requirement(*scenario.requirements)])


@pytest.mark.parametrize("scenario", [_param(scenario) for scenario in SCENARIOS])
def test_scenario(stage: Stage, scenario: Scenario) -> None:
    played = run_scenario(stage, scenario)
    PLAYED[scenario.id] = played
    assert played.failures == ()
    assert stage.engine.verify_chain(played.case.id).intact


def _played(tmp_path: Path) -> list[Outcome]:
    """What the scenarios came to; those that ran in another process or were not chosen are played here."""
    for number, scenario in enumerate(SCENARIOS):
        if scenario.id not in PLAYED:
            folder = tmp_path / str(number)
            folder.mkdir()
            with start_sandbox(seed=1, today=MONDAY.date()) as sandbox:
                stage = make_stage(folder, sandbox, press(), domains=(domain_of(scenario.process),))
                PLAYED[scenario.id] = run_scenario(stage, scenario)
                stage.engine.services.connectors.close()  # type: ignore[attr-defined]
                stage.engine.database.dispose()
    return list(PLAYED.values())


def test_scenarios_visit_every_node_and_every_outcome(tmp_path: Path) -> None:
    if not fonts():
        pytest.skip("the islands with the fonts are not built")
    played = _played(tmp_path)
    visited = set().union(*(outcome.visited for outcome in played))
    decided = set().union(*(outcome.decided for outcome in played))
    files = {path.stem: path.read_bytes() for path in (ROOT / "processes").rglob("*.bpmn")}
    missing: list[str] = []
    for key, xml in files.items():
        for element in compile_process(xml, files.get).main.values():
            if (key, element.id) not in visited:
                missing.append(f"{key}/{element.id}")
            if element.kind == "userTask":
                wanted = {(key, element.id, name) for name in outcomes_of(element.properties)}
                missing += ["/".join(place) for place in sorted(wanted - decided)]
    assert missing == []
