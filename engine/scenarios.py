"""Runs the scenarios that stand beside each process through a real engine and says what they visited. Knows no housing.

A scenario file is YAML: `process`, `start`, `defaults` (by element or process/element), `scenarios`: a list of
{name, title, requirements, given: [earlier scenarios], start: {actor, channel, form | build}, steps: [...],
expect: {end, status, outcome, items, waiting, offered}}. Lists within steps are flattened, so YAML anchors can share parts.
Steps: {do: element or call/element, outcome, form, opinion, as}, {wait: next | {days: n}}, {withdraw: reason}, or
{<verb>: argument} for a verb that the caller supplies (an objection, a switch of the sandbox). In forms, today+7 is a
day and given.0.case_no the number of an earlier case. After every step all due jobs run; the clock moves only by `wait`.
Refuses a step that nobody can do.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from engine.actors import Actor
from engine.clock import FrozenClock
from engine.engine import Engine
from engine.errors import ModelFault, NotFound
from engine.views import CaseView, TaskView

_MOST_JOBS = 500
_QUOTED = re.compile(r'"([a-z_]+)"')
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story of one process. `defaults` are the file's, by element: outcome, form, opinion."""

    process: str
    name: str
    title: str
    requirements: tuple[str, ...]
    start: Mapping[str, Any]
    steps: tuple[Mapping[str, Any], ...]
    expect: Mapping[str, Any]
    defaults: Mapping[str, Any]
    given: tuple[Scenario, ...] = ()

    @property
    def id(self) -> str:
        return f"{self.process}:{self.name}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scenario came to. visited: (process, element); decided: (process, element, outcome)."""

    scenario: Scenario
    case: CaseView
    visited: frozenset[tuple[str, str]]
    decided: frozenset[tuple[str, str, str]]
    failures: tuple[str, ...]


@dataclass(slots=True)
class Stage:
    """The engine on which scenarios run and what the caller adds.

    build: forms by name, called with the scenario's arguments. verbs: further steps, called with (stage, case id, argument).
    """

    engine: Engine
    clock: FrozenClock
    build: Mapping[str, Callable[..., Json]] = field(default_factory=dict)
    verbs: Mapping[str, Callable[[Stage, str, Any], None]] = field(default_factory=dict)
    serial: int = 0
    run: str = field(default_factory=lambda: uuid.uuid4().hex)
    given: list[CaseView] = field(default_factory=list)

    def key(self) -> str:
        self.serial += 1
        return f"scenario-{self.run}-{self.serial}"


def read_scenarios(path: Path) -> list[Scenario]:
    """The scenarios of one file. Raises ModelFault for a file that names no process or a scenario without a name."""
    import yaml  # type: ignore[import-untyped]

    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or "process" not in content:
        raise ModelFault(f"{path.name} 没有写明 process。", file=path.name)
    found: dict[str, Scenario] = {}
    for entry in content["scenarios"]:
        found[entry["name"]] = _scenario(content, entry, found)
    return list(found.values())


def _flat(steps: Any) -> Iterator[Mapping[str, Any]]:
    for step in steps:
        if isinstance(step, list):
            yield from _flat(step)
        else:
            yield {"do": step} if isinstance(step, str) else step


def _scenario(content: Json, entry: Json, earlier: Mapping[str, Scenario]) -> Scenario:
    return Scenario(
        given=tuple(earlier[name] for name in entry.get("given", ())),
        process=str(entry.get("process", content["process"])),
        name=str(entry["name"]),
        title=str(entry.get("title", entry["name"])),
        requirements=tuple(entry.get("requirements", ())),
        start={**content.get("start", {}), **entry.get("start", {})},
        steps=tuple(_flat(entry.get("steps", ()))),
        expect=entry.get("expect", {}),
        defaults=content.get("defaults", {}),
    )


def run_scenario(stage: Stage, scenario: Scenario) -> Outcome:
    """Play it to its end. Raises what the engine raises; what differs from `expect` is listed in failures."""
    given = [run_scenario(stage, earlier) for earlier in scenario.given]
    stage.given = [outcome.case for outcome in given]
    case_id = _start(stage, scenario)
    settle(stage)
    for number, step in enumerate(scenario.steps, start=1):
        try:
            _play(stage, scenario, case_id, step)
        except Exception as error:
            error.add_note(f"{scenario.id}, step {number}: {dict(step)}; {_standing(stage, case_id)}")
            raise
        settle(stage)
    return _outcome(stage, scenario, case_id, given)


def _start(stage: Stage, scenario: Scenario) -> str:
    start = scenario.start
    receipt = stage.engine.start_case(
        scenario.process,
        actor=_actor(str(start.get("actor", "applicant")), None),
        form=_form(stage, start),
        channel=str(start.get("channel", "窗口")),
        idempotency_key=stage.key(),
    )
    return receipt.case_id


def _form(stage: Stage, step: Mapping[str, Any]) -> Json:
    """A form as written, or built by name and then overlaid with what is written."""
    written = dict(step.get("form") or {})
    if "build" not in step:
        return dict(_dated(stage, written))
    name, arguments = next(iter(step["build"].items()))
    return _overlay(stage.build[name](**arguments), _dated(stage, written))


def _overlay(base: Json, above: Json) -> Json:
    merged = dict(base)
    for name, value in above.items():
        known = merged.get(name)
        merged[name] = _overlay(known, value) if isinstance(known, dict) and isinstance(value, dict) else value
    return {name: value for name, value in merged.items() if value is not None}


def _dated(stage: Stage, value: Any) -> Any:
    """Text such as today+7 becomes the day, given.0.case_no the number of the case played before."""
    if isinstance(value, dict):
        return {name: _dated(stage, item) for name, item in value.items()}
    if isinstance(value, list):
        return [_dated(stage, item) for item in value]
    if not isinstance(value, str):
        return value
    earlier = re.fullmatch(r"given\.(\d+)\.(\w+)", value)
    if earlier:
        return getattr(stage.given[int(earlier[1])], earlier[2])
    found = re.fullmatch(r"today([+-]\d+)?", value)
    return (stage.clock.today() + timedelta(days=int(found[1] or 0))).isoformat() if found else value


def _play(stage: Stage, scenario: Scenario, case_id: str, step: Mapping[str, Any]) -> None:
    if "do" in step:
        _complete(stage, scenario, case_id, step)
    elif "wait" in step:
        _wait(stage, step["wait"])
    elif "withdraw" in step:
        case = stage.engine.case(case_id)
        who = Actor(user_id=case.started_by, name=case.started_by_name, groups=frozenset({"applicant"}))
        stage.engine.withdraw_case(case_id, who, str(step["withdraw"]), stage.key())
    else:
        verb, argument = next(iter(step.items()))
        if verb not in stage.verbs:
            raise ModelFault(f"场景中的步骤 {verb} 没有对应的动作。", verb=verb)
        stage.verbs[verb](stage, case_id, argument)


def _complete(stage: Stage, scenario: Scenario, case_id: str, step: Mapping[str, Any]) -> None:
    task = _open_task(stage, case_id, str(step["do"]))
    own = f"{task.process_key}/{task.element_id}"
    usual = scenario.defaults.get(own) or scenario.defaults.get(task.element_id, {})
    merged = {**usual, **step}
    outcome = str(merged.get("outcome") or (task.outcomes[0] if task.outcomes else "submit"))
    if "form" not in step and merged.get("outcome") != usual.get("outcome"):
        merged["form"] = {}
    actor = _actor(str(merged.get("as") or task.groups[0]), task.org_unit, str(stage.engine.case(case_id).started_by))
    revision = task.revision
    if task.requires_claim and task.assignee_id is None:
        revision = stage.engine.claim(task.id, task.revision, actor).revision
    opinion = str(merged.get("opinion", "情况属实，符合要求"))
    form = _form(stage, merged)
    stage.engine.complete_task(task.id, revision, actor, outcome, form, stage.key(), opinion)


def _open_task(stage: Stage, case_id: str, place: str) -> TaskView:
    """place: element id, or the call activity and the element as first_review/decide."""
    call, _, element_id = place.rpartition("/")
    for task in stage.engine.tasks_of(case_id, open_only=True):
        if task.element_id == element_id and (not call or task.path == call.replace("/", ".")):
            return task
    raise NotFound(f"没有待办的环节 {place}。", place=place)


def _actor(group: str, org_unit: str | None, starter: str = "applicant-1") -> Actor:
    """One person a group, so that maker and checker differ; `group:2` is a second one of the same group."""
    name, _, number = group.partition(":")
    user_id = starter if name == "applicant" else f"{name}-{number or 1}"
    units = frozenset({org_unit}) if org_unit else frozenset()
    return Actor(user_id=user_id, name=user_id, post=name, org_unit=org_unit, groups=frozenset({name}), org_units=units)


def _wait(stage: Stage, until: Any) -> None:
    if until == "next":
        due = stage.engine.next_due()
        if due is None:
            raise ModelFault("没有在等待的时限，时钟不能前进。")
        stage.clock.set(max(due, stage.clock.now()) + timedelta(seconds=1))
    else:
        stage.clock.advance(**until)
    stage.engine.fire_timers()


def settle(stage: Stage) -> None:
    """Run everything that is due now, jobs and timers, until nothing moves."""
    for _ in range(_MOST_JOBS):
        if stage.engine.run_jobs() + stage.engine.fire_timers() == 0:
            return
    raise ModelFault(f"{_MOST_JOBS} 轮之后仍有到期的任务，可能在循环。")


def _standing(stage: Stage, case_id: str) -> str:
    case = stage.engine.case(case_id)
    tasks = [f"{task.path}/{task.element_id}" for task in stage.engine.tasks_of(case_id, open_only=True)]
    jobs = [
        f"{j.element_id} {j.status} {j.last_error or ''}" for j in stage.engine.jobs_of(case_id) if j.status != "done"
    ]
    return f"case {case.status}, tasks {tasks}, jobs {jobs}"


def _outcome(stage: Stage, scenario: Scenario, case_id: str, given: list[Outcome]) -> Outcome:
    case = stage.engine.case(case_id)
    tasks = stage.engine.tasks_of(case_id)
    visited = frozenset(stage.engine.progress(case_id).visited)
    decided = frozenset((t.process_key, t.element_id, t.outcome) for t in tasks if t.outcome)
    return Outcome(
        scenario,
        case,
        visited.union(*(earlier.visited for earlier in given)),
        decided.union(*(earlier.decided for earlier in given)),
        tuple(_differences(stage, scenario, case, visited)),
    )


def _differences(
    stage: Stage, scenario: Scenario, case: CaseView, visited: frozenset[tuple[str, str]]
) -> Iterator[str]:
    expect = scenario.expect
    for name, value in {"status": case.status, "outcome": case.outcome_name}.items():
        if name in expect and expect[name] != value:
            yield f"{name} is {value!r}, expected {expect[name]!r}; {_standing(stage, case.id)}"
    if "end" in expect and (scenario.process, expect["end"]) not in visited:
        yield f"did not end at {expect['end']}; {_standing(stage, case.id)}"
    scope = stage.engine.case_file_scope(case.id)
    for path, wanted in (expect.get("items") or {}).items():
        value = _reach(scope, str(path))
        if value != _dated(stage, wanted):
            yield f"{path} is {value!r}, expected {wanted!r}"
    waiting = {task.element_id: task.outcomes for task in stage.engine.tasks_of(case.id, open_only=True)}
    for element_id in expect.get("waiting", ()):
        if element_id not in waiting:
            yield f"{element_id} does not wait; {_standing(stage, case.id)}"
    for element_id, outcomes in (expect.get("offered") or {}).items():
        if list(waiting.get(element_id, ())) != outcomes:
            yield f"{element_id} offers {waiting.get(element_id)}, expected {outcomes}"


def _reach(scope: Mapping[str, Any], path: str) -> Any:
    value: Any = scope
    for part in path.split("."):
        if isinstance(value, list) and part.isdigit():
            value = value[int(part)] if int(part) < len(value) else None
        else:
            value = value.get(part) if isinstance(value, Mapping) else None
    return value


def outcomes_of(properties: Mapping[str, str]) -> frozenset[str]:
    """Every outcome that a user task may offer: the literal list, or all texts in the FEEL that makes the list."""
    text = properties.get("outcomes", "")
    found = _QUOTED.findall(text) if text.startswith("=") else [part.strip() for part in text.split(",")]
    return frozenset(name for name in found if name)
