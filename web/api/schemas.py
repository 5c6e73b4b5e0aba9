"""The shapes of requests and answers of the API; unknown fields are refused."""

from __future__ import annotations

from marshmallow import RAISE, Schema, fields, validate


class Strict(Schema):
    class Meta:
        unknown = RAISE


class TokenRequest(Strict):
    client_id = fields.String(
        metadata={"description": "接口客户端编号；或用 username"}, validate=validate.Length(max=60)
    )
    client_secret = fields.String(validate=validate.Length(max=200))
    username = fields.String(validate=validate.Length(max=60))
    password = fields.String(validate=validate.Length(max=64))


class Token(Schema):
    access_token = fields.String(required=True)
    token_type = fields.String(required=True)
    expires_in = fields.Integer(required=True)
    scope = fields.String(required=True)


class PersonQuery(Strict):
    id_no = fields.String(required=True, validate=validate.Length(min=6, max=30), metadata={"description": "证件号码"})
    name = fields.String(validate=validate.Length(max=120), metadata={"description": "姓名，给出时须一致"})


class CaseBrief(Schema):
    case_no = fields.String(required=True)
    process_key = fields.String(required=True)
    process_name = fields.String(required=True)
    title = fields.String()
    status = fields.String(required=True)
    outcome = fields.String(allow_none=True)
    outcome_name = fields.String(allow_none=True)
    channel = fields.String()
    district = fields.String(allow_none=True)
    org_unit = fields.String(allow_none=True)
    submitted_at = fields.AwareDateTime()
    due_on = fields.Date(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)


class PersonCheck(Schema):
    in_progress = fields.Boolean(required=True, metadata={"description": "有在办案件"})
    currently_valid = fields.Boolean(required=True, metadata={"description": "有现实有效案件"})
    cases_in_progress = fields.List(fields.Nested(CaseBrief), required=True)
    valid_cases = fields.List(fields.Nested(CaseBrief), required=True)


class ValidCase(Schema):
    case_no = fields.String(required=True)
    applicant_name = fields.String(required=True)
    accepting_agency = fields.String(required=True)
    accepting_agency_name = fields.String(required=True)
    certificate_number = fields.String(required=True)
    effective_on = fields.Date(required=True)
    expires_on = fields.Date(required=True)


class ValidCases(Schema):
    items = fields.List(fields.Nested(ValidCase), required=True)


class CaseQuery(Strict):
    case_no = fields.String(required=True, validate=validate.Length(max=80))


class Defect(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    detail = fields.String(required=True)


class SupplementNotice(Schema):
    case_no = fields.String(required=True)
    open = fields.Boolean(required=True, metadata={"description": "正在等待申请人补正"})
    due_on = fields.Date(allow_none=True)
    items = fields.List(fields.Nested(Defect), required=True)


class AgencyQuery(Strict):
    district = fields.String(
        required=True, validate=validate.Regexp(r"^\d{6}$"), metadata={"description": "行政区代码"}
    )


class Agency(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    address = fields.String()
    phone = fields.String()


class Agencies(Schema):
    items = fields.List(fields.Nested(Agency), required=True)


class Certificate(Schema):
    number = fields.String(required=True)
    title = fields.String(required=True)
    state = fields.String(required=True)
    sentence = fields.String(required=True)
    facts = fields.Dict(required=True)
    sha256 = fields.String(required=True)


class StartRequest(Strict):
    process_key = fields.String(required=True, validate=validate.Length(max=200))
    form = fields.Dict(required=True)
    channel = fields.String(load_default="一网通办", validate=validate.OneOf(["一网通办", "随申办", "窗口"]))


class StartAnswer(Schema):
    case_id = fields.String(required=True)
    case_no = fields.String(required=True)


class TaskBrief(Schema):
    id = fields.String(required=True)
    revision = fields.Integer(required=True)
    status = fields.String(required=True)
    name = fields.String(required=True)
    element_id = fields.String(required=True)
    case_no = fields.String(required=True)
    outcomes = fields.List(fields.String(), required=True)
    form_key = fields.String(allow_none=True)
    form_version = fields.Integer(allow_none=True)
    assignee_name = fields.String(allow_none=True)
    created_at = fields.AwareDateTime()
    due_on = fields.Date(allow_none=True)
    applicant = fields.Boolean()


class TaskPage(Schema):
    items = fields.List(fields.Nested(TaskBrief), required=True)
    total = fields.Integer(required=True)
    page = fields.Integer(required=True)
    size = fields.Integer(required=True)


class ListQuery(Strict):
    text = fields.String(load_default="", validate=validate.Length(max=80))
    scope = fields.String(load_default="all", validate=validate.OneOf(["all", "mine", "free"]))
    page = fields.Integer(load_default=1, validate=validate.Range(1, 100000))
    size = fields.Integer(load_default=20, validate=validate.Range(1, 100))


class ClaimRequest(Strict):
    revision = fields.Integer(required=True)


class CompleteRequest(Strict):
    revision = fields.Integer(required=True)
    outcome = fields.String(required=True, validate=validate.Length(max=60))
    form = fields.Dict(load_default=dict)
    opinion = fields.String(load_default="", validate=validate.Length(max=2000))


class StepAnswer(Schema):
    case_no = fields.String(required=True)
    ended = fields.Boolean(required=True)
    outcome = fields.String(allow_none=True)


class Step(Schema):
    element_id = fields.String(required=True)
    name = fields.String(required=True)
    status = fields.String(required=True)
    whose = fields.List(fields.String())
    started_at = fields.AwareDateTime()
    finished_at = fields.AwareDateTime(allow_none=True)
    due_on = fields.Date(allow_none=True)
    outcome = fields.String(allow_none=True)


class ProgressAnswer(Schema):
    case_no = fields.String(required=True)
    status = fields.String(required=True)
    working_days_left = fields.Integer(allow_none=True)
    steps = fields.List(fields.Nested(Step), required=True)


class Fault(Schema):
    code = fields.String(required=True)
    message = fields.String(required=True)
    advice = fields.String()
    details = fields.Dict()


class EntityType(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    standard = fields.String(required=True)
    active = fields.Boolean(required=True)
    attributes = fields.Integer(required=True, metadata={"description": "属性个数"})


class EntityTypes(Schema):
    items = fields.List(fields.Nested(EntityType), required=True)


class AttributeQuery(Strict):
    variety = fields.String(load_default=None, validate=validate.Length(max=40), metadata={"description": "业务品种"})


class EntityAttribute(Schema):
    code = fields.String(required=True)
    name = fields.String(required=True)
    data_type = fields.String(required=True)
    rule = fields.Dict(required=True, metadata={"description": "校验规则（JSON Schema）"})
    dictionary = fields.String(allow_none=True)
    required = fields.Boolean(required=True)
    variety = fields.String(allow_none=True)


class EntityAttributes(Schema):
    items = fields.List(fields.Nested(EntityAttribute), required=True)


class DictionaryQuery(Strict):
    parent = fields.String(load_default=None, validate=validate.Length(max=80), metadata={"description": "上级编码"})


class DictionaryItem(Schema):
    code = fields.String(required=True)
    label = fields.String(required=True)
    parent = fields.String(allow_none=True)
    sort = fields.Integer(required=True)
    active = fields.Boolean(required=True)


class DictionaryItems(Schema):
    items = fields.List(fields.Nested(DictionaryItem), required=True)
