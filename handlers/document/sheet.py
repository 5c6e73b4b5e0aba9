"""Lays one paper out on A4: title, number, paragraphs, tables, QR code, place of signature and seal. Knows no business.

A paper is data: {"heading": organisation or "", "title": str, "body": [("text", str) | ("small", str) |
("table", [[cell, ...], ...]) | ("pairs", [(label, value), ...])], "sealed": bool, "copy": note at the foot}.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import segno
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, PageTemplate, Paragraph, Spacer, Table, TableStyle

from handlers.document.fonts import FontChain
from handlers.document.seal import RED, draw_seal

MARGIN = 64.0
FOOT = 150.0
SEAL_CENTRE = (A4[0] - MARGIN - 75, 150.0)


@dataclass(frozen=True, slots=True)
class Imprint:
    """What stands around the words: number, agency in the signature line, day, verification address and code."""

    number: str
    agency: str
    issued_on: str
    verify_url: str
    verify_code: str
    seal_kind: str = "业务专用章"


def render(paper: Mapping[str, Any], imprint: Imprint, fonts: FontChain) -> bytes:
    """The PDF. Raises BusinessFault glyph_missing."""
    buffer = BytesIO()
    document = BaseDocTemplate(
        buffer, pagesize=A4, title=paper["title"], author=imprint.agency, subject=imprint.number, creator="Guangsha"
    )
    frame = Frame(MARGIN, FOOT + 70, A4[0] - 2 * MARGIN, A4[1] - FOOT - 70 - MARGIN, id="body", showBoundary=0)
    document.addPageTemplates(
        PageTemplate(frames=[frame], onPageEnd=lambda canvas, _: _page(canvas, paper, imprint, fonts))
    )
    document.build(_flow(paper, imprint, fonts))
    return buffer.getvalue()


def _styles(fonts: FontChain) -> dict[str, ParagraphStyle]:
    base = ParagraphStyle("base", fontName=fonts.main, fontSize=11.5, leading=20, wordWrap="CJK")
    return {
        "text": ParagraphStyle("text", base, firstLineIndent=23, spaceAfter=6),
        "small": ParagraphStyle("small", base, fontSize=9, leading=15, textColor=colors.HexColor("#444444")),
        "cell": ParagraphStyle("cell", base, fontSize=10, leading=15),
        "heading": ParagraphStyle("heading", base, fontSize=14, leading=24, alignment=TA_CENTER, textColor=RED),
        "title": ParagraphStyle("title", base, fontSize=20, leading=32, alignment=TA_CENTER, spaceAfter=4),
        "number": ParagraphStyle("number", base, fontSize=10, leading=18, alignment=TA_CENTER, spaceAfter=12),
    }


def _flow(paper: Mapping[str, Any], imprint: Imprint, fonts: FontChain) -> list[Flowable]:
    styles = _styles(fonts)
    flow: list[Flowable] = []
    if paper.get("heading"):
        flow.append(Paragraph(fonts.markup(paper["heading"]), styles["heading"]))
    flow.append(Paragraph(fonts.markup(paper["title"]), styles["title"]))
    flow.append(Paragraph(fonts.markup(f"编号：{imprint.number}"), styles["number"]))
    for kind, content in paper["body"]:
        if kind in ("text", "small"):
            flow.append(Paragraph(fonts.markup(str(content)), styles[kind]))
        else:
            rows = content if kind == "table" else _paired(content)
            flow += [_table(rows, styles["cell"], fonts, header=kind == "table"), Spacer(1, 10)]
    return flow


def _paired(pairs: Sequence[tuple[str, Any]]) -> list[list[str]]:
    """Two label-value pairs a row; a long value has a row of its own."""
    rows: list[list[str]] = []
    half: list[str] = []
    for label, value in ((str(a), "" if b is None else str(b)) for a, b in pairs):
        if len(value) > 16:
            rows += ([[*half, "", ""]] if half else []) + [[label, value, "", ""]]
            half = []
        elif half:
            rows.append([*half, label, value])
            half = []
        else:
            half = [label, value]
    return rows + ([[*half, "", ""]] if half else [])


def _table(rows: Sequence[Sequence[Any]], style: ParagraphStyle, fonts: FontChain, *, header: bool) -> Table:
    width = A4[0] - 2 * MARGIN
    cells = [[Paragraph(fonts.markup("" if c is None else str(c)), style) for c in row] for row in rows]
    widths = _widths(rows, width) if header else [width * part for part in (0.2, 0.3, 0.2, 0.3)]
    look: list[tuple[Any, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.HexColor("#777777")),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
    shade = colors.HexColor("#f1f3f6")
    if header:
        look.append(("BACKGROUND", (0, 0), (-1, 0), shade))
    else:
        look += [("BACKGROUND", (0, 0), (0, -1), shade)]
        for index, row in enumerate(rows):
            wide = not row[2] and not row[3]
            look.append(("SPAN", (1, index), (3, index)) if wide else ("BACKGROUND", (2, index), (2, index), shade))
    return Table(cells, colWidths=widths, style=TableStyle(look), repeatRows=1 if header else 0)


def _widths(rows: Sequence[Sequence[Any]], width: float) -> list[float]:
    """Columns by their longest text, none too narrow to read."""
    longest = [max(5.0, min(24.0, max(len(str(cell or "")) for cell in column))) for column in zip(*rows, strict=True)]
    return [width * size / sum(longest) for size in longest]


def _page(canvas: Canvas, paper: Mapping[str, Any], imprint: Imprint, fonts: FontChain) -> None:
    _qr(canvas, imprint.verify_url, MARGIN, 104, 84)
    _line(canvas, fonts, MARGIN, 90, f"扫码核验  验证码 {imprint.verify_code}", 8.5)
    if paper.get("copy"):
        _line(canvas, fonts, MARGIN, 60, paper["copy"], 8.5)
    _line(canvas, fonts, A4[0] - MARGIN - 70, 40, f"第 {canvas.getPageNumber()} 页", 8.5)
    right = A4[0] - MARGIN - 190
    _line(canvas, fonts, right, 168, imprint.agency, 11.5)
    _line(canvas, fonts, right, 146, imprint.issued_on, 11.5)
    if paper.get("sealed"):
        draw_seal(canvas, fonts, imprint.agency, imprint.seal_kind, *SEAL_CENTRE)
    canvas.setStrokeColor(colors.HexColor("#bbbbbb"))
    canvas.line(MARGIN, 76, A4[0] - MARGIN, 76)


def _line(canvas: Canvas, fonts: FontChain, x: float, y: float, text: str, size: float) -> None:
    canvas.setFillColor(colors.black)
    for font, piece in fonts.runs(text):
        canvas.setFont(font, size)
        canvas.drawString(x, y, piece)
        x += canvas.stringWidth(piece, font, size)


def _qr(canvas: Canvas, text: str, x: float, y: float, width: float) -> None:
    matrix = segno.make(text, error="m", micro=False).matrix
    module = width / len(matrix)
    canvas.setFillColor(colors.black)
    for row, line in enumerate(matrix):
        for column, dark in enumerate(line):
            if dark:
                canvas.rect(x + column * module, y + width - (row + 1) * module, module, module, stroke=0, fill=1)
