"""Maker: the pieces from which the situations build people. Every choice comes from the seeded generator it is given.

Birth days hang on REFERENCE_DAY (identity numbers never move); everything that happened "n days ago" hangs on today.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import count
from random import Random
from typing import Any

from connectors.sandbox import identity
from connectors.sandbox.people import Property, PublicTenancy, ResettlementHome, Violation

REFERENCE_DAY = date(2026, 1, 1)
Draft = dict[str, Any]


@dataclass(slots=True)
class Numbers:
    """What must stay unique over the whole population."""

    taken: set[str]
    mobiles: Iterator[int]
    papers: Iterator[int]

    @classmethod
    def fresh(cls) -> Numbers:
        return cls(set(), count(1), count(1))


class Maker:
    """Builds the people of one situation; others live elsewhere but belong to its story."""

    def __init__(self, rng: Random, today: date, numbers: Numbers) -> None:
        self.rng, self.today, self._numbers = rng, today, numbers
        self.district = rng.randrange(16)
        self.others: list[Draft] = []

    def ago(self, days: int) -> date:
        return self.today - timedelta(days=days)

    def paper(self, kind: str) -> str:
        """A number for a certificate, contract or record."""
        return f"{kind}{next(self._numbers.papers):08d}"

    def person(self, age: tuple[int, int] = (24, 58), sex: str = "", local: bool = True, name: str = "") -> Draft:
        """A single person with work and nothing else on record; age in years on REFERENCE_DAY."""
        rng = self.rng
        sex = sex or rng.choice("男女")
        born_on = REFERENCE_DAY - timedelta(days=rng.randint(age[0] * 366, age[1] * 366 + 200))
        district = identity.DISTRICTS[self.district]
        months = rng.randint(24, 180)
        employer, employer_code = identity.employer(rng)
        return {
            "id_no": self._id_no(local, born_on, sex), "name": name or identity.person_name(rng, sex), "sex": sex,
            "born_on": born_on, "mobile": identity.mobile(next(self._numbers.mobiles)), "relation": "本人",
            "hukou_district": district if local else rng.choice(identity.ELSEWHERE),
            "address": identity.address(rng, district), "marital_status": "未婚", "declared_marital_status": "",
            "married_on": None, "divorced_on": None, "spouse_id_no": None, "former_spouse_id_no": None,
            "former_name": "", "deceased_on": None,
            "residence_permit_since": None if local else self.ago(rng.randint(800, 2500)),
            "insurance_state": "正常缴费", "insurance_months": months, "insurance_running": months,
            "employer": employer, "employer_code": employer_code, "properties": (), "public_housing": (),
            "resettlement": (), "violations": (), "cases_in_progress": (), "valid_cases": (), "tags": set()}

    def namesake(self, one: Draft) -> Draft:
        """Another person of the same name, sex, birth day and region: only the serial differs."""
        other = self.person(sex=one["sex"], name=one["name"])
        return other | {"born_on": one["born_on"], "id_no": self._id_no(True, one["born_on"], one["sex"])}

    def dependant(self, relation: str, age: tuple[int, int]) -> Draft:
        """A child or an old person without work."""
        draft = self.person(age)
        draft["relation"] = relation
        self.uninsured(draft)
        if age[1] < 16:
            draft["mobile"] = ""
        return draft

    def uninsured(self, draft: Draft) -> None:
        draft |= {"insurance_state": "未参保", "insurance_months": 0, "insurance_running": 0, "employer": None,
                  "employer_code": None}

    def couple(self, days_ago: int = 2200, age: tuple[int, int] = (27, 45)) -> tuple[Draft, Draft]:
        """Head and spouse, married so many days ago."""
        head = self.person(age)
        spouse = self.person(age, sex="女" if head["sex"] == "男" else "男")
        spouse["relation"] = "配偶"
        self.marry(head, spouse, days_ago)
        return head, spouse

    def family(self, children: int = 1) -> list[Draft]:
        """Head, spouse and small children, six years married."""
        head, spouse = self.couple()
        return [head, spouse, *(self.child(head, (0, 4)) for _ in range(children))]

    def child(self, parent: Draft, age: tuple[int, int]) -> Draft:
        """A child that bears the parent's surname."""
        child = self.dependant("子女", age)
        child["name"] = parent["name"][0] + child["name"][1:]
        return child

    def marry(self, one: Draft, two: Draft, days_ago: int) -> None:
        for person, other in ((one, two), (two, one)):
            person |= {"marital_status": "已婚", "married_on": self.ago(days_ago), "spouse_id_no": other["id_no"]}

    def divorce(self, one: Draft, days_ago: int) -> Draft:
        """one divorced so many days ago; the former spouse lives elsewhere and is returned."""
        other = self.person(sex="女" if one["sex"] == "男" else "男")
        for person, former in ((one, other), (other, one)):
            person |= {"marital_status": "离异", "married_on": self.ago(days_ago + 1800), "spouse_id_no": None,
                       "divorced_on": self.ago(days_ago), "former_spouse_id_no": former["id_no"]}
        self.others.append(other)
        return other

    def flat(self, area_m2: str, share: Fraction = Fraction(1), usage: str = "住宅", days_ago: int = 1500,
             disposed_days_ago: int | None = None) -> Property:
        """A registration; co-owners each get their own with replace(share=…)."""
        district = identity.DISTRICTS[self.rng.randrange(16)]
        disposed_on = None if disposed_days_ago is None else self.ago(disposed_days_ago)
        number, address = self.paper("沪虚构不动产权第"), identity.address(self.rng, district)
        return Property(number, address, district, Decimal(area_m2), share, usage, self.ago(days_ago), disposed_on)

    def tenancy(self, area_m2: str, role: str, residents: int) -> PublicTenancy:
        district = identity.DISTRICTS[self.district]
        return PublicTenancy(self.paper("GF"), identity.address(self.rng, district), district, role,
                             Decimal(area_m2), residents, self.ago(self.rng.randint(2000, 9000)))

    def resettled(self, area_m2: str, persons: int) -> ResettlementHome:
        district = identity.DISTRICTS[self.district]
        return ResettlementHome(self.paper("ZS"), f"{district}虚构旧改{self.rng.randint(1, 30)}号地块",
                                identity.address(self.rng, district), Decimal(area_m2), persons,
                                self.ago(self.rng.randint(400, 4000)))

    def violation(self, kind: str, reason: str, decided_days_ago: int, bar_days: int | None,
                  lifted_days_ago: int | None = None) -> Violation:
        decided_on = self.ago(decided_days_ago)
        barred_until = None if bar_days is None else decided_on + timedelta(days=bar_days)
        lifted_on = None if lifted_days_ago is None else self.ago(lifted_days_ago)
        return Violation(self.paper("WG"), kind, reason, decided_on, barred_until, lifted_on)

    def _id_no(self, local: bool, born_on: date, sex: str) -> str:
        serial = self.rng.randrange(500)
        for step in range(500):
            number = identity.identity_number(self.district, local, born_on, sex, serial + step)
            if number not in self._numbers.taken:
                self._numbers.taken.add(number)
                return number
        raise ValueError("too many people born on one day in one district")
