"""The page that moves a demonstration's clock on: what is due next, one button there. Does not exist in a house in service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import wraps

from flask import Blueprint, abort, flash, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine.errors import ValidationFailed
from web.auth.guard import requires
from web.demo_clock import DemoClock
from web.demo_clock.queries import standing
from web.errors import wants_json
from web.i18n import _
from web.layout import local
from web.services import current_services

blueprint = Blueprint("demo_clock", __name__, url_prefix="/demo/clock", template_folder="templates")
FARTHEST_DAYS = 366


def demo_only(view: Callable[[], object]) -> Callable[[], object]:
    """404 in an installation that is no demonstration, whoever asks."""

    @wraps(view)
    def guarded() -> object:
        if not isinstance(current_services().clock, DemoClock):
            abort(404)
        return view()

    return guarded


@blueprint.get("")
@demo_only
@requires("system_admin")
def show() -> Response | str:
    """Now, what runs at this moment, and what is due next; JSON for programs."""
    found = standing()
    return jsonify(asdict(found)) if wants_json() else render_template("demo_clock/clock.html", standing=found)


@blueprint.post("")
@demo_only
@requires("system_admin")
def move() -> Response:
    """Move on to an instant (`to`, ISO), by `days`, or to what is due next (`next_due`). ValidationFailed backwards."""
    clock = current_services().clock
    assert isinstance(clock, DemoClock)
    now = clock.advance_to(_wanted(clock.now()))
    if wants_json():
        return jsonify(asdict(standing()))
    flash(_("演示时钟现在是 {at}", at=local(now)), "pass")
    return redirect(url_for("demo_clock.show"))


def _wanted(now: datetime) -> datetime:
    sent = request.get_json(silent=True) if request.is_json else request.form
    sent = sent if isinstance(sent, dict) else request.form
    if sent.get("next_due"):
        due = current_services().engine.next_due()
        if due is None:
            raise ValidationFailed(_("目前没有等待到期的事项，时钟没有移动。"))
        return max(due, now)
    if sent.get("to"):
        return _limited(now, _instant(str(sent["to"])))
    days = str(sent.get("days", ""))
    if not days.isdecimal() or len(days) > 4 or not int(days):
        raise ValidationFailed(_("请选择快进到何时：下一个到期时间、若干天，或一个时间。"))
    return _limited(now, now + timedelta(days=int(days)))


def _instant(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise ValidationFailed(_("“{sent}”不是有效的时间。", sent=text[:40])) from error
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _limited(now: datetime, wanted: datetime) -> datetime:
    if wanted - now > timedelta(days=FARTHEST_DAYS):
        raise ValidationFailed(_("一次最多快进 {n} 天。", n=FARTHEST_DAYS))
    return wanted
