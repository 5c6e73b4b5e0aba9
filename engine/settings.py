"""What an installation may choose about its engine. Reads no environment."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

Enqueue = Callable[[Connection, Sequence[str]], None]


@dataclass(frozen=True, slots=True)
class EngineSettings:
    """Times in seconds, sizes in bytes.

    backoff_s: waits between the attempts of a job without its own retry.backoff; one Incident after the last.
    enqueue: called in the step's transaction with the ids of new jobs (production hands them to its queue there).
    """

    jurisdiction: str = "CN"
    stamp_ttl_s: float = 1.0
    lease_s: float = 120.0
    backoff_s: tuple[float, ...] = (60.0, 300.0, 1800.0, 7200.0)
    max_form_bytes: int = 1_000_000
    max_item_bytes: int = 2_000_000
    max_state_bytes: int = 2_000_000
    max_steps: int = 5_000
    transaction_tries: int = 5
    enqueue: Enqueue | None = None
