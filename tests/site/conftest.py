"""One house of its own a test: devices, readings and alerts of one test never meet another's."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.sandbox import RunningSandbox, start_sandbox
from tests.web.house import MORNING, House, build
from web.config import Config


@pytest.fixture(scope="session")
def outside() -> Iterator[RunningSandbox]:
    with start_sandbox(seed=1, today=MORNING.date()) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, outside: RunningSandbox) -> Iterator[House]:
    if not (Config().fonts / "NotoSansSC-Regular.ttf").exists():
        pytest.skip("the islands with the fonts are not built")
    made = build(tmp_path_factory.mktemp("site"), outside)
    yield made
    made.services.connectors.close()
    made.services.database.dispose()
