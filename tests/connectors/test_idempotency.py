"""One effect a key: repeated, at once, over a restart; another question under the same key is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from connectors import Connectors, RawReply, build_connectors
from connectors.sandbox import RunningSandbox, start_sandbox
from engine.errors import ContractBroken, Rejected

from .calls import CALLS, SYSTEMS


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_repeated_key_gets_the_same_bytes_and_one_effect(sandbox: RunningSandbox, connectors: Connectors, system: str
                                                           ) -> None:
    person = sandbox.population.people[7]
    answers = [CALLS[system](connectors, person, f"same-{system}") for _ in range(3)]
    assert len({answer.raw for answer in answers}) == 1 and len({answer.request_id for answer in answers}) == 3
    entry = next(entry for entry in sandbox.ledger.entries(system, 10_000, 0) if entry.key == f"same-{system}")
    assert (entry.deliveries, entry.effects) == (3, 1)


@pytest.mark.parametrize("system", SYSTEMS)
def test_another_question_under_the_same_key_is_refused(sandbox: RunningSandbox, connectors: Connectors, system: str
                                                        ) -> None:
    first, second = sandbox.population.people[7], sandbox.population.people[100]
    key = f"reused-{system}"
    CALLS[system](connectors, first, key)
    if system == "ca_signing":
        with pytest.raises(Rejected) as caught:
            connectors.ca_signing.sign(document_sha256="0" * 64, document_name="x", agency="y", idempotency_key=key)
    else:
        with pytest.raises(Rejected) as caught:
            CALLS[system](connectors, second, key)
    assert caught.value.details["status"] == 422


def test_eight_deliveries_at_once_have_one_effect(sandbox: RunningSandbox, connectors: Connectors) -> None:
    person = sandbox.population.people[7]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: CALLS["sms"](connectors, person, "at-once"), range(8)))
    assert len({answer.value.message_id for answer in answers}) == 1
    entry = next(entry for entry in sandbox.ledger.entries("sms", 10_000, 0) if entry.key == "at-once")
    assert (entry.deliveries, entry.effects) == (8, 1)


def test_the_ledger_survives_a_restart(tmp_path: Path) -> None:
    answers = []
    for _ in range(2):
        with start_sandbox(state_path=tmp_path / "sandbox.sqlite3") as again, \
                build_connectors(again.url, 2.0) as clients:
            answers.append(CALLS["sms"](clients, again.population.people[0], "over-restart"))
            assert again.ledger.counts()["sms"]["effects"] == 1
            assert again.ledger.size("sms", "message") == 1
    assert answers[0].raw == answers[1].raw


def test_every_reply_is_recorded_before_it_is_judged(sandbox: RunningSandbox) -> None:
    kept: list[RawReply] = []
    sandbox.behaviour.set("marriage", "half_json")
    with build_connectors(sandbox.url, 2.0, record=kept.append) as clients, pytest.raises(ContractBroken) as caught:
        CALLS["marriage"](clients, sandbox.population.people[0], "recorded")
    assert [(reply.system, reply.idempotency_key, reply.status) for reply in kept] == [("marriage", "recorded", 200)]
    assert kept[0].sha256 == caught.value.details["raw_sha256"] and kept[0].raw


@pytest.mark.parametrize("key", ["", "带汉字", "a b", "x" * 256, "line\nbreak"])
def test_a_key_that_no_header_can_carry_is_a_bug(connectors: Connectors, key: str) -> None:
    with pytest.raises(ValueError, match="idempotency key"):
        connectors.thematic_database.push(subject="s", record_id="r", facts={}, idempotency_key=key)
