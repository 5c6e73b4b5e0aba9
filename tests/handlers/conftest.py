"""The stage of the flow tests, for tests that look at what handlers leave behind."""

from tests.flows.conftest import sandbox, stage

__all__ = ["sandbox", "stage"]
