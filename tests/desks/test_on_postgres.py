"""Every page of the desks opens on a real PostgreSQL too, with a played case behind it."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.sandbox import start_sandbox
from engine import FrozenClock
from tests.desks.conftest import House, config_of, words
from tests.flows.stage import MONDAY, fonts
from web import bootstrap, tables
from web.app import create_app
from web.seeds.city import seed

PAGES = {
    "admin": (
        "/admin/",
        "/admin/incidents",
        "/admin/jobs",
        "/admin/timers",
        "/admin/connectors",
        "/admin/messages",
        "/admin/accounts?q=a",
        "/admin/deployments",
        "/style/",
        "/help/",
    ),
    "analyst": ("/studio/", "/studio/public_rental", "/studio/public_rental/compare", "/studio/public_rental/heat"),
    "ruleadmin": (
        "/rules/",
        "/rules/public_rental_eligibility",
        "/rules/public_rental_eligibility/checks",
        "/rules/public_rental_eligibility/try",
        "/rules/public_rental_eligibility/tests",
        "/rules/public_rental_eligibility/impact",
        "/rules/public_rental_eligibility/history",
        "/rules/public_rental_eligibility/why",
        "/rules/calendar",
        "/rules/texts",
        "/rules/numbering",
    ),
    "auditor": ("/audit/", "/audit/?view=events&kind=task.completed&actor=a", "/audit/lists", "/audit/{number}"),
}


@pytest.mark.postgres
def test_every_page_opens_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    if not fonts():
        pytest.skip("the islands with the fonts are not built")
    with start_sandbox(seed=1, today=MONDAY.date()) as sandbox:
        clock = FrozenClock(MONDAY)
        services = bootstrap.build(config_of(tmp_path, sandbox, postgres_url), clock=clock)
        tables.metadata().create_all(services.database)
        services.engine.seed_calendar()
        bootstrap.deploy(services)
        seed(services)
        house = House(services, clock, create_app(services), sandbox)
        number = house.play("approve")
        for username, paths in PAGES.items():
            person = house.person(username)
            for path in paths:
                assert person.text(path.format(number=number))
        _change_a_rule(house)
        auditor = house.person("auditor")
        assert "完整" in words(auditor.post(f"/audit/{number}/integrity"))
        assert auditor.get(f"/audit/{number}/package.zip").status_code == 200
        services.connectors.close()
        services.database.dispose()


def _change_a_rule(house: House) -> None:
    admin, approver = house.person("ruleadmin"), house.person("ruleapprover")
    key = "public_rental_eligibility"
    content = admin.get(f"/rules/{key}/xml?of=latest").get_data(as_text=True).replace("&gt; 15<", "&gt; 14<", 1)
    assert admin.put(f"/rules/{key}/draft", {"xml": content, "revision": 0}).status_code == 200
    assert "次判断" in words(admin.post(f"/rules/{key}/impact"))
    review = admin.post(f"/rules/{key}/submit", note="改").headers["Location"]
    assert admin.post(f"/rules/{key}/submit", note="再改").status_code == 409
    assert approver.post(f"{review}/approve").status_code == 302
    admin.post("/rules/calendar/day", day="2027-03-03", choice="holiday", name="临时放假")
    review = admin.post("/rules/calendar/submit", note="放假").headers["Location"]
    assert approver.post(f"{review}/approve").status_code == 302
    assert "全部与记录一致" in words(
        admin.client.post("/rules/recheck", headers={"X-CSRF-Token": admin.token}, follow_redirects=True)
    )
