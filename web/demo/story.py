"""The words in which a demonstration is told: stories, acts, a telling of one flow. Pure data; decides nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Act:
    """What a person does at a step instead of the first choice that the page offers.

    do: complete, withdraw, delete, leave (never do it) or wait (do it only `days` natural days later).
    then: object (a neighbour objects to the notice that was just published).
    """

    outcome: str = ""
    form: Mapping[str, Any] = field(default_factory=dict)
    do: str = "complete"
    then: str = ""
    days: int = 0


@dataclass(frozen=True)
class Story:
    """One kind of case. share: its weight; situations: of the applicant's household, taken in turn.

    acts: by `<group> <form key>` or `<form key>`, one per visit; afterwards people take what the page offers first.
    follows: the same household as a case of that story, filed `when` it is submitted or ended.
    forgets: materials that are not handed in at first.
    """

    name: str
    share: int
    situations: Sequence[str]
    acts: Mapping[str, Sequence[Act]] = field(default_factory=dict)
    channel: str = ""
    forgets: Sequence[str] = ()
    follows: str = ""
    when: str = ""
    kind: str = "new"
    title: str = ""


@dataclass(frozen=True)
class Telling:
    """One flow as the demonstration tells it; see web.demo.stories for what each field holds."""

    process: str
    title: str
    stories: Sequence[Story]
    answers: Mapping[str, Mapping[str, Any]]
    readings: Sequence[tuple[str, Mapping[str, Any]]]
    staff: Mapping[str, str]
    citizen_forms: Sequence[str]
    citizen_called_by: Sequence[str]
    deletion: str
    ends: Sequence[str]
