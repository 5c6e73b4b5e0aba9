"""The main road in a browser: a citizen applies, every post does its step, the certificate is fetched and verified."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.journeys.person import Person
from tests.journeys.town import Town


@pytest.mark.requirement("SH-046.R2")
def test_from_the_first_page_to_a_verified_certificate(enter: Callable[..., Person]) -> None:
    citizen, town = enter("clean_single1"), Town(enter)
    case_no = citizen.apply("public_rental")
    steps = town.run_to_the_end(case_no)
    assert {"预审", "受理", "准入审核"} <= set(steps), steps
    citizen.open(f"/my/{case_no}")
    assert "审核通过" in citizen.text()
    citizen.picture("progress-closed")
    paper = citizen.page.locator("a[href*='/documents/']", has_text="资格证").first.get_attribute("href")
    answer = citizen.page.request.get(f"{citizen.address}{paper}")
    assert answer.body().startswith(b"%PDF")
    assert answer.headers["content-type"] == "application/pdf"
    number = citizen.page.locator("main").get_by_text("沪公租准").first.inner_text().split(" ")[0]
    assert_verifies(enter(), number)


def assert_verifies(stranger: Person, number: str) -> None:
    """Anybody may ask by the number on the paper, and learns no more than the paper says."""
    stranger.open("/verify")
    stranger.page.locator("main input").first.fill(number)
    stranger.press("核验")
    stranger.picture("verify")
    assert "有效" in stranger.text()
    assert "云平毅" not in stranger.text()
