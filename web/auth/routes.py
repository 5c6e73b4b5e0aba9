"""Login, logout and registration of an applicant; tells a guesser nothing and locks a name after five failures."""

from __future__ import annotations

import secrets

from flask import Blueprint, redirect, render_template, request
from sqlalchemy import insert, select, update
from werkzeug.wrappers import Response

from engine.errors import ValidationFailed
from web.auth import sessions, throttle
from web.auth.guard import current_person, requires
from web.auth.passwords import check_strength, hash_password, matches
from web.auth.people import Person, person_of
from web.auth.records import account
from web.auth.registration import checked_applicant
from web.i18n import _, local_path
from web.services import current_services, machine_now, rows, writing

blueprint = Blueprint("auth", __name__, template_folder="templates")


def home_of(person: Person) -> str:
    """Where this person's work begins."""
    if person.is_worker:
        return "/inbox"
    for group, path in (
        ("analyst", "/studio"),
        ("model_publisher", "/studio"),
        ("rule_admin", "/rules"),
        ("rule_approver", "/rules"),
        ("auditor", "/audit"),
        ("system_admin", "/admin/incidents"),
    ):
        if person.any_of(group):
            return path
    return "/my"


@blueprint.get("/login")
def login() -> str:
    """The login page; with a living session it still shows, so that another account can be used."""
    chosen = request.args.get("as", "")[:60]
    return render_template("auth/login.html", next=local_path(request.args.get("next"), ""), username=chosen, error="", **_demo())


@blueprint.post("/login")
def log_in() -> Response | tuple[str, int]:
    """Check name and password, open a session, go to the page that was asked for."""
    username = request.form.get("username", "").strip()[:60]
    target = local_path(request.form.get("next"), "")
    key = f"login:{username.lower()}"
    until = throttle.locked_until(key)
    if until is not None:
        minutes = int((until - machine_now()).total_seconds() // 60) + 1
        return _again(_("连续输错 5 次，该账号已暂停登录，请 {n} 分钟后再试", n=minutes), username, target, 429)
    found = rows(select(account).where((account.c.username == username) | (account.c.id_no == username.upper())))
    row = found[0] if username and found else None
    if not matches(request.form.get("password", ""), row["password_hash"] if row else None):
        left = throttle.failed(key)
        sentence = _("用户名或密码不正确，还可以再试 {n} 次", n=left) if left else _("用户名或密码不正确，账号已暂停登录 15 分钟")
        return _again(sentence, username, target, 401)
    if row is None or row["status"] != "active":
        return _again(_("该账号已停用，请联系系统管理员"), username, target, 403)
    throttle.succeeded(key)
    return _enter(person_of(row), target)


def _again(error: str, username: str, target: str, status: int) -> tuple[str, int]:
    return render_template("auth/login.html", next=target, username=username, error=error, **_demo()), status


def _enter(person: Person, target: str) -> Response:
    old = request.cookies.get(sessions.COOKIE)
    if old:
        sessions.revoke(old)
    response = redirect(target or home_of(person))
    response.set_cookie(
        sessions.COOKIE,
        sessions.open_session(person.account_id),
        httponly=True,
        samesite="Lax",
        secure=request.is_secure,
        max_age=int(sessions.LIFE.total_seconds()),
    )
    return response


@blueprint.post("/logout")
def logout() -> Response:
    """End the session on the server, not only in the browser."""
    sessions.revoke(request.cookies.get(sessions.COOKIE, ""))
    response = redirect("/login")
    response.delete_cookie(sessions.COOKIE)
    return response


@blueprint.get("/session")
@requires()
def stay() -> dict[str, int]:
    """Keep the session alive: {seconds} until it ends without use."""
    return {"seconds": int(sessions.IDLE.total_seconds())}


@blueprint.get("/register")
def register() -> str:
    """The form for a new applicant's account."""
    return render_template("auth/register.html", values={}, errors=[])


@blueprint.post("/register")
def enrol() -> Response | tuple[str, int]:
    """Make an applicant's account and log in; an ID number can have one account only."""
    values = {key: request.form.get(key, "").strip() for key in ("name", "id_no", "mobile")}
    password = request.form.get("password", "")
    try:
        values = checked_applicant(values)
        check_strength(password, values["id_no"])
    except ValidationFailed as fault:
        return render_template("auth/register.html", values=values, errors=fault.details.get("errors", [])), 422
    if rows(select(account.c.id).where(account.c.id_no == values["id_no"])):
        message = _("这个证件号码已经注册，请直接登录；忘记密码请到受理窗口重置")
        errors = [{"path": "/id_no", "message": message}]
        return render_template("auth/register.html", values=values, errors=errors), 409
    row = {
        "id": f"A{secrets.token_hex(8)}",
        "username": values["id_no"],
        "post": "申请人",
        "org_unit": None,
        "district": None,
        "groups": ["applicant"],
        "password_hash": hash_password(password),
        "status": "active",
        "demo": False,
        "note": "",
        "created_at": machine_now(),
        **values,
    }
    with writing() as connection:
        connection.execute(insert(account).values(**row))
    return _enter(person_of(row), local_path(request.form.get("next"), "/"))


@blueprint.get("/account")
@requires()
def own_account() -> str:
    """My account: post, unit, sessions, password."""
    return render_template("auth/account.html", errors=[], done=False)


@blueprint.post("/account/password")
@requires()
def change_password() -> Response | tuple[str, int]:
    """Set a new password, end every session of the account and open a new one."""
    person = current_person()
    stored = rows(select(account.c.password_hash).where(account.c.id == person.account_id))[0]["password_hash"]
    try:
        if not matches(request.form.get("old", ""), stored):
            raise ValidationFailed(errors=[{"path": "/old", "message": _("原密码不正确")}])
        check_strength(request.form.get("new", ""), person.username)
    except ValidationFailed as fault:
        return render_template("auth/account.html", errors=fault.details["errors"], done=False), 422
    with writing() as connection:
        connection.execute(
            update(account)
            .where(account.c.id == person.account_id)
            .values(password_hash=hash_password(request.form["new"]))
        )
    sessions.revoke_all(person.account_id)
    return _enter(person, "/account?done=1")


def _demo() -> dict[str, object]:
    return {"demo_accounts": demo_accounts}


def demo_accounts() -> list[dict[str, str]]:
    """The demo accounts for the login page; none in an installation without the demo city."""
    if not current_services().config.demo:
        return []
    columns = (account.c.username, account.c.name, account.c.post, account.c.groups, account.c.note)
    found = rows(select(*columns).where(account.c.demo.is_(True)).order_by(account.c.org_unit.is_(None), account.c.created_at, account.c.id))
    return [dict(row) for row in found]
