"""What the tests of dust monitoring share: a gateway with its token, devices, and readings for a window of 15 minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from engine.database import writing
from handlers.site import registers
from handlers.site.judging import judge
from handlers.site.offline import look
from handlers.site.records import dust_alert, dust_device
from tests.web.house import House
from web.seeds import PASSWORD
from web.site.enrol import _device

PATH = "/api/v1/dust/readings"


class Gateway:
    """A client of the API with the scope of the sensors."""

    def __init__(self, house: House, client_id: str = "dust-gateway") -> None:
        self.client = house.app.test_client()
        given = {"client_id": client_id, "client_secret": PASSWORD}
        token = self.client.post("/api/v1/token", json=given).get_json()["access_token"]
        self.headers = {"Authorization": f"Bearer {token}"}

    def send(self, rows: Any, **more: Any) -> Any:
        return self.client.post(PATH, json=rows, headers=self.headers, **more)

    def get(self, path: str) -> Any:
        return self.client.get(path, headers=self.headers)


def device(house: House, device_no: str, area: str = "urban", **more: Any) -> str:
    """Enter an online device of 黄浦."""
    values = {**_device(16, house.clock.now()), "device_no": device_no, "area": area, "contact_mobile": None, **more}
    with writing(house.services.database).begin() as connection:
        registers.insert_new(connection, dust_device, [values])
    return device_no


def row(device_no: str, at: datetime, value: Any = 50) -> dict[str, Any]:
    return {"device_no": device_no, "measured_at": at.isoformat(), "tsp_ug_m3": value}


def blow(house: House, gateway: Gateway, device_no: str, value: float, readings: int = 15) -> None:
    """Readings of one value for the coming quarter of an hour, then judge it; the clock stands after it."""
    now = house.clock.now()
    start = now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0) + timedelta(minutes=15)
    house.clock.set(start + timedelta(minutes=15))
    answer = gateway.send([row(device_no, start + timedelta(minutes=n), value) for n in range(readings)])
    assert answer.get_json()["stored"] == readings
    judge(house.services)
    house.work()


def silence(house: House) -> Any:
    found = look(house.services)
    house.work()
    return found


def alerts(house: House, device_no: str) -> list[dict[str, Any]]:
    query = select(dust_alert).where(dust_alert.c.device_no == device_no).order_by(dust_alert.c.raised_at)
    with house.services.database.connect() as connection:
        return [dict(found) for found in connection.execute(query).mappings()]
