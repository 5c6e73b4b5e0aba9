"""The operations of /api/v1 and their OpenAPI file; each is one engine command or question."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, g, request

from engine import InboxFilter
from engine.errors import NotFound
from web.answers import file_ids
from web.api import objects, portal, schemas
from web.api.callers import PERSON_SCOPE, grant
from web.api.openapi import document
from web.api.operations import operation
from web.auth.people import Person
from web.cases.dossier import case_for
from web.public.verification import verify
from web.services import current_services
from web.submission import checked, form_of, new_key

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


def _person() -> Person:
    person: Person = g.caller.person
    return person


def _key() -> str:
    return request.headers.get("Idempotency-Key", "")[:100] or new_key()


@blueprint.get("/openapi.json")
def openapi() -> dict[str, Any]:
    """The description of this API."""
    return document()


@operation(blueprint, "POST", "/token", schemas.Token, scope="", summary="获取令牌", body=schemas.TokenRequest)
def token(**given: str) -> dict[str, object]:
    return grant(**given)


@operation(blueprint, "GET", "/portal/person_check", schemas.PersonCheck, scope="portal",
           summary="人员校验：在办案件与现实有效案件（SH-005）", query=schemas.PersonQuery)  # fmt: skip
def person_check(**given: str) -> dict[str, Any]:
    return portal.person_check(**given)


@operation(blueprint, "GET", "/portal/current_valid_case_detail", schemas.ValidCases, scope="portal",
           summary="现实有效案件详细信息（SH-005）", query=schemas.PersonQuery)  # fmt: skip
def current_valid_case_detail(**given: str) -> dict[str, Any]:
    return portal.current_valid_case_detail(**given)


@operation(blueprint, "GET", "/portal/supplement_material_notice", schemas.SupplementNotice, scope="portal",
           summary="补件材料告知（SH-005）", query=schemas.CaseQuery)  # fmt: skip
def supplement_material_notice(case_no: str) -> dict[str, Any]:
    return portal.supplement_material_notice(case_no)


@operation(blueprint, "GET", "/portal/accepting_agency_list", schemas.Agencies, scope="portal",
           summary="受理机构信息列表（SH-005）", query=schemas.AgencyQuery)  # fmt: skip
def accepting_agency_list(district: str) -> dict[str, Any]:
    return portal.accepting_agency_list(district)


@operation(
    blueprint, "GET", "/certificates/<number>", schemas.Certificate, scope="portal", summary="资格证查询（SH-046）"
)
def certificate(number: str) -> Any:
    return verify(number)


@operation(
    blueprint, "GET", "/inbox", schemas.TaskPage, scope=PERSON_SCOPE, summary="待办任务", query=schemas.ListQuery
)
def inbox(text: str, scope: str, page: int, size: int) -> Any:
    return current_services().engine.inbox(_person().actor, InboxFilter(scope=scope, text=text), page=page, size=size)


@operation(blueprint, "GET", "/tasks/<task_id>", schemas.TaskBrief, scope=PERSON_SCOPE, summary="一项任务")
def task(task_id: str) -> Any:
    return current_services().engine.task(task_id, _person().actor)


@operation(blueprint, "POST", "/tasks/<task_id>/claim", schemas.TaskBrief, scope=PERSON_SCOPE, summary="签收",
           body=schemas.ClaimRequest)  # fmt: skip
def claim(task_id: str, revision: int) -> Any:
    return current_services().engine.claim(task_id, revision, _person().actor)


@operation(blueprint, "POST", "/tasks/<task_id>/complete", schemas.StepAnswer, scope=PERSON_SCOPE, summary="办理",
           body=schemas.CompleteRequest)  # fmt: skip
def complete(task_id: str, revision: int, outcome: str, form: dict[str, Any], opinion: str) -> Any:
    engine, actor = current_services().engine, _person().actor
    found = engine.task(task_id, actor)
    value = form
    if found.form_key:
        value, errors = checked(form_of(found.form_key, found.form_version), form, _person(), found.field_access, outcome=outcome,
                                opinion=opinion)  # fmt: skip
        _refuse(errors)
    return engine.complete_task(task_id, revision, actor, outcome, value, _key(), opinion=opinion)


def _refuse(errors: list[dict[str, str]]) -> None:
    from engine.errors import ValidationFailed

    if errors:
        raise ValidationFailed("表单内容需要修改，见 details.errors", errors=errors)


@operation(blueprint, "POST", "/cases", schemas.StartAnswer, scope=PERSON_SCOPE, summary="提交申请", body=schemas.StartRequest,
           status=201)  # fmt: skip
def start(process_key: str, form: dict[str, Any], channel: str) -> Any:
    engine, person = current_services().engine, _person()
    definition = engine.definition(process_key)
    if not definition.start_form_key or not person.any_of(*definition.start_groups):
        raise NotFound("没有这个可申请的事项", process_key=process_key)
    shape = form_of(definition.start_form_key)
    value, errors = checked(shape, form, person)
    _refuse(errors)
    files = tuple(file_id for _label, _path, file_id in file_ids(shape.schema, value))
    return engine.start_case(
        process_key, actor=person.actor, form=value, channel=channel, idempotency_key=_key(), files=files
    )


@operation(blueprint, "GET", "/cases/<case_no>", schemas.CaseBrief, scope=PERSON_SCOPE, summary="一个办件")
def case(case_no: str) -> Any:
    return case_for(case_no, _person())


@operation(
    blueprint, "GET", "/cases/<case_no>/progress", schemas.ProgressAnswer, scope=PERSON_SCOPE, summary="办理进度"
)
def progress(case_no: str) -> dict[str, Any]:
    found = case_for(case_no, _person())
    told = current_services().engine.progress(found.id)
    return {
        "case_no": case_no,
        "status": found.status,
        "working_days_left": told.working_days_left,
        "steps": told.steps,
    }


@operation(
    blueprint, "GET", "/objects/types", schemas.EntityTypes, scope="portal", summary="保障对象实体类型（SH-205）"
)
def entity_types() -> dict[str, Any]:
    return objects.types()


@operation(blueprint, "GET", "/objects/types/<entity>/attributes", schemas.EntityAttributes, scope="portal",
           summary="实体属性与校验规则（SH-205）", query=schemas.AttributeQuery)  # fmt: skip
def entity_attributes(entity: str, variety: str | None) -> dict[str, Any]:
    return objects.attributes(entity, variety)


@operation(blueprint, "GET", "/objects/dictionaries/<name>", schemas.DictionaryItems, scope="portal",
           summary="多级字典（SH-205）", query=schemas.DictionaryQuery)  # fmt: skip
def dictionary_items(name: str, parent: str | None) -> dict[str, Any]:
    return objects.dictionary(name, parent)
