"""One house for all tests of the pages: each test uses applicants of its own, so that none meets another's case."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.sandbox import start_sandbox
from tests.web.house import MORNING, Browser, House, build
from web.config import Config


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    if not (Config().fonts / "NotoSansSC-Regular.ttf").exists():
        pytest.skip("the islands with the fonts are not built")
    with start_sandbox(seed=1, today=MORNING.date()) as sandbox:
        made = build(tmp_path_factory.mktemp("house"), sandbox)
        yield made
        made.services.connectors.close()
        made.services.database.dispose()


@pytest.fixture
def visitor(house: House) -> Browser:
    return house.browser()
