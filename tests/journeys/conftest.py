"""One running product and one real Chromium for all journeys of a run; every page is watched for errors and for strangers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.person import Person
from tests.suite import find_chromium
from web.demo.instance import own_instance

PICTURES = Path(__file__).parent.parent / "artifacts" / "pages"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/journeys/" in item.nodeid:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def product() -> Iterator[str]:
    """The address of a whole product: sandbox, worker, web server, fresh data."""
    with own_instance(quiet=True) as address:
        yield address


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def enter(product: str, chromium: Browser) -> Iterator[Callable[..., Person]]:
    """enter(account, width=1366): a person at a browser of his own; what his pages did wrong fails the test at the end."""
    people: list[Person] = []

    def open_browser(account: str = "", width: int = 1366) -> Person:
        height = 844 if width < 600 else 768
        context = chromium.new_context(viewport={"width": width, "height": height}, locale="zh-CN", accept_downloads=True)
        person = Person(context.new_page(), product, PICTURES)
        people.append(person)
        if account:
            person.log_in(account)
        return person

    yield open_browser
    for person in people:
        person.page.context.close()
    assert [fault for person in people for fault in person.faults] == []
