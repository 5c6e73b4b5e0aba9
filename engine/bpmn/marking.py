"""The state of a running case as plain rows: which tokens stand where; knows neither SpiffWorkflow nor bytes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple


class TokenRow(NamedTuple):
    """One token. state: WAITING 8, READY 16, STARTED 32. parent: the activity it belongs to, None for the scope itself."""

    id: str
    node: str
    state: int
    parent: str | None
    data: dict[str, Any] | None


class Frame(NamedTuple):
    """One scope: the case itself (caller None) or a call, with its parameters and tokens; outer frames come first."""

    caller: str | None
    params: Mapping[str, Any] | None
    tokens: list[TokenRow]
    end: str | None


class Marking(NamedTuple):
    """All of a running case. sequence: the last token number given out."""

    sequence: int
    ended: bool
    frames: list[Frame]
