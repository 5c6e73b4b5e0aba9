"""File names in headers: any character goes in, only ASCII comes out."""

from __future__ import annotations

import pytest

from web.files.disposition import disposition


@pytest.mark.parametrize(
    "name", ["沪公租准2027310101000001.pdf", '钱𬭚 的"材料".pdf', "plain.pdf", "a\r\nSet-Cookie: x.pdf"]
)
def test_a_file_name_never_breaks_the_header(name: str) -> None:
    header = disposition(name, download=True)
    assert header.isascii()
    assert header.isprintable()
    assert header.startswith("attachment; filename*=UTF-8''")
