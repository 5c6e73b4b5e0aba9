"""Readings in bulk: every good one once, every bad one named and kept, whatever is sent."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from handlers.site.records import dust_reading, dust_refusal
from handlers.site.rules import Reading, judge_row, window_of
from tests.site.air import PATH, Gateway, device, row
from tests.web.house import MORNING, House

PERIODS = {"D-1": {"ahead_minutes": 5, "late_minutes": 120, "most_ug_m3": 20000}}


@pytest.fixture(scope="module")
def gateway(house: House) -> Gateway:
    device(house, "D-001")
    device(house, "D-002")
    return Gateway(house)


def count(house: House, table: Any) -> int:
    with house.services.database.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


@pytest.mark.requirement("CD-18.F4")
def test_a_batch_is_stored_once_however_often_it_is_sent(house: House, gateway: Gateway) -> None:
    rows = [row("D-001", MORNING - timedelta(minutes=n)) for n in range(30)]
    first, again = gateway.send(rows).get_json(), gateway.send(rows).get_json()
    assert (first["stored"], first["repeated"], first["refused"]) == (30, 0, 0)
    assert (again["stored"], again["repeated"], again["refused"]) == (0, 30, 0)
    assert first["batch"] == again["batch"] and first["error_sheet"] is None


@pytest.mark.requirement("CD-18.F4")
def test_every_bad_row_is_named_and_kept_and_the_good_ones_are_stored(house: House, gateway: Gateway) -> None:
    at, day = MORNING - timedelta(seconds=30), timedelta(days=1)
    rows = [
        row("D-001", at),
        row("NOBODY", at),
        row("D-001", at - day),
        row("D-001", at + day),
        row("D-001", at + timedelta(seconds=1), -1),
        row("D-001", at + timedelta(seconds=2), "abc"),
        row("D-001", at + timedelta(seconds=3), True),
        row("D-001", at + timedelta(seconds=4), 1e9),
        {"device_no": "D-001", "measured_at": "yesterday", "tsp_ug_m3": 1},
        {"measured_at": at.isoformat(), "tsp_ug_m3": 1},
        "not a row",
        row("D-002", at),
    ]
    answer = gateway.send(rows).get_json()
    assert (answer["received"], answer["stored"], answer["refused"]) == (12, 2, 10)
    assert [(fault["row"], fault["reason"]) for fault in answer["errors"]] == [
        (2, "unknown_device"), (3, "time_past"), (4, "time_ahead"), (5, "negative"), (6, "not_a_number"), (7, "not_a_number"),
        (8, "too_high"), (9, "unreadable_time"), (10, "no_device"), (11, "not_an_object"),
    ]  # fmt: skip
    sheet = list(csv.reader(io.StringIO(gateway.get(answer["error_sheet"]).text.lstrip("\ufeff"))))
    assert len(sheet) == 11 and "abc" in sheet[5][3]
    before = count(house, dust_refusal)
    gateway.send(rows)
    assert count(house, dust_refusal) == before


@pytest.mark.requirement("CD-18.F4")
def test_another_value_for_the_same_instant_never_replaces_the_first(house: House, gateway: Gateway) -> None:
    at = MORNING - timedelta(minutes=3, seconds=7)
    gateway.send([row("D-002", at, 40)])
    answer = gateway.send([row("D-002", at, 41), row("D-002", at, 40)]).get_json()
    assert (answer["stored"], answer["repeated"], answer["refused"]) == (0, 1, 1)
    assert answer["errors"][0]["reason"] == "altered"


@pytest.mark.requirement("CD-18.F4")
@pytest.mark.parametrize(
    ("offset", "taken"),
    [
        (timedelta(minutes=5), True),
        (timedelta(minutes=5, seconds=1), False),
        (-timedelta(hours=9, minutes=30), True),
        (-timedelta(hours=9, minutes=30, seconds=1), False),
    ],
)
def test_the_time_limits_at_their_edges(offset: timedelta, taken: bool) -> None:
    """09:30 in Shanghai: midnight is nine and a half hours ago."""
    found = judge_row(1, row("D-1", MORNING + offset), PERIODS, MORNING)
    assert isinstance(found, Reading) is taken


@pytest.mark.requirement("CD-18.F4")
@pytest.mark.parametrize(("minutes", "taken"), [(120, True), (121, False)])
def test_after_midnight_yesterday_may_still_come_for_two_hours(minutes: int, taken: bool) -> None:
    past_midnight = MORNING.replace(hour=16, minute=10)
    found = judge_row(1, row("D-1", past_midnight - timedelta(minutes=minutes)), PERIODS, past_midnight)
    assert isinstance(found, Reading) is taken


@pytest.mark.parametrize("body", [b"", b"{}", b"[1,", b'"text"', b"null"])
def test_a_body_that_is_no_array_is_one_clear_sentence(gateway: Gateway, body: bytes) -> None:
    headers = {**gateway.headers, "Content-Type": "application/json"}
    answer = gateway.client.post(PATH, data=body, headers=headers)
    assert answer.status_code == 422 and "JSON 数组" in answer.get_json()["message"]


def test_too_many_rows_are_refused_as_a_whole(house: House, gateway: Gateway) -> None:
    before = count(house, dust_reading)
    assert gateway.send([row("D-001", MORNING, 1)] * 5001).status_code == 422
    assert count(house, dust_reading) == before


def test_a_token_of_another_scope_is_refused(house: House, gateway: Gateway) -> None:
    assert house.app.test_client().post(PATH, json=[]).status_code == 401
    assert Gateway(house, "portal").send([]).status_code == 403


def test_the_operation_stands_in_the_openapi_file(house: House) -> None:
    paths = house.app.test_client().get("/api/v1/openapi.json").get_json()["paths"]
    body = paths["/dust/readings"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert body["type"] == "array"


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12), lambda c: st.lists(c, max_size=3), max_leaves=4)
ROW = st.dictionaries(st.sampled_from(["device_no", "measured_at", "tsp_ug_m3"]), JSON | st.just("D-001"), max_size=3) | JSON


@given(st.lists(ROW, max_size=5))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_nothing_that_is_sent_breaks_a_batch_or_gets_lost(house: House, gateway: Gateway, rows: list[Any]) -> None:
    answer = gateway.send(rows)
    assert answer.status_code == 200
    found = answer.get_json()
    assert found["received"] == len(rows) == found["stored"] + found["repeated"] + found["refused"]


def test_a_window_is_a_quarter_of_an_hour() -> None:
    assert window_of(MORNING.replace(minute=44, second=59)).minute == 30
    assert window_of(MORNING.replace(minute=45)).minute == 45
