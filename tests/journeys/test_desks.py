"""Analyst, second person and auditor in a browser: a changed diagram meets the next case, the earlier one keeps its own."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.journeys.person import Person
from tests.journeys.town import Town

RENAME = """name => {
  const editor = window.gsStudio.editor;
  const shape = editor.get('elementRegistry').get('pre_review');
  editor.get('modeling').updateProperties(shape, { name });
}"""


def test_a_changed_diagram_meets_the_next_case_and_spares_the_earlier_one(enter: Callable[..., Person]) -> None:
    town = Town(enter)
    earlier = enter("clean_couple1").apply("public_rental")
    publish(enter("analyst"), enter("publisher"), "预审（新版）")
    later = enter("clean_couple2").apply("public_rental")
    town.settle()
    assert step_of(town, earlier) == "预审"
    assert step_of(town, later) == "预审（新版）"


def publish(analyst: Person, publisher: Person, name: str) -> None:
    """The analyst renames the pre-review on the canvas and submits; another person lets it take effect."""
    page = analyst.open("/studio/public_rental")
    page.wait_for_selector("[data-gs-studio][data-gs-ready]")
    page.evaluate(RENAME, name)
    page.locator("[data-desk-saved]", has_text="草稿已保存").wait_for()
    analyst.picture("studio")
    page.click("[data-desk-submit], [data-gs-open=submit]")
    page.fill("#submit [name=note]", "名称调整")
    submit(page, "#submit form [type=submit], #submit form button.gs-btn--primary")
    review = publisher.page
    publisher.page.goto(page.url)
    publisher.picture("studio-review")
    assert name in publisher.text()
    submit(review, "form[action$='/approve'] button")
    assert "已通过" in publisher.text()


def submit(page: Page, selector: str) -> None:
    with page.expect_navigation():
        page.locator(selector).first.click()
    page.wait_for_load_state("networkidle")


def step_of(town: Town, case_no: str) -> str:
    for post in ("clerk", "clerk_city"):
        person = town.person(post)
        if person.offered(case_no):
            return person.step()
    raise AssertionError(f"no clerk sees {case_no}")


def test_the_auditor_steps_through_a_case_and_proves_its_history(enter: Callable[..., Person]) -> None:
    case_no = enter("clean_single2").apply("public_rental")
    Town(enter).settle()
    auditor = enter("auditor")
    page = auditor.open(f"/audit/{case_no}?at=3")
    page.wait_for_selector("[data-gs-viewer][data-gs-ready]")
    page.keyboard.press("ArrowRight")
    page.locator("#event-title", has_text="事件 4").wait_for()
    auditor.picture("audit")
    for proof in ("核对完整性", "重演核验"):
        page.get_by_role("button", name=proof).click()
        page.wait_for_selector("#proof .gs-alert--pass")
