"""One sandbox and one set of clients for the folder; every test starts with all switches off."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors import INTERFACES, Connectors, build_connectors
from connectors.sandbox import RunningSandbox, start_sandbox


@pytest.fixture(scope="session")
def running_sandbox() -> Iterator[RunningSandbox]:
    with start_sandbox(seed=1) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running_sandbox: RunningSandbox) -> RunningSandbox:
    for system in INTERFACES:
        running_sandbox.behaviour.set(system, "auto")
    return running_sandbox


@pytest.fixture
def connectors(sandbox: RunningSandbox) -> Iterator[Connectors]:
    with build_connectors(sandbox.url, timeout_s=2.0, breaker_after=0) as built:
        yield built
