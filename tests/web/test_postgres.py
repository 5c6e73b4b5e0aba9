"""The same pages on a real PostgreSQL: one application from the citizen's form to the acceptance, and every list."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.sandbox import start_sandbox
from tests.web.house import MORNING, apply, build, decide, open_task, words
from web.config import Config


@pytest.mark.postgres
def test_the_pages_work_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    if not (Config().fonts / "NotoSansSC-Regular.ttf").exists():
        pytest.skip("the islands with the fonts are not built")
    with start_sandbox(seed=1, today=MORNING.date()) as sandbox:
        house = build(tmp_path, sandbox, postgres_url)
        try:
            case_no = apply(house.browser("clean_family1"))
            house.work()
            clerk = house.browser("clerk")
            assert decide(house, clerk, open_task(house, case_no, "pre_review"), "pass").status_code == 302
            accepted = decide(house, clerk, open_task(house, case_no, "accept"), "accept", {"duplicates_viewed": True})
            assert accepted.status_code == 302
            for path in (
                "/inbox",
                "/inbox/done",
                f"/cases?text={case_no}",
                "/cases/countdown",
                "/cases/statistics",
                f"/cases/messages?text={case_no}",
                f"/cases/{case_no}",
                f"/recheck?text={case_no}",
            ):
                assert clerk.get(path).status_code == 200, path
            assert case_no in words(clerk.get("/cases/countdown"))
            assert clerk.get("/cases/statistics.xlsx").status_code == 200
            assert house.browser().get("/notices?text=公租房").status_code == 200
            assert house.browser("clean_family1").get(f"/my/{case_no}").status_code == 200
            for _try in range(3):
                assert house.browser().login("verifier", "wrong password 1").status_code == 401
        finally:
            house.services.connectors.close()
            house.services.database.dispose()
