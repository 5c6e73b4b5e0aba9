"""Decorators that say who may open a page; everything not marked public asks for a login."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from flask import abort, g, redirect, request, url_for
from werkzeug.wrappers import Response

from engine.errors import NotPermitted
from web.auth.people import STAFF, Person
from web.auth.sessions import person_of_request

View = TypeVar("View", bound=Callable[..., object])


def current_person() -> Person:
    """The person of this request; 401 when nobody is logged in."""
    person = person_of_request()
    if person is None:
        abort(401)
    return person


def requires(*groups: str) -> Callable[[View], View]:
    """Only people in one of these groups (any logged-in person when none is named)."""

    def mark(view: View) -> View:
        @wraps(view)
        def guarded(*args: object, **kwargs: object) -> object:
            person = person_of_request()
            if person is None:
                return to_login()
            if groups and not person.fits(groups):
                raise NotPermitted("您的岗位不能使用这一页；如工作需要，请联系系统管理员调整岗位权限")
            return view(*args, **kwargs)

        guarded.required_groups = groups  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return mark


def staff_only(view: View) -> View:
    """Every group but the applicants."""
    return requires(*sorted(STAFF))(view)


def to_login() -> Response:
    """To the login page and back here afterwards; a writing request or a program gets 401 instead."""
    if request.method not in {"GET", "HEAD"} or request.headers.get("HX-Request") or _wants_json():
        abort(401)
    g.pop("person", None)
    return redirect(url_for("auth.login", next=request.full_path.rstrip("?")))


def _wants_json() -> bool:
    return request.accept_mimetypes.best == "application/json"
