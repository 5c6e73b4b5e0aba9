"""Press: turns a paper into a PDF with QR code, seal and signature. Stores nothing and numbers nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

from handlers.document.authority import Authority
from handlers.document.fonts import FontChain
from handlers.document.sheet import Imprint, render

# The PDF library keeps fonts in one registry of the process, which was not made for several threads.
_ONE_AT_A_TIME = Lock()
_PREFERRED = ("Regular", "400", "wqy", "noto")


@dataclass(frozen=True, slots=True)
class Press:
    """fonts: glyph by glyph in this order; authority: who signs; public_url: where /verify lies."""

    fonts: FontChain
    authority: Authority
    public_url: str

    def verify_url(self, code: str) -> str:
        return f"{self.public_url.rstrip('/')}/verify/{code}"

    def print(self, paper: Mapping[str, Any], *, number: str, agency: str, issued_on: str, code: str) -> bytes:
        """The finished PDF; signed when the paper is sealed.

        Raises BusinessFault glyph_missing for a certificate ("ca_sign"); working papers spell the character's code.
        """
        if not paper.get("ca_sign"):
            paper = self.fonts.spelled(paper)
        imprint = Imprint(number, agency, issued_on, self.verify_url(code), code)
        pdf = render(paper, imprint, self.fonts)
        return self.authority.sign(pdf, f"{agency} {paper['title']}") if paper.get("sealed") else pdf


def open_press(fonts: Path | Sequence[Path], data: Path, public_url: str) -> Press:
    """fonts: a folder or the files themselves; TTF files in data/fonts are added behind them, so that an office can
    bring its own glyphs without an installation."""
    shipped = _in_order(fonts) if isinstance(fonts, Path) else list(fonts)
    return Press(FontChain([*shipped, *_in_order(data / "fonts")]), Authority(data / "authority"), public_url)


def _in_order(folder: Path) -> list[Path]:
    """The regular weight first, then the rest by name; other weights add no glyphs."""
    files = sorted(folder.rglob("*.ttf")) if folder.is_dir() else []
    regular = [file for file in files if any(mark.lower() in file.name.lower() for mark in _PREFERRED)]
    return regular or files
