"""FEEL as a step uses it: on the step's own time, within a budget, giving JSON. Knows no element and no case file."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from engine.clock import ZONE
from engine.errors import BudgetExceeded, ModelFault
from engine.feel import CLOCK, FeelBudgetExceeded, FeelError, compile_expression, to_json


def feel(expression: str, scope: Mapping[str, Any], now: datetime, element_id: str = "") -> Any:
    """The FEEL value of an expression; `now()` and `today()` are those of the step. Raises ModelFault with the element."""
    with feel_clock(now, element_id, expression):
        return compile_expression(expression)(scope)


@contextlib.contextmanager
def feel_clock(now: datetime, element_id: str, what: str) -> Iterator[None]:
    """FEEL inside reads the time of the step; what it refuses is a ModelFault that names the element."""
    token = CLOCK.set(lambda: now.astimezone(ZONE))
    try:
        yield
    except FeelBudgetExceeded as error:
        message = f"表达式“{what[:80]}”计算量过大，已中止：{error}"
        raise BudgetExceeded(message, element_id=element_id, budget=error.limit) from error
    except FeelError as error:
        raise ModelFault(f"表达式“{what[:80]}”不能计算：{error}", element_id=element_id) from error
    finally:
        CLOCK.reset(token)


def json_value(value: Any) -> Any:
    """JSON types; Decimal as number, FEEL dates and durations as text."""
    if value is None or isinstance(value, str | bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    if hasattr(value, "isoformat"):
        return value.isoformat()
    return to_json(value)
