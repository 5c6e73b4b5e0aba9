"""The round red seal as vectors: circle, star, the agency's name on an arc, the seal's kind below. Signs nothing."""

from __future__ import annotations

import math

from reportlab.lib.colors import Color
from reportlab.pdfgen.canvas import Canvas

from handlers.document.fonts import FontChain

RED = Color(0.82, 0.09, 0.09, alpha=0.85)
DIAMETER = 112.0


def draw_seal(canvas: Canvas, fonts: FontChain, agency: str, kind: str, x: float, y: float) -> None:
    """Centre at (x, y), 112 pt wide; up to 24 characters of the name fit on the arc."""
    canvas.saveState()
    canvas.setStrokeColor(RED)
    canvas.setFillColor(RED)
    canvas.setLineWidth(2.6)
    canvas.circle(x, y, DIAMETER / 2 - 2)
    _star(canvas, x, y + 2, 15)
    _arc(canvas, fonts, agency[:24], x, y)
    _centred(canvas, fonts, kind, x, y - 32, 9)
    canvas.restoreState()


def _star(canvas: Canvas, x: float, y: float, radius: float) -> None:
    path = canvas.beginPath()
    for point in range(10):
        length = radius if point % 2 == 0 else radius * 0.382
        angle = math.pi / 2 + point * math.pi / 5
        step = path.moveTo if point == 0 else path.lineTo
        step(x + length * math.cos(angle), y + length * math.sin(angle))
    path.close()
    canvas.drawPath(path, stroke=0, fill=1)


def _arc(canvas: Canvas, fonts: FontChain, text: str, x: float, y: float) -> None:
    size = 12.0 if len(text) <= 14 else 9.5 if len(text) <= 19 else 8.0
    radius = DIAMETER / 2 - size - 4
    span = math.radians(min(250, 22 * len(text)))
    step = span / max(len(text) - 1, 1)
    characters = [(font, char) for font, piece in fonts.runs(text) for char in piece]
    for place, (font, char) in enumerate(characters):
        angle = math.pi / 2 + span / 2 - place * step
        canvas.saveState()
        canvas.translate(x + radius * math.cos(angle), y + radius * math.sin(angle))
        canvas.rotate(math.degrees(angle) - 90)
        canvas.setFont(font, size)
        canvas.drawCentredString(0, 0, char)
        canvas.restoreState()


def _centred(canvas: Canvas, fonts: FontChain, text: str, x: float, y: float, size: float) -> None:
    runs = list(fonts.runs(text))
    width = sum(canvas.stringWidth(piece, font, size) for font, piece in runs)
    left = x - width / 2
    for font, piece in runs:
        canvas.setFont(font, size)
        canvas.drawString(left, y, piece)
        left += canvas.stringWidth(piece, font, size)
