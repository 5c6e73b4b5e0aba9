"""A house on SQLite for most tests, on both databases for those about transactions."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.house import House, build


@pytest.fixture
def house(sqlite_url: str) -> Iterator[House]:
    built = build(sqlite_url)
    yield built
    built.database.dispose()


@pytest.fixture
def any_house(database_url: str) -> Iterator[House]:
    built = build(database_url)
    yield built
    built.database.dispose()
