"""Masks names, identity, phone and bank numbers for pages; the full value never reaches a page that did not ask."""

from __future__ import annotations

import re
from typing import Any


def mask_name(name: str | None) -> str:
    """张* for two characters, 张** for more; a Latin name keeps its first letter. Counts characters, not bytes."""
    if not name:
        return ""
    return name[0] + "*" * max(1, min(len(name) - 1, 5))


def mask_id(number: str | None) -> str:
    """First three and last four characters of an identity number."""
    return f"{number[:3]}********{number[-4:]}" if number and len(number) > 7 else "****"


def mask_phone(number: str | None) -> str:
    return f"{number[:3]}****{number[-4:]}" if number and len(number) > 7 else "****"


_ID = re.compile(r"(?<![0-9A-Za-z])([1-9]\d{2})\d{11}(\d{3}[\dXx])(?![0-9A-Za-z])")
_MOBILE = re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)")
_BANK = re.compile(r"(?<!\d)(\d{4})\d{8,11}(\d{4})(?!\d)")


def mask_text(text: str) -> str:
    """Free text with every identity, phone and bank number in it masked."""
    return _BANK.sub(r"\1********\2", _MOBILE.sub(r"\1****\2", _ID.sub(r"\1***********\2", text)))


def mask_value(value: Any) -> Any:
    """A JSON value with every text in it masked; keys and numbers stay."""
    if isinstance(value, str):
        return mask_text(value)
    if isinstance(value, dict):
        return {key: mask_value(child) for key, child in value.items()}
    if isinstance(value, list):
        return [mask_value(child) for child in value]
    return value
