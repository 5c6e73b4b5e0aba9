"""Every route against every role, read from one table (B30); what the table does not name is closed to visitors."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.web.house import Browser, House

TABLE: dict[str, Any] = json.loads((Path(__file__).parent / "privileges.json").read_text("utf-8"))
ROLES = {
    "nobody": "",
    "applicant": "clean_single2",
    "operator_clerk": "clerk",
    "first_reviewer": "reviewer1",
    "supervisor": "supervisor",
    "analyst": "analyst",
    "model_publisher": "publisher",
    "rule_admin": "ruleadmin",
    "rule_approver": "ruleapprover",
    "system_admin": "admin",
    "auditor": "auditor",
}
DESKS = {"analyst", "model_publisher", "rule_admin", "rule_approver", "system_admin", "auditor"}
KINDS = {
    "public": set(ROLES),
    "login": set(ROLES) - {"nobody"},
    "staff": set(ROLES) - {"nobody", "applicant"},
    "workers": set(ROLES) - {"nobody", "applicant"} - DESKS,
}


def routes(house: House) -> dict[str, tuple[str, str]]:
    """name -> (method, path with made-up ids) of every page; the API has tokens of its own."""
    found = {}
    for rule in house.app.url_map.iter_rules():
        if rule.endpoint.startswith(("api.", "built_asset", "favicon")) or rule.endpoint.endswith(".static"):
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            path = re.sub(r"<(\w+:)?\w+>", lambda m: "1" if m[1] == "int:" else "unknown", str(rule))
            found[f"{method} {rule.endpoint}"] = (method, path)
    return found


@pytest.fixture(scope="module")
def browsers(house: House) -> dict[str, Browser]:
    return {role: house.browser(username) for role, username in ROLES.items()}


def allowed(name: str) -> set[str]:
    entry = TABLE[name]
    return KINDS[entry] if isinstance(entry, str) else {r for part in entry for r in KINDS.get(part, {part})}


def test_every_route_of_the_work_and_of_the_portal_stands_in_the_table(house: House) -> None:
    own = ("auth.", "cases.", "files.", "inbox.", "intake.", "portal.", "public.")
    served = {name for name in routes(house) if name.split(" ")[1].startswith(own)}
    assert sorted(served - set(TABLE) - {"POST auth.log_in"}) == [], "name it in tests/web/privileges.json"


def test_a_route_that_the_table_does_not_name_is_closed_to_visitors(house: House, browsers: dict[str, Browser]) -> None:
    browser, wrong = browsers["nobody"], []
    token = browser.token()
    for name, (method, path) in routes(house).items():
        if name in TABLE or name == "POST auth.log_in":
            continue
        answer = browser.client.open(
            path, method=method, headers={"X-CSRF-Token": token}, data={} if method == "POST" else None
        )
        to_login = answer.status_code == 302 and answer.headers["Location"].startswith("/login")
        if not (answer.status_code in (401, 403) or to_login):
            wrong.append((name, answer.status_code))
    assert wrong == [], "name it in tests/web/privileges.json"


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_the_table_allows_and_nothing_else(
    house: House, browsers: dict[str, Browser], role: str
) -> None:
    browser, wrong = browsers[role], []
    token = browser.token()
    for name, (method, path) in routes(house).items():
        if name not in TABLE or name.split(" ")[1] in ("auth.logout", "auth.change_password", "demo_clock.move"):
            continue
        answer = browser.client.open(
            path, method=method, headers={"X-CSRF-Token": token}, data={} if method == "POST" else None
        )
        to_login = answer.status_code == 302 and answer.headers["Location"].startswith("/login")
        refused = answer.status_code in (401, 403) or to_login
        if refused != (role not in allowed(name)) or answer.status_code >= 500:
            wrong.append((name, answer.status_code, answer.headers.get("Location", "")))
    assert wrong == []
