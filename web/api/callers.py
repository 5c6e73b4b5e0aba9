"""Who calls the API: a client with scopes or a person, by bearer token; refuses missing scope and too many calls."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort, request
from sqlalchemy import select

from engine.errors import NotPermitted, ValidationFailed
from web.auth import throttle, tokens
from web.auth.passwords import matches
from web.auth.people import Person, person_of
from web.auth.records import account, api_client
from web.services import current_services, machine_now, rows

PERSON_SCOPE = "person"
PERSON_PER_MINUTE = 600


@dataclass(frozen=True)
class Caller:
    """The client or the person behind a token; `person` is set for people only."""

    subject: str
    scopes: frozenset[str]
    person: Person | None


def caller(scope: str) -> Caller:
    """The caller of this request with this scope. 401 without a token, NotPermitted without the scope, 429 too often."""
    header = request.headers.get("Authorization", "")
    if not header.startswith("Bearer "):
        abort(401)
    claims = tokens.read(current_services().config.secret, header[7:], machine_now())
    found = _person(claims["sub"][5:]) if claims["sub"].startswith("user:") else _client(claims["sub"][7:])
    if scope not in found[0].scopes:
        raise NotPermitted(f"这个令牌没有 {scope} 的权限", scope=scope)
    if not throttle.allowed(f"api:{claims['sub']}", found[1]):
        abort(429)
    return found[0]


def _person(account_id: str) -> tuple[Caller, int]:
    found = rows(select(account).where(account.c.id == account_id, account.c.status == "active"))
    if not found:
        abort(401)
    return Caller(f"user:{account_id}", frozenset({PERSON_SCOPE}), person_of(found[0])), PERSON_PER_MINUTE


def _client(client_id: str) -> tuple[Caller, int]:
    found = rows(select(api_client).where(api_client.c.client_id == client_id, api_client.c.status == "active"))
    if not found:
        abort(401)
    return Caller(f"client:{client_id}", frozenset(found[0]["scopes"]), None), found[0]["per_minute"]


def grant(client_id: str = "", client_secret: str = "", username: str = "", password: str = "") -> dict[str, object]:
    """A token for a client or a person with the right secret. The same lock as at the login page holds."""
    name = client_id or username
    if not name or bool(client_id) == bool(username):
        raise ValidationFailed("请给出 client_id 与 client_secret，或 username 与 password")
    key = f"login:{name.lower()}" if username else f"client:{name.lower()}"
    if throttle.locked_until(key) is not None:
        abort(429)
    if client_id:
        found = rows(select(api_client).where(api_client.c.client_id == client_id, api_client.c.status == "active"))
        stored, subject = (found[0]["secret_hash"] if found else None), f"client:{client_id}"
        scopes, secret = (list(found[0]["scopes"]) if found else []), client_secret
    else:
        found = rows(select(account).where(account.c.username == username, account.c.status == "active"))
        stored, subject = (found[0]["password_hash"] if found else None), f"user:{found[0]['id'] if found else ''}"
        scopes, secret = [PERSON_SCOPE], password
    if not matches(secret, stored):
        throttle.failed(key)
        raise NotPermitted("账号或密钥不正确", reason="credentials")
    throttle.succeeded(key)
    token = tokens.issue(current_services().config.secret, subject, scopes, machine_now())
    return {
        "access_token": token,
        "token_type": "Bearer",
        "expires_in": int(tokens.LIFE.total_seconds()),
        "scope": " ".join(scopes),
    }
