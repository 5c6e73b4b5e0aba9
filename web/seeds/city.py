"""Loads units, accounts and opinion templates of the demo city; what is already there stays as it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, insert, select

from web.auth.passwords import hash_password
from web.auth.people import GROUP_NAMES, MORE_NAMES
from web.auth.records import account, api_client, org_unit
from web.cases.records import opinion_template
from web.seeds.applicants import applicants
from web.seeds.posts import missing_posts

if TYPE_CHECKING:
    from web.bootstrap import Services

PASSWORD = "guangsha2026"
_CLIENTS = (("portal", "一网通办（演示）", ["portal", "cases"], 600), ("dust-gateway", "扬尘设备网关（演示）", ["dust"], 1200))
_CITY = json.loads((Path(__file__).parent / "shanghai.json").read_text("utf-8"))


def seed(services: Services) -> list[dict[str, str]]:
    """Load what is missing; return the accounts to print: username, password, role, name."""
    posts = missing_posts(services, GROUP_NAMES)
    with services.database.begin() as connection:
        _missing(connection, org_unit, "code", list(_units()))
        _opinions(connection)
        _accounts(connection, services.clock.now(), posts)
        _client(connection)
    return printed(services)


def _missing(connection: Connection, table: Any, key: str, wanted: list[dict[str, Any]]) -> None:
    present = set(connection.execute(select(table.c[key])).scalars())
    new = [row for row in wanted if row[key] not in present]
    if new:
        connection.execute(insert(table), new)


def _units() -> Iterator[dict[str, Any]]:
    base = {"parent": None, "district": None, "address": "", "phone": ""}
    yield {**base, **_CITY["bureau"], "kind": "bureau"}
    yield {**base, **_CITY["city_agency"], "kind": "city_agency", "parent": "SH"}
    for code, name in _CITY["installers"]:
        yield {**base, "code": code, "name": name, "kind": "installer", "parent": "SH"}
    for number, (code, name, streets, operators) in enumerate(_CITY["districts"], start=1):
        here = {**base, "district": code}
        phone = f"021-5555{number:02d}"
        yield {**here, "code": f"SH-{code}", "name": f"{name}住房保障和房屋管理局", "kind": "district", "parent": "SH",
               "phone": f"{phone}10", "address": f"{name}政务路 {number * 8} 号（示例）"}  # fmt: skip
        for index, street in enumerate(streets, start=1):
            yield {**here, "code": f"SH-{code}-S{index:02d}", "name": f"{name}{street}", "kind": "street",
                   "parent": f"SH-{code}", "phone": f"{phone}2{index}"}  # fmt: skip
        for index, operator in enumerate(operators, start=1):
            yield {**here, "code": f"SH-{code}-OP{index:02d}", "name": operator, "kind": "operator",
                   "parent": f"SH-{code}", "phone": f"{phone}3{index}", "address": f"{name}安居路 {index * 16} 号（示例）"}  # fmt: skip
        yield {**here, "code": f"SH-{code}-C01", "name": f"{name}示范建工（示例）", "kind": "contractor", "parent": f"SH-{code}"}


def _accounts(connection: Connection, instant: datetime, posts: list[str]) -> None:
    present = set(connection.execute(select(account.c.username)).scalars())
    rows = [row for row in (*_staff(), *_further(posts), *_district_staff(), *_applicants()) if row["username"] not in present]
    if not rows:
        return
    hashed = hash_password(PASSWORD)
    base = {"password_hash": hashed, "status": "active", "created_at": instant, "id_no": None, "mobile": None, "note": "", "profile": None}
    connection.execute(insert(account), [{**base, "id": f"U-{row['username']}"[:40], **row} for row in rows])


def _staff() -> Iterator[dict[str, Any]]:
    for username, name, group, post, unit in _CITY["staff"]:
        district = unit.split("-")[1] if unit.count("-") == 2 else None
        yield {"username": username, "name": name, "groups": [group], "post": post, "org_unit": unit,
               "district": district, "demo": True}  # fmt: skip


def _further(posts: list[str]) -> Iterator[dict[str, Any]]:
    """One account for every post that a newer diagram names."""
    surnames, given = _CITY["surnames"], _CITY["given"]
    for number, group in enumerate(posts):
        name = surnames[-1 - number % len(surnames)] + given[(number * 3 + 1) % len(given)]
        yield {"username": group, "name": name, "groups": [group], "post": MORE_NAMES.get(group, group), "org_unit": "SH",
               "district": None, "demo": True}  # fmt: skip


def _district_staff() -> Iterator[dict[str, Any]]:
    surnames, given = _CITY["surnames"], _CITY["given"]
    number = 0
    for code, district, _streets, _operators in _CITY["districts"]:
        for username, group, post, suffix in _CITY["district_staff"]:
            name = surnames[number % len(surnames)] + given[number * 5 % len(given)]
            unit = f"SH-{code}-{suffix}" if suffix else f"SH-{code}"
            yield {"username": f"{username}_{code}", "name": name, "groups": [group], "post": f"{post}（{district}）",
                   "org_unit": unit, "district": code, "demo": False}  # fmt: skip
            number += 1


def _applicants() -> Iterator[dict[str, Any]]:
    for person in applicants():
        yield {"groups": ["applicant"], "post": "申请人", "org_unit": None, "district": None, "demo": True, **person}


def _opinions(connection: Connection) -> None:
    present = {tuple(row) for row in connection.execute(select(opinion_template.c.outcome, opinion_template.c.text))}
    for outcome, text in _CITY["opinions"]:
        if (outcome, text) not in present:
            connection.execute(insert(opinion_template).values(account_id="", outcome=outcome, text=text, uses=0))


def _client(connection: Connection) -> None:
    """Programs that call the API: the city's portal and the gateway of the dust sensors."""
    present = set(connection.execute(select(api_client.c.client_id)).scalars())
    for client_id, name, scopes, per_minute in _CLIENTS:
        if client_id not in present:
            values = {"client_id": client_id, "name": name, "scopes": scopes, "per_minute": per_minute, "status": "active"}
            connection.execute(insert(api_client).values(**values, secret_hash=hash_password(PASSWORD)))


def printed(services: Services) -> list[dict[str, str]]:
    """The demo accounts with the password and the role in words, staff first."""
    with services.database.connect() as connection:
        found = connection.execute(select(account).where(account.c.demo.is_(True))).mappings().all()
    order = {group: number for number, group in enumerate([*list(GROUP_NAMES)[1:], "applicant"])}
    rows = sorted(found, key=lambda row: (order.get(row["groups"][0], 99), row["username"]))
    return [
        {
            "username": row["username"],
            "password": PASSWORD,
            "role": "、".join(GROUP_NAMES.get(group) or MORE_NAMES.get(group, group) for group in row["groups"]),
            "name": row["name"] + (f"（{row['note']}）" if row["note"] else ""),
        }
        for row in rows
    ]
