"""One person at a browser: cookies, CSRF token, real login and registration, uploads. Knows no business."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import httpx

from connectors.sandbox.paper import pdf
from engine.errors import GuangshaError
from web.demo.pages import Page

TIMEOUT_S = 60.0
TRIES = 3
# Below the server's own keep-alive, so that no request goes out on a connection that is being closed.
_KEEP_S = 1.0


class DemoFault(GuangshaError):
    """The product did not do what a person at its pages may expect."""


def open_transport(connections: int) -> httpx.HTTPTransport:
    """The connections that all visitors of a run share."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections, keepalive_expiry=_KEEP_S)
    return httpx.HTTPTransport(verify=False, limits=limits, trust_env=False)


class Visitor:
    """A browser of one person. Safe to use from several threads."""

    def __init__(self, url: str, transport: httpx.HTTPTransport) -> None:
        self._client = httpx.Client(base_url=url, transport=transport, timeout=TIMEOUT_S, trust_env=False)
        self._token = ""
        self._lock = threading.Lock()

    def get(self, path: str, json_wanted: bool = False) -> Page:
        return self._send("GET", path, headers={"Accept": "application/json"} if json_wanted else None)

    def read(self, path: str) -> Any:
        """A page that answers JSON."""
        response = self._try("GET", path, headers={"Accept": "application/json"})
        if response.status_code != 200:
            raise DemoFault(f"GET {path}: {response.status_code}")
        return response.json()

    def post(self, path: str, data: Mapping[str, str], expect: tuple[int, ...] = (302,)) -> Page:
        """Post a page's form. Raises DemoFault with the page's words for a status that was not expected."""
        page = self._send("POST", path, data={"csrf_token": self.token(), **data})
        if page.status not in expect:
            raise DemoFault(f"POST {path}: {page.status} {page.problems}", path=path, status=page.status)
        return page

    def upload(self, field: str, category: str) -> str:
        """Upload a one-page scan; returns the file's id."""
        files = {"file": (f"{category}.pdf", pdf(category, [category]), "application/pdf")}
        response = self._try("POST", "/files", data={"csrf_token": self.token(), "field": field}, files=files)
        if response.status_code != 201:
            raise DemoFault(f"POST /files: {response.status_code} {response.text[:200]}")
        return str(response.json()["id"])

    def uploaded(self, value: Any, path: str = "") -> Any:
        """The form value with every `scan:<title>` replaced by an uploaded file."""
        if isinstance(value, dict):
            return {key: self.uploaded(one, f"{path}/{key}") for key, one in value.items()}
        if isinstance(value, list):
            return [self.uploaded(one, path) for one in value]
        if isinstance(value, str) and value.startswith("scan:"):
            return self.upload(path, value[5:])
        return value

    def token(self) -> str:
        with self._lock:
            if not self._token:
                self._token = self._send("GET", "/login").csrf
            return self._token

    def login(self, username: str, password: str) -> Visitor:
        """Log in by the login page. Raises DemoFault."""
        self.post("/login", {"username": username, "password": password, "next": ""})
        self._token = ""
        return self

    def register(self, name: str, id_no: str, mobile: str, password: str) -> Visitor:
        """Register as an applicant; log in where the account exists already."""
        sent = {"name": name, "id_no": id_no, "mobile": mobile, "password": password}
        if self.post("/register", sent, expect=(302, 409)).status == 409:
            return self.login(id_no, password)
        self._token = ""
        return self

    def _send(self, method: str, path: str, **parts: Any) -> Page:
        response = self._try(method, path, **parts)
        place = urlsplit(response.headers.get("location", ""))
        if response.status_code >= 500:
            raise DemoFault(f"{method} {path}: {Page(response.status_code, '', response.text).problems}", status=response.status_code)
        return Page(response.status_code, place.path, response.text)

    def _try(self, method: str, path: str, **parts: Any) -> httpx.Response:
        for turn in range(TRIES):
            try:
                return self._client.request(method, path, **parts)
            except httpx.TransportError as error:  # safe to repeat: every form carries its idempotency key
                if turn == TRIES - 1:
                    raise DemoFault(f"{method} {path}: {type(error).__name__}") from error
        raise AssertionError


def as_field(value: Mapping[str, Any]) -> str:
    """A form's value as the island writes it into its hidden field."""
    return json.dumps(value, ensure_ascii=False)
