"""One case as one file that can be checked without the product: events, values, raw answers, models, documents.

Reads only; what the package leaves out (texts of other cases, passwords, drafts) was never part of the case.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import select

from engine import canonical
from engine.records import audit_event, case_file_item, cases, decision_record, evidence, issued_document, stored_file
from engine.records.metadata import instant_text
from web.audit import queries
from web.services import rows

_VERIFIER = Path(__file__).with_name("verify.py")
_FIELDS = tuple(column.name for column in audit_event.c)


def build(case_id: str, made_by: str, made_at: Any, stored: Any = None) -> bytes:
    """A zip file. `stored` reads an uploaded file by id (bytes), or is None to leave uploads out."""
    case = rows(select(cases).where(cases.c.id == case_id))[0]
    events = _events(case_id)
    files: dict[str, bytes] = {
        "events.jsonl": _lines(events),
        "case_file.jsonl": _lines(_items(case_id)),
        "decisions.jsonl": _lines(_plain_rows(select(decision_record).where(decision_record.c.case_id == case_id))),
        "case.json": _json(_plain(case)),
        "verify.py": _VERIFIER.read_bytes(),
        "README.txt": _readme(case),
    }
    files |= _evidence(case_id) | _models(case_id) | _documents(case_id) | _uploads(case_id, stored)
    manifest = {
        "format": "guangsha-case-package/1",
        "case_id": case_id,
        "case_no": case["case_no"],
        "events": len(events),
        "head": events[-1]["hash"] if events else "0" * 64,
        "made_at": instant_text(made_at),
        "made_by": made_by,
        "files": {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())},
    }
    return _zip({"manifest.json": _json(manifest), **files})


def _events(case_id: str) -> list[dict[str, Any]]:
    query = select(audit_event).where(audit_event.c.case_id == case_id).order_by(audit_event.c.seq)
    return [{name: row[name] for name in _FIELDS} | {"at": instant_text(row["at"])} for row in rows(query)]


def _items(case_id: str) -> list[dict[str, Any]]:
    query = (
        select(case_file_item)
        .where(case_file_item.c.case_id == case_id)
        .order_by(case_file_item.c.event_seq, case_file_item.c.name, case_file_item.c.version)
    )
    return [_plain(row) for row in rows(query)]


def _evidence(case_id: str) -> dict[str, bytes]:
    found = rows(select(evidence).where(evidence.c.case_id == case_id).order_by(evidence.c.received_at))
    index, files = [], {}
    for row in found:
        name = f"evidence/{row['id']}.raw"
        files[name] = row["raw"]
        index.append({key: value for key, value in _plain(row).items() if key != "raw"} | {"file": name})
    files["evidence/index.json"] = _json(index)
    return files


def _models(case_id: str) -> dict[str, bytes]:
    found = queries.definitions(list(queries.members(case_id).values()))
    return {f"models/{key}-v{row['version']}.bpmn": row["xml"] for key, row in found.items()}


def _documents(case_id: str) -> dict[str, bytes]:
    found = rows(select(issued_document).where(issued_document.c.case_id == case_id))
    return {f"documents/{row['id']}.pdf": row["pdf"] for row in found}


def _uploads(case_id: str, stored: Any) -> dict[str, bytes]:
    found = rows(select(stored_file).where(stored_file.c.case_id == case_id))
    files = {"uploads/index.json": _json([_plain(row) for row in found])}
    if stored is not None:
        for row in found:
            files[f"uploads/{row['id']}"] = stored(row["id"])
    return files


def _plain_rows(query: Any) -> list[dict[str, Any]]:
    return [_plain(row) for row in rows(query)]


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row.items() if not isinstance(value, bytes | memoryview)}


def _json(value: Any) -> bytes:
    return canonical.dumps(value).encode()


def _lines(values: Sequence[Any]) -> bytes:
    return b"".join(_json(value) + b"\n" for value in values)


def _readme(case: Mapping[str, Any]) -> bytes:
    return (
        f"办件 {case['case_no']}（{case['process_name']}）的案卷包。\n"
        "核验（任何装有 Python 3 的电脑，不需要联网）：解压后运行  python3 verify.py\n"
        "This is the package of one case. To verify it offline: unzip, then run  python3 verify.py\n"
    ).encode()


def _zip(files: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()
