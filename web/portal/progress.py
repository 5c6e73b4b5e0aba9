"""Tells the engine's progress of a case in plain sentences; adds nothing that the engine does not know."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from engine.views import CaseView, Progress, ProgressStep
from web.auth.people import GROUP_NAMES, unit_name
from web.cases.places import blocks, title_of
from web.i18n import _, language
from web.layout import day, local, outcome_word
from web.services import current_services

_MACHINE = frozenset({"job", "service", "rule", "script", "message"})


@dataclass(frozen=True)
class Sentence:
    """One line of the progress. state: done, current, waiting, cancelled."""

    state: str
    title: str
    words: str
    at: datetime
    mine: bool


@dataclass(frozen=True)
class Told:
    """The progress as a citizen reads it: lines, the state in one sentence, whose turn, days left, who answers questions."""

    lines: tuple[Sentence, ...]
    now: str
    whose: str
    working_days_left: int | None
    due: str
    unit: str
    progress: Progress


def told(found: CaseView) -> Told:
    """The sentences of one case, oldest first; what machines do between two people is one line."""
    progress = current_services().engine.progress(found.id)
    names, steps = blocks(found), without_alarms(progress.steps)
    turn = [step for step in steps if step.status in ("current", "waiting")]
    return Told(
        lines=tuple(_lines(steps, names)),
        now=_now(found, turn, names),
        whose=_whose(turn),
        working_days_left=progress.working_days_left,
        due=day(found.due_on),
        unit=unit_name(found.org_unit) or _("市住房保障事务中心"),
        progress=progress,
    )


def without_alarms(steps: Iterable[ProgressStep]) -> list[ProgressStep]:
    """The steps without the alarms that only watch over a person's work (overdue reminders)."""
    found = list(steps)
    working = any(step.kind == "user" and step.status == "current" for step in found)
    return [step for step in found if not (working and step.kind == "timer" and step.status in ("current", "waiting"))]


def _lines(steps: list[ProgressStep], names: dict[str, str]) -> Iterator[Sentence]:
    waiting: list[ProgressStep] = []
    for step in steps:
        if step.kind in _MACHINE:
            waiting.append(step)
            continue
        yield from _machines(waiting, names)
        waiting = []
        if step.name and not (step.status == "cancelled" and step.kind != "user"):
            yield _line(step, names)
    yield from _machines(waiting, names)


def _machines(steps: list[ProgressStep], names: dict[str, str]) -> Iterator[Sentence]:
    """One line for consecutive steps that no person does."""
    shown = [step for step in steps if step.name and step.status != "cancelled"]
    if not shown:
        return
    busy = [step for step in shown if step.status != "done"]
    titles = list(dict.fromkeys(title_of(step, names) for step in (busy or shown)))
    at = max(step.finished_at or step.started_at for step in shown)
    words = "、".join(titles)
    if busy:
        yield Sentence("waiting", _("系统正在办理"), _("{words}（{at} 开始，无需您操作）", words=words, at=local(busy[0].started_at)), at, False)
    else:
        yield Sentence("done", _("系统自动办理"), _("{words}，{at} 完成", words=words, at=local(at)), at, False)


def _name(step: ProgressStep) -> str:
    return (step.name_en if language() == "en" else None) or step.name


def _line(step: ProgressStep, names: dict[str, str]) -> Sentence:
    mine = "applicant" in step.whose
    return Sentence(step.status, title_of(step, names), _words(step, mine), step.finished_at or step.started_at, mine)


def _words(step: ProgressStep, mine: bool) -> str:
    name, at = _name(step), local(step.finished_at or step.started_at)
    if step.status == "done":
        if step.outcome and step.kind == "user":
            return _("{at} 完成，结果：{outcome}", at=at, outcome=outcome_word(step.outcome))
        return _("{at} 完成", at=at)
    if step.status == "cancelled":
        return _("{at} 起不再需要办理", at=at)
    until = _("，最迟 {day}", day=day(step.due_on)) if step.due_on else ""
    if mine:
        return _("轮到您办理：{name}{until}", name=name, until=until)
    if step.status == "waiting":
        return _("{at} 开始，系统正在办理或等待到期{until}", at=at, until=until)
    who = "、".join(_(GROUP_NAMES.get(group, group)) for group in step.whose)
    return _("{at} 开始，由{who}办理{until}", at=at, who=who or _("工作人员"), until=until)


def _now(found: CaseView, turn: list[ProgressStep], names: dict[str, str]) -> str:
    if found.status != "running":
        ended = found.outcome_name or {"withdrawn": _("已撤回"), "cancelled": _("已取消")}.get(found.status, _("已办结"))
        return _("已于 {day} 办结：{outcome}", day=day(found.closed_at), outcome=ended)
    titles = "、".join(dict.fromkeys(title_of(step, names) for step in turn if step.name)) or _("办理中")
    return _("正在进行：{names}", names=titles)


def _whose(turn: list[ProgressStep]) -> str:
    if any("applicant" in step.whose for step in turn):
        return _("轮到您")
    people = [group for step in turn if step.status == "current" for group in step.whose]
    if people:
        return _("轮到：{who}", who="、".join(dict.fromkeys(_(GROUP_NAMES.get(g, g)) for g in people)))
    return _("系统自动办理") if turn else ""
