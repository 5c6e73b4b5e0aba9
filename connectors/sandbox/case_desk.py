"""Case desk: the sandbox's 办件库, with pushes, supplement states, pre-fill, pre-check and cases pending pre-review.

For every service item code the same invented citizens have submitted; a case leaves the list at its first push.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, time, timedelta
from hashlib import sha256
from itertools import islice
from typing import Any
from zlib import crc32

from connectors.sandbox.paper import pdf
from connectors.sandbox.people import Person
from connectors.sandbox.world import Operation, Payload, Refusal, World, text

SYSTEM = "case_repository"
WAITING_EACH = 2
_WAITING = ("clean_family", "clean_single", "owns_flat", "per_capita_at_threshold", "married_declared_single",
            "violation_record", "public_housing_tenant", "resettlement_flat", "no_social_insurance", "non_local",
            "rare_character_name", "middle_dot_name", "divorced_two_years_ago", "on_death_list", "no_data_found",
            "wrong_person_trap", "valid_case", "co_owns", "sms_undeliverable", "everything_wrong")
_MATERIALS = ("身份证明", "户籍证明", "劳动合同")


def push_result(world: World, payload: Payload) -> dict[str, Any]:
    """SH-033.R5."""
    return _push(world, payload, {key: payload.get(key, "") for key in ("state", "result", "reason", "step", "detail")})


def update_supplement(world: World, payload: Payload) -> dict[str, Any]:
    """SH-024.R4; a case first heard of by a supplement is in the state supplement."""
    before = world.ledger.get(SYSTEM, "case", text(payload, "caseNo")) or {}
    return _push(world, payload, {"state": before.get("state", "supplement"), "supplement": text(payload, "state"),
                                  "missing": payload.get("missing"), "note": payload.get("note")})


def _push(world: World, payload: Payload, news: dict[str, Any]) -> dict[str, Any]:
    case_no, id_no = text(payload, "caseNo"), text(payload, "idNo")
    fresh: dict[str, Any] = {"caseNo": case_no, "idNo": id_no, "result": "", "reason": "", "supplement": None,
                             "version": 0, "history": []}
    case = world.ledger.get(SYSTEM, "case", case_no) or fresh
    if case["idNo"] != id_no:
        raise Refusal(409, "R409", "申请人与办件不一致")
    case |= news | {"version": case["version"] + 1, "history": [*case["history"], news]}
    world.ledger.put(SYSTEM, "case", case_no, case)
    return {"caseNo": case_no, "receiptNo": f"HZ{crc32(case_no.encode()):010d}{case['version']:04d}",
            "version": case["version"]}


def prefill(world: World, payload: Payload) -> dict[str, Any]:
    """SH-013.R1."""
    code, id_no = text(payload, "serviceItemCode"), text(payload, "idNo")
    prefill_no = f"YT{crc32(f'{code}{id_no}'.encode()):010d}"
    world.ledger.put(SYSTEM, "prefill", prefill_no, dict(payload))
    return {"serviceItemCode": code, "idNo": id_no, "prefillNo": prefill_no}


def precheck(world: World, payload: Payload) -> dict[str, Any]:
    """SH-015.R2: a content needs basics.mobile and basics.address; cases in progress elsewhere are told."""
    content = payload.get("content")
    basics = content.get("basics") if isinstance(content, dict) else None
    basics = basics if isinstance(basics, dict) else {}
    problems = [{"path": f"basics.{key}", "message": f"{label}不能为空"}
                for key, label in (("mobile", "手机号"), ("address", "联系地址")) if not basics.get(key)]
    person = world.population.by_id_no.get(text(payload, "idNo"))
    return {"idNo": text(payload, "idNo"), "passed": not problems, "problems": problems,
            "inProgress": list(person.cases_in_progress) if person else [],
            "valid": list(person.valid_cases) if person else []}


def pending(world: World, payload: Payload) -> dict[str, Any]:
    """SH-015.R3: oldest first; the cursor is the place after the last case given."""
    code, cursor = text(payload, "service_item_code"), str(payload.get("cursor") or "0")
    limit = str(payload.get("limit") or "50")
    if not cursor.isdecimal() or not limit.isdecimal() or not 1 <= int(limit) <= 200:
        raise Refusal(400, "R400", "分页参数不正确")
    waiting = ((place, case) for place, case in enumerate(_submitted(world, code))
               if place >= int(cursor) and world.ledger.get(SYSTEM, "case", case["caseNo"]) is None)
    page = list(islice(waiting, int(limit) + 1))
    more = len(page) > int(limit)
    return {"cases": [case for _, case in page[:int(limit)]], "nextCursor": str(page[-1][0]) if more else ""}


def _submitted(world: World, code: str) -> list[dict[str, Any]]:
    heads = [person for name in _WAITING for person in world.population.with_situation(name)[:WAITING_EACH]]
    cases = [_case(world, code, place, person) for place, person in enumerate(heads)]
    return cases + [case for case in world.ledger.all(SYSTEM, "submitted") if case["serviceItemCode"] == code]


def submit(world: World, payload: Payload) -> dict[str, Any]:
    """A citizen of the population submits through the portal now: POST /_submit {service_item_code, id_no, …}."""
    person = world.population.by_id_no.get(text(payload, "id_no"))
    if person is None:
        raise Refusal(404, "R404", "查无此人")
    code, place = text(payload, "service_item_code"), 1000 + world.ledger.size(SYSTEM, "submitted")
    case = _case(world, code, place, person) | {"submittedAt": datetime.now(UTC).isoformat()}
    case |= {"channel": payload.get("channel", "一网通办"), "caseType": payload.get("case_type", "新办")}
    case["data"] |= payload.get("data", {})
    world.ledger.put(SYSTEM, "submitted", case["caseNo"], case)
    return {"case_no": case["caseNo"]}


def _case(world: World, code: str, place: int, person: Person) -> dict[str, Any]:
    case_no = f"YW{crc32(code.encode()) % 1_000_000:06d}{place:06d}"
    submitted_at = datetime.combine(world.population.today - timedelta(days=3), time(1, tzinfo=UTC))
    return {
        "caseNo": case_no, "serviceItemCode": code, "idNo": person.id_no, "name": person.name, "mobile": person.mobile,
        "channel": ("一网通办", "随申办")[place % 2], "caseType": "复核" if person.valid_cases else "新办",
        "submittedAt": (submitted_at + timedelta(minutes=7 * place)).isoformat(), "data": _data(world, person, place),
        "materials": [_entry(number, category, person) for number, category in enumerate(_MATERIALS, 1)]}


def _data(world: World, person: Person, place: int) -> dict[str, Any]:
    return {
        "basics": {"mobile": person.mobile, "address": person.address, "hukou_district": person.hukou_district,
                   "marital_status": person.declared_marital_status, "employer": person.employer,
                   "raising_type": ("市筹", "区筹")[place % 2], "district": person.address.partition("区")[0] + "区"},
        "family": [{"id_no": member.id_no, "name": member.name, "relation": member.relation, "mobile": member.mobile}
                   for member in world.population.household_of(person).members]}


def _paper(category: str, person: Person) -> bytes:
    return pdf(category, [f"姓名：{person.name}", f"证件号码：{person.id_no}", f"住址：{person.address}"])


def _entry(number: int, category: str, person: Person) -> dict[str, Any]:
    return {"materialNo": f"{number:02d}-{person.id_no}", "category": category, "fileName": f"{category}.pdf",
            "mediaType": "application/pdf", "sha256": sha256(_paper(category, person)).hexdigest()}


def material(world: World, payload: Payload) -> dict[str, Any]:
    """SH-015.R3."""
    number, _, id_no = text(payload, "material_no").partition("-")
    person = world.population.by_id_no.get(id_no)
    if person is None or number not in ("01", "02", "03"):
        raise Refusal(404, "R404", "材料不存在")
    return {"caseNo": text(payload, "case_no"), "materialNo": text(payload, "material_no"),
            "content": b64encode(_paper(_MATERIALS[int(number) - 1], person)).decode("ascii")}


def case(world: World, payload: Payload) -> dict[str, Any]:
    """What the applicant sees in 我的办件."""
    found = world.ledger.get(SYSTEM, "case", text(payload, "item"))
    if found is None:
        raise Refusal(404, "R404", "办件不存在")
    return found


OPERATIONS = {SYSTEM: (
    Operation("POST", "push_result", push_result, ("caseNo",)),
    Operation("POST", "update_supplement", update_supplement, ("caseNo",)),
    Operation("POST", "prefill", prefill, ("idNo",)), Operation("POST", "precheck", precheck, ("idNo",), lookup=True),
    Operation("GET", "pending", pending, (), lookup=True),
    Operation("GET", "material", material, ("material_no", "case_no"), lookup=True),
    Operation("GET", "cases/<item>", case, ("item",), lookup=True))}
