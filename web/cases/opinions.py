"""Opinion templates of the office and of each person, most used first; fills no variable that the case does not have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import case as sql_case
from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from web.auth.people import Person
from web.cases.records import opinion_template
from web.services import rows, writing

_T = opinion_template.c


def usable(person: Person, outcomes: tuple[str, ...]) -> list[Mapping[str, Any]]:
    """Templates for these outcomes: own ones first, then by use."""
    mine = or_(_T.account_id == "", _T.account_id == person.account_id)
    fits = or_(_T.outcome == "", _T.outcome.in_(outcomes)) if outcomes else mine
    own_first = sql_case((_T.account_id == person.account_id, 0), else_=1)
    return list(rows(select(opinion_template).where(mine, fits).order_by(own_first, _T.uses.desc(), _T.id)))


def keep(person: Person, outcome: str, text: str) -> None:
    """Remember an opinion as the person's own template; saying it twice is fine."""
    try:
        with writing() as connection:
            connection.execute(
                insert(opinion_template).values(account_id=person.account_id, outcome=outcome, text=text[:500], uses=0)
            )
    except IntegrityError:
        return


def used(person: Person, text: str) -> None:
    """Count the use of a template whose text was sent unchanged."""
    with writing() as connection:
        connection.execute(
            update(opinion_template)
            .where(_T.text == text, or_(_T.account_id == "", _T.account_id == person.account_id))
            .values(uses=_T.uses + 1)
        )


def forget(person: Person, template_id: int) -> None:
    """Remove one of the person's own templates."""
    with writing() as connection:
        connection.execute(delete(opinion_template).where(_T.id == template_id, _T.account_id == person.account_id))
