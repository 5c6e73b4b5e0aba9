"""Bounds what one step may use and what may act on a token; raises BudgetExceeded or IllegalTransition, never waits.

The other guards stand where the wrong could happen: flat look-ups and contraction of finished tasks (C1), joins by
flow without data (C2, D1), names with a blank (D5), state check before a completion (D6) in spiff.py; decisions (D2, D3)
in engine.dmn; refused elements (D4) in the lint rules; plain JSON in the state (D7) in codec.py.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from engine.errors import BudgetExceeded

MAX_STEPS = 2_000
MAX_DEPTH = 20
MAX_INSTANCES = 500
MAX_STATE_BYTES = 1_000_000
MAX_SECONDS = 20.0


@dataclass(slots=True)
class Budget:
    """What one run to the next waits may use: nodes passed, calls within calls, instances of one multi-instance, time."""

    steps: int = MAX_STEPS
    calls: int = MAX_DEPTH
    instances: int = MAX_INSTANCES
    seconds: float = MAX_SECONDS
    used: int = 0
    began: float = 0.0

    def step(self, element_id: str) -> None:
        self.used += 1
        self._time(element_id)
        if self.used > self.steps:
            raise BudgetExceeded(
                f"一次办理中流程走了超过 {self.steps} 步仍未停下，疑似没有等待环节的死循环（当前在 {element_id}）。请在循环里加入人工任务或定时事件。",
                budget="steps",
                limit=self.steps,
                element_id=element_id,
            )

    def _time(self, element_id: str) -> None:
        now = time.monotonic()
        self.began = self.began or now
        if now - self.began > self.seconds:
            message = f"一次办理已运行超过 {self.seconds:g} 秒仍未停下（当前在 {element_id}），已中止。"
            raise BudgetExceeded(message, budget="seconds", limit=self.seconds, element_id=element_id)

    def depth(self, depth: int, element_id: str) -> None:
        if depth > self.calls:
            message = f"调用活动嵌套超过 {self.calls} 层（当前在 {element_id}），疑似流程互相调用。"
            raise BudgetExceeded(message, budget="depth", limit=self.calls, element_id=element_id)

    def room(self, count: int, element_id: str) -> None:
        if count > self.instances:
            message = f"多实例 {element_id} 有 {count} 项，超过一次可开的 {self.instances} 项。"
            raise BudgetExceeded(message, budget="instances", limit=self.instances, element_id=element_id)
