"""All tables of the engine, by noun, in one metadata. Holds no query and no rule."""

from __future__ import annotations

from engine.records.cases import case_file_item, cases, deadline_pause, decision_record, evidence, process_instance
from engine.records.documents import issued_document, objection, outgoing_message, publication, stored_file
from engine.records.history import audit_event, read_record
from engine.records.metadata import Instant, JsonText, metadata
from engine.records.models import (
    decision_definition,
    deployment,
    form_definition,
    model_draft,
    model_stamp,
    process_bundle,
    process_definition,
)
from engine.records.registers import calendar_day, calendar_year, command_receipt, number_sequence, substitute
from engine.records.tasks import case_reminder, task_copy, task_draft, task_signer, user_task, user_task_group
from engine.records.waits import incident, job, message_subscription, timer

__all__ = [
    "Instant",
    "JsonText",
    "audit_event",
    "calendar_day",
    "calendar_year",
    "case_file_item",
    "case_reminder",
    "cases",
    "command_receipt",
    "deadline_pause",
    "decision_definition",
    "decision_record",
    "deployment",
    "evidence",
    "form_definition",
    "incident",
    "issued_document",
    "job",
    "message_subscription",
    "metadata",
    "model_draft",
    "model_stamp",
    "number_sequence",
    "objection",
    "outgoing_message",
    "process_bundle",
    "process_definition",
    "process_instance",
    "publication",
    "read_record",
    "stored_file",
    "substitute",
    "task_copy",
    "task_draft",
    "task_signer",
    "timer",
    "user_task",
    "user_task_group",
]
