"""The citizen's way: fill, check, send once, follow, supplement, withdraw."""

from __future__ import annotations

import json

import pytest

from tests.web.house import (
    PROCESS,
    House,
    apply,
    decide,
    filled,
    form_errors,
    form_value,
    found,
    open_task,
    picture,
    words,
)


def test_the_service_is_offered_before_any_login_with_materials_days_and_law(house: House) -> None:
    browser = house.browser()
    assert "公共租赁住房准入资格申请" in words(browser.get("/"))
    guide = words(browser.get(f"/services/{PROCESS}"))
    assert "30 个工作日" in guide and "居民户口簿" in guide and "公共租赁住房管理办法" in guide


def test_the_form_begins_with_what_the_government_holds(house: House) -> None:
    person = house.account("clean_family1")
    value = form_value(house.browser("clean_family1").get(f"/apply/{PROCESS}").text)
    assert value["applicant"]["id_no"] == person["id_no"]
    assert [one["relation"] for one in value["household"]["members"]] == ["配偶", "子女"]


def test_a_draft_is_kept_on_the_server_and_comes_back(house: House) -> None:
    browser = house.browser("owns_flat1")
    browser.post(f"/apply/{PROCESS}/draft", None, json={"form": {"project": "浦江家园"}})
    assert form_value(house.browser("owns_flat1").get(f"/apply/{PROCESS}").text) == {"project": "浦江家园"}
    browser.post(f"/apply/{PROCESS}/discard")
    assert "浦江家园" not in browser.get(f"/apply/{PROCESS}").text


@pytest.mark.requirement("SH-015.R4")
def test_two_taps_give_one_number_and_the_receipt_survives_reload(house: House) -> None:
    browser = house.browser("clean_family1")
    browser.post(f"/apply/{PROCESS}", {"form": json.dumps(filled(browser))})
    check = browser.get(f"/apply/{PROCESS}/check")
    key = found(r'name="idempotency_key" value="(\w+)"', check.text)
    taps = [
        browser.post(f"/apply/{PROCESS}/submit", {"idempotency_key": key, "agree": "yes", "channel": "随申办"})
        for _tap in range(3)
    ]
    assert len({tap.headers["Location"] for tap in taps}) == 1
    receipt = browser.get(taps[0].headers["Location"])
    case_no = taps[0].headers["Location"].split("/")[2]
    assert case_no in words(receipt) and "最迟办结" in words(receipt)
    assert browser.get(f"/my/{case_no}/receipt.pdf").data.startswith(b"%PDF-")
    assert house.services.engine.case(case_no).channel == "随申办"
    house.work()


def test_nothing_is_sent_without_the_declaration(house: House) -> None:
    browser = house.browser("clean_couple2")
    browser.post(f"/apply/{PROCESS}", {"form": json.dumps(filled(browser))})
    answer = browser.post(f"/apply/{PROCESS}/submit", {"idempotency_key": "a" * 32})
    assert answer.status_code == 422 and "请先确认内容真实" in words(answer)


def test_a_family_member_with_a_bad_check_digit_is_named_and_all_else_kept(house: House) -> None:
    browser = house.browser("clean_family2")
    value = filled(browser)
    value["household"]["members"][0]["id_no"] = "11010519491231002" + "1"
    answer = browser.post(f"/apply/{PROCESS}", {"form": json.dumps(value)})
    assert answer.status_code == 422
    assert form_errors(answer.text) == [
        {"path": "/household/members/0/id_no", "message": "身份证号码校验位不正确，请逐位核对"}
    ]
    assert form_value(answer.text)["household"] == value["household"]
    assert form_value(browser.get(f"/apply/{PROCESS}").text)["materials"] == value["materials"]


@pytest.mark.parametrize("name", ["王𬭚", "陈㛃", "李䶮", "阿卜杜拉·买买提"])
def test_rare_names_survive_the_whole_way(house: House, name: str) -> None:
    browser = house.browser("rare_character_name1")
    value = filled(browser)
    value["applicant"]["name"] = name
    browser.post(f"/apply/{PROCESS}", {"form": json.dumps(value)})
    assert name in words(browser.get(f"/apply/{PROCESS}/check"))
    assert form_value(browser.get(f"/apply/{PROCESS}").text)["applicant"]["name"] == name


def test_an_unreadable_form_is_refused_with_a_sentence(house: House) -> None:
    answer = house.browser("owns_flat2").post(f"/apply/{PROCESS}", {"form": '{"a":' * 3000})
    assert answer.status_code == 422 and "无法识别" in words(answer)


@pytest.mark.parametrize(
    "path", ["/apply/no_such_service", "/services/no_such_service", "/my/GZF-000000-20260302-99999"]
)
def test_what_does_not_exist_is_404_with_what_to_do(house: House, path: str) -> None:
    answer = house.browser("owns_flat2").get(path)
    assert answer.status_code == 404
    assert "没有" in words(answer) and "回首页" in words(answer)


def test_another_applicant_does_not_find_my_case(house: House) -> None:
    case_no = apply(house.browser("per_capita_just_below1"))
    other = house.browser("per_capita_just_below2")
    for path in ("", "/receipt", "/application", "/withdraw"):
        assert other.get(f"/my/{case_no}{path}").status_code == 404
    house.work()


def test_progress_tells_the_engines_truth(house: House) -> None:
    browser = house.browser("per_capita_at_threshold1")
    case_no = apply(browser)
    assert "系统正在办理" in words(browser.get(f"/my/{case_no}"))
    house.work()
    page = words(browser.get(f"/my/{case_no}"))
    task = open_task(house, case_no, "pre_review")
    assert "正在进行：预审" in page and "由经办人办理" in page and f"最迟 {task.due_on}" in page


def test_a_supplement_unlocks_only_what_was_named(house: House) -> None:
    browser, clerk = house.browser("spouses_co_own1"), house.browser("clerk")
    value = filled(browser)
    del value["materials"]["household_register"]
    case_no = apply(browser, value)
    house.work()
    assert decide(house, clerk, open_task(house, case_no, "pre_review"), "pass").status_code == 302
    assert decide(house, clerk, open_task(house, case_no, "accept"), "supplement").status_code == 302
    request = open_task(house, case_no, "request")
    clerk.post(f"/tasks/{request.id}/claim", {"revision": request.revision})
    notice = form_value(clerk.get(f"/tasks/{request.id}").text)
    assert [item["code"] for item in notice["items"]] == ["household_register"]
    decide(house, clerk, house.services.engine.task(request.id), "send", notice)
    task = open_task(house, case_no, "submit")
    assert f"/my/{case_no}/tasks/{task.id}" in browser.get("/my").text
    page = browser.get(f"/my/{case_no}/tasks/{task.id}").text
    access = json.loads(found(r"data-gs-form-access>(.*?)</script>", page))
    assert access["/materials/id_card"] == "hidden" and "/materials/household_register" not in access
    sneaky = {"materials": {"id_card": value["materials"]["id_card"]}}
    refused = browser.post(f"/my/{case_no}/tasks/{task.id}", {"form": json.dumps(sneaky), "revision": task.revision})
    assert refused.status_code == 422
    sent = {"materials": {"household_register": value["materials"]["id_card"]}}
    done = browser.post(f"/my/{case_no}/tasks/{task.id}", {"form": json.dumps(sent), "revision": task.revision})
    assert done.status_code == 302
    house.work()
    assert open_task(house, case_no, "check").name == "审核补正材料"


def test_a_withdrawal_asks_for_the_reason_and_ends_the_case(house: House) -> None:
    browser = house.browser("resettlement_flat1")
    case_no = apply(browser)
    house.work()
    assert browser.post(f"/my/{case_no}/withdraw", {"reason": ""}).status_code == 422
    assert browser.post(f"/my/{case_no}/withdraw", {"reason": "计划有变"}).status_code == 302
    assert house.services.engine.case(case_no).status == "withdrawn"
    assert "已撤回" in words(browser.get(f"/my/{case_no}"))


@pytest.mark.parametrize("whose", ["nobody", "another"])
def test_a_file_that_is_not_the_applicants_own_is_refused(house: House, whose: str) -> None:
    strange = "f" * 32 if whose == "nobody" else house.browser("clean_single1").upload(picture(), "a.png").get_json()["id"]
    browser = house.browser("clean_couple1")
    value = filled(browser)
    value["materials"]["id_card"] = [strange]
    answer = browser.post(f"/apply/{PROCESS}", {"form": json.dumps(value)})
    assert answer.status_code == 422
    assert [one["path"] for one in form_errors(answer.text)] == ["/materials/id_card/0"]
