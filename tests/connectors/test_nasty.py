"""The nasty world: the same answers as the calm one, only later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from connectors import Answer, Connectors, build_connectors
from connectors.sandbox import Person, RunningSandbox, start_sandbox
from connectors.sandbox.behaviour import Behaviour
from engine.errors import ContractBroken, Unavailable

from .calls import CALLS

LONGEST_RUN = 3


def persistent(call: Callable[[Connectors, Person, str], Answer[object]], connectors: Connectors, person: Person,
               key: str) -> tuple[object, int]:
    """The answer and the number of bad attempts before it."""
    for bad in range(LONGEST_RUN + 1):
        try:
            return call(connectors, person, key).value, bad
        except (Unavailable, ContractBroken):
            continue
    pytest.fail(f"{key}: more than {LONGEST_RUN} bad answers in a row")


@pytest.mark.parametrize("system", ["real_estate", "marriage", "social_insurance", "violations", "licence_library"])
def test_nasty_gives_the_calm_answers_later(sandbox: RunningSandbox, connectors: Connectors, system: str) -> None:
    people = [person for person in sandbox.population.people[:400:10]
              if "licence_not_authorised" not in person.situations]
    with start_sandbox(seed=1, nasty=True) as nasty, build_connectors(nasty.url, 2.0) as clients, \
            ThreadPoolExecutor(4) as pool:
        bad = list(pool.map(lambda p: persistent(CALLS[system], clients, p, f"nasty-{p.id_no}"), people))
        assert nasty.ledger.counts()[system]["doubled"] == 0
    calm = [CALLS[system](connectors, person, f"nasty-{person.id_no}").value for person in people]
    assert [value for value, _ in bad] == calm
    assert sum(attempts for _, attempts in bad) > 0


def test_nasty_pushes_have_one_effect_each() -> None:
    with start_sandbox(seed=3, nasty=True) as nasty, build_connectors(nasty.url, 2.0) as clients:
        person = nasty.population.people[0]
        for number in range(40):
            persistent(CALLS["sms"], clients, person, f"push-{number}")
        counts = nasty.ledger.counts()["sms"]
        assert (counts["effects"], counts["doubled"], nasty.ledger.size("sms", "message")) == (40, 0, 40)


def test_nasty_is_seeded_and_never_bad_four_times_in_a_row() -> None:
    def modes(seed: int) -> list[list[str]]:
        behaviour = Behaviour(seed, nasty=True)
        return [[behaviour.turn("sms", f"key-{n}").mode for _ in range(9)] for n in range(2000)]

    first = modes(1)
    assert first == modes(1) != modes(2)
    assert all("ok" in row[start:start + LONGEST_RUN + 1] for row in first for start in range(6))
    seen = Counter(mode for row in first for mode in row)
    assert {"slow", "broken", "late", "half_json", "ok_error", "wrong_person", "duplicate"} <= set(seen)
    assert "forgetful" not in seen and "refused" not in seen
