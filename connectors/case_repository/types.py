"""What is told to, asked of and answered by the case repository. Free objects (data, basics) pass as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class CaseState(StrEnum):
    """The states that the repository knows; the applicant reads their Chinese name in 我的办件."""

    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    NOT_ACCEPTED = "not_accepted"
    SUPPLEMENT = "supplement"
    IN_REVIEW = "in_review"
    PUBLICITY = "publicity"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    DELETED = "deleted"


class SupplementState(StrEnum):
    """补件状态 (SH-024.R4)."""

    REQUESTED = "requested"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    LAPSED = "lapsed"


class Channel(StrEnum):
    """Where the citizen submitted (SH-015.R4)."""

    PORTAL = "一网通办"
    APP = "随申办"


class CaseType(StrEnum):
    """New application or re-check (SH-015.R4)."""

    NEW = "新办"
    RECHECK = "复核"


@dataclass(frozen=True, slots=True)
class PushReceipt:
    """The repository has taken it; version counts the pushes of this case from 1."""

    case_no: str
    receipt_no: str
    version: int


@dataclass(frozen=True, slots=True)
class PrefillReceipt:
    """The pre-filled application that the citizen finds in the portal (SH-013.R1)."""

    service_item_code: str
    applicant_id_no: str
    prefill_no: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One objection of the pre-check; path: JSON path into the content."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class PrecheckResult:
    """passed is True exactly when problems is empty. in_progress and valid: numbers of cases (SH-005.R1)."""

    applicant_id_no: str
    passed: bool
    problems: tuple[Problem, ...]
    in_progress: tuple[str, ...]
    valid: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MaterialEntry:
    """A file of a pending case; fetch its bytes with material()."""

    material_no: str
    category: str
    file_name: str
    media_type: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PendingCase:
    """A case waiting for pre-review (待预审办件). data: the structured application as submitted."""

    case_no: str
    service_item_code: str
    applicant_id_no: str
    applicant_name: str
    mobile: str
    channel: Channel
    case_type: CaseType
    submitted_at: datetime
    data: Mapping[str, Any]
    materials: tuple[MaterialEntry, ...]


@dataclass(frozen=True, slots=True)
class PendingPage:
    """A batch in order of submission; next_cursor is "" on the last page."""

    cases: tuple[PendingCase, ...]
    next_cursor: str


@dataclass(frozen=True, slots=True)
class Material:
    """A file as downloaded; its hash has been compared with content."""

    case_no: str
    material_no: str
    file_name: str
    media_type: str
    sha256: str
    content: bytes


@dataclass(frozen=True, slots=True)
class RepositoryCase:
    """What the applicant sees of a case; supplement is None if none was ever asked for."""

    case_no: str
    applicant_id_no: str
    state: CaseState
    result: str
    reason: str
    supplement: SupplementState | None
    version: int
