"""Server-side sessions: opened at login, checked at every request, revoked at once; the cookie is only a random name."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from flask import g, request
from sqlalchemy import and_, delete, insert, select, update

from web.auth.people import Person, person_of
from web.auth.records import account, login_session
from web.services import machine_now, rows, writing

COOKIE = "gs_session"
IDLE = timedelta(minutes=30)
LIFE = timedelta(hours=12)
_TOUCH_EVERY = timedelta(seconds=60)


def digest(token: str) -> str:
    """What is stored of a token: a thief of the table cannot log in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_session(account_id: str) -> str:
    """A new session for this account; returns the cookie's value. Old expired ones of the account are removed."""
    token, instant = secrets.token_urlsafe(32), machine_now()
    with writing() as connection:
        connection.execute(
            delete(login_session).where(
                login_session.c.account_id == account_id, login_session.c.expires_at < instant
            )
        )
        connection.execute(
            insert(login_session).values(
                token_hash=digest(token),
                account_id=account_id,
                created_at=instant,
                last_seen_at=instant,
                expires_at=(instant + LIFE),
                address=(request.remote_addr or "")[:60],
                agent=request.headers.get("User-Agent", "")[:200],
            )
        )
    return token


def revoke(token: str) -> None:
    """End this session now; saying it twice is fine."""
    with writing() as connection:
        connection.execute(
            update(login_session)
            .where(login_session.c.token_hash == digest(token))
            .values(revoked_at=machine_now())
        )


def revoke_all(account_id: str) -> None:
    """End every session of the account (disabled, password changed)."""
    with writing() as connection:
        connection.execute(
            update(login_session)
            .where(login_session.c.account_id == account_id, login_session.c.revoked_at.is_(None))
            .values(revoked_at=machine_now())
        )


def person_of_request() -> Person | None:
    """Who sends this request: None without a living session. Looks once a request."""
    if "person" not in g:
        g.person = _look_up(request.cookies.get(COOKIE, ""))
    return g.person


def _look_up(token: str) -> Person | None:
    if not token:
        return None
    instant = machine_now()
    found = rows(
        select(account, login_session.c.last_seen_at)
        .join(login_session, login_session.c.account_id == account.c.id)
        .where(
            and_(
                login_session.c.token_hash == digest(token),
                login_session.c.revoked_at.is_(None),
                login_session.c.expires_at > instant,
                login_session.c.last_seen_at > (instant - IDLE),
                account.c.status == "active",
            )
        )
    )
    if not found:
        return None
    if found[0]["last_seen_at"] < (instant - _TOUCH_EVERY):
        _touch(token, instant)
    return person_of(found[0])


def _touch(token: str, instant: datetime) -> None:
    with writing() as connection:
        connection.execute(
            update(login_session).where(login_session.c.token_hash == digest(token)).values(last_seen_at=instant)
        )
