"""The invented people: enough of them, in every situation, the same for the same seed, and none of them real."""

from __future__ import annotations

import time
from datetime import date, timedelta
from decimal import Decimal

import pytest

from connectors.sandbox import SITUATIONS, Population, population
from connectors.sandbox.population import EACH, _build
from connectors.subject import check_digit, well_formed

DAY = date(2026, 3, 2)


@pytest.fixture(scope="module")
def town() -> Population:
    return population(1, DAY)


def test_at_least_five_thousand_people_with_distinct_valid_numbers(town: Population) -> None:
    assert len(town.people) == len(town.by_id_no) >= 5000
    assert all(well_formed(person.id_no) for person in town.people)
    assert all(person.id_no[6:14] == f"{person.born_on:%Y%m%d}" for person in town.people)
    assert all((int(person.id_no[16]) % 2 == 1) == (person.sex == "男") for person in town.people)


def test_nobody_is_real(town: Population) -> None:
    assert {person.id_no[:4] for person in town.people} == {"3101", "3299"}
    assert all(61 <= int(person.id_no[4:6]) <= 76 for person in town.people)
    mobiles = [person.mobile for person in town.people if person.mobile]
    assert all(mobile.startswith("1699") and len(mobile) == 11 for mobile in mobiles)
    assert len(set(mobiles)) == len(mobiles)


@pytest.mark.parametrize("name", list(SITUATIONS))
def test_every_situation_is_present(town: Population, name: str) -> None:
    assert len(town.with_situation(name)) >= EACH
    assert SITUATIONS[name].title


def test_same_seed_same_people_other_seed_others(town: Population) -> None:
    again = _build.__wrapped__(1, DAY)
    assert again.people == town.people and again is not town
    assert set(again.by_id_no) != set(population(2, DAY).by_id_no)


def test_numbers_and_names_do_not_hang_on_the_day(town: Population) -> None:
    later = population(1, DAY + timedelta(days=400))
    who = [(person.id_no, person.name, person.situations) for person in town.people]
    assert who == [(person.id_no, person.name, person.situations) for person in later.people]
    person = later.with_situation("divorced_two_years_ago")[0]
    assert person.divorced_on == later.today - timedelta(days=730)


def test_it_is_quick() -> None:
    started = time.process_time()
    _build.__wrapped__(11, DAY)
    assert time.process_time() - started < 1.0


def test_marriages_are_mutual(town: Population) -> None:
    for person in town.people:
        assert (person.spouse_id_no is not None) is (person.marital_status == "已婚")
        if person.spouse_id_no:
            spouse = town.by_id_no[person.spouse_id_no]
            assert (spouse.spouse_id_no, spouse.married_on) == (person.id_no, person.married_on)
        if person.marital_status == "离异":
            assert person.divorced_on and person.married_on and person.married_on < person.divorced_on <= town.today


def test_households_are_whole(town: Population) -> None:
    assert sum(len(household.members) for household in town.households) == len(town.people)
    for person in town.people:
        assert person in town.household_of(person).members
    assert all(household.head.relation == "本人" for household in town.households)


@pytest.mark.parametrize(("name", "square_metres"), [
    ("per_capita_at_threshold", "15.00"), ("per_capita_just_above", "15.01"), ("per_capita_just_below", "14.99"),
    ("per_capita_at_threshold_by_shares", "15.00")])
def test_per_capita_sits_exactly_at_the_threshold(town: Population, name: str, square_metres: str) -> None:
    for head in town.with_situation(name):
        members = town.household_of(head).members
        owned = sum((item.area_m2 * item.share.numerator / item.share.denominator
                     for member in members for item in member.properties), Decimal(0))
        assert owned / len(members) == Decimal(square_metres)


def test_special_names_are_there(town: Population) -> None:
    names = "".join(person.name for person in town.people)
    assert all(character in names for character in "𬭚㛃䶮·")


def test_applicants_are_adults_unless_the_situation_says_otherwise(town: Population) -> None:
    for household in town.households:
        adult = (town.today - household.head.born_on).days >= 18 * 365
        assert adult or "minor_head" in household.head.situations


def test_an_unknown_situation_is_an_error(town: Population) -> None:
    with pytest.raises(KeyError):
        town.with_situation("owns_a_castle")


def test_company_codes_have_right_check_digits(town: Population) -> None:
    signs = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    for code in {person.employer_code for person in town.people if person.employer_code}:
        assert sum(signs.index(sign) * pow(3, place, 31) for place, sign in enumerate(code[:17])) % 31 == (
            -signs.index(code[17]) % 31)


def test_check_digit_of_the_standard() -> None:
    assert check_digit("11010519491231002") == "X"
