"""Papers: Chinese text that can be read back, a signature that breaks with one byte, no box for a missing glyph."""

from __future__ import annotations

from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from engine.errors import BusinessFault, ModelFault
from handlers.document import Press, open_press
from handlers.document.papers import paper
from handlers.document.service_tasks import years_later
from tests.flows.stage import fonts, press

PAPER = {
    "title": "证明",
    "body": [("text", "兹证明张㛃𬭚系本市居民。"), ("pairs", [("姓名", "张㛃𬭚")])],
    "sealed": True,
    "ca_sign": True,
}


def made(sheet: dict[str, Any], using: Press | None = None) -> bytes:
    printer = using or press()
    return printer.print(
        sheet, number="沪公租准2026310101000001", agency="黄浦区运营机构", issued_on="2026年11月23日", code="ABCD"
    )


@pytest.fixture(autouse=True)
def _fonts() -> None:
    if not fonts():
        pytest.skip("the islands with the fonts are not built")


def test_rare_characters_are_printed_from_an_embedded_font() -> None:
    pdf = made(PAPER)
    assert pdf.startswith(b"%PDF")
    assert b"/FontFile2" in pdf
    assert b"STSong" not in pdf


@pytest.mark.requirement("SH-045.R5")
def test_a_sealed_paper_carries_a_valid_signature_that_one_byte_breaks() -> None:
    pdf = made(PAPER)
    context = ValidationContext(trust_roots=[load_cert_from_pemder(str(press().authority.root))])
    found = PdfFileReader(BytesIO(pdf)).embedded_signatures[0]
    status = validate_pdf_signature(found, context)
    assert status.bottom_line
    place = pdf.index(b"stream") + 40
    broken = pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]
    assert not validate_pdf_signature(PdfFileReader(BytesIO(broken)).embedded_signatures[0], context).intact


def test_a_certificate_is_refused_rather_than_printed_with_a_box() -> None:
    with pytest.raises(BusinessFault) as refused:
        made({**PAPER, "body": [("text", "王𰀀")]})
    assert refused.value.bpmn_code == "glyph_missing"
    assert "U+30000" in refused.value.message


def test_a_working_paper_spells_the_code_of_a_missing_character() -> None:
    assert press().fonts.spelled({"a": ["王𰀀"]}) == {"a": ["王〔U+30000〕"]}
    assert made({**PAPER, "ca_sign": False, "body": [("text", "王𰀀")]}).startswith(b"%PDF")


def test_without_any_font_the_reason_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelFault):
        made(PAPER, open_press(tmp_path / "none", tmp_path, "http://127.0.0.1"))


def test_an_office_adds_its_own_font_file(tmp_path: Path) -> None:
    (tmp_path / "fonts").mkdir()
    (tmp_path / "fonts" / "own.ttf").write_bytes(fonts()[0].read_bytes())
    assert made(PAPER, open_press(tmp_path / "none", tmp_path, "http://127.0.0.1")).startswith(b"%PDF")


def test_a_long_paper_goes_on_over_pages() -> None:
    rows = [["序号", "内容"], *([str(n), "住房保障" * 20] for n in range(80))]
    pages = PdfFileReader(BytesIO(made({**PAPER, "body": [("table", rows)]}))).root["/Pages"]["/Count"]
    assert int(pages) > 2


@pytest.mark.requirement("SH-046.R2")
@pytest.mark.parametrize(
    ("begins", "ends"),
    [((2026, 11, 23), (2028, 11, 22)), ((2024, 2, 29), (2026, 2, 28)), ((2026, 1, 1), (2027, 12, 31))],
)
def test_two_years_end_on_the_day_before_the_anniversary(
    begins: tuple[int, int, int], ends: tuple[int, int, int]
) -> None:
    assert years_later(date(*begins), 2) == date(*ends)


def test_an_unknown_template_is_named() -> None:
    with pytest.raises(ModelFault):
        paper("no_such_paper", {})
