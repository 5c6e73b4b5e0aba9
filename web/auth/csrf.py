"""A token in every form or header that only our own pages can know; refuses writes without it and foreign origins."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import urlsplit

from flask import Flask, Response, g, request

from engine.errors import NotPermitted
from web.auth.sessions import COOKIE
from web.services import current_services

ANONYMOUS = "gs_visit"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def csrf_token() -> str:
    """The token of this visitor: bound to the session cookie, or to a random cookie before the login."""
    name = request.cookies.get(COOKIE) or request.cookies.get(ANONYMOUS) or g.get("new_visit")
    if not name:
        name = g.new_visit = secrets.token_urlsafe(24)
    return _sign(name)


def _sign(name: str) -> str:
    return hmac.new(current_services().config.secret.encode(), f"csrf:{name}".encode(), hashlib.sha256).hexdigest()


def check_csrf() -> None:
    """Refuse a writing request that does not come from one of our own pages. The API checks its own bearer token."""
    if request.method in _SAFE or request.path.startswith("/api/v1/"):
        return
    origin = request.headers.get("Origin")
    foreign = origin is not None and urlsplit(origin).netloc != request.host
    sent = request.headers.get("X-CSRF-Token") or request.form.get("csrf_token", "")
    known = [request.cookies.get(name) for name in (COOKIE, ANONYMOUS)]
    if foreign or not any(name and hmac.compare_digest(_sign(name), sent) for name in known):
        raise NotPermitted("页面已过期，请返回上一页刷新后再提交；您填写的内容仍在原页面上", reason="csrf")


def install(app: Flask) -> None:
    """Check every request and remember a visitor's cookie."""
    app.before_request(check_csrf)
    app.jinja_env.globals["csrf_token"] = csrf_token

    @app.after_request
    def _remember(response: Response) -> Response:
        if "new_visit" in g:
            response.set_cookie(
                ANONYMOUS, g.new_visit, httponly=True, samesite="Lax", secure=request.is_secure, max_age=86400
            )
        return response
