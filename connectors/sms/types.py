"""What is told to and answered by the SMS platform."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class SmsState(StrEnum):
    """Where a message stands."""

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    UNDELIVERABLE = "undeliverable"


@dataclass(frozen=True, slots=True)
class SmsMessage:
    """One message; template: the code under which the wording was registered with the platform."""

    mobile: str
    template: str
    text: str


@dataclass(frozen=True, slots=True)
class SmsReceipt:
    """Taken by the platform; segments: number of billed parts (70 characters one, then 67 each)."""

    message_id: str
    mobile: str
    state: SmsState
    segments: int
