"""The fleet against a real server: what is answered is stored, and a server that goes away and comes back loses nothing."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from werkzeug.serving import make_server

from connectors.sandbox.fleet import CLIENT, FAULTS, Gateway, Weather, device_no, drive
from handlers.site.records import dust_reading
from tests.web.house import House
from web.seeds import PASSWORD
from web.site.enrol import enrol


def rows(house: House, seconds: int, rate: int = 20) -> list[list[dict[str, Any]]]:
    """What a fleet makes in so many seconds, on the house's clock."""
    made, chance, weather = [], random.Random(1), Weather()
    for second in range(seconds):
        at = house.clock.now().replace(second=second)
        made.append([weather.row(second * rate + n + 1, at, chance) for n in range(rate)])
    return made


class Port:
    """The application on a port that can be closed and opened again."""

    def __init__(self, house: House) -> None:
        self._app, self.number = house.app, 0
        self.open()

    def open(self) -> None:
        self._server = make_server("127.0.0.1", self.number, self._app, threaded=True)
        self.number = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.mark.requirement("CD-18.F4")
def test_no_reading_is_lost_when_the_server_goes_and_comes_back(house: House) -> None:
    enrol(house.services, 400)
    port, made = Port(house), rows(house, 10)
    gateway = Gateway(f"http://127.0.0.1:{port.number}", CLIENT, PASSWORD)
    sender = threading.Thread(target=gateway.run, daemon=True)
    for batch in made[:5]:
        gateway.put(batch)
    port.close()
    sender.start()
    for batch in made[5:]:
        gateway.put(batch)
    port.open()
    gateway.end()
    sender.join(30)
    port.close()
    assert not sender.is_alive()
    assert (gateway.report.made, gateway.report.lost, gateway.report.refused) == (200, 0, 0)
    with house.services.database.connect() as connection:
        assert connection.execute(select(func.count()).select_from(dust_reading)).scalar_one() == 200


def test_a_fleet_is_set_by_the_clock_of_the_platform(house: House) -> None:
    port = Port(house)
    gateway = Gateway(f"http://127.0.0.1:{port.number}", CLIENT, PASSWORD)
    assert abs(datetime.now(UTC) + gateway.lead() - house.clock.now()) < timedelta(minutes=1)
    house.clock.advance(minutes=2)  # apart from the readings of the other test
    gateway = Gateway(f"http://127.0.0.1:{port.number}", CLIENT, PASSWORD)
    enrol(house.services, 20)
    report = drive(gateway, devices=20, rate=5, seconds=2, weather=Weather())
    port.close()
    assert (report.made, report.stored, report.lost) == (10, 10, 0)


def test_the_faults_of_a_nasty_fleet_are_all_refused() -> None:
    at = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    row = Weather().row(1, at, random.Random(1))
    assert row["device_no"] == device_no(1)
    assert all({**row, **fault(at)} != row for fault in FAULTS)


def test_the_same_seed_makes_the_same_weather() -> None:
    at = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
    one, two = ([Weather(7).row(n, at, chance) for n in range(50)] for chance in (random.Random(7), random.Random(7)))
    assert one == two
