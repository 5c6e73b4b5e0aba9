"""The auditor sees every moment of a case, and any change of a record is found, online and offline."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.desks.conftest import House, words


def test_each_moment_shows_the_case_file_as_of_then(house: House, numbers: dict[str, str]) -> None:
    auditor, number = house.person("auditor"), numbers["approve"]
    first, last = auditor.text(f"/audit/{number}?at=1"), auditor.text(f"/audit/{number}")
    assert "那一刻的案卷 1 项" in first
    assert "那一刻的案卷 1 项" not in last
    assert "哪张图" in last


def test_integrity_and_replay_answer_in_one_sentence(house: House, numbers: dict[str, str]) -> None:
    auditor, number = house.person("auditor"), numbers["approve"]
    assert "完整" in words(auditor.post(f"/audit/{number}/integrity"))
    assert "一致" in words(auditor.post(f"/audit/{number}/replay"))


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE audit_event SET actor_name = '某人' WHERE case_id = :id AND seq = 5", "事件 5"),
        ("DELETE FROM audit_event WHERE case_id = :id AND seq = 7", "事件 7"),
        ("UPDATE case_file_item SET value = '{}' WHERE case_id = :id AND name = 'application'", "application"),
        ("UPDATE evidence SET raw = x'00' WHERE case_id = :id", "回执"),
    ],
)
def test_a_changed_record_is_named(house: House, numbers: dict[str, str], change: str, found: str) -> None:
    number = numbers["approve"]
    with house.services.database.begin() as connection:
        connection.execute(text(change), {"id": house.services.engine.case(number).id})
    page = words(house.person("auditor").post(f"/audit/{number}/integrity"))
    assert found in page
    assert "对不上" in page or "不符" in page


def _package(house: House, number: str, folder: Path) -> Path:
    content = house.person("auditor").get(f"/audit/{number}/package.zip").data
    path = folder / "package.zip"
    path.write_bytes(content)
    return path


def _verify(path: Path) -> subprocess.CompletedProcess[str]:
    script = Path("web/audit/verify.py").resolve()
    return subprocess.run([sys.executable, str(script), str(path)], capture_output=True, text=True, timeout=60, check=False)


def test_the_package_verifies_itself_offline(house: House, numbers: dict[str, str], tmp_path: Path) -> None:
    path = _package(house, numbers["approve"], tmp_path)
    checked = _verify(path)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "INTACT" in checked.stdout
    assert len(Path("web/audit/verify.py").read_text("utf-8").splitlines()) < 200


def _broken(path: Path, name: str, old: bytes, new: bytes) -> Path:
    with zipfile.ZipFile(path) as archive:
        files = {entry: archive.read(entry) for entry in archive.namelist()}
    assert old in files[name]
    files[name] = files[name].replace(old, new, 1)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for entry, content in files.items():
            archive.writestr(entry, content)
    path.write_bytes(buffer.getvalue())
    return path


def test_a_changed_package_is_found_offline(house: House, numbers: dict[str, str], tmp_path: Path) -> None:
    path = _package(house, numbers["approve"], tmp_path)
    checked = _verify(_broken(path, "events.jsonl", b'"seq":3', b'"seq":4'))
    assert checked.returncode == 1
    assert "event 3" in checked.stdout


def test_reading_a_case_is_recorded(house: House, numbers: dict[str, str]) -> None:
    auditor, number = house.person("auditor"), numbers["approve"]
    auditor.text(f"/audit/{number}")
    assert "秦怡" in auditor.text(f"/audit/{number}/reads").split("谁看过这件")[-1]


def test_search_finds_by_number_actor_and_act(house: House, numbers: dict[str, str]) -> None:
    auditor, number = house.person("auditor"), numbers["housing_failed"]
    assert number in auditor.text(f"/audit/?q={number}")
    assert number in auditor.text("/audit/?kind=case.closed&view=events")
    assert number not in auditor.text("/audit/?since=2030-01-01")


def test_every_standing_list_opens(house: House) -> None:
    auditor = house.person("auditor")
    for name in ("skipped", "after_hours", "same_person", "own_case", "returned", "overdue"):
        auditor.text(f"/audit/lists?list={name}")


def test_the_event_log_is_xes(house: House, numbers: dict[str, str]) -> None:
    content = house.person("auditor").get(f"/audit/{numbers['approve']}/log.xes").data
    assert b"<trace>" in content
    assert b"concept:name" in content


def test_only_the_auditor_exports(house: House, numbers: dict[str, str]) -> None:
    assert house.person("supervisor").get(f"/audit/{numbers['approve']}/package.zip").status_code == 403
    assert house.person("clerk").get("/audit/").status_code == 403


def test_all_cases_are_checked_at_once(house: House, numbers: dict[str, str]) -> None:
    auditor = house.person("auditor")
    assert "全部相符" in words(auditor.post("/audit/integrity"))
    with house.services.database.begin() as connection:
        given = {"id": house.services.engine.case(numbers["housing_failed"]).id}
        connection.execute(text("UPDATE audit_event SET actor_name = '某人' WHERE case_id = :id AND seq = 2"), given)
    page = words(auditor.post("/audit/integrity"))
    assert numbers["housing_failed"] in page
    assert "事件 2" in page


def test_numbers_are_masked_until_a_reason_is_given_and_kept(house: House, numbers: dict[str, str]) -> None:
    auditor, number = house.person("auditor"), numbers["approve"]
    id_no = house.services.engine.case(number).applicant_id_no
    assert id_no
    assert id_no not in auditor.text(f"/audit/{number}")
    assert id_no in auditor.text(f"/audit/{number}?plain=复核举报线索")
    assert "复核举报线索" in auditor.text(f"/audit/{number}/reads")
    assert id_no not in house.person("supervisor").text(f"/audit/{number}?plain=复核举报线索")
