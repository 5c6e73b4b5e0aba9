"""Notices, objections and verification: masked, in force only, with a receipt."""

from __future__ import annotations

import json

import pytest

from tests.web.house import House, apply, decide, found, open_task, words


@pytest.fixture(scope="module")
def notified(house: House) -> str:
    """A case whose first public notice is in force."""
    case_no = apply(house.browser("violation_record2"))
    house.work()
    return case_no


@pytest.fixture(scope="module")
def published(house: House) -> str:
    case_no = apply(house.browser("clean_couple2"))
    house.work()
    clerk, reviewer, approver = (house.browser(name) for name in ("clerk", "reviewer1", "approver1"))
    decide(house, clerk, open_task(house, case_no, "pre_review"), "pass")
    decide(house, clerk, open_task(house, case_no, "accept"), "accept", {"duplicates_viewed": True})
    decide(house, clerk, open_task(house, case_no, "check_result"), "pass", {"housing_passed": True})
    decide(house, reviewer, open_task(house, case_no, "decide"), "approve")
    decide(house, approver, open_task(house, case_no, "confirm"), "approve", {"consistent": True})
    today = house.clock.today().isoformat()
    setup = {"starts_on": today, "ends_on": today[:-2] + "20", "place": "黄浦区政务服务中心公告栏"}
    answer = decide(house, reviewer, open_task(house, case_no, "setup"), "submit", setup)
    assert answer.status_code == 302, words(answer)
    return case_no


def test_a_notice_is_public_and_masked(house: House, published: str) -> None:
    person, browser = house.account("clean_couple2"), house.browser()
    listing = browser.get("/notices")
    address = found(r'href="(/notices/[0-9a-z]+)"', listing.text)
    page = browser.get(address)
    for secret in (person["name"], person["id_no"], person["mobile"]):
        assert secret not in listing.text and secret not in page.text
    assert person["name"][0] + "*" in page.text and "黄浦区政务服务中心公告栏" in page.text


def test_an_objection_gets_one_receipt_and_stands_beside_the_decision(house: House, published: str) -> None:
    browser = house.browser()
    address = found(r'href="(/notices/[0-9a-z]+)"', browser.get("/notices").text)
    form = browser.get(f"{address}/objection").text
    key = found(r'name="idempotency_key" value="(\w+)"', form)
    values = {
        "person_name": "赵知情",
        "mobile": "13800138000",
        "text": "该家庭在浦东另有住房一套，请核实。",
        "idempotency_key": key,
    }
    receipts = {browser.post(f"{address}/objection", values).headers["Location"] for _tap in range(2)}
    assert len(receipts) == 1
    assert "异议已收到" in words(browser.get(receipts.pop()))
    assert "该家庭在浦东另有住房一套" in house.browser("reviewer1").get(f"/cases/{published}").text


def test_an_objection_without_facts_says_what_is_missing_and_keeps_the_rest(house: House, published: str) -> None:
    browser = house.browser()
    address = found(r'href="(/notices/[0-9a-z]+)"', browser.get("/notices").text)
    answer = browser.post(f"{address}/objection", {"person_name": "赵知情", "mobile": "123", "text": "不行"})
    assert answer.status_code == 422
    assert "手机号码应为11位" in words(answer) and "10 到 2000 个字" in words(answer) and "赵知情" in answer.text


def test_a_notice_vanishes_by_itself_after_its_end(house: House, published: str) -> None:
    browser, at = house.browser(), house.clock.now()
    address = found(r'href="(/notices/[0-9a-z]+)"', browser.get("/notices").text)
    house.clock.advance(days=30)
    try:
        assert browser.get(address).status_code == 404
        assert "没有正在公示的内容" in words(browser.get("/notices"))
    finally:
        house.clock.set(at)


def test_a_document_is_verified_by_number_and_by_code(house: House, published: str) -> None:
    case = house.services.engine.case(published)
    paper = house.services.engine.issued_documents(case.id)[0]
    for asked in (paper.number, paper.verify_code):
        page = house.browser().get(f"/verify/{asked}")
        assert page.status_code == 200 and "真实有效" in words(page)
        assert house.account("clean_couple2")["id_no"] not in page.text


def test_an_unknown_document_is_404_and_says_that_it_may_be_forged(house: House) -> None:
    answer = house.browser().get("/verify/GZZ-2026-999999")
    assert answer.status_code == 404 and "可能是伪造的" in words(answer)


def test_a_whole_verification_address_is_cut_to_its_code(house: House) -> None:
    answer = house.browser().get("/verify?code=http://127.0.0.1/verify/ABC")
    assert answer.headers["Location"] == "/verify/ABC"


def test_answers_of_the_form_island_are_json_not_markup(house: House, notified: str) -> None:
    page = house.browser("clerk").get(f"/tasks/{open_task(house, notified, 'pre_review').id}").text
    assert "<script>alert" not in page
    json.dumps(page)
