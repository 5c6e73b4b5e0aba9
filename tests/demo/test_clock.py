"""The demonstration's clock: who may move it, how far, and that it does not exist elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from engine import SystemClock
from engine.errors import ValidationFailed
from web import bootstrap, seeds, tables
from web.app import create_app
from web.bootstrap import Services
from web.config import Config
from web.demo_clock import DemoClock

_TOKEN = re.compile(r'name="csrf-token" content="(\w+)"')


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    made = bootstrap.build(Config(data=tmp_path_factory.mktemp("clock"), secret="a secret for tests only"))
    tables.metadata().create_all(made.database)
    seeds.seed(made)
    yield made
    made.database.dispose()


def entered(services: Services, username: str) -> tuple[FlaskClient, dict[str, str]]:
    """A browser in which this person is logged in, and the headers of its writes."""
    client = create_app(services).test_client()
    first = {"X-CSRF-Token": _TOKEN.search(client.get("/login").text)[1]}  # type: ignore[index]
    assert client.post("/login", data={"username": username, "password": seeds.PASSWORD}, headers=first).status_code == 302
    return client, {"X-CSRF-Token": _TOKEN.search(client.get("/login").text)[1]}  # type: ignore[index]


def test_the_administrator_moves_the_clock_on(services: Services) -> None:
    client, headers = entered(services, "admin")
    before = services.clock.now()
    assert client.post("/demo/clock", data={"days": "3"}, headers=headers).status_code == 302
    assert timedelta(days=3) <= services.clock.now() - before < timedelta(days=3, minutes=2)
    page = client.get("/demo/clock")
    assert "演示时钟" in page.text and "快进一天" in page.text


def test_programs_read_and_move_it_as_json(services: Services) -> None:
    client, headers = entered(services, "admin")
    now = datetime.fromisoformat(client.get("/demo/clock", headers={"Accept": "application/json"}).get_json()["now"])
    to = (now + timedelta(hours=5)).isoformat()
    moved = client.post("/demo/clock", json={"to": to}, headers={**headers, "Accept": "application/json"}).get_json()
    assert moved["now"] >= to and moved["busy"] == 0 and moved["next_due"] is None


@pytest.mark.parametrize(
    "sent", [{"to": "2020-01-01T00:00:00+00:00"}, {"to": "soon"}, {"days": "0"}, {"days": "-1"}, {"days": "9999"}, {}, {"next_due": "1"}]
)
def test_backwards_too_far_and_nonsense_are_refused(services: Services, sent: dict[str, str]) -> None:
    client, headers = entered(services, "admin")
    before = services.clock.now()
    assert client.post("/demo/clock", data=sent, headers=headers).status_code == 422
    assert services.clock.now() - before < timedelta(minutes=2)


@pytest.mark.parametrize("username", ["clerk", "supervisor", "auditor", "clean_single1"])
def test_nobody_else_may_see_or_move_it(services: Services, username: str) -> None:
    client, headers = entered(services, username)
    assert client.get("/demo/clock").status_code == 403
    assert client.post("/demo/clock", data={"days": "1"}, headers=headers).status_code == 403


def test_a_visitor_is_asked_to_log_in(services: Services) -> None:
    assert create_app(services).test_client().get("/demo/clock").status_code == 302


def test_an_installation_in_service_has_no_such_page(tmp_path: Path) -> None:
    made = bootstrap.build(Config(data=tmp_path, secret="a secret for tests only", demo=False))
    tables.metadata().create_all(made.database)
    assert isinstance(made.clock, SystemClock)
    assert create_app(made).test_client().get("/demo/clock").status_code == 404
    made.database.dispose()


def test_two_that_move_it_at_once_do_not_add_up(services: Services) -> None:
    one, two = DemoClock(services.database), DemoClock(services.database)
    target = one.now() + timedelta(days=10)
    two.now()
    one.advance_to(target)
    assert two.now() < target  # what it read is a moment old
    with pytest.raises(ValidationFailed):
        two.advance_to(target - timedelta(seconds=5))
    assert DemoClock(services.database).now() - target < timedelta(minutes=2)
    assert one.now().tzinfo is UTC
