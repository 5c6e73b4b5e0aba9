"""Draws the receipt of a submission as a one-page PDF with the embedded Chinese font; says nothing the page does not say."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

import segno
from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from engine.views import CaseView
from web.layout import channel_word, local
from web.masking import mask_id
from web.portal.progress import Told
from web.services import current_services

_MM = 72 / 25.4


@cache
def _font(folder: Path, name: str) -> str:
    path = folder / f"NotoSansSC-{name}.ttf"
    if not path.exists():
        return "Helvetica"
    pdfmetrics.registerFont(TTFont(f"Receipt-{name}", str(path)))
    return f"Receipt-{name}"


def receipt_pdf(case: CaseView, progress: Told) -> bytes:
    """The receipt: number, applicant (masked number), what happens next, until when, whom to ask, QR to the progress."""
    folder = current_services().config.fonts
    plain, bold = _font(folder, "Regular"), _font(folder, "Bold")
    kept = io.BytesIO()
    page = Canvas(kept, pagesize=A4, invariant=True)
    page.setTitle(f"受理回执 {case.case_no}")
    width, height = A4
    page.setFillColor(HexColor("#1F2733"))
    page.setFont(bold, 20)
    page.drawCentredString(width / 2, height - 32 * _MM, "申请提交回执")
    page.setStrokeColor(HexColor("#1557B0"))
    page.setLineWidth(1.5)
    page.line(20 * _MM, height - 38 * _MM, width - 20 * _MM, height - 38 * _MM)
    top = height - 52 * _MM
    for number, (label, value) in enumerate(_facts(case, progress)):
        y = top - number * 11 * _MM
        page.setFont(plain, 11)
        page.setFillColor(HexColor("#5B6675"))
        page.drawString(24 * _MM, y, label)
        page.setFillColor(HexColor("#1F2733"))
        page.setFont(bold if number == 0 else plain, 13 if number == 0 else 11)
        page.drawString(58 * _MM, y, value[:46])
    _code(page, f"{current_services().config.public_url}/my/{case.case_no}", width - 56 * _MM, 34 * _MM)
    page.setFont(plain, 9)
    page.setFillColor(HexColor("#5B6675"))
    page.drawString(24 * _MM, 42 * _MM, "本回执仅证明申请已提交，不代表审核结论。")
    page.drawString(24 * _MM, 36 * _MM, "需要补正或办结时，将向预留手机发送短信；扫描右侧二维码可查看办理进度。")
    page.showPage()
    page.save()
    return kept.getvalue()


def _facts(case: CaseView, progress: Told) -> list[tuple[str, str]]:
    left = "" if progress.working_days_left is None else f"（还剩 {progress.working_days_left} 个工作日）"
    return [
        ("受理编号", case.case_no),
        ("办理事项", case.process_name),
        ("申请人", f"{case.applicant_name or ''}  {mask_id(case.applicant_id_no)}"),
        ("提交时间", local(case.submitted_at)),
        ("提交渠道", channel_word(case.channel)),
        ("当前进度", progress.now),
        ("最迟办结", f"{progress.due}{left}" if progress.due else "按规定时限"),
        ("受理机构", progress.unit),
        ("咨询电话", "021-55550100"),
    ]


def _code(page: Canvas, text: str, left: float, bottom: float) -> None:
    matrix = segno.make(text, error="m").matrix
    size = 32 * _MM / len(matrix)
    page.setFillColor(HexColor("#000000"))
    for row, line in enumerate(matrix):
        for column, dark in enumerate(line):
            if dark:
                page.rect(left + column * size, bottom + (len(matrix) - row - 1) * size, size, size, stroke=0, fill=1)
