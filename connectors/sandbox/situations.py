"""Situations: every interesting state of affairs as a recipe that builds one household. Judges none of them.

The head of the household carries the situation's name, unless the recipe tags another member with it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from connectors.sandbox.maker import Draft, Maker

Recipe = Callable[[Maker], list[Draft]]


@dataclass(frozen=True, slots=True)
class Situation:
    """name: tag on the person; title: Chinese, for the demonstration screens; build: draws one household."""

    name: str
    title: str
    build: Recipe


SITUATIONS: dict[str, Situation] = {}


def situation(name: str, title: str) -> Callable[[Recipe], Recipe]:
    """Register a recipe under a name that nobody else has."""

    def register(recipe: Recipe) -> Recipe:
        if name in SITUATIONS:
            raise ValueError(f"situation {name} exists")
        SITUATIONS[name] = Situation(name, title, recipe)
        return recipe

    return register
