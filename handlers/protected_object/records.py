"""Tables of protected persons: archive entries, client units with their signings, entity types, attributes, dictionaries."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, Integer, String, Table, Text

from engine.records import Instant, JsonText, metadata

KINDS = {
    "public_rental": "公租房",
    "low_rent": "廉租房",
    "affordable_rental": "保租房",
    "shared_ownership": "共有产权房",
}
RENTAL_PARTS = {
    "base": "家庭基础信息",
    "income_asset": "收入财产",
    "demand": "住房需求",
    "qualification": "资格审核记录",
    "subsidy": "补贴发放明细",
    "allocation": "房屋配租",
    "recheck": "复核结果",
    "family_change": "家庭成员增减",
    "area_over": "住房面积超标",
    "income_exit": "收入超标退出",
}
SALE_PARTS = {
    "base": "家庭基础信息",
    "income_asset": "收入财产",
    "qualification": "购房资格审核",
    "waiting_lottery": "轮候摇号",
    "unit_selection": "选房结果",
    "contract": "合同签订",
    "property_share": "产权份额",
    "payment": "缴款进度",
    "property_change": "产权变更",
    "marriage_change": "婚姻变动",
    "member_added": "人员增加",
    "recheck_before_selection": "选房前复核",
    "move_in": "入住",
}
STATE_PARTS = ("family_change", "area_over", "income_exit", "marriage_change", "member_added", "move_in")

archive_entry = Table(
    "archive_entry",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("purpose", String(40), nullable=False, comment="rental or sale"),
    Column("kind", String(40), nullable=False),
    Column("acceptance_no", String(80), nullable=False, comment="the family's file"),
    Column("id_no", String(40), nullable=False, comment="main applicant"),
    Column("name", String(200), nullable=False),
    Column("district", String(40)),
    Column("part", String(40), nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("summary", Text, nullable=False),
    Column("content", JsonText, nullable=False),
    Column("source_case_no", String(80)),
    Column("recorded_by", String(200), nullable=False),
    Column("recorded_at", Instant, nullable=False),
    Index("ix_archive_entry_file", "purpose", "acceptance_no", "happened_on"),
    Index("ix_archive_entry_id_no", "id_no"),
    Index("ix_archive_entry_kind", "purpose", "kind", "part"),
)

client_unit = Table(
    "client_unit",
    metadata,
    Column("credit_code", String(40), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("contact_person", String(200), nullable=False),
    Column("contact_phone", String(40), nullable=False),
    Column("address", String(500), nullable=False),
    Column("industry_type", String(80)),
    Column("district", String(40)),
    Column("created_on", Date, nullable=False),
    Column("updated_by", String(200), nullable=False),
    Column("updated_at", Instant, nullable=False),
    Index("ix_client_unit_name", "name"),
    Index("ix_client_unit_created_on", "created_on"),
)

client_signing = Table(
    "client_signing",
    metadata,
    Column("contract_no", String(80), primary_key=True),
    Column("credit_code", String(40), nullable=False),
    Column("dwellings", Integer, nullable=False, comment="签约的房源数量"),
    Column("signed_on", Date, nullable=False),
    Column("performance", String(80), nullable=False, comment="合同履约: performing, fulfilled, breached, ended"),
    Column("updated_at", Instant, nullable=False),
    Index("ix_client_signing_credit_code", "credit_code"),
)

entity_type = Table(
    "entity_type",
    metadata,
    Column("code", String(80), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("standard", String(200), nullable=False, comment="保障对象数据标准中的依据"),
    Column("active", Boolean, nullable=False),
    Column("updated_by", String(200), nullable=False),
    Column("updated_at", Instant, nullable=False),
)

entity_attribute = Table(
    "entity_attribute",
    metadata,
    Column("entity", String(80), primary_key=True),
    Column("code", String(80), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("data_type", String(40), nullable=False, comment="string, integer, number, boolean, date"),
    Column("rule", JsonText, nullable=False, comment="JSON Schema keywords: format, minimum, pattern, enum ..."),
    Column("dictionary", String(80)),
    Column("required", Boolean, nullable=False),
    Column("variety", String(40), comment="empty: a basic attribute; else the kind of housing that it extends"),
    Column("updated_by", String(200), nullable=False),
    Column("updated_at", Instant, nullable=False),
)

dictionary_item = Table(
    "dictionary_item",
    metadata,
    Column("dictionary", String(80), primary_key=True),
    Column("code", String(80), primary_key=True),
    Column("label", String(200), nullable=False),
    Column("parent", String(80), comment="code of the item above, in the same dictionary"),
    Column("sort", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("updated_by", String(200), nullable=False),
    Column("updated_at", Instant, nullable=False),
)
