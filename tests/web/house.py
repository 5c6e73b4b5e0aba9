"""A whole house on a temporary SQLite with its sandbox, and a browser that keeps cookies and sends its token."""

from __future__ import annotations

import io
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from connectors.sandbox import RunningSandbox
from engine import FrozenClock
from web import bootstrap, seeds, tables
from web.app import create_app
from web.bootstrap import Services
from web.config import Config

MORNING = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
PASSWORD = seeds.PASSWORD
PROCESS = "public_rental"


@dataclass(frozen=True)
class House:
    """Services, application and clock of one test run."""

    services: Services
    app: Flask
    clock: FrozenClock

    def browser(self, username: str = "") -> Browser:
        found = Browser(self.app.test_client())
        if username:
            assert found.login(username).status_code == 302
        return found

    def work(self) -> None:
        """Let the machines work until nothing is left for now."""
        for _turn in range(60):
            if not self.services.engine.run_jobs(limit=50) + self.services.engine.fire_timers(limit=50):
                return

    def account(self, username: str) -> dict[str, Any]:
        from sqlalchemy import select

        from web.auth.records import account

        with self.services.database.connect() as connection:
            return dict(connection.execute(select(account).where(account.c.username == username)).mappings().one())


class Browser:
    """A client that follows our forms: the token goes with every post."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def login(self, username: str, password: str = PASSWORD) -> TestResponse:
        return self.post("/login", {"username": username, "password": password}, page="/login")

    def get(self, path: str, **more: Any) -> TestResponse:
        return self.client.get(path, **more)

    def token(self, page: str = "/verify") -> str:
        return str(found(r'name="csrf-token" content="(\w+)"', self.client.get(page).text))

    def post(self, path: str, data: dict[str, Any] | None = None, page: str = "/verify", **more: Any) -> TestResponse:
        headers = {"X-CSRF-Token": self.token(page), **more.pop("headers", {})}
        return self.client.post(path, data=data, headers=headers, **more)

    def upload(self, data: bytes, name: str) -> TestResponse:
        return self.post("/files", {"file": (io.BytesIO(data), name)}, content_type="multipart/form-data")


def found(pattern: str, text: str) -> str:
    """The first group of the pattern in a page, unescaped."""
    match = re.search(pattern, text, re.S)
    assert match, pattern
    return unescape(match[1])


def words(response: TestResponse) -> str:
    """The page's text without tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", response.text)))


def form_value(page: str) -> dict[str, Any]:
    """The value that a page gives its form."""
    value: dict[str, Any] = json.loads(found(r"data-gs-form-value>(.*?)</script>", page))
    return value


def form_errors(page: str) -> list[dict[str, str]]:
    value: list[dict[str, str]] = json.loads(found(r"data-gs-form-errors>(.*?)</script>", page))
    return value


def picture() -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (40, 60), "white").save(kept, "PNG")
    return kept.getvalue()


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def build(folder: Path, sandbox: RunningSandbox, database_url: str = "") -> House:
    """A deployed and seeded house on this folder; the clock stands on a Monday morning."""
    clock = FrozenClock(MORNING)
    config = Config(
        data=folder,
        database_url=database_url,
        sandbox_url=sandbox.url,
        secret="a secret for tests only",
        public_url="http://127.0.0.1",
    )
    tables.metadata()
    services = bootstrap.build(config, clock=clock)
    tables.metadata().create_all(services.database)
    services.engine.seed_calendar()
    bootstrap.deploy(services)
    seeds.seed(services)
    app = create_app(services)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    return House(services, app, clock)


def filled(browser: Browser, **parts: Any) -> dict[str, Any]:
    """A complete application: what the page prefills, the materials, the declarations; `parts` replace its parts."""
    value = form_value(browser.get(f"/apply/{PROCESS}").text)
    files = {
        key: [browser.upload(picture(), f"{key}.png").get_json()["id"]]
        for key in ("id_card", "household_register", "employment_proof", "housing_proof", "marriage_certificate")
    }
    value |= {"district": "310101", "raising_type": "district", "materials": files}
    value["consents"] = {"truth": True, "information_check": True, "e_licence": True}
    return {**value, **parts}


def apply(browser: Browser, value: dict[str, Any] | None = None) -> str:
    """Send an application; returns the case number."""
    sent = browser.post(f"/apply/{PROCESS}", {"form": json.dumps(value or filled(browser))})
    assert sent.status_code == 302, form_errors(sent.text)
    check = browser.get(f"/apply/{PROCESS}/check").text
    key = found(r'name="idempotency_key" value="(\w+)"', check)
    receipt = browser.post(f"/apply/{PROCESS}/submit", {"idempotency_key": key, "agree": "yes"})
    assert receipt.status_code == 302, words(receipt)[:400]
    return receipt.headers["Location"].split("/")[2]


def open_task(house: House, case_no: str, element_id: str) -> Any:
    """The open task of a case at an element."""
    case = house.services.engine.case(case_no)
    tasks = house.services.engine.tasks_of(case.id, open_only=True)
    return next(task for task in tasks if task.element_id == element_id)


def decide(
    house: House,
    browser: Browser,
    task: Any,
    outcome: str,
    form: dict[str, Any] | None = None,
    opinion: str = "经核查，情况属实。",
    **more: Any,
) -> TestResponse:
    """Claim (if nobody has) and decide a task through the pages."""
    if task.status == "open" and task.requires_claim:
        assert browser.post(f"/tasks/{task.id}/claim", {"revision": task.revision}).status_code == 302
        task = house.services.engine.task(task.id)
    page = browser.get(f"/tasks/{task.id}").text
    data = {
        "revision": task.revision,
        "outcome": outcome,
        "opinion": opinion,
        "form": json.dumps(form or {}),
        "idempotency_key": found(r'name="idempotency_key" value="(\w+)"', page),
        **more,
    }
    answer = browser.post(f"/tasks/{task.id}", data)
    if answer.status_code == 302:
        house.work()
    return answer
