"""Pages of the holiday calendar: a year, a day, the deadlines that would move, and the review."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from engine import canonical
from engine.errors import ValidationFailed
from web.auth.guard import current_person, requires
from web.i18n import _
from web.rules.calendar import KIND, YearDesk, told
from web.rules.routes import APPROVER, EDITOR, READERS, blueprint
from web.services import current_services, now
from web.studio import reviews


@blueprint.get("/calendar")
@requires(*READERS)
def calendar() -> str:
    """One year with the drafted changes, and every open deadline that they would move."""
    services, desk = current_services(), YearDesk(current_services())
    today = services.clock.today()
    year = request.args.get("year", today.year, type=int)
    content = desk.drafted()
    jurisdiction = desk.jurisdiction
    return render_template(
        "rules/calendar.html",
        year=min(max(year, 2000), 2100),
        months=desk.year(min(max(year, 2000), 2100)),
        published=year in services.engine.calendar().published,
        draft=desk.draft(),
        changes=told(content),
        moves=desk.moves(content) if content["days"] or content["published"] else [],
        chosen=_day(request.args.get("day", "")),
        pending=reviews.pending(services.database, KIND, jurisdiction),
        history=reviews.of(services.database, KIND, jurisdiction, ("approved",))[:20],
        may_edit=current_person().any_of(EDITOR),
        today=today,
    )


@blueprint.post("/calendar/day")
@requires(EDITOR)
def calendar_day() -> Response:
    """Note in the draft what a day shall be."""
    day = _day(request.form.get("day", ""))
    if day is None:
        raise ValidationFailed(_("日期应为年-月-日"), errors=[{"path": "/day", "message": _("日期应为年-月-日")}])
    YearDesk(current_services()).set_day(
        day, request.form.get("choice", ""), request.form.get("name", ""), current_person().actor
    )
    return redirect(url_for("rules.calendar", year=day.year))


@blueprint.post("/calendar/published")
@requires(EDITOR)
def calendar_published() -> Response:
    year = request.form.get("year", 0, type=int)
    YearDesk(current_services()).publish_year(year, current_person().actor)
    return redirect(url_for("rules.calendar", year=year))


@blueprint.post("/calendar/discard")
@requires(EDITOR)
def calendar_discard() -> Response:
    YearDesk(current_services()).discard()
    flash(_("草稿已放弃"), "pass")
    return redirect(url_for("rules.calendar"))


@blueprint.post("/calendar/submit")
@requires(EDITOR)
def calendar_submit() -> Response:
    """Hand the changes to a second person."""
    given = request.form
    review_id = YearDesk(current_services()).submit(
        given.get("note", ""), given.get("legal_basis", ""), current_person().actor
    )
    flash(_("已提交复核；通过后日历和时限一起变动"), "pass")
    return redirect(url_for("rules.calendar_review", review_id=review_id))


@blueprint.get("/calendar/reviews/<review_id>")
@requires(*READERS)
def calendar_review(review_id: str) -> str:
    """The approver's sheet: the days, and every deadline that moves."""
    services, person = current_services(), current_person()
    with services.database.connect() as connection:
        row = reviews.one(connection, review_id)
    content: Any = canonical.loads(row["content"])
    waiting = row["state"] == "pending"
    return render_template(
        "rules/calendar_review.html",
        review=row,
        changes=told(content),
        moves=YearDesk(services).moves(content) if waiting else [],
        states=reviews.STATE_NAMES,
        may_decide=person.any_of(APPROVER) and person.actor.user_id != row["submitted_by"],
    )


@blueprint.post("/calendar/reviews/<review_id>/approve")
@requires(APPROVER)
def calendar_approve(review_id: str) -> Response:
    """Write the calendar and move the deadlines in one transaction."""
    moves = YearDesk(current_services()).approve(review_id, current_person().actor, request.form.get("note", ""))
    flash(_("日历已生效，{n} 个时限随之变动，并记入各办件的历史", n=len(moves)), "pass")
    return redirect(url_for("rules.calendar_review", review_id=review_id))


@blueprint.post("/calendar/reviews/<review_id>/return")
@requires(APPROVER)
def calendar_return(review_id: str) -> Response:
    reviews.give_back(
        current_services().database, review_id, current_person().actor, now(), request.form.get("note", "")
    )
    flash(_("已退回修改人"), "pass")
    return redirect(url_for("rules.calendar_review", review_id=review_id))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
