"""Fills a wording that administrators keep. A place that is not known stays empty; nothing of a value is ever evaluated."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"\{([a-z_]+)\}")
_LONGEST = 450


def filled(text: str, values: Mapping[str, Any]) -> str:
    """The text with {name} replaced by the value of that name."""
    return _PLACE.sub(lambda place: str(values.get(place[1]) or ""), text)[:_LONGEST]
