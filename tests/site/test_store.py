"""The store of readings on both databases, with several gateways and several workers at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select

from connectors.sandbox import RunningSandbox
from engine.database import writing
from engine.scenarios import Stage, read_scenarios, run_scenario, settle
from handlers.site import registers, tables
from handlers.site.ingestion import take
from handlers.site.judging import judge
from handlers.site.offline import look
from handlers.site.records import dust_alert, dust_device, dust_reading, dust_refusal, dust_window
from tests.flows.stage import ROOT, fonts, make_stage, press
from web.site.enrol import _device


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def stage(request: pytest.FixtureRequest, tmp_path: Path, outside: RunningSandbox) -> Iterator[Stage]:
    if not fonts():
        pytest.skip("the islands with the fonts are not built")
    url = request.getfixturevalue("postgres_url") if request.param == "postgresql" else None
    made = make_stage(tmp_path, outside, press(), url, ("site",))
    yield made
    made.engine.services.connectors.close()  # type: ignore[attr-defined]
    made.engine.database.dispose()


def counted(stage: Stage, table: Any) -> int:
    with stage.engine.database.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


@pytest.mark.requirement("CD-18.F4", "CD-18.S1", "CD-18.S2")
def test_many_gateways_and_workers_at_once_store_and_raise_everything_once(stage: Stage) -> None:
    engine, clock = stage.engine, stage.clock
    services = SimpleNamespace(engine=engine, database=engine.database)
    with writing(engine.database).begin() as connection:
        registers.insert_new(connection, dust_device, [_device(n, clock.now()) for n in range(1, 31)])
        numbers = sorted(registers.devices(connection, [f"FLEET-{n:05d}" for n in range(1, 31)]))
    start = clock.now()
    batches = [
        [
            {"device_no": number, "measured_at": (start + timedelta(minutes=minute)).isoformat(), "tsp_ug_m3": 900 if n < 3 else 9}
            for n, number in enumerate(numbers)
        ]
        for minute in range(15)
    ]
    batches[0].append({"device_no": "NOBODY", "measured_at": start.isoformat(), "tsp_ug_m3": 1})
    clock.advance(minutes=15)
    periods = tables.periods(engine)
    with ThreadPoolExecutor(4) as pool:
        taken = list(pool.map(lambda rows: take(engine.database, rows, periods, clock.now()), batches * 3))
    assert sum(one.stored for one in taken) == counted(stage, dust_reading) == 450
    assert sum(one.repeated for one in taken) == 900 and counted(stage, dust_refusal) == 1
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(lambda _n: judge(services), range(3)))
    judge(services)
    settle(stage)
    assert counted(stage, dust_window) == 30
    with engine.database.connect() as connection:
        alerts = connection.execute(select(dust_alert)).all()
    assert sorted((a.device_no, a.occurrences) for a in alerts) == [(number, 1) for number in numbers[:3]]
    clock.advance(minutes=60)
    take(engine.database, [{**row, "measured_at": clock.now().isoformat()} for row in batches[1][1:]], periods, clock.now())
    found = look(services)
    settle(stage)
    assert (found.silent, found.opened) == (1, 1)


@pytest.mark.parametrize("name", ["serious", "joined"])
def test_an_alert_on_both_databases(stage: Stage, name: str) -> None:
    stories = {s.name: s for s in read_scenarios(ROOT / "processes/site/dust_alert/scenarios.yaml")}
    assert run_scenario(stage, stories[name]).failures == ()
