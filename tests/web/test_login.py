"""Login, sessions, throttling, CSRF and headers."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from engine.errors import NotPermitted, ValidationFailed
from tests.web.house import PASSWORD, Browser, House, words
from web.auth import passwords, tokens
from web.auth.records import account, login_attempt, login_session


@pytest.fixture(autouse=True)
def no_locks(house: House) -> None:
    with house.services.database.begin() as connection:
        connection.execute(delete(login_attempt))


def test_the_right_password_opens_the_home_of_the_post(visitor: Browser) -> None:
    answer = visitor.login("clerk")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/inbox")


def test_the_session_cookie_is_not_readable_by_scripts_and_not_sent_across_sites(visitor: Browser) -> None:
    cookie = next(c for c in visitor.login("clerk").headers.getlist("Set-Cookie") if c.startswith("gs_session="))
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


def test_a_wrong_password_says_how_many_tries_are_left(visitor: Browser) -> None:
    answer = visitor.login("clerk", "wrong password 1")
    assert answer.status_code == 401
    assert "还可以再试 4 次" in words(answer)


def test_an_unknown_name_gets_the_same_sentence(visitor: Browser) -> None:
    assert "用户名或密码不正确" in words(visitor.login("nobody", "wrong password 1"))


def test_the_fifth_failure_locks_the_name_and_nobody_else(house: House, visitor: Browser) -> None:
    for _try in range(5):
        visitor.login("verifier", "wrong password 1")
    locked = visitor.login("verifier", PASSWORD)
    assert locked.status_code == 429 and "15 分钟" in words(locked)
    assert house.browser().login("reviewer2").status_code == 302


def test_logout_ends_the_session_on_the_server(house: House) -> None:
    browser = house.browser("clerk")
    stolen = browser.client.get_cookie("gs_session")
    assert stolen is not None
    browser.post("/logout")
    browser.client.set_cookie("gs_session", stolen.value)
    assert browser.get("/inbox").headers["Location"].startswith("/login")


def test_a_disabled_account_is_refused_at_the_next_request(house: House) -> None:
    browser = house.browser("city")
    with house.services.database.begin() as connection:
        connection.execute(update(account).where(account.c.username == "city").values(status="disabled"))
    assert browser.get("/inbox").status_code == 302
    with house.services.database.begin() as connection:
        connection.execute(update(account).where(account.c.username == "city").values(status="active"))


def test_a_session_without_use_for_half_an_hour_ends(house: House) -> None:
    browser = house.browser("publicity")
    before = house.services.wall.now() - timedelta(minutes=31)
    with house.services.database.begin() as connection:
        connection.execute(
            update(login_session).where(login_session.c.account_id == "U-publicity").values(last_seen_at=before)
        )
    assert browser.get("/inbox").headers["Location"].startswith("/login")


def test_a_demonstration_that_moves_the_clock_logs_nobody_out(house: House) -> None:
    browser = house.browser("clerk")
    at = house.clock.now()
    house.clock.advance(days=30)
    try:
        assert browser.get("/inbox").status_code == 200
    finally:
        house.clock.set(at)


def test_login_gives_a_new_session_name(house: House, visitor: Browser) -> None:
    visitor.client.set_cookie("gs_session", "fixed-by-an-attacker")
    visitor.login("clerk")
    cookie = visitor.client.get_cookie("gs_session")
    assert cookie is not None and cookie.value != "fixed-by-an-attacker"


def test_a_post_without_our_token_is_refused(house: House) -> None:
    browser = house.browser("clerk")
    answer = browser.client.post("/logout")
    assert answer.status_code == 403 and "页面已过期" in words(answer)
    assert browser.get("/inbox").status_code == 200


def test_a_post_from_another_origin_is_refused(house: House) -> None:
    browser = house.browser("clerk")
    assert browser.post("/logout", headers={"Origin": "https://evil.example"}).status_code == 403


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "/\\evil.example"])
def test_the_login_sends_nobody_to_another_host(visitor: Browser, target: str) -> None:
    answer = visitor.post("/login", {"username": "clerk", "password": PASSWORD, "next": target}, page="/login")
    assert answer.headers["Location"] == "/inbox"


def test_every_page_forbids_foreign_and_inline_scripts(visitor: Browser) -> None:
    answer = visitor.get("/")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "unsafe-eval" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    inline = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>|\son\w+=\"", answer.text)
    assert inline == []


@pytest.mark.parametrize("password", ["short1", "nodigitsatall", "12345678", "clerk2026"])
def test_weak_passwords_are_refused(password: str) -> None:
    with pytest.raises(ValidationFailed):
        passwords.check_strength(password, "clerk")


def test_an_unsigned_token_and_one_of_another_key_are_refused(house: House) -> None:
    now = house.services.wall.now()
    good = tokens.issue("one secret", "client:x", ["portal"], now)
    assert tokens.read("one secret", good, now)["sub"] == "client:x"
    head, body, _sign = good.split(".")
    for bad in (good, f"{head}.{body}.", "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0." + body + "."):
        with pytest.raises(NotPermitted):
            tokens.read("another secret", bad, now)
    with pytest.raises(NotPermitted):
        tokens.read("one secret", good, now + timedelta(hours=2))


def test_a_new_applicant_registers_once(visitor: Browser, house: House) -> None:
    values = {"name": "欧阳·阿娜", "id_no": "11010519491231002X", "mobile": "138 0013 8000", "password": "apply2026x"}
    assert visitor.post("/register", values, page="/register").status_code == 302
    assert visitor.get("/my").status_code == 200
    again = house.browser().post("/register", values, page="/register")
    assert again.status_code == 409 and "已经注册" in words(again)


def test_a_registration_with_a_bad_check_digit_says_so_and_keeps_the_rest(visitor: Browser) -> None:
    values = {"name": "王小明", "id_no": "110105194912310021", "mobile": "13800138000", "password": "apply2026x"}
    answer = visitor.post("/register", values, page="/register")
    assert answer.status_code == 422
    assert "校验位不正确" in words(answer) and "王小明" in answer.text
