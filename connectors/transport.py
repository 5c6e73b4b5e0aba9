"""Transport: one HTTP exchange with one outside system, bounded in time and size. It never retries by itself (the
worker does, with the same idempotency key) and never follows a redirect.

The whole exchange ends within timeout_s, also when the other side drips a byte a second (B11). Every reply, good or
bad, is handed to `record` before it is judged, so that the raw answer is kept even where it becomes an incident.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import Any, TypeVar
from uuid import uuid4

import httpx
import orjson

from connectors.answer import Answer
from connectors.breaker import Breaker
from connectors.envelope import RawReply, open_envelope
from connectors.interface import InterfaceInfo
from connectors.reading import Reading
from engine.errors import ContractBroken, GuangshaError, Unavailable

T = TypeVar("T")
Record = Callable[[RawReply], None]
LARGEST_REPLY_BYTES = 16 * 1024 * 1024
_KEY_FORM = re.compile(r"[!-~]{1,255}")


def utc_now() -> datetime:
    """The present instant, aware UTC: the moment a reply arrives in this process."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Reply:
    """An accepted reply: its data to be read, and what every Answer says about its origin."""

    data: Reading
    as_of: date
    received: RawReply
    interface: InterfaceInfo

    def answer(self, value: T) -> Answer[T]:
        got = self.received
        return Answer(value, got.raw, got.sha256, got.received_at, got.request_id, self.as_of,
                      self.interface.system, self.interface.department)


class Transport:
    """Speaks to base_url for one interface. Raises Unavailable, Rejected, ContractBroken; safe for threads."""

    def __init__(self, http: httpx.Client, base_url: str, interface: InterfaceInfo, timeout_s: float, *,
                 token: str = "", record: Record | None = None, breaker: Breaker | None = None,
                 now: Callable[[], datetime] = utc_now) -> None:
        if not base_url.startswith(("http://", "https://")):
            raise ValueError(f"{interface.system}: base URL must be http(s), not {base_url!r}")
        self.interface = interface
        self._http, self._base_url, self._timeout_s = http, base_url.rstrip("/"), timeout_s
        self._token, self._record, self._now = token, record, now
        self._breaker = breaker or Breaker(0)

    def post(self, operation: str, payload: Mapping[str, Any], idempotency_key: str) -> Reply:
        """Ask or tell: one effect a key, however often it is sent. The key is 1 to 255 visible ASCII characters."""
        if not _KEY_FORM.fullmatch(idempotency_key):
            raise ValueError("idempotency key must be 1 to 255 visible ASCII characters")
        return self._guarded("POST", operation, orjson.dumps(payload), {}, idempotency_key)

    def get(self, operation: str, params: Mapping[str, str | int] | None = None) -> Reply:
        """Read without effect."""
        return self._guarded("GET", operation, b"", dict(params or {}), "")

    def health(self) -> dict[str, Any]:
        """{system, title, department, version, status: up|down, error, breaker_open, latency_ms, checked_at}.

        Asks in spite of an open breaker; never raises.
        """
        started, error = time.monotonic(), ""
        try:
            self._exchange("GET", "health", b"", {}, "")
        except GuangshaError as failure:
            error = failure.code
        info = self.interface
        return {"system": info.system, "title": info.title, "department": info.department, "version": info.version,
                "status": "down" if error else "up", "error": error, "breaker_open": self._breaker.is_open,
                "latency_ms": round((time.monotonic() - started) * 1000, 1), "checked_at": self._now().isoformat()}

    def _guarded(self, method: str, operation: str, body: bytes, params: dict[str, Any], key: str) -> Reply:
        """Exchange unless the breaker is open. Busy and pending are answers; only silence and 5xx count as failures."""
        wait_s = self._breaker.wait_s()
        if wait_s:
            raise Unavailable("外部系统接口异常，暂停访问", retry_after_s=wait_s, system=self.interface.system,
                              reason="breaker_open")
        try:
            reply = self._exchange(method, operation, body, params, key)
        except Unavailable as error:
            absent = error.details.get("reason") in ("timeout", "transport") or error.details.get("status", 0) >= 500
            (self._breaker.failed if absent else self._breaker.succeeded)()
            raise
        except GuangshaError:
            self._breaker.succeeded()
            raise
        self._breaker.succeeded()
        return reply

    def _exchange(self, method: str, operation: str, body: bytes, params: dict[str, Any], key: str) -> Reply:
        request_id = uuid4().hex
        headers = {"X-Request-Id": request_id, "Accept": "application/json", "Accept-Encoding": "identity"}
        if key:
            headers |= {"Idempotency-Key": key, "Content-Type": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = self._http.build_request(method, f"{self._base_url}/{operation}", content=body or None,
                                           params=params or None, headers=headers, timeout=self._timeout_s)
        received = self._receive(request, request_id, key)
        if self._record is not None:
            self._record(received)
        data, as_of = open_envelope(received)
        return Reply(data, as_of, received, self.interface)

    def _receive(self, request: httpx.Request, request_id: str, key: str) -> RawReply:
        origin: dict[str, Any] = {"system": self.interface.system, "request_id": request_id}
        deadline = time.monotonic() + self._timeout_s
        try:
            response = self._http.send(request, stream=True, follow_redirects=False)
            try:
                raw = self._read(response, deadline, origin)
            finally:
                response.close()
        except httpx.TimeoutException as error:
            raise Unavailable("外部系统超时未应答", **origin, reason="timeout") from error
        except httpx.TransportError as error:
            raise Unavailable("无法连接外部系统", **origin, reason="transport") from error
        except httpx.HTTPError as error:
            raise ContractBroken("外部系统的应答无法读取", **origin, reason="undecodable") from error
        return RawReply(self.interface.system, request_id, key, response.status_code, raw, sha256(raw).hexdigest(),
                        self._now(), response.headers.get("Retry-After", ""))

    def _read(self, response: httpx.Response, deadline: float, origin: Mapping[str, Any]) -> bytes:
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > LARGEST_REPLY_BYTES:
                raise ContractBroken("外部系统的应答过大", **origin, reason="too_large", limit=LARGEST_REPLY_BYTES)
            if time.monotonic() > deadline:
                raise Unavailable("外部系统应答过慢", **origin, reason="timeout")
            chunks.append(chunk)
        return b"".join(chunks)
