"""Exceedances and silent devices become alerts, once each; the tables say when, to the boundary."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from engine.database import writing
from engine.dmn import parse_model
from handlers.site.judging import judge
from handlers.site.records import dust_device, dust_window
from tests.flows.stage import ROOT
from tests.site.air import Gateway, alerts, blow, device, row, silence
from tests.web.house import House, decide, open_task


def table(name: str, **scope: Any) -> Any:
    folder = "dust_device" if name == "dust_before_works" else "dust_alert"
    return parse_model((ROOT / f"processes/site/{folder}/{name}.dmn").read_bytes()).evaluate(name, scope).value


@pytest.mark.requirement("CD-18.S1")
@pytest.mark.parametrize(
    ("hour", "area", "limit"),
    [
        (0, "urban", 200),
        (5, "urban", 200),
        (6, "urban", 250),
        (21, "urban", 250),
        (22, "urban", 200),
        (23, "urban", 200),
        (6, "sensitive", 200),
        (22, "sensitive", 150),
        (21, "suburban", 300),
        (5, "suburban", 250),
    ],
)
def test_the_limit_follows_hour_and_area(hour: int, area: str, limit: int) -> None:
    assert table("dust_limit", reading={"hour": hour}, device={"area": area}) == limit


@pytest.mark.requirement("CD-18.S1")
@pytest.mark.parametrize(
    ("mean", "level"),
    [(0, "none"), (250, "none"), (250.1, "general"), (375, "general"), (375.1, "serious"), (9999, "serious")],
)
def test_the_limit_itself_is_not_exceeded(mean: float, level: str) -> None:
    assert table("dust_level", window={"mean_ug_m3": mean, "limit_ug_m3": 250}) == level


@pytest.mark.requirement("CD-18.R1")
@pytest.mark.parametrize(("installed", "result"), [("2026-11-30", "in_time"), ("2026-12-01", "late"), ("2026-12-02", "late")])
def test_a_device_is_installed_before_works_begin(installed: str, result: str) -> None:
    facts = {"device": {"works_start_on": "2026-12-01"}, "debug": {"installed_on": installed}}
    assert table("dust_before_works", **facts) == result


@pytest.fixture
def gateway(house: House) -> Gateway:
    return Gateway(house)


@pytest.mark.requirement("CD-18.S1")
def test_an_exceedance_opens_an_alert_and_the_next_one_joins_it(house: House, gateway: Gateway) -> None:
    number = device(house, "A-001")
    blow(house, gateway, number, 250)
    assert alerts(house, number) == []
    blow(house, gateway, number, 251)
    blow(house, gateway, number, 400)
    blow(house, gateway, number, 260)
    (alert,) = alerts(house, number)
    assert (alert["occurrences"], alert["level"], alert["most_ug_m3"]) == (3, "serious", 400)
    with house.services.database.connect() as connection:
        windows = connection.execute(select(dust_window).where(dust_window.c.device_no == number)).all()
    assert {w.case_no for w in windows if w.level in ("general", "serious")} == {alert["case_no"]}
    case = house.services.engine.case(alert["case_no"])
    assert case.org_unit == "SH-310101-C01"
    assert [task.element_id for task in house.services.engine.tasks_of(case.id, open_only=True)] == ["handle"]


@pytest.mark.requirement("CD-18.S1")
def test_judging_again_or_twice_at_once_raises_nothing_twice(house: House, gateway: Gateway) -> None:
    number = device(house, "A-002")
    blow(house, gateway, number, 300)
    with writing(house.services.database).begin() as connection:
        connection.execute(update(dust_window).where(dust_window.c.device_no == number).values(case_no=None))
    judge(house.services)
    (alert,) = alerts(house, number)
    assert alert["occurrences"] == 1


@pytest.mark.requirement("CD-18.S1")
def test_too_few_readings_are_not_judged_until_the_late_ones_come(house: House, gateway: Gateway) -> None:
    number = device(house, "A-003")
    blow(house, gateway, number, 900, readings=9)
    assert alerts(house, number) == []
    start = house.clock.now() - timedelta(minutes=15)
    gateway.send([row(number, start + timedelta(minutes=9), 900)])
    judge(house.services)
    assert len(alerts(house, number)) == 1


@pytest.mark.requirement("CD-18.S1")
def test_a_handled_alert_needs_a_photo_and_the_next_exceedance_opens_a_new_one(house: House, gateway: Gateway) -> None:
    number = device(house, "A-004")
    blow(house, gateway, number, 260)
    (alert,) = alerts(house, number)
    contractor = house.browser("contractor_310101")
    task = open_task(house, alert["case_no"], "handle")
    form: dict[str, Any] = {"measure": "watering", "cause": "土方未洒水", "note": "已开启雾炮洒水"}
    refused = decide(house, contractor, task, "handled", form)
    assert refused.status_code == 422 and "现场照片" in refused.text
    from tests.web.house import picture

    form["photos"] = [contractor.upload(picture(), "site.png").get_json()["id"]]
    task = open_task(house, alert["case_no"], "handle")
    assert decide(house, contractor, task, "handled", form).status_code == 302
    assert alerts(house, number)[0]["result"] == "handled"
    blow(house, gateway, number, 260)
    assert len(alerts(house, number)) == 2


@pytest.mark.requirement("CD-18.S1")
def test_another_contractor_does_not_see_the_alert(house: House, gateway: Gateway) -> None:
    number = device(house, "A-005")
    blow(house, gateway, number, 260)
    (alert,) = alerts(house, number)
    assert alert["case_no"] in house.browser("contractor_310101").get("/inbox?size=100").text
    assert alert["case_no"] not in house.browser("contractor_310104").get("/inbox?size=100").text
    assert number not in house.browser("contractor_310104").get("/site/devices").text


@pytest.mark.requirement("CD-18.S2")
def test_a_silent_device_is_raised_once_and_noted_when_it_is_back(house: House, gateway: Gateway) -> None:
    number = device(house, "O-001")
    gateway.send([row(number, house.clock.now())])
    house.clock.advance(minutes=30)
    silence(house)
    assert alerts(house, number) == []
    house.clock.advance(seconds=1)
    silence(house)
    silence(house)
    (alert,) = alerts(house, number)
    assert (alert["kind"], alert["recovered_at"]) == ("offline", None)
    gateway.send([row(number, house.clock.now())])
    assert silence(house).back == 1
    assert alerts(house, number)[0]["recovered_at"] is not None


@pytest.mark.requirement("CD-18.S2")
def test_a_device_that_never_sent_is_not_offline(house: House) -> None:
    number = device(house, "O-002")
    house.clock.advance(minutes=60)
    silence(house)
    assert alerts(house, number) == []


@pytest.mark.requirement("CD-18.S2")
def test_when_most_devices_fall_silent_at_once_the_line_is_broken(house: House, gateway: Gateway) -> None:
    numbers = [device(house, f"L-{n:03d}") for n in range(30)]
    gateway.send([row(number, house.clock.now()) for number in numbers])
    house.clock.advance(minutes=31)
    found = silence(house)
    assert found.outage and found.opened == 0
    assert [alerts(house, number) for number in numbers] == [[]] * 30


def test_a_device_that_is_not_online_is_not_judged(house: House, gateway: Gateway) -> None:
    number = device(house, "A-006", status="connected")
    blow(house, gateway, number, 900)
    assert alerts(house, number) == []
    with writing(house.services.database).begin() as connection:
        connection.execute(update(dust_device).where(dust_device.c.device_no == number).values(status="retired"))
    answer = gateway.send([row(number, house.clock.now())]).get_json()
    assert answer["errors"][0]["reason"] == "unknown_device"
