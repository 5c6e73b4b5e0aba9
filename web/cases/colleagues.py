"""Who else could take a task: same group, a unit that may see it; names nobody outside."""

from __future__ import annotations

from sqlalchemy import select

from engine.views import TaskView
from web.auth.people import Person, person_of, units
from web.auth.records import account
from web.services import rows

_MOST = 50


def who_may(task: TaskView, person: Person) -> list[Person]:
    """The other active people who may do this task, by name."""
    wanted = set(task.groups)
    found = []
    columns = [account.c[name] for name in ("id", "username", "name", "post", "org_unit", "district", "groups", "id_no", "mobile")]
    staff = select(*columns).where(account.c.status == "active", account.c.org_unit.is_not(None))
    unit = units.fresh().get(task.org_unit or "", {})
    if unit.get("district"):
        staff = staff.where((account.c.district == unit["district"]) | account.c.district.is_(None))
    for row in rows(staff.order_by(account.c.name)):
        if row["id"] == person.account_id or not wanted & set(row["groups"]):
            continue
        other = person_of(row)
        if task.org_unit is None or task.org_unit in other.actor.org_units:
            found.append(other)
    return found[:_MOST]
