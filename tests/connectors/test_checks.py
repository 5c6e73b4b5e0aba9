"""The six check interfaces: what they say about people in known situations."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from hashlib import sha256

import pytest

from connectors import INTERFACES, Connectors, Match
from connectors.marriage.types import MaritalState
from connectors.public_housing.types import TenancyRole
from connectors.real_estate.types import Usage
from connectors.sandbox import Person, RunningSandbox
from connectors.social_insurance.types import InsuranceState
from engine.errors import Rejected

from .calls import CALLS, CHECKS


def one(sandbox: RunningSandbox, situation: str) -> Person:
    return sandbox.population.with_situation(situation)[0]


@pytest.mark.requirement("SH-028.R1")
@pytest.mark.requirement("SH-028.R2")
def test_real_estate_adds_up_homes_by_share(sandbox: RunningSandbox, connectors: Connectors) -> None:
    person = one(sandbox, "co_owns")
    answer = connectors.real_estate.check(id_no=person.id_no, name=person.name, idempotency_key="re-co")
    assert (answer.value.match, answer.value.homes, answer.value.area_m2) == (Match.MATCHED, 1, Decimal("30.00"))
    assert answer.value.properties[0].share == Fraction(1, 2)
    assert answer.as_of == sandbox.population.today - timedelta(days=1)


@pytest.mark.parametrize(("situation", "area_m2"), [
    ("per_capita_at_threshold", "45.00"), ("per_capita_just_above", "45.03"), ("per_capita_just_below", "44.97"),
    ("co_owns_a_third", "16.67"), ("owns_two_flats", "126.90"), ("owns_shop", "0"), ("owns_parking", "0"),
    ("sold_flat_one_year_ago", "0"), ("clean_family", "0")])
def test_only_homes_still_held_count(sandbox: RunningSandbox, connectors: Connectors, situation: str, area_m2: str
                                     ) -> None:
    person = one(sandbox, situation)
    result = connectors.real_estate.check(id_no=person.id_no, name=person.name, idempotency_key=situation).value
    assert result.area_m2 == Decimal(area_m2)
    assert len(result.properties) == len(person.properties)
    assert all(item.usage is Usage.HOME for item in result.properties) or area_m2 == "0"


@pytest.mark.requirement("SH-027.R2")
def test_public_housing_tells_the_role(sandbox: RunningSandbox, connectors: Connectors) -> None:
    for situation, role in (("public_housing_tenant", TenancyRole.TENANT),
                            ("public_housing_member", TenancyRole.MEMBER)):
        person = one(sandbox, situation)
        result = connectors.public_housing.check(id_no=person.id_no, name=person.name, idempotency_key=situation).value
        assert [item.role for item in result.tenancies] == [role]


@pytest.mark.requirement("SH-029.R2")
def test_resettlement_shows_nothing_on_a_partial_match(sandbox: RunningSandbox, connectors: Connectors) -> None:
    for situation, match, homes in (("resettlement_flat", Match.MATCHED, 1),
                                    ("resettlement_partial_match", Match.PARTIAL, 0)):
        person = one(sandbox, situation)
        assert person.resettlement
        result = connectors.resettlement.check(id_no=person.id_no, name=person.name, idempotency_key=situation).value
        assert (result.match, len(result.homes)) == (match, homes)


@pytest.mark.requirement("SH-026.R1")
@pytest.mark.parametrize(("situation", "state", "running"), [
    ("no_social_insurance", InsuranceState.NONE, 0), ("too_few_insurance_months", InsuranceState.PAYING, 5),
    ("insurance_exactly_a_year", InsuranceState.PAYING, 12), ("insurance_interrupted", InsuranceState.INTERRUPTED, 0),
    ("insurance_gap", InsuranceState.PAYING, 4), ("on_death_list", InsuranceState.ENDED, 0)])
def test_social_insurance_tells_state_and_unbroken_months(
        sandbox: RunningSandbox, connectors: Connectors, situation: str, state: InsuranceState, running: int) -> None:
    person = one(sandbox, situation)
    result = connectors.social_insurance.check(id_no=person.id_no, name=person.name, idempotency_key=situation).value
    assert (result.state, result.months_running) == (state, running)
    assert (result.last_paid_month is None) is (result.months_total == 0)


@pytest.mark.requirement("SH-026.R2")
@pytest.mark.parametrize(("situation", "state"), [
    ("married_declared_single", MaritalState.MARRIED), ("divorced_two_years_ago", MaritalState.DIVORCED),
    ("divorced_declared_married", MaritalState.DIVORCED), ("remarried", MaritalState.MARRIED),
    ("widowed", MaritalState.WIDOWED), ("clean_single", MaritalState.SINGLE)])
def test_marriage_tells_what_is_registered(sandbox: RunningSandbox, connectors: Connectors, situation: str,
                                           state: MaritalState) -> None:
    person = one(sandbox, situation)
    result = connectors.marriage.check(id_no=person.id_no, name=person.name, idempotency_key=situation).value
    assert (result.state, result.spouse_id_no) == (state, person.spouse_id_no)
    assert result.divorced_on == person.divorced_on


def test_marriage_tells_the_death_list(sandbox: RunningSandbox, connectors: Connectors) -> None:
    person = one(sandbox, "on_death_list")
    result = connectors.marriage.check(id_no=person.id_no, name=person.name, idempotency_key="dead").value
    assert result.deceased_on == person.deceased_on is not None


@pytest.mark.parametrize(("situation", "records", "barring"), [
    ("violation_record", 1, 1), ("violation_expired", 1, 0), ("violation_ends_yesterday", 1, 0),
    ("violation_lifted", 1, 0), ("violation_several", 2, 1), ("clean_single", 0, 0)])
def test_violations_count_what_still_bars(sandbox: RunningSandbox, connectors: Connectors, situation: str,
                                          records: int, barring: int) -> None:
    person = one(sandbox, situation)
    result = connectors.violations.check(id_no=person.id_no, name=person.name, idempotency_key=situation).value
    assert (len(result.records), result.barring) == (records, barring)


@pytest.mark.requirement("SH-028.R3")
@pytest.mark.parametrize("system", CHECKS)
def test_nobody_found_is_told_apart_from_nothing_owned(sandbox: RunningSandbox, connectors: Connectors, system: str
                                                       ) -> None:
    unknown, clean = one(sandbox, "no_data_found"), one(sandbox, "clean_single")
    assert CALLS[system](connectors, unknown, "nobody").value.match is Match.NOT_FOUND
    assert CALLS[system](connectors, clean, "clean").value.match is Match.MATCHED


def test_a_changed_name_is_not_a_match_in_the_housing_registers(sandbox: RunningSandbox, connectors: Connectors
                                                                ) -> None:
    person = one(sandbox, "name_differs")
    result = connectors.real_estate.check(id_no=person.id_no, name=person.name, idempotency_key="renamed").value
    assert (result.match, result.properties) == (Match.NAME_DIFFERS, ())
    former = connectors.real_estate.check(id_no=person.id_no, name=person.former_name, idempotency_key="former").value
    assert (former.match, former.homes) == (Match.MATCHED, 1)


def test_rare_characters_and_middle_dots_match(sandbox: RunningSandbox, connectors: Connectors) -> None:
    for situation in ("rare_character_name", "middle_dot_name", "long_name"):
        for person in sandbox.population.with_situation(situation)[:6]:
            written = person.name.replace("·", "•")
            result = connectors.marriage.check(id_no=person.id_no, name=written, idempotency_key=person.id_no).value
            assert (result.match, result.name) == (Match.MATCHED, person.name)


@pytest.mark.parametrize(("id_no", "name", "reason"), [
    ("310161199001010001", "某人", "malformed_id_no"), ("31016119900101", "某人", "malformed_id_no"),
    ("３10161199001010001", "某人", "malformed_id_no"), ("", "某人", "malformed_id_no")])
@pytest.mark.requirement("SH-027.R2")
def test_a_malformed_number_is_not_sent(sandbox: RunningSandbox, connectors: Connectors, id_no: str, name: str,
                                        reason: str) -> None:
    with pytest.raises(Rejected) as caught:
        connectors.real_estate.check(id_no=id_no, name=name, idempotency_key="malformed")
    assert (caught.value.code, caught.value.details["reason"]) == ("rejected", reason)
    assert not any(entry.key == "malformed" for entry in sandbox.ledger.entries("real_estate", 10_000, 0))


@pytest.mark.parametrize("system", list(CALLS))
def test_an_answer_names_its_source_and_keeps_the_bytes(sandbox: RunningSandbox, connectors: Connectors, system: str
                                                        ) -> None:
    answer = CALLS[system](connectors, one(sandbox, "clean_family"), f"source-{system}")
    assert answer.sha256 == sha256(answer.raw).hexdigest()
    assert answer.received_at.utcoffset() == timedelta(0)
    assert (answer.system, answer.department) == (system, INTERFACES[system].department)
    assert len(answer.request_id) == 32 and isinstance(answer.facts(), dict)


def test_facts_are_json_types(sandbox: RunningSandbox, connectors: Connectors) -> None:
    person = one(sandbox, "co_owns_a_third")
    facts = connectors.real_estate.check(id_no=person.id_no, name=person.name, idempotency_key="facts").facts()
    assert json.loads(json.dumps(facts)) == facts
    assert (facts["match"], facts["area_m2"], facts["properties"][0]["share"]) == ("matched", 16.67, "1/3")
