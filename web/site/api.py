"""The interface of the sensors' gateways: readings in bulk, the sheet of refused rows. Judges no reading itself."""

from __future__ import annotations

import csv
import io
from typing import Any

from flask import Blueprint, Response
from marshmallow import Schema, fields
from sqlalchemy import select

from engine.errors import NotFound, ValidationFailed
from handlers.site import tables
from handlers.site.ingestion import MOST_ROWS, take
from handlers.site.records import dust_refusal
from web.api.callers import caller
from web.api.operations import operation
from web.cases.workbook import safe
from web.services import current_services, rows

SCOPE = "dust"
api = Blueprint("dust_api", __name__, url_prefix="/api/v1")


class Reading(Schema):
    """One reading of one device."""

    device_no = fields.String(required=True)
    measured_at = fields.String(required=True, metadata={"description": "ISO 8601; without a zone it is Shanghai's"})
    tsp_ug_m3 = fields.Float(required=True, metadata={"description": "µg/m³"})


class RowFault(Schema):
    """One row that was not taken; it is kept as it came."""

    row = fields.Integer()
    device_no = fields.Raw()
    measured_at = fields.Raw()
    value = fields.Raw()
    reason = fields.String()
    message = fields.String()


class BatchAnswer(Schema):
    """received = stored + repeated + refused."""

    batch = fields.String()
    received = fields.Integer()
    stored = fields.Integer()
    repeated = fields.Integer()
    refused = fields.Integer()
    errors = fields.List(fields.Nested(RowFault))
    error_sheet = fields.String(allow_none=True)
    time = fields.DateTime(metadata={"description": "the platform's clock"})


@operation(api, "POST", "/dust/readings", BatchAnswer, scope=SCOPE, summary="扬尘监测数据批量上传（CD-18）", body=Reading,
           rows=True)  # fmt: skip
def dust_readings(sent: list[Any]) -> dict[str, Any]:
    """Store the good rows once, keep the others with their reasons."""
    if len(sent) > MOST_ROWS:
        raise ValidationFailed(f"一次最多上传 {MOST_ROWS} 行，请分批", errors=[{"path": "", "message": f"{len(sent)} rows"}])
    services = current_services()
    now = services.clock.now()
    taken = take(services.database, sent, tables.periods(services.engine), now)
    sheet = f"/api/v1/dust/batches/{taken.batch}/errors.csv" if taken.refused else None
    return {**taken.as_answer(), "error_sheet": sheet, "time": now}


@api.get("/dust/batches/<batch>/errors.csv")
def dust_errors(batch: str) -> Response:
    """The refused rows of a batch as a sheet."""
    caller(SCOPE)
    return sheet_of(batch)


def sheet_of(batch: str) -> Response:
    """The rows as CSV that a spreadsheet reads. Raises NotFound for a batch without refused rows."""
    found = rows(select(dust_refusal).where(dust_refusal.c.batch_id == batch).order_by(dust_refusal.c.row_no))
    if not found:
        raise NotFound("这一批没有被拒收的数据", batch=batch)
    kept = io.StringIO()
    writer = csv.writer(kept)
    writer.writerow(("行号", "原因", "代码", "原始数据"))
    for row in found:
        writer.writerow((row["row_no"], row["message"], row["reason"], safe(row["raw"])))
    headers = {"Content-Disposition": f'attachment; filename="dust-errors-{batch[:12]}.csv"'}
    return Response("\ufeff" + kept.getvalue(), mimetype="text/csv", headers=headers)
