"""The to-do list and the done list with their chips and counts; opens no task itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, jsonify, redirect, render_template, request, session
from werkzeug.wrappers import Response

from engine import InboxFilter
from web.auth.guard import current_person, requires
from web.auth.people import WORKERS, units
from web.inbox import filters, overdue
from web.inbox.countdown import countdown
from web.services import current_services

blueprint = Blueprint("inbox", __name__, template_folder="templates")
CHIPS = (("all", "全部"), ("mine", "我签收的"), ("free", "待签收"), ("soon", "3 日内到期"), ("overdue", "已逾期"))


@blueprint.get("/inbox")
@requires(*WORKERS)
def todo() -> str:
    """The open tasks that this person may do; the pop-up of overdue pre-reviews once a session (SH-014.R7)."""
    state, actor, engine = filters.read(request.args), current_person().actor, current_services().engine
    page = engine.inbox(actor, filters.as_filter(state), page=state.page, size=state.size, sort=state.sort)
    counts = engine.inbox_counts(actor, filters.soon())
    late = overdue.pre_reviews(actor) if counts["overdue"] else []
    return render_template(
        "inbox/todo.html",
        page=page,
        state=state,
        chips=_chips(state, counts),
        countdown=countdown,
        late=late,
        show_late=_tell_once(len(late)),
        choices=_choices(),
        page_address=lambda number: state.address("/inbox", page=number),
    )


def _tell_once(count: int) -> bool:
    """Whether the pop-up is due: at the first visit of a session, and when more have become overdue since."""
    told = session.get("late_told", 0)
    session["late_told"] = count
    return count > told


def _chips(state: filters.ListState, counts: Mapping[str, int]) -> list[dict[str, object]]:
    return [
        {"view": view, "words": words, "count": counts[view], "address": state.address("/inbox", view=view), "current": state.view == view}
        for view, words in CHIPS
    ]


def _choices() -> dict[str, list[Any]]:
    definitions = current_services().engine.definitions()
    districts = sorted({u["district"] for u in units.fresh().values() if u["kind"] == "district"})
    return {"process": [(d.key, d.name) for d in definitions if d.public or d.start_groups], "district": districts}


@blueprint.get("/inbox/done")
@requires(*WORKERS)
def done() -> str:
    """What this person has completed, newest first."""
    state = filters.read(request.args)
    wanted = InboxFilter(text=state.values["text"], process_key=state.values["process"] or None)
    page = current_services().engine.done(current_person().actor, wanted, page=state.page, size=state.size)
    return render_template("inbox/done.html", page=page, state=state, choices=_choices(),
                           page_address=lambda number: state.address("/inbox/done", page=number))  # fmt: skip


@blueprint.get("/inbox/copies")
@requires(*WORKERS)
def copies() -> str:
    """Cases that colleagues copied to this person, to read."""
    state = filters.read(request.args)
    page = current_services().engine.copies(current_person().actor, page=state.page, size=state.size)
    return render_template("inbox/copies.html", page=page, state=state,
                           page_address=lambda number: state.address("/inbox/copies", page=number))  # fmt: skip


@blueprint.get("/inbox/next")
@requires(*WORKERS)
def following() -> Response:
    """Open the first task of the list that the address describes; back to the list when nothing is left."""
    state = filters.read(request.args)
    skipped = request.args.get("after", "")
    page = current_services().engine.inbox(
        current_person().actor, filters.as_filter(state), page=1, size=20, sort=state.sort
    )
    for task in page.items:
        if task.id != skipped:
            return redirect(state.address(f"/tasks/{task.id}"))
    return redirect(state.address("/inbox"))


@blueprint.get("/inbox/counts")
@requires(*WORKERS)
def counts() -> Response:
    """How many tasks wait, for the menu: {todo, mine, overdue}."""
    found = current_services().engine.inbox_counts(current_person().actor, filters.soon())
    return jsonify(todo=found["all"], mine=found["mine"], overdue=found["overdue"])
