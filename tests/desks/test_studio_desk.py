"""An analyst changes the running diagram: draft, problems, comparison, two people, and running cases keep theirs."""

from __future__ import annotations

import io

from sqlalchemy import select

from engine.bpmn import diff
from engine.records import cases
from tests.desks.conftest import Desk, House, words

KEY = "public_rental"


def _draft(desk: Desk, old: str, new: str, revision: int = 0) -> str:
    content = desk.get(f"/studio/{KEY}/xml?of=live").get_data(as_text=True)
    assert old in content
    changed = content.replace(old, new, 1)
    answer = desk.put(f"/studio/{KEY}/draft", {"xml": changed, "revision": revision})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return changed


def test_a_new_version_serves_new_cases_and_running_ones_keep_theirs(house: House, numbers: dict[str, str]) -> None:
    analyst, publisher = house.person("analyst"), house.person("publisher")
    _draft(analyst, 'name="受理"', 'name="受理登记"')
    assert "受理登记" in analyst.text(f"/studio/{KEY}/compare?from=live&to=draft")
    answer = analyst.post(f"/studio/{KEY}/submit", note="环节改名")
    assert answer.status_code == 302, words(answer)
    review = answer.headers["Location"]
    assert "受理登记" in publisher.text(review)
    assert publisher.post(f"{review}/approve").status_code == 302
    assert house.services.engine.definition(KEY).version == 2
    new = house.play("withdrawn", index=3)
    with house.services.database.connect() as connection:
        versions = dict(connection.execute(select(cases.c.case_no, cases.c.process_version)).all())
    assert versions[new] == 2
    assert versions[numbers["approve"]] == 1


def test_the_author_cannot_approve(house: House) -> None:
    analyst = house.person("analyst")
    _draft(analyst, 'name="受理"', 'name="受理登记"')
    review = analyst.post(f"/studio/{KEY}/submit", note="环节改名").headers["Location"]
    assert analyst.post(f"{review}/approve").status_code == 403


def test_a_stale_draft_answers_409_with_who_and_when(house: House) -> None:
    analyst = house.person("analyst")
    content = _draft(analyst, 'name="受理"', 'name="受理登记"')
    answer = analyst.put(f"/studio/{KEY}/draft", {"xml": content, "revision": 0})
    assert answer.status_code == 409
    assert answer.json["details"]["by"] == "蒋颖"


def test_a_script_is_refused_with_the_element(house: House) -> None:
    analyst = house.person("analyst")
    body = {"xml": analyst.get(f"/studio/{KEY}/xml").get_data(as_text=True).replace('scriptFormat="feel"', 'scriptFormat="python"', 1)}
    found = analyst.client.post(f"/studio/{KEY}/problems", json=body, headers={"X-CSRF-Token": analyst.token}).json
    assert found["errors"] >= 1
    assert found["problems"][0]["element_id"]
    analyst.put(f"/studio/{KEY}/draft", {"xml": body["xml"], "revision": 0})
    answer = analyst.post(f"/studio/{KEY}/submit", note="x")
    assert answer.status_code == 422


def test_an_unchanged_draft_is_not_submitted(house: House) -> None:
    analyst = house.person("analyst")
    content = analyst.get(f"/studio/{KEY}/xml?of=live").get_data(as_text=True)
    analyst.put(f"/studio/{KEY}/draft", {"xml": content, "revision": 0})
    assert "完全相同" in words(analyst.post(f"/studio/{KEY}/submit", note="x"))


def test_an_exported_diagram_imports_as_it_was(house: House) -> None:
    analyst = house.person("analyst")
    content = analyst.get(f"/studio/{KEY}/export?of=live").data
    answer = analyst.post("/studio/import", file=(io.BytesIO(content), "public_rental.bpmn"))
    assert answer.status_code == 200
    assert "没有问题" in words(answer)
    assert diff(content, analyst.get(f"/studio/{KEY}/xml?of=draft").data) == []


def test_a_doctype_is_refused(house: House) -> None:
    bad = b'<!DOCTYPE x [<!ENTITY a "b">]><x/>'
    answer = house.person("analyst").post("/studio/import", file=(io.BytesIO(bad), "x.bpmn"))
    assert answer.status_code == 422


def test_a_new_process_begins_empty_or_as_a_copy(house: House) -> None:
    analyst = house.person("analyst")
    assert analyst.post("/studio/new", name="新流程", key="brand_new").status_code == 302
    assert analyst.post("/studio/new", name="副本", key="a_copy", copy_of=KEY).status_code == 302
    assert 'id="a_copy"' in analyst.get("/studio/a_copy/xml").get_data(as_text=True)
    assert "brand_new" in analyst.text("/studio/")
    assert analyst.post("/studio/new", name="新流程", key="Bad Key").status_code == 422
    assert analyst.post("/studio/new", name="新流程", key=KEY).status_code == 422


def test_returned_changes_keep_the_draft(house: House) -> None:
    analyst, publisher = house.person("analyst"), house.person("publisher")
    _draft(analyst, 'name="受理"', 'name="受理登记"')
    review = analyst.post(f"/studio/{KEY}/submit", note="环节改名").headers["Location"]
    assert publisher.post(f"{review}/return", note="").status_code == 422
    assert publisher.post(f"{review}/return", note="请保留原名").status_code == 302
    assert "请保留原名" in analyst.text(review)
    assert house.services.engine.draft("process", KEY) is not None


def test_the_heat_map_counts_what_happened(house: House) -> None:
    analyst = house.person("analyst")
    page = analyst.text(f"/studio/{KEY}/heat")
    assert "平均停留" in page
    assert "受理" in page
    for mode in ("backlog", "overdue"):
        analyst.text(f"/studio/{KEY}/heat?mode={mode}")
    assert "还没有办理记录" in analyst.text(f"/studio/{KEY}/heat?since=2040-01-01")
    analyst.text(f"/studio/{KEY}/heat?mode=nothing", 404)
