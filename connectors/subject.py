"""Subject: the person a question is about, and the proof that an answer speaks about the same person.

Refuses to send an identity number whose form or check digit is wrong (SH-027.R2 format check), and refuses to hand
on an answer about anybody else.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from connectors.reading import Reading
from engine.errors import ContractBroken, Rejected

_FORM = re.compile(r"\d{17}[\dX]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_DOTS = str.maketrans(dict.fromkeys("•・･‧∙⋅．", "·"))


class Match(StrEnum):
    """How far the outside system recognised the person. Rows come only with MATCHED (SH-028.R3, SH-029.R2)."""

    MATCHED = "matched"
    PARTIAL = "partial"
    NAME_DIFFERS = "name_differs"
    NOT_FOUND = "not_found"

    @property
    def label(self) -> str:
        """Chinese wording for the examiner."""
        return {"matched": "匹配一致", "partial": "部分匹配", "name_differs": "姓名不一致", "not_found": "未查到"}[self]


def check_digit(first_17: str) -> str:
    """The 18th character of a citizen identity number (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True)) % 11]


def well_formed(id_no: str) -> bool:
    """True for 17 digits and the right check character."""
    return bool(_FORM.fullmatch(id_no)) and check_digit(id_no[:17]) == id_no[17]


def normal_name(name: str) -> str:
    """NFC, no outer blanks, every middle dot written as U+00B7: 买买提•江 and 买买提·江 are one name."""
    return unicodedata.normalize("NFC", name).strip().translate(_DOTS)


@dataclass(frozen=True, slots=True)
class Subject:
    """A person as asked for."""

    id_no: str
    name: str

    @classmethod
    def of(cls, id_no: str, name: str, system: str) -> Subject:
        """Normalised. Raises Rejected (details.reason "malformed_id_no" or "empty_name") without asking anybody."""
        subject = cls(id_no.strip().upper(), normal_name(name))
        if not well_formed(subject.id_no):
            raise Rejected("证件号码格式不正确，未发送核查请求", system=system, reason="malformed_id_no")
        if not subject.name:
            raise Rejected("姓名为空，未发送核查请求", system=system, reason="empty_name")
        return subject

    def payload(self) -> dict[str, str]:
        """The wire form that every check interface shares."""
        return {"idNo": self.id_no, "name": self.name}

    def match_in(self, data: Reading) -> Match:
        """The match state of an answer about this person. Raises ContractBroken "wrong_person" for any other."""
        same_id = data.text("idNo").upper() == self.id_no
        if not same_id or normal_name(data.text("name")) != self.name:
            raise ContractBroken("外部系统返回了他人的信息", **data.origin, reason="wrong_person")
        return data.choice("match", Match)

    def rows(self, data: Reading, key: str, match: Match) -> tuple[Reading, ...]:
        """The records under key; rows beside anything but a full match break the contract."""
        rows = data.items(key)
        if rows and match is not Match.MATCHED:
            raise ContractBroken("未完全匹配却返回了结果", **data.origin, reason="rows_without_match")
        return rows
