"""Failures of every family: right status, clear sentence, never a traceback; English by the switch."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from engine import errors
from tests.web.house import House, words
from web import i18n, layout
from web.auth.people import GROUP_NAMES
from web.cases import checks
from web.errors import SENTENCES

ROOT = Path(__file__).resolve().parents[2] / "web"
CALL = re.compile(r"""(?<![\w.])_\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.ValidationFailed("甲"), 422),
        (errors.NotPermitted("甲"), 403),
        (errors.NotFound("甲"), 404),
        (errors.StaleTask("甲", by="李静", at="09:31"), 409),
        (errors.IllegalTransition("甲"), 409),
        (errors.Unavailable("甲", retry_after_s=30), 503),
        (errors.Rejected("秘密"), 502),
        (errors.ContractBroken("秘密"), 502),
        (errors.DecisionMissing("秘密"), 500),
        (errors.DeploymentRefused("秘密"), 422),
        (ZeroDivisionError("秘密"), 500),
    ],
)
def test_each_family_has_its_status_and_shows_no_traceback(house: House, error: Exception, status: int) -> None:
    with house.app.test_request_context("/inbox"):
        answer = house.app.make_response(house.app.handle_user_exception(error))
    page = answer.get_data(as_text=True)
    assert answer.status_code == status
    assert "Traceback" not in page and ("秘密" not in page or status == 422)
    assert "错误：" in page


def test_wrong_methods_are_405_with_a_sentence(house: House) -> None:
    answer = house.browser("clerk").post("/inbox")
    assert answer.status_code == 405 and "不支持该操作方式" in words(answer) and "GET" in answer.headers["Allow"]


def test_programs_get_json(house: House) -> None:
    answer = house.app.test_client().get("/nowhere", headers={"Accept": "application/json"})
    assert answer.status_code == 404
    assert set(answer.get_json()) == {"code", "message", "advice", "details"}


def test_health_tells_the_state_of_every_part(house: House) -> None:
    answer = house.app.test_client().get("/healthz")
    found = answer.get_json()
    assert answer.status_code == 200 and set(found) == {"status", "database", "queue", "worker", "sandbox"}
    assert found["database"]["status"] == found["sandbox"]["status"] == "ok"


def test_the_switch_turns_pages_english_and_back(house: House) -> None:
    browser = house.browser("clerk")
    browser.get("/lang/en?next=/inbox")
    assert "To-do" in words(browser.get("/inbox"))
    browser.get("/lang/zh?next=/inbox")
    assert "待办任务" in words(browser.get("/inbox"))


def texts() -> set[str]:
    """Every text that a page of this package may show."""
    found: set[str] = set()
    own = (
        "answers",
        "auth",
        "cases",
        "errors",
        "files",
        "i18n",
        "inbox",
        "intake",
        "layout",
        "portal",
        "public",
        "templates",
    )
    for path in [*ROOT.rglob("*.py"), *ROOT.rglob("*.html")]:
        if path.relative_to(ROOT).parts[0].removesuffix(".py") in own:
            found |= {(a or b).replace('\\"', '"') for a, b in CALL.findall(path.read_text("utf-8"))}
    return found


def indirect() -> set[str]:
    """Texts that stand in tables and are translated where they are shown."""
    menu = {words for group, entries in layout.MENU for words in (group, *(entry[1] for entry in entries))}
    verdicts = {words for words, _kind in layout.VERDICTS.values()}
    told = {words for sentence in SENTENCES.values() for words in sentence}
    tables = (GROUP_NAMES, layout.OUTCOMES, layout.CHANNELS, checks.LABELS, checks.SYSTEMS)
    return menu | verdicts | told | {words for table in tables for words in table.values()}


def test_every_text_has_an_english_one() -> None:
    assert sorted((texts() | indirect()) - set(i18n.dictionary())) == []


def test_the_english_texts_keep_the_named_places() -> None:
    names = re.compile(r"\{(\w+)\}")
    wrong = {zh for zh, en in i18n.dictionary().items() if set(names.findall(zh)) != set(names.findall(en))}
    assert wrong == set()


def test_the_dictionaries_are_readable_json() -> None:
    for path in (ROOT / "i18n").glob("*.json"):
        assert all(isinstance(text, str) and text for text in json.loads(path.read_text("utf-8")).values())
