"""Desks over real services: a temporary SQLite with the demo city and a few played cases, copied for every test."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from connectors.sandbox import RunningSandbox, start_sandbox
from engine import FrozenClock
from engine.scenarios import Stage, read_scenarios, run_scenario
from tests.flows.stage import MONDAY, ROOT, application, fonts
from web import bootstrap, tables
from web.app import create_app
from web.config import Config
from web.seeds.city import PASSWORD, seed

PUBLIC_RENTAL = ROOT / "processes" / "eligibility" / "public_rental" / "scenarios.yaml"
_TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


@dataclass
class House:
    """One installation under test. The clock moves only when told."""

    services: bootstrap.Services
    clock: FrozenClock
    app: Flask
    sandbox: RunningSandbox

    def person(self, username: str) -> Desk:
        """A browser in which this person is logged in."""
        return Desk(self.app.test_client(), username)

    def play(self, name: str, index: int = 0) -> str:
        """Play one scenario of the public-rental flow with another person; returns the case number."""
        scenario = next(one for one in read_scenarios(PUBLIC_RENTAL) if one.id.endswith(f":{name}"))
        stage = Stage(self.services.engine, self.clock)
        stage.build = {"application": lambda **given: application(self.sandbox, **given, index=index)}
        stage.verbs = {"sandbox": lambda _stage, _case, switch: self.sandbox.behaviour.set(**switch)}
        return run_scenario(stage, scenario).case.case_no


class Desk:
    """A logged-in browser that sends the page's token with every write."""

    def __init__(self, client: FlaskClient, username: str) -> None:
        self.client = client
        page = client.get("/login").get_data(as_text=True)
        self.token = _TOKEN.search(page).group(1)  # type: ignore[union-attr]
        answer = self.post("/login", username=username, password=PASSWORD)
        assert answer.status_code == 302, answer.get_data(as_text=True)[:500]
        self.token = _TOKEN.search(client.get("/help/").get_data(as_text=True)).group(1)  # type: ignore[union-attr]

    def get(self, path: str) -> TestResponse:
        return self.client.get(path)

    def text(self, path: str, status: int = 200) -> str:
        """The page's words without tags; fails on another status."""
        answer = self.client.get(path)
        assert answer.status_code == status, f"{path}: {answer.status_code}"
        return words(answer)

    def post(self, path: str, **fields: Any) -> TestResponse:
        return self.client.post(path, data=fields, headers={"X-CSRF-Token": self.token})

    def put(self, path: str, body: Any) -> TestResponse:
        headers = {"X-CSRF-Token": self.token, "Accept": "application/json"}
        return self.client.put(path, json=body, headers=headers)


def words(answer: TestResponse) -> str:
    """What a person reads on the page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def config_of(folder: Path, sandbox: RunningSandbox, url: str = "", built: bool = False) -> Config:
    """built: with the islands as they are built now; else only with the fonts, wherever those are."""
    dist = ROOT / "web" / "ui" / "dist" if built else folder / "dist"
    if not built:
        (dist / "fonts").mkdir(parents=True, exist_ok=True)
        for font in fonts():
            place = dist / "fonts" / "NotoSansSC-Regular.ttf"
            if not place.exists():
                place.symlink_to(font)
    where = url or f"sqlite:///{folder / 'desks.db'}"
    return Config(data=folder, database_url=where, sandbox_url=sandbox.url, secret="s" * 32, demo=True, dist=dist)


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    """One a test: its ledgers remember case numbers."""
    with start_sandbox(seed=1, today=MONDAY.date()) as running:
        yield running


@pytest.fixture(scope="session")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, FrozenClock, dict[str, str]]:
    """A folder with the demo city and two cases, the instant at which they stand, and their numbers by scenario."""
    if not fonts():
        pytest.skip("the islands with the fonts are not built")
    folder, clock = tmp_path_factory.mktemp("desks"), FrozenClock(MONDAY)
    with start_sandbox(seed=1, today=MONDAY.date()) as sandbox:
        services = bootstrap.build(config_of(folder, sandbox), clock=clock)
        tables.metadata().create_all(services.database)
        services.engine.seed_calendar()
        bootstrap.deploy(services)
        seed(services)
        house = House(services, clock, create_app(services), sandbox)
        numbers = {"approve": house.play("approve"), "housing_failed": house.play("housing_failed")}
        _close(services)
    return folder, clock, numbers


def _close(services: bootstrap.Services) -> None:
    services.connectors.close()
    services.database.dispose()


@pytest.fixture
def house(request: pytest.FixtureRequest, tmp_path: Path, played: tuple[Path, FrozenClock, dict[str, str]], sandbox: RunningSandbox) -> Iterator[House]:
    """A copy of its own."""
    source, clock, _numbers = played
    folder = tmp_path / "house"
    shutil.copytree(source, folder, symlinks=True)
    own = FrozenClock(clock.now())
    built = request.node.get_closest_marker("browser") is not None
    services = bootstrap.build(config_of(folder, sandbox, built=built), clock=own)
    yield House(services, own, create_app(services), sandbox)
    _close(services)


@pytest.fixture
def numbers(played: tuple[Path, FrozenClock, dict[str, str]]) -> dict[str, str]:
    return played[2]


@pytest.fixture
def person(house: House) -> Callable[[str], Desk]:
    return house.person
