"""Envelope: what status and outer JSON of a reply mean, and which error family follows. Knows no system's data.

Interface convention 2.1: {"code": "0", "message": text, "asOf": "YYYY-MM-DD", "data": {...}}. A code B… says busy,
R… says refused, also under HTTP 200. 202 says: taken, ask again with the same key (SH-028.R2).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import orjson

from connectors.reading import Reading
from engine.errors import ContractBroken, Rejected, Unavailable

_LONGEST_PAUSE_S = 3600.0


@dataclass(frozen=True, slots=True)
class RawReply:
    """One HTTP reply as received, good or bad: what the evidence store keeps."""

    system: str
    request_id: str
    idempotency_key: str
    status: int
    raw: bytes
    sha256: str
    received_at: datetime
    retry_after: str = ""


def open_envelope(reply: RawReply) -> tuple[Reading, date]:
    """The data and the day they stand for. Raises Unavailable, Rejected, ContractBroken."""
    origin = {"system": reply.system, "request_id": reply.request_id, "raw_sha256": reply.sha256}
    _judge_status(reply, origin)
    outer = Reading(_json(reply, origin), origin, "$")
    _judge_code(outer, origin)
    return outer.part("data"), outer.day("asOf")


def _judge_status(reply: RawReply, origin: Mapping[str, Any]) -> None:
    status = reply.status
    if status == 200:
        return
    if status == 202:
        pause = _pause_s(reply.retry_after, reply.received_at) or 1.0
        raise Unavailable("外部系统已受理，结果尚未返回", retry_after_s=pause, **origin, reason="result_pending")
    if status >= 500 or status in (408, 425, 429):
        raise Unavailable("外部系统暂时无法应答", _pause_s(reply.retry_after, reply.received_at), **origin,
                          reason="http_status", status=status)
    if 400 <= status < 500:
        code, message = _refusal(reply.raw)
        raise Rejected(message or "外部系统拒绝了请求", **origin, reason="http_status", status=status,
                       outside_code=code)
    raise ContractBroken("外部系统返回了接口文档以外的状态", **origin, reason="http_status", status=status)


def _judge_code(outer: Reading, origin: Mapping[str, Any]) -> None:
    code = outer.text("code")
    if code == "0":
        return
    if code.startswith("B"):
        raise Unavailable(outer.text("message"), **origin, reason="busy", outside_code=code)
    if code.startswith("R"):
        raise Rejected(outer.text("message"), **origin, reason="refused", outside_code=code)
    raise ContractBroken("外部系统返回了接口文档以外的代码", **origin, reason="unknown_code", outside_code=code[:40])


def _json(reply: RawReply, origin: Mapping[str, Any]) -> Any:
    try:
        return orjson.loads(reply.raw)
    except orjson.JSONDecodeError as error:
        raise ContractBroken("外部系统返回的内容不完整或不是 JSON", **origin, reason="malformed_json") from error


def _refusal(raw: bytes) -> tuple[str, str]:
    """Code and message of a 4xx body, empty if the body is not an envelope."""
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return "", ""
    if not isinstance(body, dict):
        return "", ""
    return str(body.get("code") or "")[:40], str(body.get("message") or "")[:200]


def _pause_s(header: str, now: datetime) -> float | None:
    """Retry-After in seconds (RFC 9110, 10.2.3), 0 to 3600; None if absent or unreadable."""
    if not header:
        return None
    try:
        pause = float(header) if header.strip().isdigit() else _until(header, now)
    except (ValueError, TypeError):
        return None
    return min(max(pause, 0.0), _LONGEST_PAUSE_S)


def _until(header: str, now: datetime) -> float:
    instant = parsedate_to_datetime(header)
    return ((instant if instant.tzinfo else instant.replace(tzinfo=UTC)) - now).total_seconds()
