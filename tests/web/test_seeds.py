"""The demo city: complete, loaded once."""

from __future__ import annotations

from sqlalchemy import func, select

from tests.web.house import House
from web import seeds
from web.auth.people import GROUP_NAMES
from web.auth.records import account, org_unit


def counted(house: House) -> tuple[int, int]:
    with house.services.database.connect() as connection:
        return tuple(
            connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (account, org_unit)
        )  # type: ignore[return-value]


def test_loading_twice_changes_nothing(house: House) -> None:
    before = counted(house)
    printed = seeds.seed(house.services)
    assert counted(house) == before
    assert {row["password"] for row in printed} == {seeds.PASSWORD}


def test_every_role_has_an_account_and_every_district_its_units(house: House) -> None:
    roles = {row["role"] for row in seeds.seed(house.services)}
    assert set(GROUP_NAMES.values()) <= roles
    with house.services.database.connect() as connection:
        districts = connection.execute(select(org_unit.c.district).where(org_unit.c.kind == "district")).scalars().all()
    assert len(districts) == 16
