"""Named formats: the browser and the server judge the same vectors alike, and every refusal says why."""

from __future__ import annotations

import json

import pytest

from engine.formats import FORMATS, explain, normalise_text
from tests.flows.stage import ROOT

VECTORS = json.loads((ROOT / "web/ui/src/formats.vectors.json").read_text("utf-8"))
NORMAL = json.loads((ROOT / "web/ui/src/formats.normal.json").read_text("utf-8"))


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: f"{case['format']}:{case['value']}")
def test_browser_and_server_judge_alike(case: dict[str, object]) -> None:
    assert (explain(str(case["format"]), case["value"]) is None) is case["valid"]


@pytest.mark.parametrize("case", NORMAL, ids=lambda case: f"{case['format']}:{case['text']}")
def test_browser_and_server_normalise_alike(case: dict[str, str]) -> None:
    assert normalise_text(case["text"], case["format"]) == case["normal"]


@pytest.mark.parametrize(
    "name", ["𬭚李", "张㛃", "䶮", "王𰀀", "买买提·艾力", "欧阳娜娜", "O’Neill Anne-Marie", "Jürgen Müller"]
)
def test_rare_and_foreign_names_are_accepted(name: str) -> None:
    assert (explain("cn-name", name) is None) is (len(name) >= 2)


@pytest.mark.parametrize("name", ["张3", "李\ue000", "A", "·张", "张·", "<b>张三</b>", "张三\n李四"])
def test_what_is_no_name_is_refused(name: str) -> None:
    assert explain("cn-name", name) is not None


def test_each_kind_of_wrong_identity_number_is_named() -> None:
    told = {explain("cn-id-card", v)[0] for v in ("110105491231002", "11010519490231002X", "110105194912310021", "1")}  # type: ignore[index]
    assert len(told) == 4


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("hk-mo-permit", "H12345678", "A12345678"),
        ("tw-permit", "12345678", "1234567"),
        ("passport", "E12345678", "EABCDEFGH"),
        ("person-number", "E12345678", "110105194912310021"),
    ],
)
def test_documents_of_other_residents(name: str, good: str, bad: str) -> None:
    assert explain(name, good) is None
    assert explain(name, bad) is not None


def test_every_format_explains_in_both_languages() -> None:
    for name in FORMATS:
        reason = explain(name, "\x01")
        assert reason is not None
        assert all(reason)
