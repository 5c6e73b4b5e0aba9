"""Whose a file is: who may open it, and who may put it into a form. Reads and writes no content."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from engine.records import stored_file
from web.auth.people import Person
from web.services import current_services, rows


def may_use(row: Mapping[str, Any], person: Person) -> bool:
    """He uploaded it, or it lies in a case of his, or in one that his post may see."""
    from web.cases.dossier import may_see  # the case page itself reads forms, whose files are judged here

    if row["uploaded_by"] == person.account_id:
        return True
    case = current_services().engine.case(row["case_id"]) if row["case_id"] else None
    return case is not None and (case.applicant_id == person.account_id or may_see(case, person))


def strange_files(file_ids: Iterable[str], person: Person) -> set[str]:
    """Those of the ids under which there is no file, or one that is none of this person's business."""
    wanted = set(file_ids)
    if not wanted:
        return set()
    columns = (stored_file.c.id, stored_file.c.uploaded_by, stored_file.c.case_id)
    found = rows(select(*columns).where(stored_file.c.id.in_(wanted)))
    return wanted - {row["id"] for row in found if may_use(row, person)}
