"""Pages of protected persons: warning list with its evolution, archives, client units with import, data structure."""

from __future__ import annotations

import io

import pytest
from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from engine import SYSTEM
from tests.web.house import PASSWORD, House, apply, words

UNIT = {
    "name": "浦江物业有限公司",
    "credit_code": "91310000MA1FL0LR40",
    "contact_person": "王芳",
    "contact_phone": "021-55550101",
    "address": "浦东大道1号",
    "industry_type": "服务业",
}


@pytest.fixture(scope="module")
def warned(house: House) -> str:
    form = {
        "colour": "red",
        "category": "same_kind_repeat",
        "action": "block",
        "name": "许文博",
        "id_no": "310101198503121017",
    }
    form |= {"district": "310101", "sub_district": "浦江里街道", "acceptance_no": "GZF-1", "note": "=同品种案件未注销"}
    receipt = house.services.engine.start_case(
        "fair_guard_warning", actor=SYSTEM, form=form, channel="系统", idempotency_key="objects-warned"
    )
    house.work()
    return receipt.case_no


def sheet(response: TestResponse) -> list[tuple[object, ...]]:
    assert response.status_code == 200
    return list(load_workbook(io.BytesIO(response.data)).worksheets[0].iter_rows(values_only=True))


@pytest.mark.requirement("SH-203.R1", "SH-203.R3")
def test_the_warning_list_is_asked_and_shows_how_it_went_on(house: House, warned: str) -> None:
    clerk = house.browser("clerk")
    for query in (
        "",
        "?sub_district=浦江里",
        "?applicant=许文博",
        "?acceptance_no=GZF-1",
        "?colour=red&open=1&status=notified",
    ):
        page = clerk.get(f"/objects/warnings{query}")
        assert warned in page.text and "310********1017" in page.text and "310101198503121017" not in page.text
    assert "没有符合条件的警示" in words(clerk.get("/objects/warnings?acceptance_no=GZF-2"))
    page = words(clerk.get(f"/objects/warnings/{warned}"))
    assert "已预警" in page and "已告知" in page and "风险演化" in page
    assert clerk.get("/objects/warnings/JS-0").status_code == 404


@pytest.mark.requirement("SH-203.R1")
def test_the_warning_list_as_a_workbook_is_masked_and_holds_no_formula(house: House, warned: str) -> None:
    lines = sheet(house.browser("supervisor").get("/objects/warnings.xlsx?acceptance_no=GZF-1"))
    assert lines[0][0] == "灯色"
    assert lines[1][:3] == ("红灯", "同品种重复申请", "许**")
    assert all(not str(cell).startswith("=") for line in lines for cell in line)


@pytest.mark.requirement("SH-195.R1", "SH-195.R2")
def test_a_qualification_archive_is_there_as_soon_as_the_case(house: House) -> None:
    number = apply(house.browser("owns_flat2"))
    house.work()
    clerk = house.browser("clerk")
    assert number in clerk.get(f"/objects/qualifications?text={number}").text
    page = words(clerk.get(f"/objects/qualifications/{number}"))
    assert "提交申请" in page and "审核过程" in page
    assert sheet(clerk.get(f"/objects/qualifications.xlsx?text={number}"))[1][0] == number


@pytest.mark.requirement("SH-196.R1", "SH-196.R4", "SH-197.R1", "SH-197.R3")
@pytest.mark.parametrize(("purpose", "kind", "part", "word"), [
    ("rental", "low_rent", "area_over", "住房面积超标"), ("sale", "shared_ownership", "property_share", "产权份额"),
])  # fmt: skip
def test_a_clerk_adds_to_an_archive(house: House, purpose: str, kind: str, part: str, word: str) -> None:
    clerk, path = house.browser("clerk"), f"/objects/families/{purpose}"
    entry = {
        "acceptance_no": f"F-{purpose}",
        "name": "许文博",
        "id_no": "310101198503121017",
        "kind": kind,
        "part": part,
    }
    entry |= {"happened_on": "2026-02-01", "summary": "经现场核实"}
    answer = clerk.post(path, entry, page=path)
    assert answer.status_code == 302 and answer.location.endswith(f"F-{purpose}")
    assert word in words(clerk.get(f"{path}/F-{purpose}"))
    assert f"F-{purpose}" in clerk.get(f"{path}?kind={kind}").text
    assert sheet(clerk.get(f"{path}.xlsx"))[1][0] == f"F-{purpose}"
    assert clerk.post(path, {**entry, "happened_on": "never"}, page=path).status_code == 302
    assert "请填写发生日期" in words(clerk.get(path))


@pytest.mark.requirement("SH-198.R1", "SH-198.R2", "SH-198.R4")
def test_units_are_typed_and_imported_and_wrong_rows_come_back(house: House) -> None:
    clerk = house.browser("clerk")
    assert (
        clerk.post("/objects/units/edit", {**UNIT, "contact_person": ""}, page="/objects/units/edit").status_code == 422
    )
    good = next(
        code
        for code in (UNIT["credit_code"][:17] + letter for letter in "0123456789ABCDEFGHJKLMNPQRTUWXY")
        if clerk.post("/objects/units/edit", {**UNIT, "credit_code": code}, page="/objects/units/edit").status_code
        == 302
    )
    assert good in clerk.get("/objects/units?text=浦江物业").text
    template = sheet(clerk.get("/objects/units/template.xlsx"))[0]
    book = Workbook()
    book.active.append(list(template))  # type: ignore[union-attr]
    book.active.append(["新名称", good, "李四", "13800138000", "浦东大道2号", "教育", "310115"])  # type: ignore[union-attr]
    book.active.append(["", "123", "", "", "", "", ""])  # type: ignore[union-attr]
    wrong = sheet(upload(clerk, book))
    assert {line[0] for line in wrong[1:]} == {3}
    assert "新名称" in words(clerk.get(f"/objects/units?text={good}"))
    shifted = Workbook()
    shifted.active.append(["说明", *template])  # type: ignore[union-attr]
    shifted.active.append(["x", "再改名", good, "李四", "13800138000", "浦东大道2号", "教育", "310115"])  # type: ignore[union-attr]
    assert upload(clerk, shifted).status_code == 302
    assert "再改名" in words(clerk.get(f"/objects/units?text={good}"))


def upload(clerk: object, book: Workbook) -> TestResponse:
    kept = io.BytesIO()
    book.save(kept)
    data = {"file": (io.BytesIO(kept.getvalue()), "units.xlsx")}
    found: TestResponse = clerk.post(
        "/objects/units/import", data, page="/objects/units", content_type="multipart/form-data"
    )  # type: ignore[attr-defined]
    return found


@pytest.mark.requirement("SH-198.R2")
def test_what_is_no_workbook_is_refused_in_words(house: House) -> None:
    clerk = house.browser("clerk")
    data = {"file": (io.BytesIO(b"no workbook"), "units.xlsx")}
    clerk.post("/objects/units/import", data, page="/objects/units", content_type="multipart/form-data")
    assert "不是可以读取的 Excel 文件" in words(clerk.get("/objects/units"))


@pytest.mark.requirement("SH-204.R1", "SH-204.R2", "SH-205.R1")
def test_the_structure_is_kept_by_the_administrator(house: House) -> None:
    admin = house.browser("admin")
    path = "/objects/structure"
    admin.post(f"{path}/first", page=path)
    page = words(admin.get(path))
    assert "主申请人" in page and "环境卫生" in page
    admin.post(
        f"{path}/attribute",
        {"entity": "client_unit", "code": "size", "name": "规模", "data_type": "integer", "rule": "{"},
        page=path,
    )
    assert "校验规则应为 JSON" in words(admin.get(path))
    admin.post(
        f"{path}/item",
        {"dictionary": "occupation_industry", "code": "fishing", "label": "渔业", "parent": "nowhere"},
        page=path,
    )
    assert "没有上级 nowhere" in words(admin.get(path))
    assert (
        house.browser("clerk").post(f"{path}/type", {"code": "x", "name": "某"}, page="/objects/units").status_code
        == 403
    )


@pytest.mark.requirement("SH-205.R2")
def test_the_query_service_tells_types_attributes_and_dictionaries(house: House) -> None:
    house.browser("admin").post("/objects/structure/first", page="/objects/structure")
    client = house.app.test_client()
    given = client.post("/api/v1/token", json={"client_id": "portal", "client_secret": PASSWORD}).get_json()
    headers = {"Authorization": f"Bearer {given['access_token']}"}

    def items(path: str) -> list[dict[str, object]]:
        answer = client.get(f"/api/v1/objects/{path}", headers=headers)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, object]] = answer.get_json()["items"]
        return found

    assert {row["code"] for row in items("types")} >= {"main_applicant", "protected_family", "client_unit"}
    assert "low_income_months" not in {row["code"] for row in items("types/main_applicant/attributes")}
    extended = items("types/main_applicant/attributes?variety=low_rent")
    assert {"minimum": 0} in [row["rule"] for row in extended]
    assert [row["label"] for row in items("dictionaries/occupation_industry?parent=public")] == ["教育", "卫生"]
    assert client.get("/api/v1/objects/dictionaries/nothing", headers=headers).status_code == 404
    assert client.get("/api/v1/objects/types").status_code == 401


@pytest.mark.requirement("SH-203.R2")
def test_the_task_of_a_warning_shows_what_was_raised(house: House, warned: str) -> None:
    """Any flow's start form is shown, whatever its start event calls it."""
    page = words(house.browser("clerk").get(f"/cases/{warned}"))
    assert "防控类别" in page and "同品种重复申请" in page and "没有申请信息" not in page
    assert "310********1017" in page and "310101198503121017" not in page
