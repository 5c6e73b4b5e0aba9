"""The command line acts as a person: the same rights and the same checks of the form as at the pages, and never a traceback."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.web.house import House, apply, filled, open_task
from web.cli import main


@pytest.fixture
def say(house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:
    """Run one command with --json on the house's own data: (exit code, answer)."""
    config = house.services.config
    monkeypatch.setenv("GUANGSHA_DATA", str(config.data))
    monkeypatch.setenv("GUANGSHA_SECRET", config.secret)
    monkeypatch.setenv("GUANGSHA_SANDBOX_URL", config.sandbox_url or "")
    monkeypatch.delenv("GUANGSHA_DATABASE_URL", raising=False)

    def run(*words: str) -> tuple[int, dict[str, Any]]:
        capsys.readouterr()
        code = main([*words, "--json"])
        return code, json.loads(capsys.readouterr().out)

    return run


def test_a_task_is_found_and_completed_at_the_command_line(house: House, say: Any) -> None:
    browser = house.browser("per_capita_just_below2")
    case_no = apply(browser, filled(browser))
    house.work()
    task = open_task(house, case_no, "pre_review")
    code, todo = say("tasks", "--as", "clerk")
    assert code == 0 and task.id in {one["id"] for one in todo["tasks"]}
    form = json.dumps({"licences_checked": True})
    assert say("complete", task.id, "--as", "reviewer1", "--outcome", "pass", "--form", form)[1]["code"] == "not_permitted"
    code, answer = say("complete", task.id, "--as", "clerk", "--outcome", "maybe", "--form", form)
    assert code == 2 and "maybe" in answer["message"] and "pass" in answer["message"]
    code, answer = say("complete", task.id, "--as", "clerk", "--outcome", "not_accepted")
    assert code == 2 and answer["details"]["errors"]
    code, answer = say("complete", task.id, "--as", "clerk", "--outcome", "pass", "--form", form)
    assert code == 0 and answer["case_no"] == case_no


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("start", "public_rental", "--as", "clerk"), "validation_failed"),
        (("start", "nothing", "--as", "clerk"), "not_found"),
        (("start", "public_rental", "--as", "nobody"), "not_found"),
        (("start", "public_rental", "--as", "clerk", "--form", "@/nowhere.json"), "validation_failed"),
        (("start", "public_rental", "--as", "clerk", "--form", "{"), "validation_failed"),
        (("tasks", "--as", "nobody"), "not_found"),
        (("complete", "nothing", "--as", "clerk", "--outcome", "pass"), "not_found"),
        (("decide", "nothing"), "decision_missing"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(say: Any, words: tuple[str, ...], code: str) -> None:
    exit_code, answer = say(*words)
    assert (exit_code, answer["code"]) == (2, code) and answer["message"]
