"""Behaviour: how each system misbehaves at a given attempt, by switch or by the seeded nasty mix. It never changes
what is true: after the misbehaviour the right answer comes.

Modes: ok; slow (acts, then answers after `seconds`); drip (acts, then answers byte by byte over `seconds`); broken
(500, does nothing); busy (429 with Retry-After); late (202 until `polls` attempts or `seconds` have passed);
refused (403); duplicate (acts, loses the first reply, honours the key on retry); forgetful (acts again on every
retry, ignoring the key); wrong_person (answers about somebody else); half_json (acts, sends half the body);
ok_error (200 with an error body, does nothing).
"""

from __future__ import annotations

import time
from collections import OrderedDict
from dataclasses import asdict, dataclass
from hashlib import sha256
from threading import Lock
from typing import Any

MODES = ("ok", "slow", "drip", "broken", "busy", "late", "refused", "duplicate", "forgetful", "wrong_person",
         "half_json", "ok_error")
NASTY_RATE = 0.35
NASTY_SLOW_S = 0.1
_NASTY_MIX = (*("slow",) * 4, *("broken",) * 5, *("busy",) * 2, *("late",) * 4, *("ok_error",) * 2,
              *("duplicate",) * 3, "half_json", "wrong_person")
_LONGEST_RUN = 3
_REMEMBERED = 200_000
_SECONDS = {"slow": 2.0, "drip": 2.0}


@dataclass(frozen=True, slots=True)
class Switch:
    """mode with the share of requests it hits (rate 0..1), its length, and when it clears itself (monotonic s)."""

    mode: str
    rate: float = 1.0
    seconds: float | None = None
    polls: int = 2
    ends_at: float | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """What to do with one delivery. attempt counts the deliveries of this key from 1."""

    mode: str
    attempt: int
    seconds: float


class Behaviour:
    """Switches of all systems and the memory of attempts. Deterministic in seed, system, key and attempt."""

    def __init__(self, seed: int, nasty: bool) -> None:
        self.seed, self.nasty = seed, nasty
        self._switches: dict[str, Switch] = {}
        self._attempts: OrderedDict[tuple[str, str], tuple[int, float]] = OrderedDict()
        self._lock = Lock()

    def set(self, system: str, mode: str, rate: float = 1.0, seconds: float | None = None, polls: int = 2,
            for_s: float | None = None) -> None:
        """Turn a switch; mode "ok" clears it (then also nasty does nothing to this system until "auto").

        Attempts are counted anew. Raises ValueError for an unknown mode or a rate outside 0..1.
        """
        if mode not in (*MODES, "auto") or not 0 <= rate <= 1:
            raise ValueError(f"mode must be one of {', '.join(MODES)} or auto, rate in 0..1")
        with self._lock:
            for key in [key for key in self._attempts if key[0] == system]:
                del self._attempts[key]
            self._switches.pop(system, None)
            if mode != "auto":
                ends_at = None if for_s is None else time.monotonic() + for_s
                self._switches[system] = Switch(mode, rate, seconds, polls, ends_at)

    def switches(self) -> dict[str, Any]:
        """What GET /_switch shows."""
        with self._lock:
            return {"nasty": self.nasty, "systems": {name: asdict(item) for name, item in self._switches.items()}}

    def turn(self, system: str, key: str) -> Turn:
        """Count the delivery and say what happens to it."""
        with self._lock:
            attempt, since = self._count(system, key)
            switch = self._switches.get(system)
            if switch and switch.ends_at is not None and time.monotonic() >= switch.ends_at:
                del self._switches[system]
                switch = None
        if switch is None:
            return self._nasty_turn(system, key, attempt) if self.nasty else Turn("ok", attempt, 0.0)
        return self._switched_turn(switch, system, key, attempt, since)

    def _count(self, system: str, key: str) -> tuple[int, float]:
        before, since = self._attempts.pop((system, key), (0, time.monotonic()))
        self._attempts[system, key] = (before + 1, since)
        if len(self._attempts) > _REMEMBERED:
            self._attempts.popitem(last=False)
        return before + 1, since

    def _chance(self, system: str, key: str, attempt: int) -> tuple[float, int]:
        """A number in 0..1 and a whole number, both from the hash of who asks for the n-th time."""
        digest = sha256(f"{self.seed}|{system}|{key}|{attempt}".encode()).digest()
        return int.from_bytes(digest[:6]) / 2**48, int.from_bytes(digest[6:12])

    def _nasty_turn(self, system: str, key: str, attempt: int) -> Turn:
        chance, pick = self._chance(system, key, attempt)
        if attempt % (_LONGEST_RUN + 1) == 0 or chance >= NASTY_RATE:
            return Turn("ok", attempt, 0.0)
        return Turn(_NASTY_MIX[pick % len(_NASTY_MIX)], attempt, NASTY_SLOW_S)

    def _switched_turn(self, switch: Switch, system: str, key: str, attempt: int, since: float) -> Turn:
        seconds = _SECONDS.get(switch.mode, 0.0) if switch.seconds is None else switch.seconds
        chance, _ = self._chance(system, key, 1 if switch.mode == "late" else attempt)
        hit = chance < switch.rate
        if switch.mode == "late":
            waited = time.monotonic() - since >= seconds if switch.seconds is not None else attempt > switch.polls
            hit = hit and not waited
        if switch.mode == "duplicate":
            hit = hit and attempt == 1
        return Turn(switch.mode if hit else "ok", attempt, seconds)
