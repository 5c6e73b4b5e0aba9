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
    with citizen.page.expect_download() as download:
        citizen.page.locator("a[href*='/documents/']", has_text="资格证").first.click()
    assert download.value.path().read_bytes().startswith(b"%PDF")
