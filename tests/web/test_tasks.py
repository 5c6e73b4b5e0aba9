"""The examiner's work: claim, decide, collide, keep what was typed, go on to the next."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.web.house import House, apply, decide, form_errors, found, words

WAY = ("pre_review", "accept", "check_result")


@pytest.fixture(scope="module")
def case_no(house: House) -> str:
    number = apply(house.browser("clean_single1"))
    house.work()
    return number


def reach(house: House, case_no: str, element_id: str) -> Any:
    """The open task at an element; what stands before it on the way is decided first, whichever tests ran before."""
    for _step in WAY:
        case = house.services.engine.case(case_no)
        task = next(t for t in house.services.engine.tasks_of(case.id, open_only=True) if t.element_id in WAY)
        if task.element_id == element_id:
            return task
        form = {"duplicates_viewed": True} if task.element_id == "accept" else {}
        outcome = "accept" if task.element_id == "accept" else "pass"
        assert decide(house, house.browser("clerk"), task, outcome, form).status_code == 302
    raise AssertionError(f"the case does not come to {element_id}")


def held(house: House, case_no: str, element_id: str) -> Any:
    """The same task, claimed by the clerk."""
    task = reach(house, case_no, element_id)
    if task.status == "open":
        house.browser("clerk").post(f"/tasks/{task.id}/claim", {"revision": task.revision})
    return house.services.engine.task(task.id)


@pytest.mark.requirement("SH-023.R4")
def test_the_second_claimer_reads_who_has_it_since_when(house: House, case_no: str) -> None:
    task = reach(house, case_no, "pre_review")
    first, second = house.browser("clerk"), house.browser("clerk_310101")
    assert second.get(f"/tasks/{task.id}").status_code == 200
    assert first.post(f"/tasks/{task.id}/claim", {"revision": task.revision}).status_code == 302
    refused = second.post(f"/tasks/{task.id}/claim", {"revision": task.revision})
    assert refused.status_code == 409 and "李静 已于" in words(refused)
    assert second.get(f"/tasks/{task.id}").status_code in (403, 409)
    assert task.id not in second.get("/inbox").text


def test_an_opinion_is_kept_while_it_is_typed_and_comes_back(house: House, case_no: str) -> None:
    browser, task = house.browser("clerk"), held(house, case_no, "pre_review")
    browser.post(f"/tasks/{task.id}/draft", None, json={"fields": {"opinion": "材料齐全，拟通过", "form": "{}"}})
    assert browser.get(f"/tasks/{task.id}/draft").get_json()["fields"]["opinion"] == "材料齐全，拟通过"
    assert "材料齐全，拟通过" in browser.get(f"/tasks/{task.id}").text


def test_a_decision_without_an_outcome_is_refused_and_keeps_the_opinion(house: House, case_no: str) -> None:
    browser, task = house.browser("clerk"), held(house, case_no, "pre_review")
    answer = browser.post(f"/tasks/{task.id}", {"revision": task.revision, "opinion": "没有选结论", "form": "{}"})
    assert answer.status_code == 422
    assert form_errors(answer.text)[0]["message"] == "请先选择办理结论" and "没有选结论" in answer.text


def test_a_refusal_needs_fifteen_characters_of_reason(house: House, case_no: str) -> None:
    browser, task = house.browser("clerk"), held(house, case_no, "pre_review")
    data = {
        "revision": task.revision,
        "outcome": "not_accepted",
        "opinion": "不受理",
        "form": json.dumps({"reason": "材料不齐"}),
    }
    answer = browser.post(f"/tasks/{task.id}", data)
    assert answer.status_code == 422 and form_errors(answer.text)[0]["path"] == "/reason"


def test_a_stale_page_is_409_and_loses_no_word(house: House, case_no: str) -> None:
    browser, task = house.browser("clerk"), held(house, case_no, "pre_review")
    answer = browser.post(
        f"/tasks/{task.id}",
        {"revision": task.revision - 1, "outcome": "pass", "opinion": "我写的长长的意见", "form": "{}"},
    )
    assert answer.status_code == 409
    assert "没有提交：情况已变化" in words(answer) and "我写的长长的意见" in answer.text


def test_a_double_click_decides_once_and_shows_the_one_result(house: House, case_no: str) -> None:
    browser, task = house.browser("clerk"), held(house, case_no, "pre_review")
    key = found(r'name="idempotency_key" value="(\w+)"', browser.get(f"/tasks/{task.id}").text)
    data = {"revision": task.revision, "outcome": "pass", "opinion": "通过", "form": "{}", "idempotency_key": key}
    answers = [browser.post(f"/tasks/{task.id}", data) for _click in range(3)]
    assert {answer.status_code for answer in answers} == {302}
    house.work()
    events = [
        e for e in house.services.engine.events(house.services.engine.case(case_no).id) if e.kind == "task.completed"
    ]
    assert len(events) == 1


def test_back_after_the_decision_shows_that_it_is_done(house: House, case_no: str) -> None:
    reach(house, case_no, "accept")
    case = house.services.engine.case(case_no)
    done = next(t for t in house.services.engine.tasks_of(case.id) if t.element_id == "pre_review")
    page = house.browser("clerk").get(f"/tasks/{done.id}")
    assert page.status_code == 200 and "这项任务已结束" in words(page)
    again = house.browser("clerk").post(
        f"/tasks/{done.id}", {"revision": done.revision, "outcome": "pass", "opinion": "再来", "form": "{}"}
    )
    assert again.status_code == 409 and "再来" in again.text


@pytest.mark.requirement("SH-014.R3")
def test_the_duplicate_list_of_four_kinds_stands_beside_the_acceptance(house: House, case_no: str) -> None:
    task = held(house, case_no, "accept")
    browser = house.browser("clerk")
    page = words(browser.get(f"/tasks/{task.id}"))
    assert all(kind in page for kind in ("四类住房查重", "公租房", "保租房", "廉租房", "共有产权房"))


def test_acceptance_then_checks_with_source_time_request_and_hash(house: House, case_no: str) -> None:
    reach(house, case_no, "check_result")
    page = house.browser("clerk").get(f"/cases/{case_no}").text
    for sign in ("不动产登记核查", "婚姻登记核查", "社会保险核查", "请求号", "数据截至", "SHA-256", "与收到时一致"):
        assert sign in page
    assert house.account("clean_single1")["id_no"] not in page


def test_a_masked_number_is_shown_on_request_and_recorded(house: House, case_no: str) -> None:
    number = house.account("clean_single1")["id_no"]
    browser = house.browser("clerk")
    assert number in browser.get(f"/cases/{case_no}/reveal?path=/applicant/id_no&reason=核对").text
    case = house.services.engine.case(case_no)
    assert any("reveal" in row["what"] for row in house.services.engine.reads(case.id))


def test_transfer_needs_a_reason_and_moves_the_task(house: House, case_no: str) -> None:
    browser = house.browser("clerk")
    task = held(house, case_no, "check_result")
    browser.post(f"/tasks/{task.id}/move/transfer", {"to": "clerk_310101", "reason": ""})
    assert house.services.engine.task(task.id).assignee_id == "U-clerk"
    browser.post(f"/tasks/{task.id}/move/transfer", {"to": "clerk_310101", "reason": "外出开会"})
    assert house.services.engine.task(task.id).assignee_id == "U-clerk_310101"


def test_after_the_decision_the_next_task_of_the_same_list_opens(house: House, case_no: str) -> None:
    for name in ("clean_couple1", "no_social_insurance1"):
        apply(house.browser(name))
    house.work()
    browser = house.browser("clerk")
    first = house.services.engine.inbox(house_actor(house), page=1, size=10).items
    tasks = [t for t in first if t.element_id == "pre_review"]
    assert len(tasks) >= 2
    answer = decide(house, browser, tasks[0], "pass")
    assert answer.headers["Location"].startswith("/tasks/") and tasks[0].id not in answer.headers["Location"]


def house_actor(house: House) -> object:
    with house.app.app_context():
        from web.auth.people import person_named

        person = person_named("clerk")
        assert person is not None
        return person.actor


def test_somebody_of_another_post_is_refused_with_a_sentence(house: House, case_no: str) -> None:
    task = reach(house, case_no, "check_result")
    answer = house.browser("reviewer2").get(f"/tasks/{task.id}")
    assert answer.status_code == 403 and "岗位" in words(answer)


def test_a_clerk_of_another_district_does_not_find_the_case(house: House, case_no: str) -> None:
    browser = house.browser("clerk_310104")
    assert browser.get(f"/cases/{case_no}").status_code == 404
    assert "没有符合条件的案件" in words(browser.get(f"/cases?text={case_no}"))


@pytest.mark.parametrize("path", ["/tasks/unknown", "/cases/GZF-000000-20260302-99999", "/files/unknown", "/nowhere"])
def test_unknown_things_are_404_with_what_to_do(house: House, path: str) -> None:
    answer = house.browser("clerk").get(path)
    assert answer.status_code == 404 and "请核对编号" in words(answer)


def test_the_diagram_and_where_the_case_stands_are_there_for_the_viewer(house: House, case_no: str) -> None:
    reach(house, case_no, "check_result")
    browser = house.browser("clerk")
    assert b"<bpmn:definitions" in browser.get(f"/cases/{case_no}/diagram.xml").data
    marks = browser.get(f"/cases/{case_no}/marks.json").get_json()
    assert "accept" in marks["visited"] and marks["current"] == ["check_result"]


def test_a_copy_can_be_read_and_a_delegation_keeps_both_names(house: House, case_no: str) -> None:
    holder, task = house.browser("clerk_310101"), reach(house, case_no, "check_result")
    if task.assignee_id != "U-clerk_310101":
        held(house, case_no, "check_result")
        house.browser("clerk").post(f"/tasks/{task.id}/move/transfer", {"to": "clerk_310101", "reason": "轮岗"})
    holder.post(f"/tasks/{task.id}/move/copy", {"to": "clerk", "reason": "请了解"})
    assert case_no in house.browser("clerk").get("/inbox/copies").text
    holder.post(f"/tasks/{task.id}/move/delegate", {"to": "clerk", "reason": "请代办"})
    delegated = house.services.engine.task(task.id)
    assert (delegated.assignee_id, delegated.delegated_by_name) == ("U-clerk", house.account("clerk_310101")["name"])
