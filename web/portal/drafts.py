"""The applicant's draft of one service with the key that makes its submission happen once; owns no table."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select

from web import drafts
from web.auth.people import Person
from web.auth.records import account
from web.drafts import Kept
from web.services import rows
from web.submission import new_key


def of(process_key: str, person: Person) -> Kept | None:
    """The draft of this service, or None."""
    return drafts.of(f"start:{process_key}", person)


def save(process_key: str, person: Person, value: Mapping[str, Any]) -> datetime:
    """Keep the form; the key of the first save stays, so that every submission of this draft is the same one."""
    before = of(process_key, person)
    key = before.key if before and before.key else new_key()
    return drafts.save(f"start:{process_key}", person, {"form": dict(value), "key": key})


def drop(process_key: str, person: Person) -> None:
    """Forget the draft."""
    drafts.drop(f"start:{process_key}", person)


def all_of(person: Person) -> list[Kept]:
    """All unsent applications of the person."""
    return drafts.all_starts(person)


def profile(person: Person) -> dict[str, Any] | None:
    """What the government holds of this person, as loaded with the account."""
    found = rows(select(account.c.profile, account.c.name, account.c.id_no, account.c.mobile).where(account.c.id == person.account_id))
    if not found:
        return None
    return {"name": found[0]["name"], "id_no": found[0]["id_no"], "mobile": found[0]["mobile"], **(found[0]["profile"] or {})}
