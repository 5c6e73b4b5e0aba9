"""One sandbox a test: its ledgers remember case numbers, and every test begins with an empty database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.sandbox import RunningSandbox, start_sandbox
from engine.scenarios import Stage
from tests.flows.stage import MONDAY, fonts, make_stage, press


@pytest.fixture
def sandbox() -> Iterator[RunningSandbox]:
    with start_sandbox(seed=1, today=MONDAY.date()) as running:
        yield running


@pytest.fixture
def stage(tmp_path: Path, sandbox: RunningSandbox) -> Iterator[Stage]:
    if not fonts():
        pytest.skip("the islands with the fonts are not built")
    made = make_stage(tmp_path, sandbox, press())
    yield made
    made.engine.services.connectors.close()  # type: ignore[attr-defined]
    made.engine.database.dispose()
