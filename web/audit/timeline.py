"""A case as a row of moments: at each one, which steps are open, which are passed, and on which diagram; judges nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.views import EventView
from web.audit.words import ENDING, TONES, event_name


@dataclass(frozen=True)
class Place:
    """A node on one diagram: path names the call activities around it ("" in the main process)."""

    process_key: str
    path: str
    element_id: str


@dataclass(frozen=True)
class Moment:
    """What was true right after one event."""

    event: EventView
    words: str
    tone: str
    place: Place | None
    open: frozenset[Place]
    passed: frozenset[Place]

    @property
    def seq(self) -> int:
        return self.event.seq


@dataclass
class Marks:
    """Element ids to colour on one diagram. Call activities count as open while anything inside is."""

    open: set[str] = field(default_factory=set)
    passed: set[str] = field(default_factory=set)
    at: str = ""

    def as_dict(self) -> dict[str, Any]:
        return {"active": sorted(self.open), "visited": sorted(self.passed - self.open), "at": self.at}


def moments(events: Iterable[EventView], main_key: str) -> list[Moment]:
    """One moment an event, in order. The event that begins a step carries where the case stood after it."""
    waiting: frozenset[Place] = frozenset()
    passed: set[Place] = set()
    found = []
    for event in events:
        data: Mapping[str, Any] = event.data
        place = Place(event.process_key or main_key, event.path or "", event.element_id) if event.element_id else None
        if "marking" in data:
            waiting = frozenset(Place(key, path, element) for _kind, key, element, path, *_ in data["marking"])
            passed |= {Place(key, path, element) for what, key, element, path in data.get("trace", ()) if what == "completed"}
        if event.kind in ENDING:
            waiting = frozenset()
        tone = TONES.get(event.kind, "neutral")
        found.append(Moment(event, event_name(event.kind), tone, place, waiting, frozenset(passed)))
    return found


def marks(moment: Moment, process_key: str, path: str) -> Marks:
    """What to colour on the diagram of that process as called at that path."""
    found = Marks()
    for places, target in ((moment.open, found.open), (moment.passed, found.passed)):
        for place in places:
            element = _seen_from(place, process_key, path)
            if element:
                target.add(element)
    if moment.place:
        found.at = _seen_from(moment.place, process_key, path) or ""
    return found


def diagrams(found: Iterable[Moment], main_key: str) -> list[dict[str, str]]:
    """Every diagram that the case went through: the main one first, then each called one by its path."""
    seen: dict[tuple[str, str], None] = {(main_key, ""): None}
    for moment in found:
        if moment.place and moment.place.process_key:
            seen.setdefault((moment.place.process_key, moment.place.path), None)
    return [{"process_key": key, "path": path} for key, path in seen]


def _seen_from(place: Place, process_key: str, path: str) -> str | None:
    """The element that stands for the place on a diagram: itself, or the call activity that leads to it."""
    if place.path == path:
        return place.element_id if place.process_key == process_key else None
    prefix = f"{path}." if path else ""
    if not place.path.startswith(prefix):
        return None
    return place.path[len(prefix) :].partition(".")[0].partition("#")[0]
