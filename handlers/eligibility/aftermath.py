"""Tidies up after a case that was withdrawn or ended: tells the repository, frees the family's slot, takes notices down.

No step of such a case runs any more, so the clock does it. Safe to repeat: the case is the key.
"""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import Connection, or_, select, update

from engine import PublicationStatus, Rejected, Unavailable, end_notice
from engine.records import cases, publication
from handlers.eligibility.records import in_review_slot

LOG = logging.getLogger("guangsha.aftermath")
TOLD = "已撤回"
STOPPED = ("withdrawn", "cancelled")


def tidy(services: Any) -> int:
    """How many cases were tidied up. A repository that does not answer is told at the next round."""
    with services.database.connect() as connection:
        stopped = connection.execute(_STOPPED).mappings().all()
    return sum(_tidy_one(services, case) for case in stopped)


_STOPPED = (
    select(cases)
    .where(
        cases.c.status.in_(STOPPED),
        cases.c.id.in_(
            select(in_review_slot.c.case_id).where(
                or_(in_review_slot.c.result.is_(None), in_review_slot.c.result == "已终止")
            )
        ),
    )
    .order_by(cases.c.closed_at)
    .limit(200)
)


def _tidy_one(services: Any, case: Any) -> bool:
    try:
        _tell(services, case)
    except Unavailable as error:
        LOG.warning("withdrawal of %s not told yet: %s", case["case_no"], error.message)
        return False
    except Rejected as refusal:
        LOG.warning("withdrawal of %s refused: %s", case["case_no"], refusal.message)
    with services.database.begin() as connection:
        _release(connection, case["id"], services.clock.now())
    return True


def _tell(services: Any, case: Any) -> None:
    application = services.engine.case_file_scope(case["id"]).get("application") or {}
    services.connectors.case_repository.push_result(
        case_no=str(application.get("repository_case_no") or case["case_no"]),
        applicant_id_no=str(case["applicant_id_no"]),
        state="withdrawn",
        result=str(case["outcome_name"] or "撤回"),
        reason=str(case["closed_reason"] or ""),
        idempotency_key=f"stopped:{case['id']}",
    )


def _release(connection: Connection, case_id: str, now: Any) -> None:
    """Slots and notices of one case."""
    mine = in_review_slot.c.case_id == case_id
    connection.execute(
        update(in_review_slot).where(mine, in_review_slot.c.released_at.is_(None)).values(released_at=now)
    )
    connection.execute(update(in_review_slot).where(mine).values(result=TOLD))
    query = select(publication.c.id).where(
        publication.c.case_id == case_id, publication.c.status == PublicationStatus.PUBLISHED
    )
    for notice_id in connection.execute(query).scalars().all():
        end_notice(connection, notice_id, PublicationStatus.REVOKED)
