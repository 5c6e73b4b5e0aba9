"""Stored decisions can be computed again and counted: the nightly sample equals the records, and why-counts add up."""

from __future__ import annotations

from sqlalchemy import select, text

from engine.records import decision_record
from tests.desks.conftest import House, words
from web.rules.recheck import recheck

KEY = "public_rental_eligibility"


def test_the_sample_equals_the_records(house: House) -> None:
    row = recheck(house.services)
    with house.services.database.connect() as connection:
        stored = len(connection.execute(select(decision_record.c.id)).all())
    assert row["seen"] == stored
    assert row["same"] == row["seen"]


def test_a_changed_record_is_told(house: House) -> None:
    with house.services.database.begin() as connection:
        connection.execute(text("UPDATE decision_record SET outputs = '[1]' WHERE decision_key = :key"), {"key": KEY})
    row = recheck(house.services)
    assert row["same"] < row["seen"]
    assert KEY in row["first_difference"]
    assert "不一致" in house.person("ruleadmin").text("/rules/")


def test_why_counts_open_their_cases(house: House, numbers: dict[str, str]) -> None:
    admin = house.person("ruleadmin")
    page = admin.text(f"/rules/{KEY}/why")
    assert numbers["housing_failed"] in page
    assert "第 1 行" in page
    narrowed = admin.text(f"/rules/{KEY}/why?version=1&row=1")
    assert numbers["approve"] not in narrowed
    assert "没有符合条件的判断" in admin.text(f"/rules/{KEY}/why?since=2040-01-01")


def test_the_button_computes_now(house: House) -> None:
    admin = house.person("ruleadmin")
    admin.post("/rules/recheck")
    assert "全部与记录一致" in words(admin.get("/rules/"))
