"""Pre-reviews that are past their limit, for the pop-up on the home page (SH-014.R7); judges no other task."""

from __future__ import annotations

from engine import Actor, InboxFilter
from engine.views import TaskView
from web.services import current_services

PRE_REVIEW = "pre_review"
_SHOWN = 10


def pre_reviews(actor: Actor) -> list[TaskView]:
    """The overdue pre-reviews that this person may do, the oldest first."""
    wanted = InboxFilter(element_id=PRE_REVIEW, overdue=True)
    return list(current_services().engine.inbox(actor, wanted, size=_SHOWN, sort="due_on").items)
