"""Uploads: checked by content, refused with a sentence, served to those who may see them."""

from __future__ import annotations

import hashlib
import io

import pytest
from PIL import Image

from engine import Actor, ValidationFailed
from tests.web.house import PDF, House, picture
from web.files.content import media_type_of
from web.files.store import clean_name

HTML = b"<html><script>alert(1)</script></html>"


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "empty.pdf", "空文件"),
        (HTML, "page.pdf", "不是 PDF、OFD、JPG 或 PNG"),
        (b"MZ" + b"\x00" * 64, "setup.png", "不是 PDF、OFD、JPG 或 PNG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "a.svg", "不是 PDF、OFD、JPG 或 PNG"),
        (PDF, "really.png", "扩展名与内容不符"),
        (PDF.replace(b"/Root 1 0 R", b"/Root 1 0 R/Encrypt 9 0 R"), "locked.pdf", "设有密码"),
        (PDF[:60], "half.pdf", "不完整"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 40, "broken.png", "已损坏"),
    ],
)
def test_what_is_not_a_readable_document_is_refused_with_a_sentence(
    house: House, data: bytes, name: str, sentence: str
) -> None:
    answer = house.browser("clean_single1").upload(data, name)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_an_oversized_file_is_refused_and_named(house: House) -> None:
    data = b"%PDF-" + b"0" * (20 * 1024 * 1024 + 1) + b"%%EOF"
    with pytest.raises(ValidationFailed, match=r"“大文件.pdf”有 20\.0 MB，超过单个文件 20 MB 的上限"):
        house.services.files.put(data, "大文件.pdf", "", Actor("x", "某人"))


def test_a_request_beyond_all_limits_is_413_with_a_sentence(house: House) -> None:
    browser = house.browser("clean_single1")
    answer = browser.client.post(
        "/files", data=b"", headers={"Content-Length": str(10**9), "X-CSRF-Token": browser.token()}
    )
    assert answer.status_code in (413, 422)


def test_a_pixel_flood_is_refused() -> None:
    kept = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(kept, "PNG")
    with pytest.raises(Exception, match="像素过大"):
        media_type_of(kept.getvalue(), "flood.png")


def test_a_file_comes_back_as_it_was_with_its_hash(house: House) -> None:
    browser, data = house.browser("clean_single1"), picture()
    kept = browser.upload(data, "../../身份证<b>.png").get_json()
    assert kept["sha256"] == hashlib.sha256(data).hexdigest()
    answer = browser.get(f"/files/{kept['id']}")
    assert answer.data == data and answer.mimetype == "image/png"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_another_applicant_does_not_find_the_file(house: House) -> None:
    kept = house.browser("clean_single1").upload(picture(), "a.png").get_json()
    assert house.browser("clean_single2").get(f"/files/{kept['id']}").status_code == 404


def test_nobody_uploads_without_a_login(house: House) -> None:
    assert house.browser().upload(picture(), "a.png").status_code == 401


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("..\\..\\x.pdf", "x.pdf"),
        ("a\x00b.png", "ab.png"),
        ("\u202egnp.exe", "gnp.exe"),
        ("", "文件"),
        ("x" * 300 + ".pdf", None),
    ],
)
def test_file_names_lose_paths_and_control_characters(given: str, kept: str | None) -> None:
    name = clean_name(given)
    assert len(name) <= 120
    assert kept is None or name == kept
