"""Tables of the work of people: open and finished user tasks, their drafts, signers, copies and reminders."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, Table, Text, text

from engine.records.metadata import ID, LINE, NAME, STATE, Instant, JsonText, metadata

DONE: dict[str, Any] = {
    "sqlite_where": text("completed_at IS NOT NULL"),
    "postgresql_where": text("completed_at IS NOT NULL"),
}
OPEN: dict[str, Any] = {"sqlite_where": text("completed_at IS NULL"), "postgresql_where": text("completed_at IS NULL")}

user_task = Table(
    "user_task",
    metadata,
    Column("id", ID, primary_key=True),
    Column("case_id", ID, ForeignKey("cases.id"), nullable=False),
    Column("token_id", ID, nullable=False),
    Column("process_key", NAME, nullable=False, comment="the process that draws the task, perhaps a called one"),
    Column("element_id", NAME, nullable=False),
    Column("path", NAME, nullable=False),
    Column("item_name", NAME, nullable=False),
    Column("name", NAME, nullable=False),
    Column("name_en", NAME),
    Column("status", STATE, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("group_name", NAME),
    Column("more_groups", Boolean, nullable=False),
    Column("org_unit", ID),
    Column("applicant", Boolean, nullable=False),
    Column("requires_claim", Boolean, nullable=False),
    Column("outcomes", JsonText, nullable=False),
    Column("form_key", NAME),
    Column("form_version", Integer),
    Column("field_access", JsonText),
    Column(
        "params", JsonText, nullable=False, comment="params, item and loopCounter of the place where the task stands"
    ),
    Column("excluded", Text, nullable=False, comment="',u1,u2,': people who may not do it"),
    Column("assignee_id", ID),
    Column("assignee_name", NAME),
    Column("claimed_at", Instant),
    Column("delegated_by_id", ID),
    Column("delegated_by_name", NAME),
    Column("created_at", Instant, nullable=False),
    Column("due_on", Date),
    Column("due_at", Instant),
    Column("due_proof", Text),
    Column("reminded_at", Instant),
    Column("overdue_at", Instant),
    Column("completed_at", Instant),
    Column("completed_by", ID),
    Column("completed_by_name", NAME),
    Column("outcome", NAME),
    Column("opinion", Text),
    # only what is not completed: small however many years of tasks there are, and one page less to write a step
    Index(None, "group_name", "org_unit", "due_on", **OPEN),
    Index(None, "assignee_id", "due_on", **OPEN),
    Index(None, "due_at", **OPEN),
    Index(None, "case_id", "token_id"),
    Index(None, "completed_by", "completed_at", **DONE),
)

user_task_group = Table(
    "user_task_group",
    metadata,
    Column("task_id", ID, ForeignKey("user_task.id"), primary_key=True),
    Column("group_name", NAME, primary_key=True),
    Index(None, "group_name", "task_id"),
)

task_signer = Table(
    "task_signer",
    metadata,
    Column("task_id", ID, ForeignKey("user_task.id"), primary_key=True),
    Column("user_id", ID, primary_key=True),
    Column("user_name", NAME, nullable=False),
    Column("asked_by", ID, nullable=False),
    Column("asked_at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("verdict", STATE),
    Column("opinion", Text),
    Column("signed_at", Instant),
    Index(None, "user_id", "signed_at"),
)

task_copy = Table(
    "task_copy",
    metadata,
    Column("task_id", ID, ForeignKey("user_task.id"), primary_key=True),
    Column("user_id", ID, primary_key=True),
    Column("user_name", NAME, nullable=False),
    Column("case_id", ID, nullable=False),
    Column("copied_by", ID, nullable=False),
    Column("copied_by_name", NAME, nullable=False),
    Column("copied_at", Instant, nullable=False),
    Column("note", LINE, nullable=False),
    Column("read_at", Instant),
    Index(None, "user_id", "copied_at"),
)

task_draft = Table(
    "task_draft",
    metadata,
    Column("subject", ID, primary_key=True, comment="a task id, or start:<process_key>"),
    Column("user_id", ID, primary_key=True),
    Column("revision", Integer, nullable=False),
    Column("content", JsonText, nullable=False),
    Column("saved_at", Instant, nullable=False),
)

case_reminder = Table(
    "case_reminder",
    metadata,
    Column("id", ID, primary_key=True),
    Column("case_id", ID, ForeignKey("cases.id"), nullable=False),
    Column("task_id", ID),
    Column("by_id", ID, nullable=False),
    Column("by_name", NAME, nullable=False),
    Column("at", Instant, nullable=False),
    Column("text", Text, nullable=False),
    Index(None, "case_id", "at"),
)
