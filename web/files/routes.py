"""Takes uploads and gives files back, to their owner and to staff who may see the case; nothing is guessable."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from engine.errors import NotFound, ValidationFailed
from engine.records import stored_file
from web.answers import file_ids
from web.auth import throttle
from web.auth.guard import current_person, requires
from web.auth.people import Person
from web.auth.reading import note_reading
from web.files.disposition import disposition
from web.files.rights import may_use
from web.services import current_services, rows

blueprint = Blueprint("files", __name__)
_SAFE = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; object-src 'self'; frame-ancestors 'self'"


@blueprint.post("/files")
@requires()
def upload() -> tuple[Answer, int]:
    """Keep one file (multipart, field `file`). Answers {id, name, size, media_type, sha256}."""
    person = current_person()
    if not throttle.allowed(f"upload:{person.account_id}", 120):
        raise ValidationFailed("上传过于频繁，请一分钟后再试")
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise ValidationFailed("没有收到文件，请重新选择")
    with closing(sent):
        data = sent.read()
    row = current_services().files.put(data, sent.filename, request.form.get("field", ""), person.actor)
    kept = {"id": row["id"], "name": row["name"], "size": row["size_bytes"], "media_type": row["media_type"]}
    return jsonify(**kept, sha256=row["sha256"]), 201


@blueprint.get("/files/<file_id>")
@requires()
def download(file_id: str) -> Answer:
    """The file, shown in the page where that is safe. NotFound for anybody who may not see it."""
    person, files = current_person(), current_services().files
    row = files.info(file_id)
    _require_sight(row, person)
    answer = Response(files.read(file_id), mimetype=row["media_type"])
    answer.headers["Content-Disposition"] = disposition(row["name"], download="download" in request.args)
    answer.headers["Content-Security-Policy"] = _SAFE
    return answer


@blueprint.get("/files/<file_id>/info")
@requires()
def info(file_id: str) -> Answer:
    """Name, size and type of a file, for the form."""
    row = current_services().files.info(file_id)
    _require_sight(row, current_person(), quiet=True)
    return jsonify(id=row["id"], name=row["name"], size=row["size_bytes"], media_type=row["media_type"])


@blueprint.app_template_global()
def file_names(form: Any, value: Any) -> dict[str, str]:
    """Names with sizes of the files in a form's value, by id."""
    return named([file_id for _label, _path, file_id in file_ids(form.schema, value)])


@blueprint.app_template_global()
def file_name(file_id: str) -> str:
    """The name of one file; empty when there is none."""
    if "file_names" not in g:
        g.file_names = {}
    if file_id not in g.file_names:
        g.file_names[file_id] = named([file_id]).get(file_id, "")
    return str(g.file_names[file_id])


def named(file_ids: list[str]) -> dict[str, str]:
    """id to name and size of the files that exist."""
    if not file_ids:
        return {}
    columns = (stored_file.c.id, stored_file.c.name, stored_file.c.size_bytes)
    found = rows(select(*columns).where(stored_file.c.id.in_(file_ids)))
    return {row["id"]: f"{row['name']}（{_size(row['size_bytes'])}）" for row in found}


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1048576:.1f} MB" if size_bytes >= 1048576 else f"{max(1, size_bytes // 1024)} KB"


def _require_sight(row: Mapping[str, Any], person: Person, quiet: bool = False) -> None:
    if row["uploaded_by"] == person.account_id:
        return
    if not may_use(row, person):
        raise NotFound("没有这个文件，或您不能查看它")
    case = current_services().engine.case(row["case_id"])
    if case.applicant_id != person.account_id and not quiet:
        note_reading(case.id, case.case_no, "file", row["id"])
