"""In a real browser: an administrator changes a threshold in the table, sees what would flip, and the next decision uses it."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import select
from werkzeug.serving import make_server

from engine.records import cases, decision_record
from tests.desks.conftest import House
from tests.suite import find_chromium
from web.seeds.city import PASSWORD

pytestmark = pytest.mark.browser
KEY = "public_rental_eligibility"


@pytest.fixture
def address(house: House) -> Iterator[str]:
    """The house served on loopback."""
    if not (house.services.config.dist / "rules.js").exists():
        pytest.skip("the islands are not built")
    server = make_server("127.0.0.1", 0, house.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def browser() -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=str(find_chromium()), args=["--no-sandbox"])
        yield chromium
        chromium.close()


def _login(browser: object, address: str, username: str) -> object:
    page = browser.new_context(viewport={"width": 1366, "height": 768}).new_page()  # type: ignore[attr-defined]
    page.goto(f"{address}/login")
    page.fill("input[name=username]", username)
    page.fill("input[name=password]", PASSWORD)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    return page


def _waiting_case(house: House) -> str:
    """A case of today that stands before its decision because one check is refused."""
    house.sandbox.behaviour.set("marriage", "refused")
    with pytest.raises(Exception, match="没有待办"):
        house.play("approve", index=6)
    house.sandbox.behaviour.set("marriage", "ok")
    query = select(cases.c.case_no).where(cases.c.status == "running").order_by(cases.c.id.desc())
    with house.services.database.connect() as connection:
        return str(connection.execute(query).scalars().first())


def _versions(house: House, number: str) -> set[int]:
    query = (
        select(decision_record.c.version)
        .join(cases, cases.c.id == decision_record.c.case_id)
        .where(cases.c.case_no == number, decision_record.c.decision_key == KEY)
    )
    with house.services.database.connect() as connection:
        return set(connection.execute(query).scalars())


def test_a_threshold_changed_in_the_table_decides_the_running_case(
    house: House, address: str, browser: object, numbers: dict[str, str]
) -> None:
    waiting = _waiting_case(house)
    assert _versions(house, waiting) == set()
    page = _login(browser, address, "ruleadmin")
    page.goto(f"{address}/rules/{KEY}")
    page.wait_for_selector("[data-gs-rules][data-gs-ready]")
    page.locator("td[data-row-id]").filter(has_text="< 18").first.click()
    page.keyboard.press("Control+a")
    page.keyboard.type("< 100")
    page.keyboard.press("Tab")
    page.locator("[data-desk-saved]", has_text="草稿已保存").wait_for()
    page.click("#impact-tab")
    page.click("text=测算影响")
    page.wait_for_selector("text=次结果会变")
    assert "第 5 行" in page.inner_text("#impact")
    page.click("[data-desk-submit]")
    page.fill("#note", "年龄条件调整")
    with page.expect_navigation():
        page.click("text=提交给复核人")
    review = page.url
    approver = _login(browser, address, "ruleapprover")
    approver.goto(review)
    assert "< 18 → < 100" in approver.inner_text("main")
    with approver.expect_navigation():
        approver.click("text=通过，立即生效")
    assert "已通过" in approver.inner_text("main")
    for cause in house.services.engine.incidents().items:
        house.services.engine.retry_incident(cause.id, _operator())
    while house.services.engine.run_jobs():
        pass
    assert _versions(house, waiting) == {2}
    assert _versions(house, numbers["approve"]) == {1}
    assert house.services.engine.replay(house.services.engine.case(numbers["approve"]).id).same


def _operator() -> object:
    from engine import Actor

    return Actor("admin", "朱峰", groups=frozenset({"system_admin"}))


def test_an_analyst_sees_problems_and_a_saved_draft(house: House, address: str, browser: object) -> None:
    page = _login(browser, address, "analyst")
    page.goto(f"{address}/studio/public_rental")
    page.wait_for_selector("[data-gs-studio][data-gs-ready]")
    page.evaluate(
        "() => { const e = window.gsStudio.editor; const s = e.get('elementRegistry').get('accept');"
        " e.get('modeling').updateProperties(s, { name: '受理登记' }); }"
    )
    page.locator("[data-desk-saved]", has_text="草稿已保存").wait_for()
    draft = house.services.engine.draft("process", "public_rental")
    assert draft is not None
    assert "受理登记" in draft.xml.decode()


def test_the_auditor_steps_with_the_arrow_keys(
    house: House, address: str, browser: object, numbers: dict[str, str]
) -> None:
    page = _login(browser, address, "auditor")
    page.goto(f"{address}/audit/{numbers['approve']}?at=3")
    page.wait_for_selector("[data-gs-viewer][data-gs-ready]")
    page.keyboard.press("ArrowRight")
    page.locator("#event-title", has_text="事件 4").wait_for()
    assert "at=4" in page.url
    page.click("text=重演核验")
    page.wait_for_selector("#proof .gs-alert--pass")
