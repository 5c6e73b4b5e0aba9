"""What the engine answers: frozen rows for screens, handlers and tests. Holds no query and changes nothing.

Longer than 400 lines because whoever writes a page wants all of them in one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """One page of a list; `page` counts from 1."""

    items: tuple[Row, ...]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


@dataclass(frozen=True, slots=True)
class TaskView:
    """A user task with what a list row needs of its case. Days are in Asia/Shanghai, instants UTC."""

    id: str
    revision: int
    status: str
    case_id: str
    case_no: str
    case_title: str
    case_process_key: str
    case_process_name: str
    applicant_name: str | None
    channel: str
    district: str | None
    verification: str | None
    submitted_at: datetime
    case_due_on: date | None
    process_key: str
    element_id: str
    path: str
    item_name: str
    name: str
    name_en: str | None
    groups: tuple[str, ...]
    org_unit: str | None
    applicant: bool
    requires_claim: bool
    outcomes: tuple[str, ...]
    form_key: str | None
    form_version: int | None
    field_access: Mapping[str, str] | None
    params: Mapping[str, Any]
    assignee_id: str | None
    assignee_name: str | None
    claimed_at: datetime | None
    delegated_by_name: str | None
    created_at: datetime
    due_on: date | None
    due_at: datetime | None
    due_proof: str | None
    reminded_at: datetime | None
    overdue_at: datetime | None
    completed_at: datetime | None
    completed_by: str | None
    completed_by_name: str | None
    outcome: str | None
    opinion: str | None


@dataclass(frozen=True, slots=True)
class CaseView:
    """A case 办件 as lists and case pages show it."""

    id: str
    case_no: str
    process_key: str
    process_version: int
    process_name: str
    domain: str | None
    title: str
    status: str
    outcome: str | None
    outcome_name: str | None
    verification: str | None
    channel: str
    district: str | None
    org_unit: str | None
    applicant_id: str | None
    applicant_name: str | None
    applicant_id_no: str | None
    mobile: str | None
    started_by: str
    started_by_name: str
    on_behalf_of: str | None
    submitted_at: datetime
    submitted_on: date
    deadline_working_days: int | None
    due_on: date | None
    due_proof: str | None
    closed_at: datetime | None
    closed_reason: str | None
    event_seq: int


@dataclass(frozen=True, slots=True)
class OpenTask:
    """A task that waits after a step; enough to open it next."""

    id: str
    element_id: str
    name: str
    groups: tuple[str, ...]
    org_unit: str | None
    applicant: bool


@dataclass(frozen=True, slots=True)
class StartReceipt:
    case_id: str
    case_no: str
    open_tasks: tuple[OpenTask, ...]


@dataclass(frozen=True, slots=True)
class StepReceipt:
    case_id: str
    case_no: str
    completed_task: str | None
    open_tasks: tuple[OpenTask, ...]
    ended: bool
    outcome: str | None


@dataclass(frozen=True, slots=True)
class DeployedModel:
    """kind: process, decision or form. `changed` is False where the content was already the latest version."""

    kind: str
    key: str
    version: int
    hash: str
    path: str
    changed: bool


@dataclass(frozen=True, slots=True)
class DeploymentReceipt:
    deployment_id: str
    models: tuple[DeployedModel, ...]
    warnings: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class ItemView:
    """One version of one case-file item: its value and where it came from."""

    name: str
    version: int
    value: Any
    hash: str
    source: str
    element_id: str | None
    actor_id: str
    actor_name: str
    written_at: datetime
    event_seq: int
    evidence_id: str | None
    form_key: str | None
    form_version: int | None


@dataclass(frozen=True, slots=True)
class EventView:
    case_id: str
    seq: int
    kind: str
    at: datetime
    actor_id: str
    actor_name: str
    actor_post: str
    actor_org_unit: str | None
    process_key: str | None
    element_id: str | None
    element_name: str | None
    path: str | None
    subject_id: str | None
    data: Mapping[str, Any]
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """An answer of an outside system as received; `raw` is bytes, `sha256` its hash, `intact` whether they agree."""

    id: str
    case_id: str
    job_id: str | None
    item_name: str | None
    system: str
    department: str
    request_id: str
    raw: bytes
    sha256: str
    received_at: datetime
    as_of: str | None
    intact: bool


@dataclass(frozen=True, slots=True)
class DecisionRecordView:
    id: str
    case_id: str
    item_name: str
    element_id: str
    decision_key: str
    decision_id: str
    version: int
    hash: str
    decided_on: date
    decided_at: datetime
    inputs: Mapping[str, Any]
    rows: tuple[Mapping[str, Any], ...]
    outputs: Any
    event_seq: int


@dataclass(frozen=True, slots=True)
class JobView:
    id: str
    case_id: str
    element_id: str
    name: str
    topic: str
    lane: str
    status: str
    attempts: int
    created_at: datetime
    next_at: datetime
    last_error: str | None
    finished_at: datetime | None
    item_name: str


@dataclass(frozen=True, slots=True)
class TimerView:
    id: str
    case_id: str
    element_id: str
    name: str
    kind: str
    action: str
    status: str
    due_at: datetime
    due_proof: str | None
    fired_at: datetime | None


@dataclass(frozen=True, slots=True)
class IncidentView:
    id: str
    number: str
    case_id: str | None
    case_no: str | None
    kind: str
    subject_id: str | None
    process_key: str | None
    element_id: str | None
    element_name: str | None
    code: str
    message: str
    cause: str
    traceback: str | None
    status: str
    opened_at: datetime
    resolved_at: datetime | None
    resolved_by_name: str | None
    resolution: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class ProgressStep:
    """One step of a case in plain words. status: done, current, waiting (on a machine or a date) or cancelled."""

    element_id: str
    process_key: str
    path: str
    kind: str
    name: str
    name_en: str | None
    status: str
    whose: tuple[str, ...]
    org_unit: str | None
    started_at: datetime
    finished_at: datetime | None
    due_on: date | None
    actor_name: str | None
    outcome: str | None


@dataclass(frozen=True, slots=True)
class Progress:
    case: CaseView
    steps: tuple[ProgressStep, ...]
    working_days_left: int | None
    visited: tuple[tuple[str, str], ...]
    current: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class DefinitionView:
    """A version of a process. `xml` is filled when one definition is asked for, empty in lists."""

    id: str
    key: str
    version: int
    name: str
    name_en: str | None
    domain: str | None
    path: str
    hash: str
    properties: Mapping[str, str]
    start_form_key: str | None
    called_keys: tuple[str, ...]
    public: bool
    deployed_at: datetime
    effective_at: datetime
    deployed_by: str
    note: str
    xml: bytes = b""

    @property
    def start_groups(self) -> tuple[str, ...]:
        return tuple(part.strip() for part in self.properties.get("start.groups", "").split(",") if part.strip())


@dataclass(frozen=True, slots=True)
class DecisionView:
    id: str
    key: str
    version: int
    name: str
    path: str
    hash: str
    decision_ids: tuple[str, ...]
    deployed_at: datetime
    effective_on: date | None
    deployed_by: str
    approved_by: str | None
    note: str
    xml: bytes = b""


@dataclass(frozen=True, slots=True)
class FormView:
    key: str
    version: int
    title: str
    hash: str
    schema: Mapping[str, Any]
    ui: Mapping[str, Any]
    deployed_at: datetime


@dataclass(frozen=True, slots=True)
class ModelDraft:
    kind: str
    key: str
    revision: int
    base_version: int | None
    xml: bytes
    updated_at: datetime
    updated_by: str
    updated_by_name: str


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person typed and has not sent: of a task, or `start:<process_key>`."""

    subject: str
    user_id: str
    revision: int
    content: Mapping[str, Any]
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class ChainReport:
    """Result of checking the hash chain of one case. `broken_at` is the first event that does not fit."""

    case_id: str
    events: int
    intact: bool
    broken_at: int | None
    reason: str
    head: str


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """Result of re-executing a case. `divergence` names the first event and what differs; empty when same."""

    case_id: str
    events: int
    same: bool
    divergence_seq: int | None
    divergence: str


@dataclass(frozen=True, slots=True)
class NoticeView:
    """A public notice 公示. Its texts are masked already."""

    id: str
    case_id: str
    number: str
    kind: str
    title: str
    text: str
    details: Mapping[str, Any]
    place: str
    district: str | None
    starts_on: date
    ends_on: date
    status: str
    created_at: datetime
    objections: int


@dataclass(frozen=True, slots=True)
class ObjectionView:
    id: str
    publication_id: str
    case_id: str
    receipt_no: str
    person_name: str
    mobile: str
    text: str
    submitted_at: datetime
    status: str
    answer: str | None
    answered_by_name: str | None
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class IssuedDocumentView:
    id: str
    case_id: str
    kind: str
    title: str
    number: str
    pdf: bytes
    sha256: str
    verify_code: str
    facts: Mapping[str, Any]
    valid_from: date | None
    valid_to: date | None
    status: str
    issued_at: datetime
    revoked_at: datetime | None
    revoked_reason: str | None


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """Which tasks of those a person may do. `scope`: all, mine (claimed by me) or free (nobody's yet)."""

    scope: str = "all"
    text: str = ""
    process_key: str | None = None
    element_id: str | None = None
    channel: str | None = None
    district: str | None = None
    verification: str | None = None
    overdue: bool = False
    due_until: date | None = None


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases. Empty fields do not restrict; `org_units` and `districts` are what the asker may see."""

    text: str = ""
    status: str | None = None
    process_key: str | None = None
    district: str | None = None
    channel: str | None = None
    outcome: str | None = None
    applicant_id: str | None = None
    applicant_id_no: str | None = None
    started_by: str | None = None
    org_units: frozenset[str] = field(default_factory=frozenset)
    submitted_from: date | None = None
    submitted_until: date | None = None
    overdue: bool = False
