"""How a run ended: cases by outcome and story, steps, incidents, duration; only the first two hang on the seed alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from web.commands.answer import table
from web.demo.run import CaseRun

OPEN = "办理中"
ALL_ENDS_FROM = 100  # a smaller run need not meet every way to end


@dataclass(frozen=True)
class Result:
    """The end of one run. incidents: opened; retried: by the administrator; clock_days: how far the clock was moved on."""

    what: str
    title: str
    seed: int
    nasty: bool
    runs: tuple[CaseRun, ...]
    ends: tuple[str, ...]
    incidents: int
    retried: int
    duration_s: float
    clock_days: float
    stopped: str = ""

    @property
    def outcomes(self) -> dict[str, dict[str, int]]:
        """Cases and steps by outcome: the same for the same seed."""
        found: dict[str, dict[str, int]] = {}
        for run in self.runs:
            row = found.setdefault(run.outcome or OPEN, {"cases": 0, "steps": 0})
            row["cases"] += 1
            row["steps"] += run.steps
        order = {name: place for place, name in enumerate(self.ends)}
        return dict(sorted(found.items(), key=lambda item: (order.get(item[0], 99), item[0])))

    @property
    def verdicts(self) -> list[tuple[int, str, str, str]]:
        """index, story, situation, outcome of every case."""
        return [(r.persona.index, r.persona.story.name, r.persona.situation, r.outcome or OPEN) for r in self.runs]

    @property
    def missing(self) -> list[str]:
        """Ends that should have occurred and did not."""
        return [end for end in self.ends if end not in self.outcomes] if len(self.runs) >= ALL_ENDS_FROM else []

    @property
    def complete(self) -> bool:
        return not self.stopped and not self.missing and all(run.ended for run in self.runs)

    @property
    def steps(self) -> int:
        return sum(run.steps for run in self.runs)

    def as_dict(self) -> dict[str, Any]:
        return {
            "what": self.what, "seed": self.seed, "nasty": self.nasty, "cases": len(self.runs), "complete": self.complete,
            "outcomes": self.outcomes, "verdicts": self.verdicts, "steps": self.steps, "incidents": self.incidents,
            "retried": self.retried, "missing": self.missing, "duration_s": round(self.duration_s, 1),
            "steps_per_s": round(self.steps / max(self.duration_s, 0.001), 1), "clock_days": round(self.clock_days, 1),
            "stopped": self.stopped,
        }  # fmt: skip

    def as_text(self) -> str:
        rows = [(name, row["cases"], row["steps"]) for name, row in self.outcomes.items()]
        lines = [
            f"{self.title}：{len(self.runs)} 件，种子 {self.seed}{'，外部系统时好时坏' if self.nasty else ''}",
            table(("办理结果 / outcome", "件数 / cases", "步数 / steps"), [*rows, ("合计 / total", len(self.runs), self.steps)]),
            "",
            self._stories(),
            "",
            f"异常 / incidents {self.incidents}，重试 / retried {self.retried}",
            f"用时 / duration {self.duration_s:.1f} s，{self.steps / max(self.duration_s, 0.001):.1f} 步每秒 / steps per s，"
            f"演示时钟走过 / clock moved {self.clock_days:.1f} 天 / days",
        ]
        lines += [f"没有出现 / missing: {'、'.join(self.missing)}"] if self.missing else []
        return "\n".join(lines + ([self.stopped] if self.stopped else []))

    def _stories(self) -> str:
        counts = Counter((r.persona.story.name, r.persona.story.title, r.outcome or OPEN) for r in self.runs)
        return table(("情形 / story", "", "办理结果 / outcome", "件数"), [(*key, n) for key, n in sorted(counts.items())])
