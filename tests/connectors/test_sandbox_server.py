"""The sandbox as a server: its own pages, its command line, its start and stop."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from connectors import INTERFACES, Connectors, build_connectors
from connectors.sandbox import RunningSandbox, start_sandbox
from connectors.sandbox.server import OPERATIONS
from engine.errors import Unavailable

from .calls import CALLS


def test_every_interface_has_a_system() -> None:
    assert set(OPERATIONS) == set(INTERFACES)


def test_health_names_the_town(sandbox: RunningSandbox) -> None:
    health = httpx.get(f"{sandbox.url}/_health").json()
    assert (health["status"], health["seed"], health["people"]) == ("up", 1, len(sandbox.population.people))


def test_switches_turn_over_http(sandbox: RunningSandbox, connectors: Connectors) -> None:
    httpx.post(f"{sandbox.url}/_switch", json={"system": "*", "mode": "broken", "rate": 1, "seconds": 0}
               ).raise_for_status()
    assert set(httpx.get(f"{sandbox.url}/_switch").json()["systems"]) == set(INTERFACES)
    with pytest.raises(Unavailable):
        CALLS["sms"](connectors, sandbox.population.people[0], "http-switch")
    httpx.post(f"{sandbox.url}/_switch", json={"system": "*", "mode": "ok"}).raise_for_status()
    CALLS["sms"](connectors, sandbox.population.people[0], "http-switch")


@pytest.mark.parametrize("order", [{}, {"system": "moon", "mode": "ok"}, {"system": "sms", "mode": "moon"},
                                   {"system": "sms", "mode": "slow", "rate": 7}, []])
def test_a_wrong_switch_is_refused(sandbox: RunningSandbox, order: object) -> None:
    assert httpx.post(f"{sandbox.url}/_switch", json=order).status_code == 400


def test_the_ledger_is_shown_in_pages(sandbox: RunningSandbox, connectors: Connectors) -> None:
    for number in range(3):
        CALLS["ca_signing"](connectors, sandbox.population.people[0], f"page-{number}")
    shown = httpx.get(f"{sandbox.url}/_ledger/ca_signing", params={"limit": 2, "offset": 1}).json()
    assert shown["keys"] >= 3 and len(shown["entries"]) == 2
    assert httpx.get(f"{sandbox.url}/_ledger").json()["ca_signing"]["doubled"] == 0
    assert httpx.get(f"{sandbox.url}/_ledger/moon").status_code == 404


def test_people_can_be_looked_up_by_situation(sandbox: RunningSandbox) -> None:
    names = [item["name"] for item in httpx.get(f"{sandbox.url}/_people").json()]
    assert "wrong_person_trap" in names
    found = httpx.get(f"{sandbox.url}/_people", params={"situation": "owns_flat", "limit": 3}).json()
    assert len(found) == 3 and all("owns_flat" in person["situations"] for person in found)


def test_a_request_without_key_or_json_is_refused(sandbox: RunningSandbox) -> None:
    url = f"{sandbox.url}/marriage/check"
    assert httpx.post(url, json={"idNo": "1"}).status_code == 400
    assert httpx.post(url, content=b"[1", headers={"Idempotency-Key": "k"}).status_code == 400
    assert httpx.post(url, json={}, headers={"Idempotency-Key": "k"}).status_code == 400


def test_it_starts_and_stops_quickly_and_twice() -> None:
    started = time.monotonic()
    with start_sandbox(seed=1) as sandbox:
        assert httpx.get(f"{sandbox.url}/_health").status_code == 200
        sandbox.stop()
    assert time.monotonic() - started < 2.0
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{sandbox.url}/_health", timeout=0.5)


def test_the_command_line_serves_and_keeps_its_ledger(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "connectors.sandbox", "--seed", "2", "--data", str(tmp_path / "data"), "--nasty"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as process:
        try:
            assert process.stdout is not None
            ready = json.loads(process.stdout.readline())
            assert ready["nasty"] is True
            with build_connectors(ready["url"], 2.0) as connectors:
                assert connectors.sms.health()["system"] == "sms"
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=5) == 0
    assert (tmp_path / "data" / "sandbox.sqlite3").exists()
