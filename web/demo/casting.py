"""Deals the roles: which story, household, district and channel each case has; hangs on seed, index and number alone."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from connectors.sandbox.people import Household, Person
from connectors.sandbox.population import Population, population
from web.demo.story import Act, Story, Telling

TOWN_SEED = 1  # the people of the sandbox that `guangsha up` starts
CHANNELS = ("一网通办", "一网通办", "一网通办", "随申办")
DISTRICTS = (
    "310101", "310104", "310105", "310106", "310107", "310109", "310110", "310112",
    "310113", "310114", "310115", "310116", "310117", "310118", "310120", "310151",
)  # fmt: skip


@dataclass(frozen=True)
class Persona:
    """The role of one case. follows: index of the earlier case of the same household, or None."""

    index: int
    story: Story
    situation: str
    household: Household
    head: Person
    channel: str
    district: str
    raising_type: str
    follows: int | None

    @property
    def at_window(self) -> bool:
        return self.channel == "窗口"

    def act(self, group: str, form_key: str, visit: int) -> Act:
        """What is done at this visit (from 0) to a step."""
        for key in (f"{group} {form_key}", form_key):
            acts = self.story.acts.get(key, ())
            if visit < len(acts):
                return acts[visit]
        return Act()


def cast(telling: Telling, cases: int, seed: int) -> tuple[Persona, ...]:
    """The roles of a run, in the order of their index. A case that follows another comes after it."""
    town = _town()
    stories = _dealt(telling, cases, Random(f"{seed}:stories"))
    free: dict[str, Iterator[Household]] = {}
    taken: set[str] = set()
    turns: Counter[str] = Counter()
    earlier: dict[str, list[Persona]] = defaultdict(list)
    found: list[Persona] = []
    for index, story in enumerate(stories):
        rng = Random(f"{seed}:{index}")
        leader = earlier[story.follows].pop(0) if story.follows and earlier[story.follows] else None
        situation = leader.situation if leader else story.situations[turns[story.name] % len(story.situations)]
        turns[story.name] += 1
        household = leader.household if leader else _household(town, situation, free, taken, Random(f"{seed}:{situation}"))
        persona = Persona(
            index, story, situation, household, _head(household), story.channel or rng.choice(CHANNELS),
            leader.district if leader else rng.choice(DISTRICTS), leader.raising_type if leader else rng.choice(["district"] * 4 + ["city"]),
            leader.index if leader else None,
        )  # fmt: skip
        found.append(persona)
        if leader is None:
            earlier[story.name].append(persona)
    return tuple(found)


def _dealt(telling: Telling, cases: int, rng: Random) -> list[Story]:
    """At least one of each story in the order of the telling, the rest by share; followers stand behind their leaders."""
    stories = list(telling.stories)[:cases]
    total = sum(story.share for story in stories)
    counts = {story.name: 1 for story in stories}
    rest = cases - len(stories)
    parts = sorted(stories, key=lambda s: (-(rest * s.share % total), s.name))
    for story in stories:
        counts[story.name] += rest * story.share // total
    for story in parts[: cases - sum(counts.values())]:
        counts[story.name] += 1
    dealt = [story for story in stories for _ in range(counts[story.name])]
    rng.shuffle(dealt)
    return sorted(dealt, key=lambda story: bool(story.follows))


def _household(
    town: Population, situation: str, free: dict[str, Iterator[Household]], taken: set[str], rng: Random
) -> Household:
    """The next household in this situation that nobody has used yet; any clean one when there is none left."""
    if situation not in free:
        found = [town.household_of(person) for person in town.with_situation(situation)]
        rng.shuffle(found)
        free[situation] = iter(found)
    for household in free[situation]:
        if household.household_id not in taken:
            taken.add(household.household_id)
            return household
    if situation == "clean_single":
        raise ValueError("the town has no household left; choose fewer cases")
    return _household(town, "clean_single", free, taken, rng)


def _head(household: Household) -> Person:
    return household.head


@lru_cache(maxsize=1)
def _town() -> Population:
    return population(TOWN_SEED)
