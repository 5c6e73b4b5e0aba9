"""The JSON face: tokens, scopes, shapes, the interfaces of SH-005 and SH-046."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.house import PASSWORD, House, apply, filled, open_task

API = "/api/v1"


def token(house: House, **given: str) -> str:
    answer = house.app.test_client().post(f"{API}/token", json=given)
    assert answer.status_code == 200, answer.text
    return str(answer.get_json()["access_token"])


@pytest.fixture(scope="module")
def portal(house: House) -> dict[str, str]:
    return {"Authorization": f"Bearer {token(house, client_id='portal', client_secret=PASSWORD)}"}


def ask(house: House, path: str, headers: dict[str, str]) -> Any:
    return house.app.test_client().get(f"{API}{path}", headers=headers)


def test_without_a_token_401_and_a_sentence(house: House) -> None:
    answer = ask(house, "/portal/person_check?id_no=310170198801161730", {})
    assert answer.status_code == 401 and answer.get_json()["message"]


def test_a_wrong_secret_is_refused(house: House) -> None:
    answer = house.app.test_client().post(f"{API}/token", json={"client_id": "portal", "client_secret": "no"})
    assert answer.status_code == 403 and answer.get_json()["code"] == "not_permitted"


def test_a_token_without_the_scope_is_refused(house: House, portal: dict[str, str]) -> None:
    assert ask(house, "/inbox", portal).status_code == 403


def test_unknown_fields_are_refused_by_name(house: House, portal: dict[str, str]) -> None:
    answer = ask(house, "/portal/person_check?id_no=310170198801161730&drop=1", portal)
    assert answer.status_code == 422 and answer.get_json()["details"]["errors"][0]["path"] == "/drop"


@pytest.mark.requirement("SH-005.R1", "SH-005.R5")
def test_person_check_says_whether_a_case_is_in_progress(house: House, portal: dict[str, str]) -> None:
    number = house.account("public_housing_tenant1")["id_no"]
    before = ask(house, f"/portal/person_check?id_no={number}", portal).get_json()
    assert before == {"in_progress": False, "currently_valid": False, "cases_in_progress": [], "valid_cases": []}
    case_no = apply(house.browser("public_housing_tenant1"))
    after = ask(house, f"/portal/person_check?id_no={number}", portal).get_json()
    assert after["in_progress"] and [one["case_no"] for one in after["cases_in_progress"]] == [case_no]
    house.work()


@pytest.mark.requirement("SH-005.R2")
def test_the_valid_case_detail_is_empty_without_a_certificate(house: House, portal: dict[str, str]) -> None:
    number = house.account("public_housing_tenant2")["id_no"]
    assert ask(house, f"/portal/current_valid_case_detail?id_no={number}", portal).get_json() == {"items": []}


@pytest.mark.requirement("SH-005.R3")
def test_the_supplement_notice_of_a_case_without_one_is_empty(house: House, portal: dict[str, str]) -> None:
    case_no = apply(house.browser("public_housing_tenant2"))
    house.work()
    answer = ask(house, f"/portal/supplement_material_notice?case_no={case_no}", portal).get_json()
    assert answer == {"case_no": case_no, "open": False, "due_on": None, "items": []}


@pytest.mark.requirement("SH-005.R4")
def test_the_accepting_agencies_of_a_district_are_listed(house: House, portal: dict[str, str]) -> None:
    items = ask(house, "/portal/accepting_agency_list?district=310112", portal).get_json()["items"]
    assert [one["code"] for one in items] == ["SH-310112-OP01", "SH-310112-OP02"]
    assert ask(house, "/portal/accepting_agency_list?district=999999", portal).status_code == 404


@pytest.mark.requirement("SH-046.R3")
def test_the_certificate_query_answers_404_for_an_unknown_number(house: House, portal: dict[str, str]) -> None:
    assert ask(house, "/certificates/NONE-1", portal).status_code == 404


def test_a_person_starts_claims_and_decides_by_the_same_commands(house: House) -> None:
    browser = house.browser("valid_case1")
    value = filled(browser)
    headers = {
        "Authorization": f"Bearer {token(house, username='valid_case1', password=PASSWORD)}",
        "Idempotency-Key": "k" * 20,
    }
    client = house.app.test_client()
    body = {"process_key": "public_rental", "form": value}
    answers = [client.post(f"{API}/cases", json=body, headers=headers) for _twice in range(2)]
    assert {a.status_code for a in answers} == {201} and len({a.get_json()["case_no"] for a in answers}) == 1
    house.work()
    case_no = answers[0].get_json()["case_no"]
    assert client.get(f"{API}/cases/{case_no}/progress", headers=headers).get_json()["status"] == "running"
    clerk = {"Authorization": f"Bearer {token(house, username='clerk', password=PASSWORD)}"}
    task = open_task(house, case_no, "pre_review")
    claimed = client.post(f"{API}/tasks/{task.id}/claim", json={"revision": task.revision}, headers=clerk).get_json()
    stale = client.post(
        f"{API}/tasks/{task.id}/complete",
        json={"revision": task.revision, "outcome": "pass", "opinion": "好"},
        headers=clerk,
    )
    assert stale.status_code == 409
    body = {"revision": claimed["revision"], "outcome": "pass", "opinion": "好"}
    assert client.post(f"{API}/tasks/{task.id}/complete", json=body, headers=clerk).status_code == 200
    house.work()


def test_every_served_route_stands_in_the_openapi_file(house: House) -> None:
    file = house.app.test_client().get(f"{API}/openapi.json").get_json()
    assert file["openapi"].startswith("3.")
    described = {(path, method.upper()) for path, operations in file["paths"].items() for method in operations}
    served = {
        (str(rule).removeprefix(API).replace("<", "{").replace(">", "}"), method): rule.endpoint
        for rule in house.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if str(rule).startswith(f"{API}/")
    }
    own = {place for place, endpoint in served.items() if endpoint.startswith("api.") and endpoint != "api.openapi"}
    assert described <= set(served)
    assert own <= described


def test_too_many_calls_in_a_minute_are_429(house: House, portal: dict[str, str]) -> None:
    from sqlalchemy import update

    from web.auth.records import api_client

    with house.services.database.begin() as connection:
        connection.execute(update(api_client).values(per_minute=1))
    try:
        codes = {ask(house, "/portal/accepting_agency_list?district=310112", portal).status_code for _call in range(3)}
        assert 429 in codes
    finally:
        with house.services.database.begin() as connection:
            connection.execute(update(api_client).values(per_minute=600))
