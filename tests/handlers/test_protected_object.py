"""Protected persons: archives of families, client units, entity types, attributes and dictionaries."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from connectors.sandbox import RunningSandbox
from engine import BusinessFault, HandlerContext, ValidationFailed, open_database
from engine.records import metadata
from engine.scenarios import Stage, settle
from handlers.protected_object import archives, records, service_tasks, structure, units
from tests.flows.stage import application
from tests.handlers.test_fair_guard import Actor

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
CODE = "91310000MA1FL0LR4Y"


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    database = open_database(f"sqlite:///{tmp_path / 'objects.db'}", synchronous="OFF")
    assert records.archive_entry.metadata is metadata
    metadata.create_all(database)
    with database.begin() as opened:
        yield opened
    database.dispose()


def valid_code() -> str:
    """A credit code whose check character is right, found with the house's own check."""
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    found = [
        CODE[:17] + letter for letter in letters if not units.problems({**UNIT, "credit_code": CODE[:17] + letter})
    ]
    assert len(found) == 1
    return found[0]


UNIT = {
    "name": "浦江物业有限公司",
    "credit_code": CODE,
    "contact_person": "王芳",
    "contact_phone": "021-55550101",
    "address": "浦东大道1号",
    "industry_type": "服务业",
    "district": "310115",
}


def entry(part: str, on: date, number: str = "F-1", **more: Any) -> dict[str, Any]:
    base = {"purpose": "rental", "kind": "low_rent", "acceptance_no": number, "id_no": "310101198503121017"}
    return {**base, "name": "许文博", "district": "310101", "part": part, "happened_on": on, **more}


@pytest.mark.requirement("SH-195.R1", "SH-195.R2")
def test_a_qualification_archive_begins_with_the_application_and_follows_the_review(
    stage: Stage, sandbox: RunningSandbox
) -> None:
    form = application(sandbox, "clean_single")
    citizen = Actor("citizen", form["applicant"]["name"], groups=frozenset({"applicant"}))
    receipt = stage.engine.start_case(
        "public_rental", actor=citizen, form=form, channel="一网通办", idempotency_key=stage.key()
    )
    settle(stage)
    with stage.engine.database.connect() as connection:
        found, total = archives.qualifications(connection, {"text": form["applicant"]["id_no"]})
        assert (total, found[0]["case_no"]) == (1, receipt.case_no)
        assert [(s["name"], s["status"]) for s in archives.stages(connection, receipt.case_id)] == [("预审", "open")]
        assert archives.qualifications(connection, {"kind": "low_rent"})[1] == 0
    (task,) = stage.engine.tasks_of(receipt.case_id, open_only=True)
    clerk = Actor(
        "clerk-1", "经办一", "经办人", groups=frozenset({"operator_clerk"}), org_units=frozenset({task.org_unit or ""})
    )
    revision = stage.engine.claim(task.id, task.revision, clerk).revision
    stage.engine.complete_task(task.id, revision, clerk, "pass", {"licences_checked": True}, stage.key(), "通过")
    settle(stage)
    with stage.engine.database.connect() as connection:
        steps = [
            (s["name"], s["outcome"], s["completed_by_name"]) for s in archives.stages(connection, receipt.case_id)
        ]
    assert steps[0] == ("预审", "pass", "经办一")
    assert len(steps) == 2


@pytest.mark.requirement("SH-196.R1", "SH-196.R2", "SH-196.R3")
def test_a_rental_archive_keeps_every_part_and_the_last_change_of_state(connection: Connection) -> None:
    for number, part in enumerate(records.RENTAL_PARTS, start=1):
        archives.record(connection, entry(part, date(2026, 1, number)), "经办", NOW)
    archives.record(connection, entry("base", TODAY, "F-2", kind="public_rental"), "经办", NOW)
    assert [e["part"] for e in archives.family(connection, "rental", "F-1")] == list(records.RENTAL_PARTS)
    found, total = archives.families(connection, "rental", {})
    assert (total, [row["acceptance_no"] for row in found]) == (2, ["F-2", "F-1"])
    (line,) = archives.families(connection, "rental", {"kind": "low_rent"})[0]
    assert (line["state"], line["entries"], line["part"]) == ("income_exit", 10, "income_exit")
    assert archives.families(connection, "rental", {"text": "F-2"})[1] == 1


@pytest.mark.requirement("SH-196.R4", "SH-197.R3")
def test_the_ledger_counts_families_not_entries(connection: Connection) -> None:
    for number in ("F-1", "F-1", "F-2"):
        archives.record(connection, entry("subsidy", TODAY, number), "经办", NOW)
    archives.record(connection, entry("subsidy", date(2025, 1, 1), "F-3"), "经办", NOW)
    found = archives.figures(connection, "rental", date(2026, 1, 1), date(2026, 12, 31))
    assert found["kind"] == [("low_rent", 2)]
    assert found["district"] == [("310101", 2)]


@pytest.mark.requirement("SH-197.R1", "SH-197.R2")
def test_a_sale_archive_goes_from_application_to_moving_in(connection: Connection) -> None:
    for number, part in enumerate(records.SALE_PARTS, start=1):
        more = {"purpose": "sale", "kind": "shared_ownership", "content": {"share": 65}}
        archives.record(connection, entry(part, date(2026, 1, number), "S-1", **more), "经办", NOW)
    (line,) = archives.families(connection, "sale", {})[0]
    assert (line["state"], line["entries"]) == ("move_in", len(records.SALE_PARTS))
    parts = [e["part"] for e in archives.family(connection, "sale", "S-1")]
    assert {"recheck_before_selection", "marriage_change", "member_added"} <= set(parts)


@pytest.mark.requirement("SH-197.R1")
def test_an_unknown_part_is_refused(connection: Connection) -> None:
    with pytest.raises(ValidationFailed):
        archives.record(connection, entry("property_share", TODAY), "经办", NOW)


@pytest.mark.requirement("SH-198.R1")
@pytest.mark.parametrize("missing", ["name", "credit_code", "contact_person", "contact_phone", "address"])
def test_a_signing_forces_five_fields(connection: Connection, missing: str) -> None:
    unit = {**UNIT, "credit_code": valid_code(), missing: " "}
    with pytest.raises(ValidationFailed) as caught:
        units.save(connection, unit, "经办", TODAY, NOW)
    assert [error["path"] for error in caught.value.details["errors"]] == [f"/{missing}"]


@pytest.mark.requirement("SH-198.R1", "SH-198.R3")
def test_what_is_stored_is_taken_over_and_the_signed_dwellings_are_counted(connection: Connection) -> None:
    code = valid_code()
    first = signing(connection, {**UNIT, "credit_code": code}, "C-1", 3)
    assert first.value["filled"] == []
    again = signing(connection, {"credit_code": code.lower()}, "C-2", 4)
    assert set(again.value["filled"]) == {*units.FIELDS, *units.OPTIONAL} - {"credit_code"}
    (row,) = units.units(connection, {"text": code})[0]
    assert (row["contracts"], row["dwellings"]) == (2, 7)
    with pytest.raises(BusinessFault):
        signing(connection, {"credit_code": "91310000000000000X"}, "C-3", 1)


def signing(connection: Connection, unit: dict[str, Any], number: str, dwellings: int) -> Any:
    contract = {"contract_no": number, "dwellings": dwellings, "signed_on": TODAY.isoformat()}
    case: Any = None
    calendar: Any = None
    params = {"unit": unit, "signing": contract}
    return service_tasks.client_unit(
        HandlerContext(case, {}, params, None, connection, NOW, TODAY, f"sign-{number}", calendar)
    )


@pytest.mark.requirement("SH-198.R2")
def test_a_batch_takes_the_right_rows_and_tells_the_wrong_ones(connection: Connection) -> None:
    good = {**UNIT, "credit_code": valid_code()}
    found = units.take(
        connection, [good, {**good, "name": "重复"}, {**UNIT, "credit_code": "123"}, {}], "经办", TODAY, NOW
    )
    assert found.saved == 1
    assert [(row, field) for row, field, _ in found.errors][:2] == [(3, "credit_code"), (4, "credit_code")]
    assert len([row for row, _, _ in found.errors if row == 5]) == 5
    assert units.units(connection, {"text": "浦江"})[1] == 1
    assert units.units(connection, {"text": "%"})[1] == 0


@pytest.mark.requirement("SH-198.R4")
def test_figures_of_client_units(connection: Connection) -> None:
    units.save(connection, {**UNIT, "credit_code": valid_code()}, "经办", TODAY, NOW)
    found = units.figures(connection, TODAY, TODAY)
    assert (found["new"], found["total"], found["district"]) == (1, 1, [("310115", 1)])
    assert units.figures(connection, date(2025, 1, 1), date(2025, 12, 31))["new"] == 0


@pytest.mark.requirement("SH-204.R1", "SH-204.R2")
def test_attributes_have_types_rules_and_varieties(connection: Connection) -> None:
    assert structure.first_structure(connection, "系统", NOW)
    assert not structure.first_structure(connection, "系统", NOW)
    assert {row["code"] for row in structure.types(connection)} == {"main_applicant", "protected_family", "client_unit"}
    basic = {row["code"] for row in structure.attributes(connection, "main_applicant")}
    assert {row["code"] for row in structure.attributes(connection, "main_applicant", "low_rent")} - basic == {
        "low_income_months"
    }
    person = {"name": "许文博", "id_no": "310101198503121017"}
    assert structure.check(connection, "main_applicant", person) == []
    wrong = structure.check(connection, "main_applicant", {"name": "许", "id_no": "1", "industry": "x", "age": 3})
    assert {fault["path"] for fault in wrong} == {"/id_no", "/industry", "/age"}
    months = {**person, "low_income_months": -1}
    assert [f["path"] for f in structure.check(connection, "main_applicant", months, "low_rent")] == [
        "/low_income_months"
    ]


@pytest.mark.requirement("SH-204.R2")
@pytest.mark.parametrize(
    "change", [{"entity": "nobody"}, {"data_type": "text"}, {"rule": {"minimum": "a"}}, {"variety": "villa"}]
)
def test_a_wrong_attribute_is_refused(connection: Connection, change: dict[str, Any]) -> None:
    structure.first_structure(connection, "系统", NOW)
    attribute = {"entity": "main_applicant", "code": "x", "name": "某", "data_type": "string", **change}
    with pytest.raises(ValidationFailed):
        structure.save_attribute(connection, attribute, "管理员", NOW)


@pytest.mark.requirement("SH-205.R1", "SH-205.R2")
def test_dictionaries_have_levels_and_no_circles(connection: Connection) -> None:
    structure.first_structure(connection, "系统", NOW)
    assert structure.dictionaries(connection) == ["family_structure", "occupation_industry"]
    under = structure.items(connection, "occupation_industry", "services")
    assert [row["label"] for row in under] == ["环境卫生", "公共交通", "护理"]
    for parent in ("nowhere", "sanitation", "services"):
        item = {"dictionary": "occupation_industry", "code": "services", "label": "服务业", "parent": parent}
        with pytest.raises(ValidationFailed):
            structure.save_item(connection, item, "管理员", NOW)
