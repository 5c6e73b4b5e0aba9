"""Lists and figures: filters in the address, units respected, Excel without formulas, window intake and re-check."""

from __future__ import annotations

import io
import json
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from tests.web.house import House, apply, filled, form_value, found, open_task, words
from web.cases.workbook import safe


@pytest.fixture(scope="module")
def case_no(house: House) -> str:
    number = apply(house.browser("owns_flat1"))
    house.work()
    return number


def test_filter_and_sort_live_in_the_address(house: House, case_no: str) -> None:
    page = house.browser("clerk").get(f"/inbox?text={case_no}&view=free&sort=-created_at").text
    assert case_no in page and f'value="{case_no}"' in page and 'aria-sort="descending"' in page
    assert "没有符合条件的待办" in words(house.browser("clerk").get("/inbox?text=不存在的编号"))


def test_odd_values_in_the_address_break_nothing(house: House) -> None:
    browser = house.browser("clerk")
    for path in (
        "/inbox?page=99999999&size=-1&sort=drop",
        "/cases?first=never&page=x",
        "/cases/statistics?first=2026-13-99",
    ):
        assert browser.get(path).status_code == 200


@pytest.mark.requirement("SH-014.R7")
def test_overdue_pre_reviews_pop_up_once_at_the_home_page(house: House, case_no: str) -> None:
    browser, at = house.browser("clerk"), house.clock.now()
    house.clock.advance(days=20)
    try:
        first, second = browser.get("/inbox").text, browser.get("/inbox").text
        assert "预审已超时" in first and case_no in first and "逾期" in first
        assert "data-gs-now" not in second
    finally:
        house.clock.set(at)


@pytest.mark.requirement("SH-048.R1", "SH-048.R2", "SH-048.R3")
def test_the_countdown_list_counts_working_days_with_its_arithmetic(house: House, case_no: str) -> None:
    page = words(house.browser("clerk").get("/cases/countdown"))
    case = house.services.engine.case(case_no)
    left = house.services.engine.calendar().working_days_between(house.clock.today(), case.due_on)
    assert case_no in page and f"剩 {left} 个工作日" in page and "已扣除法定节假日" in page


@pytest.mark.requirement("SH-022.R1")
def test_cases_are_found_by_number_kind_time_and_channel(house: House, case_no: str) -> None:
    browser, today = house.browser("clerk"), house.clock.today()
    hit = f"/cases?text={case_no}&process=public_rental&status=running&channel=一网通办&first={today}&last={today}"
    assert f'href="/cases/{case_no}"' in browser.get(hit).text
    assert "没有符合条件的案件" in words(browser.get(f"/cases?text={case_no}&last={today - timedelta(days=1)}"))


@pytest.mark.requirement("SH-022.R2", "SH-022.R3")
def test_statistics_and_their_workbook_agree(house: House, case_no: str) -> None:
    browser = house.browser("supervisor")
    page = browser.get("/cases/statistics")
    total = int(found(r"申请总数</div><div class=\"gs-figure__value\">(\d+)", page.text))
    book = load_workbook(io.BytesIO(browser.get("/cases/statistics.xlsx").data))
    rows = list(book["案件"].iter_rows(values_only=True))
    assert total == len(rows) - 1 and any(row[0] == case_no for row in rows)
    assert house.account("owns_flat1")["id_no"] not in str(rows)


def test_a_text_that_looks_like_a_formula_stays_a_text() -> None:
    assert [safe(text) for text in ("=1+1", "+1", "-1", "@x", "王")] == ["'=1+1", "'+1", "'-1", "'@x", "王"]


@pytest.mark.requirement("SH-047.R6")
def test_text_messages_are_listed_masked(house: House, case_no: str) -> None:
    task = open_task(house, case_no, "pre_review")
    from tests.web.house import decide

    decide(house, house.browser("clerk"), task, "pass")
    page = house.browser("clerk").get(f"/cases/messages?text={case_no}").text
    assert case_no in page and house.account("owns_flat1")["mobile"] not in page


@pytest.mark.requirement("SH-011.R9")
def test_the_clerk_keeps_and_submits_an_application_at_the_window(house: House) -> None:
    clerk = house.browser("clerk")
    value = filled(house.browser("name_differs1"))
    value["materials"] = {k: [clerk.upload(PNG(), f"{k}.png").get_json()["id"]] for k in value["materials"]}
    kept = clerk.post("/intake/public_rental", {"form": json.dumps({"district": "310101"}), "act": "save"})
    assert kept.status_code == 302 and form_value(clerk.get("/intake/public_rental").text) == {"district": "310101"}
    key = found(r'name="idempotency_key" value="(\w+)"', clerk.get("/intake/public_rental").text)
    sent = [
        clerk.post("/intake/public_rental", {"form": json.dumps(value), "act": "submit", "idempotency_key": key})
        for _tap in (1, 2)
    ]
    assert {answer.status_code for answer in sent} == {302} and len({a.headers["Location"] for a in sent}) == 1
    case = house.services.engine.case(sent[0].headers["Location"].rpartition("/")[2])
    assert (case.channel, case.started_by_name, case.on_behalf_of) == (
        "窗口",
        "李静",
        house.account("name_differs1")["name"],
    )
    house.work()
    assert open_task(house, case.case_no, "accept")


def PNG() -> bytes:
    from tests.web.house import picture

    return picture()


def test_an_incomplete_window_form_names_the_fields_and_keeps_the_rest(house: House) -> None:
    answer = house.browser("clerk").post(
        "/intake/public_rental", {"form": json.dumps({"project": "甲"}), "act": "submit"}
    )
    assert answer.status_code == 422 and form_value(answer.text) == {"project": "甲"}


@pytest.mark.requirement("SH-012.R1", "SH-012.R2", "SH-012.R3")
def test_a_recheck_is_made_from_the_earlier_case_and_linked(house: House) -> None:
    applicant, clerk = house.browser("resettlement_flat2"), house.browser("clerk")
    earlier = apply(applicant)
    house.work()
    applicant.post(f"/my/{earlier}/withdraw", {"reason": "换到下半年申请"})
    assert "没有找到历史案件" in words(clerk.get(f"/recheck?text={earlier}"))
    from tests.web.house import decide

    second = apply(house.browser("valid_case2"))
    house.work()
    decide(
        house,
        clerk,
        open_task(house, second, "pre_review"),
        "not_accepted",
        {"reason": "申请人已有有效资格，按规定不予受理。"},
    )
    assert second in clerk.get(f"/recheck?text={second}").text
    assert "判断复核条件" in words(clerk.get(f"/recheck/{second}"))
    clerk.post(f"/recheck/{second}", {"recheck_type": "qualification_expired", "eligible": "yes"})
    value = form_value(clerk.get("/intake/public_rental").text)
    assert (value["kind"], value["history_case_no"]) == ("recheck", second)


@pytest.mark.requirement("SH-047.R2")
def test_the_clerk_keeps_the_facts_of_his_own_agency_only(house: House) -> None:
    clerk = house.browser("clerk")
    before = found(r'name="name" type="text" value="([^"]+)"', clerk.get("/agencies").text)
    values = {"name": before, "phone": "021-55559999", "address": "安居路 1 号"}
    assert clerk.post("/agencies/SH-310101-OP01", values).status_code == 302
    assert "021-55559999" in clerk.get("/agencies").text
    assert clerk.post("/agencies/SH-310104-OP01", values).status_code == 404
    clerk.post("/agencies/SH-310101-OP01", {**values, "phone": "call me"})
    assert "021-55559999" in clerk.get("/agencies").text


def test_a_post_starts_the_matters_that_the_diagrams_allow(house: House, case_no: str) -> None:
    clerk = house.browser("clerk")
    assert "/intake/case_deletion?case_no=" in clerk.get(f"/start?case_no={case_no}").text
    assert form_value(clerk.get(f"/intake/case_deletion?case_no={case_no}").text) == {"case_no": case_no}
    assert "没有可以发起的事项" in words(house.browser("approver2").get("/start"))
    assert house.browser("approver2").get("/intake/case_deletion").status_code == 404
