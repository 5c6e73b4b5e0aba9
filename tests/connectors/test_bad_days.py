"""Every switch of every system leads to the right error family, and the right answer comes afterwards."""

from __future__ import annotations

import time

import pytest

from connectors import Connectors, build_connectors
from connectors.sandbox import RunningSandbox
from engine.errors import ContractBroken, GuangshaError, Rejected, Unavailable

from .calls import CALLS, CHECKS, SYSTEMS


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize(("mode", "family", "reason"), [
    ("broken", Unavailable, "http_status"), ("busy", Unavailable, "http_status"),
    ("late", Unavailable, "result_pending"), ("ok_error", Unavailable, "busy"), ("duplicate", Unavailable, "transport"),
    ("refused", Rejected, "http_status"), ("half_json", ContractBroken, "malformed_json")])
def test_a_bad_day_is_one_of_three_families_and_passes(sandbox: RunningSandbox, connectors: Connectors, system: str,
                                                       mode: str, family: type[GuangshaError], reason: str) -> None:
    person = sandbox.population.with_situation("clean_family")[1]
    key = f"{system}-{mode}"
    sandbox.behaviour.set(system, mode)
    with pytest.raises(family) as caught:
        CALLS[system](connectors, person, key)
    assert type(caught.value) is family and caught.value.details["reason"] == reason
    sandbox.behaviour.set(system, "auto")
    CALLS[system](connectors, person, key)
    entry = next(entry for entry in sandbox.ledger.entries(system, 10_000, 0) if entry.key == key)
    assert entry.effects == 1


@pytest.mark.parametrize("system", SYSTEMS)
def test_an_answer_about_somebody_else_breaks_the_contract(sandbox: RunningSandbox, connectors: Connectors, system: str
                                                           ) -> None:
    person = sandbox.population.with_situation("wrong_person_trap")[0]
    sandbox.behaviour.set(system, "wrong_person")
    with pytest.raises(ContractBroken) as caught:
        CALLS[system](connectors, person, f"wrong-{system}")
    assert caught.value.details["reason"] in ("wrong_person", "wrong_subject")
    assert caught.value.details["raw_sha256"]
    sandbox.behaviour.set(system, "auto")
    CALLS[system](connectors, person, f"wrong-{system}")


@pytest.mark.parametrize("system", CHECKS)
def test_the_namesake_is_never_taken_for_the_person(sandbox: RunningSandbox, connectors: Connectors, system: str
                                                    ) -> None:
    person = sandbox.population.with_situation("wrong_person_trap")[0]
    twin = next(other for other in sandbox.population.people
                if (other.name, other.born_on) == (person.name, person.born_on) and other.id_no != person.id_no)
    assert (twin.born_on, twin.sex) == (person.born_on, person.sex) and twin.properties and not person.properties
    assert CALLS[system](connectors, person, "trap").value.id_no == person.id_no


@pytest.mark.parametrize("mode", ["slow", "drip"])
def test_a_slow_answer_ends_within_the_timeout(sandbox: RunningSandbox, mode: str) -> None:
    person = sandbox.population.people[0]
    sandbox.behaviour.set("real_estate", mode, seconds=5.0)
    with build_connectors(sandbox.url, timeout_s=0.25) as hasty:
        started = time.monotonic()
        with pytest.raises(Unavailable) as caught:
            CALLS["real_estate"](hasty, person, f"{mode}-1")
        assert caught.value.details["reason"] == "timeout" and time.monotonic() - started < 1.5
        sandbox.behaviour.set("real_estate", "auto")
        CALLS["real_estate"](hasty, person, f"{mode}-1")
    entry = next(entry for entry in sandbox.ledger.entries("real_estate", 10_000, 0) if entry.key == f"{mode}-1")
    assert (entry.deliveries, entry.effects) == (2, 1)


@pytest.mark.requirement("SH-028.R2")
def test_a_late_result_is_fetched_by_asking_again(sandbox: RunningSandbox, connectors: Connectors) -> None:
    person = sandbox.population.people[0]
    sandbox.behaviour.set("real_estate", "late", polls=3)
    for _ in range(3):
        with pytest.raises(Unavailable) as caught:
            CALLS["real_estate"](connectors, person, "late-polls")
        assert caught.value.retry_after_s == 1.0
    assert CALLS["real_estate"](connectors, person, "late-polls").value.id_no == person.id_no


def test_busy_says_when_to_come_back(sandbox: RunningSandbox, connectors: Connectors) -> None:
    sandbox.behaviour.set("sms", "busy")
    with pytest.raises(Unavailable) as caught:
        CALLS["sms"](connectors, sandbox.population.people[0], "busy")
    assert caught.value.retry_after_s == 1.0


def test_a_forgetful_system_shows_its_doubles_in_the_ledger(sandbox: RunningSandbox, connectors: Connectors) -> None:
    sandbox.behaviour.set("sms", "forgetful")
    for _ in range(2):
        CALLS["sms"](connectors, sandbox.population.people[0], "forgotten")
    assert sandbox.ledger.counts()["sms"]["doubled"] == 1


def test_a_switch_clears_itself(sandbox: RunningSandbox, connectors: Connectors) -> None:
    sandbox.behaviour.set("sms", "broken", for_s=0.0)
    CALLS["sms"](connectors, sandbox.population.people[0], "cleared")


def test_a_switch_hits_a_share_of_the_requests(sandbox: RunningSandbox) -> None:
    sandbox.behaviour.set("marriage", "broken", rate=0.3)
    modes = [sandbox.behaviour.turn("marriage", f"share-{n}").mode for n in range(1000)]
    assert 230 < modes.count("broken") < 370


@pytest.mark.parametrize("system", SYSTEMS)
def test_health_says_up_or_down_and_never_raises(sandbox: RunningSandbox, connectors: Connectors, system: str) -> None:
    client = connectors.clients()[system]
    assert (client.health()["status"], client.health()["error"]) == ("up", "")
    sandbox.behaviour.set(system, "broken")
    assert (client.health()["status"], client.health()["error"]) == ("down", "unavailable")
    with build_connectors("http://127.0.0.1:9", timeout_s=0.2) as nowhere:
        assert nowhere.clients()[system].health()["status"] == "down"


def test_the_breaker_opens_and_closes_again(sandbox: RunningSandbox) -> None:
    person = sandbox.population.people[0]
    sandbox.behaviour.set("marriage", "broken")
    with build_connectors(sandbox.url, timeout_s=2.0, breaker_after=3, breaker_pause_s=0.05) as careful:
        reasons = []
        for attempt in range(5):
            with pytest.raises(Unavailable) as caught:
                CALLS["marriage"](careful, person, f"breaker-{attempt}")
            reasons.append(caught.value.details["reason"])
        assert reasons[:3] == ["http_status"] * 3 and "breaker_open" in reasons
        assert careful.marriage.health()["breaker_open"] is True
        sandbox.behaviour.set("marriage", "auto")
        answers = 0
        while not answers:
            try:
                CALLS["marriage"](careful, person, "breaker-back")
                answers += 1
            except Unavailable as error:
                assert error.retry_after_s is not None and error.retry_after_s <= 0.05
        assert careful.marriage.health()["breaker_open"] is False
