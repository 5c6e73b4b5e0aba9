"""The roles of a demonstration hang on seed, index and number alone."""

from __future__ import annotations

from collections import Counter

import pytest

from connectors.sandbox.situations import SITUATIONS
from web.demo.casting import cast
from web.demo.stories.public_rental import TELLING


@pytest.mark.parametrize("cases", [1, 12, 27, 200])
def test_same_seed_gives_the_same_roles(cases: int) -> None:
    assert cast(TELLING, cases, 7) == cast(TELLING, cases, 7)
    assert len(cast(TELLING, cases, 7)) == cases


def test_another_seed_gives_other_roles() -> None:
    assert cast(TELLING, 50, 1) != cast(TELLING, 50, 2)


def test_each_household_applies_once_unless_the_story_says_again() -> None:
    personas = cast(TELLING, 200, 1)
    used = Counter(one.household.household_id for one in personas if one.follows is None)
    assert set(used.values()) == {1}
    for one in personas:
        if one.follows is not None:
            assert one.follows < one.index
            assert personas[one.follows].household == one.household


def test_from_one_case_a_story_on_every_story_is_told() -> None:
    told = {one.story.name for one in cast(TELLING, len(TELLING.stories), 3)}
    assert told == {story.name for story in TELLING.stories}


def test_stories_name_only_situations_that_people_have() -> None:
    for story in TELLING.stories:
        assert set(story.situations) <= set(SITUATIONS), story.name


def test_an_act_is_done_at_its_visit_and_then_the_page_decides() -> None:
    persona = next(one for one in cast(TELLING, 27, 1) if one.story.name == "first_rejected")
    assert persona.act("first_reviewer", "blocks/review/decide", 0).outcome == "reject"
    assert persona.act("first_reviewer", "blocks/review/decide", 1).outcome == ""
    assert persona.act("second_reviewer", "blocks/review/decide", 0).outcome == ""
