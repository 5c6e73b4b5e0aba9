"""Writes the figures and the masked case list of a period as a workbook; a text that looks like a formula stays a text."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from web.cases.lists import Statistics
from web.layout import channel_word, day, district_name, local
from web.masking import mask_id, mask_name, mask_phone

_HEAD = PatternFill("solid", fgColor="EAF2FC")
_DANGEROUS = ("=", "+", "-", "@", "\t", "\r")


def safe(value: Any) -> Any:
    """The value as a cell: a text that a spreadsheet would run is marked as text."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_DANGEROUS) else value


def made(found: Statistics, listed: Sequence[Mapping[str, Any]], first: date, last: date, by: str) -> bytes:
    """The workbook's bytes: a sheet of figures and a sheet of cases, with who exported it and when."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "统计"
    sheet.append([f"公共租赁住房等申请统计  {first} 至 {last}"])
    sheet.append([f"数据截至 {local(found.as_of)}，导出人 {safe(by)}"])
    for words, count in (("申请总数", found.total), ("在办", found.running), ("审核通过", found.approved),
                         ("未通过", found.refused), ("撤回或取消", found.other)):  # fmt: skip
        sheet.append([words, count])
    for words, parts in (("事项", found.by_process), ("行政区", [(district_name(c) or c or "未填", n) for c, n in found.by_district]),
                         ("来源", found.by_channel), ("办理结果", found.by_outcome), ("申请人年龄", found.by_age)):  # fmt: skip
        sheet.append([])
        sheet.append([words, "件数"])
        for name, count in parts:
            sheet.append([safe(name), count])
    sheet.column_dimensions["A"].width = 36
    _cases(book.create_sheet("案件"), listed)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _cases(sheet: Worksheet, listed: Sequence[Mapping[str, Any]]) -> None:
    heads = ("案件编号", "事项", "申请人", "证件号码", "联系电话", "行政区", "来源", "提交时间", "最迟办结", "状态", "办理结果", "办结时间")
    sheet.append(heads)
    for cell in sheet[1]:
        cell.font, cell.fill = Font(bold=True), _HEAD
    for row in listed:
        sheet.append([
            safe(row["case_no"]), safe(row["process_name"]), safe(mask_name(row["applicant_name"])), mask_id(row["applicant_id_no"]),
            mask_phone(row["mobile"]), district_name(row["district"]), safe(channel_word(row["channel"])), local(row["submitted_at"]),
            day(row["due_on"]), row["status"], safe(row["outcome_name"] or ""), local(row["closed_at"]),
        ])  # fmt: skip
    for column, width in zip("ABCDEFGHIJKL", (28, 24, 10, 22, 14, 10, 10, 18, 12, 10, 18, 18), strict=True):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
