"""Forms: every schema is sound, what people type is understood, and each fault is a sentence at its field."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.forms import MAX_BYTES, check_schema, normalise, validate
from tests.flows.stage import ROOT

FORMS = sorted((ROOT / "forms").rglob("*.schema.json"))
REASON = "申报婚姻状况与登记不一致不符合条件"


def schema(key: str) -> dict[str, Any]:
    return dict(json.loads((ROOT / "forms" / f"{key}.schema.json").read_text("utf-8")))


APPLY = schema("eligibility/public_rental/apply")
DECIDE = schema("blocks/review/decide")


def paths(data: Any, form: dict[str, Any] = APPLY, **more: Any) -> dict[str, str]:
    return {error.path: error.message for error in validate(form, normalise(form, data), **more)}


@pytest.mark.parametrize("file", FORMS, ids=lambda file: str(file.relative_to(ROOT / "forms")))
def test_every_form_is_a_sound_schema_with_titles(file: Path) -> None:
    assert check_schema(json.loads(file.read_text("utf-8"))) == []
    ui = json.loads(file.with_name(file.name.replace(".schema.", ".ui.")).read_text("utf-8"))
    assert set(ui.get("ui:order", ())) <= set(json.loads(file.read_text("utf-8"))["properties"]) | {"*"}


@pytest.mark.parametrize("file", FORMS, ids=lambda file: str(file.relative_to(ROOT / "forms")))
def test_every_form_has_english_titles(file: Path) -> None:
    def untitled(node: Any) -> list[str]:
        if isinstance(node, list):
            return [name for item in node for name in untitled(item)]
        if not isinstance(node, dict):
            return []
        own = [str(node["title"])] if isinstance(node.get("title"), str) and "x-title-en" not in node else []
        return own + [name for item in node.values() for name in untitled(item)]

    assert untitled(json.loads(file.read_text("utf-8"))) == []


def test_full_width_spaces_and_hyphens_are_what_they_mean() -> None:
    member = {
        "name": " 张　三 ",
        "relation": "子女",
        "id_type": "id_card",
        "id_no": "３１０１０６－１９９００３０７－００１０",
    }
    clean = normalise(APPLY, {"household": {"members": [member]}, "employment": {"monthly_income_yuan": "１2,000"}})
    assert clean["household"]["members"][0]["name"] == "张三"
    assert clean["household"]["members"][0]["id_no"] == "310106199003070010"
    assert clean["employment"]["monthly_income_yuan"] == 12000


def test_a_member_with_a_wrong_check_digit_is_named_at_its_row() -> None:
    faults = paths({"household": {"members": [{"name": "张三", "relation": "子女", "id_no": "310106199003070011"}]}})
    assert "校验位" in faults["/household/members/0/id_no"]


def test_the_marriage_date_is_asked_of_the_married_only() -> None:
    assert "/applicant/married_on" in paths({"applicant": {"marital_status": "已婚"}})
    assert "/applicant/married_on" not in paths({"applicant": {"marital_status": "未婚"}})


def test_what_was_typed_before_the_condition_changed_is_dropped() -> None:
    clean = normalise(APPLY, {"applicant": {"marital_status": "未婚", "married_on": "2020-01-01"}})
    assert clean == {"applicant": {"marital_status": "未婚"}}


def test_the_permit_of_another_resident_is_judged_by_its_own_format() -> None:
    person = {"name": "陈大文", "relation": "配偶", "id_type": "hk_mo", "id_no": "H12345678"}
    assert "/household/members/0/id_no" not in paths({"household": {"members": [person]}})
    assert "/household/members/0/id_no" in paths({"household": {"members": [{**person, "id_no": "X1"}]}})


@pytest.mark.requirement("SH-033.R3")
@pytest.mark.parametrize(
    ("reason", "enough"),
    [("十四" * 7, False), ("十五个字" * 3 + "正好够", True), ("𬭚" * 14, False), ("𬭚" * 15, True)],
)
def test_the_reason_needs_fifteen_characters_counted_as_characters(reason: str, enough: bool) -> None:
    assert len(reason) in (14, 15)
    faults = paths({"fail_type": "marriage", "reason": reason}, DECIDE, outcome="reject", opinion="不符合")
    assert ("/reason" not in faults) is enough


@pytest.mark.requirement("SH-033.R3")
def test_failing_needs_type_reason_and_opinion() -> None:
    assert set(paths({}, DECIDE, outcome="reject", opinion=" ")) == {"/fail_type", "/reason", "/opinion"}
    assert paths({}, DECIDE, outcome="approve", opinion="符合") == {}


@pytest.mark.requirement("SH-043.R3")
def test_the_second_person_confirms_that_the_opinion_fits() -> None:
    form = schema("blocks/review/confirm")
    assert "/consistent" in paths({"consistent": False}, form, outcome="approve", opinion="相符")
    assert paths({"consistent": True}, form, outcome="approve", opinion="相符") == {}


@pytest.mark.requirement("SH-032.R2")
def test_the_housing_check_is_ticked_before_passing() -> None:
    form = schema("eligibility/public_rental/check_result")
    assert "/housing_passed" in paths({}, form, outcome="pass", opinion="通过")


@pytest.mark.requirement("SH-043.R5", "SH-044.R4")
def test_a_notice_needs_start_end_and_place() -> None:
    assert set(paths({}, schema("blocks/public_notice/setup"))) == {"/starts_on", "/ends_on", "/place"}


@pytest.mark.requirement("SH-043.R6", "SH-043.R7", "SH-044.R5")
def test_a_notice_needs_an_opinion_and_with_objection_a_verification() -> None:
    form = schema("blocks/public_notice/result")
    assert set(paths({}, form, outcome="no_objection")) == {"/notice_opinion"}
    assert set(paths({}, form, outcome="upheld")) == {"/notice_opinion", "/verification_result"}


@pytest.mark.requirement("SH-045.R2")
def test_admission_needs_condition_priority_group_and_opinion() -> None:
    faults = paths({}, schema("eligibility/public_rental/admission"), outcome="approve", opinion="")
    assert set(faults) == {"/conditions", "/priority_group", "/opinion"}


@pytest.mark.requirement("SH-023.R5")
def test_not_accepting_needs_a_reason() -> None:
    for key in ("pre_review", "accept", "recheck"):
        assert "/reason" in paths({}, schema(f"eligibility/public_rental/{key}"), outcome="not_accepted", opinion="")


@pytest.mark.requirement("SH-024.R2")
def test_a_supplement_names_every_file_and_what_to_do() -> None:
    form = schema("blocks/supplement/request")
    assert "/items" in paths({"items": []}, form)
    assert "/items/0/detail" in paths({"items": [{"code": "materials.id_card", "name": "身份证件"}]}, form)


@pytest.mark.requirement("SH-013.R4")
def test_materials_are_classified_and_hold_uploaded_files_only() -> None:
    assert "/materials/id_card/0" in paths({"materials": {"id_card": ["../../etc/passwd"]}})
    assert "/materials/id_card/0" not in paths({"materials": {"id_card": ["a1b2"]}})
    assert any("未知" in message for message in paths({"materials": {"secret": ["a1b2"]}}).values())


def test_hidden_and_read_only_fields_cannot_be_written() -> None:
    form = schema("blocks/supplement/check")
    assert "/remaining" in {
        e.path for e in validate(form, {"remaining": "甲"}, {"/remaining": "hidden"}, outcome="complete")
    }
    assert normalise(form, {"remaining": "甲"}, {"/remaining": "read"}) == {}


def test_too_large_or_too_deep_is_one_clear_sentence() -> None:
    assert "过大" in paths({"project": "大" * MAX_BYTES})[""]
    deep: dict[str, Any] = {}
    for _ in range(40):
        deep = {"a": deep}
    assert "过深" in paths(deep)[""]


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda c: st.lists(c, max_size=3) | st.dictionaries(st.sampled_from([*APPLY["properties"], "name", "id_no", "members"]), c, max_size=4), max_leaves=12))  # fmt: skip
def test_nothing_that_is_sent_breaks_the_check(data: Any) -> None:
    sent = data if isinstance(data, dict) else {"applicant": data}
    clean = normalise(APPLY, sent)
    assert all(error.message and error.message_en for error in validate(APPLY, clean))
    assert normalise(APPLY, clean) == clean
