"""Reads a form from a request (the island's JSON or plain fields) and checks it by its schema; keeps no draft."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any

from flask import request

from engine.errors import NotFound, ValidationFailed
from engine.forms import normalise, validate
from engine.views import FormView
from web.answers import file_ids
from web.auth.people import Person
from web.files.rights import strange_files
from web.i18n import _, language
from web.services import current_services


def sent_form() -> dict[str, Any]:
    """The form of this request: JSON body {"form": …}, or the field `form` that the island fills. ValidationFailed if unreadable."""
    if request.is_json:
        body = request.get_json(silent=True)
        found = body.get("form", {}) if isinstance(body, dict) else None
    else:
        found = _parsed(request.form.get("form", "") or "{}")
    if not isinstance(found, dict):
        raise ValidationFailed("提交的表单内容无法识别，请刷新页面后重新提交")
    return found


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValidationFailed("提交的表单内容无法识别，请刷新页面后重新提交") from error


def sent_key() -> str:
    """The idempotency key of this submission: from the page, or a fresh one for a program that sent none."""
    sent = request.form.get("idempotency_key") or request.headers.get("Idempotency-Key") or ""
    return sent[:64] if sent.replace("-", "").isalnum() else new_key()


def new_key() -> str:
    return secrets.token_hex(16)


def form_of(form_key: str, version: int | None = None) -> FormView:
    """The form. Raises NotFound with what to do when the key is unknown."""
    try:
        return current_services().engine.form(form_key, version)
    except NotFound as error:
        raise NotFound(f"没有编号为“{form_key}”的表单，可能尚未发布，请联系系统管理员", form_key=form_key) from error


def checked(form: FormView, value: Mapping[str, Any], person: Person, access: Mapping[str, str] | None = None, *,
            outcome: str | None = None, opinion: str | None = None) -> tuple[dict[str, Any], list[dict[str, str]]]:  # fmt: skip
    """The cleaned value and its faults [{path, message}] in the visitor's language; a file must be the person's to give."""
    cleaned = normalise(form.schema, value, access)
    if not isinstance(cleaned, dict):
        return {}, [{"path": "", "message": "提交的表单内容无法识别，请刷新页面后重新提交"}]
    english = language() == "en"
    faults = validate(form.schema, cleaned, access, outcome=outcome, opinion=opinion)
    told = [{"path": f.path, "message": f.message_en if english else f.message} for f in faults]
    return cleaned, told + _strange_files(form, cleaned, person, {f.path for f in faults})


def _strange_files(form: FormView, value: Mapping[str, Any], person: Person, known: set[str]) -> list[dict[str, str]]:
    named = file_ids(form.schema, value)
    strange = strange_files((file_id for _label, _path, file_id in named), person)
    message = _("这个文件不存在或不是您上传的，请重新上传")
    return [{"path": path, "message": message} for _label, path, file_id in named if file_id in strange and path not in known]
