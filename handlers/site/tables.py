"""Asks the decision tables of dust monitoring: limits, levels, periods. Holds no number of its own and writes nothing."""

from __future__ import annotations

import time
from typing import Any

from handlers.site.records import AREAS

_KEPT_S = 5.0
_periods: dict[int, tuple[float, dict[str, dict[str, Any]]]] = {}


def periods(engine: Any) -> dict[str, dict[str, Any]]:
    """The row of dust_periods for each area; asked again after five seconds, as long as a published rule may take."""
    known = _periods.get(id(engine))
    if known is None or time.monotonic() - known[0] > _KEPT_S:
        found = {area: _plain(engine.try_decision("dust_periods", {"device": {"area": area}}).value) for area in AREAS}
        known = _periods[id(engine)] = (time.monotonic(), found)
    return known[1]


def _plain(row: Any) -> dict[str, Any]:
    return {name: int(value) for name, value in row.items()}


class Judge:
    """The tables of one round: each question is asked once."""

    def __init__(self, engine: Any) -> None:
        self._engine = engine
        self._limits: dict[tuple[int, str], float] = {}
        self._levels: dict[tuple[float, float], str] = {}

    def limit(self, hour: int, area: str) -> float:
        """µg/m³ for an hour of the day in Shanghai and an area."""
        if (hour, area) not in self._limits:
            facts = {"reading": {"hour": hour}, "device": {"area": area}}
            self._limits[(hour, area)] = float(self._engine.try_decision("dust_limit", facts).value)
        return self._limits[(hour, area)]

    def level(self, mean: float, limit: float) -> str:
        """none, general or serious."""
        if (mean, limit) not in self._levels:
            facts = {"window": {"mean_ug_m3": mean, "limit_ug_m3": limit}}
            self._levels[(mean, limit)] = str(self._engine.try_decision("dust_level", facts).value)
        return self._levels[(mean, limit)]
