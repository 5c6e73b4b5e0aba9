"""Writes and reads plain lists as workbooks; a text that looks like a formula stays a text. Knows no register."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zipfile import BadZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from engine.errors import ValidationFailed
from web.cases.workbook import safe
from web.layout import local

MIME = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS = 5000
_HEAD = PatternFill("solid", fgColor="EAF2FC")


def made(title: str, heads: Sequence[str], lines: Sequence[Sequence[Any]], by: str, at: datetime) -> bytes:
    """The bytes of a workbook with one sheet: headings in row 1, the note of who and when in the last row."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title[:31]
    sheet.append(list(heads))
    for place, cell in enumerate(sheet[1], start=1):
        cell.font, cell.fill = Font(bold=True), _HEAD
        sheet.column_dimensions[get_column_letter(place)].width = 20
    for line in lines:
        sheet.append([safe(value) for value in line])
    if by:
        sheet.append([])
        sheet.append([f"数据截至 {local(at)}，导出人 {by}，共 {len(lines)} 条"])
    sheet.freeze_panes = "A2"
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def read(content: bytes, columns: Mapping[str, str]) -> list[dict[str, str]]:
    """The lines under the headings: {field: text}. columns: field by heading; their order in the sheet does not matter.

    Raises ValidationFailed for a file that is no workbook, lacks a heading or is too long.
    """
    try:
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        raise _refuse("这不是可以读取的 Excel 文件（.xlsx），请用下载的模板填写") from error
    lines = book.worksheets[0].iter_rows(values_only=True)
    heads = [str(cell or "").strip() for cell in next(lines, ())]
    missing = [head for head in columns if head not in heads]
    if missing:
        raise _refuse(f"缺少列：{'、'.join(missing)}。请用下载的模板填写，不要改动第一行")
    found: list[dict[str, str]] = []
    for line in lines:
        texts = {columns[h]: _text(v) for h, v in zip(heads, line, strict=False) if h in columns}
        found.append(texts)
        if len(found) > MOST_ROWS:
            raise _refuse(f"一次最多导入 {MOST_ROWS} 行，请分批")
    while found and not any(found[-1].values()):
        found.pop()
    return found


def _text(value: Any) -> str:
    return (
        str(int(value))
        if isinstance(value, float) and value.is_integer()
        else str(value if value is not None else "").strip()
    )


def _refuse(message: str) -> ValidationFailed:
    return ValidationFailed(message, errors=[{"path": "/file", "message": message}])
