"""Chinese fonts for papers: a chain of TrueType files, chosen glyph by glyph. Refuses a character that no file can draw."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Any
from xml.sax.saxutils import escape

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from engine.errors import BusinessFault, ModelFault

GLYPH_MISSING = "glyph_missing"
_LOCK = Lock()


class FontChain:
    """The first font that has a glyph draws it. Files are opened at the first use, once a process."""

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = tuple(files)
        self._fonts: tuple[TTFont, ...] = ()

    @property
    def main(self) -> str:
        """Name of the font for text in general."""
        return str(self._opened()[0].fontName)

    def runs(self, text: str) -> Iterator[tuple[str, str]]:
        """The text in pieces, each with the name of the font that draws it. Raises BusinessFault glyph_missing."""
        font, piece = "", ""
        for char in text:
            wanted = self._font_for(char, font)
            if wanted != font and piece:
                yield font, piece
                piece = ""
            font, piece = wanted, piece + char
        if piece:
            yield font, piece

    def markup(self, text: str) -> str:
        """The text for a reportlab Paragraph, escaped, other fonts tagged, line breaks kept."""
        main = self.main
        pieces = (
            escape(piece) if font == main else f'<font name="{font}">{escape(piece)}</font>'
            for font, piece in self.runs(text.replace("\r", ""))
        )
        return "".join(pieces).replace("\n", "<br/>")

    def spelled(self, value: Any) -> Any:
        """The same text, list or table with 〔U+30EDE〕 for every character that no font can draw: for working papers."""
        if isinstance(value, str):
            return "".join(char if self._name_for(char) else f"〔U+{ord(char):04X}〕" for char in value)
        if isinstance(value, Mapping):
            return {key: self.spelled(item) for key, item in value.items()}
        return type(value)(self.spelled(item) for item in value) if isinstance(value, list | tuple) else value

    def missing(self, text: str) -> list[str]:
        """Characters that no font can draw."""
        return [char for char in dict.fromkeys(text) if not self._name_for(char)]

    def _font_for(self, char: str, present: str) -> str:
        name = self._name_for(char)
        if not name:
            raise BusinessFault(
                GLYPH_MISSING,
                f"字库中没有“{char}”（U+{ord(char):04X}），为避免印成空框，证照未制发。请添加含此字的字库文件后重试。",
                character=char,
            )
        return present if present and char in " \n\t" else name

    def _name_for(self, char: str) -> str:
        if char in "\n\t":
            return self.main
        return next((str(f.fontName) for f in self._opened() if f.face.charToGlyph.get(ord(char))), "")

    def _opened(self) -> tuple[TTFont, ...]:
        with _LOCK:
            if not self._fonts:
                self._fonts = tuple(_open(path) for path in self._files if path.is_file())
        if not self._fonts:
            raise ModelFault(
                "没有可用的中文字库文件，请先运行安装步骤（make run）生成字库，或在数据目录的 fonts 中放入 TTF 文件。"
            )
        return self._fonts


def _open(path: Path) -> TTFont:
    name = f"GS{sha256(str(path).encode()).hexdigest()[:8]}"
    if name not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(name, str(path)))
        pdfmetrics.registerFontFamily(name, normal=name, bold=name, italic=name, boldItalic=name)
    return pdfmetrics.getFont(name)  # type: ignore[no-any-return]
