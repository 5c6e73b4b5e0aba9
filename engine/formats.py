"""Named formats of form fields: each says why a value is wrong, in Chinese and English. Judges text only; asks no register.

A format is a function from the normalised text to None (right) or a pair of sentences (zh, en).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, Final

Reason = tuple[str, str]
Format = Callable[[str], Reason | None]

_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"
_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
# Ideographs: zero, unified, compatibility, extensions A, B to F, compatibility supplement, G, H, I.
_HAN: Final = (
    "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ee5d\U0002f800-\U0002fa1f\U00030000-\U000323af"
)
_HAN_NAME: Final = re.compile(f"[{_HAN}]{{1,30}}(?:·[{_HAN}]{{1,30}}){{0,5}}")
_LATIN_NAME: Final = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ]+(?:[ '’.·-]{1,2}[A-Za-zÀ-ÖØ-öø-ɏ]+){0,9}\.?")


def id_card_check_digit(first17: str) -> str:
    """The 18th character of a resident identity number (GB 11643)."""
    return _ID_CHECKS[sum(int(d) * w for d, w in zip(first17, _ID_WEIGHTS, strict=True)) % 11]


def id_card_birth_date(value: str) -> date | None:
    """The birth date written in an 18-digit number, or None if there is no such day."""
    try:
        return date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return None


def _id_card(value: str) -> Reason | None:
    if re.fullmatch(r"\d{15}", value):
        return "15位旧身份证号码已停用，请填写18位号码", "15-digit numbers are out of use; enter the 18-digit number"
    if not re.fullmatch(r"[0-9]{17}[0-9X]", value):
        return "身份证号码应为18位（末位可为X）", "An identity number has 18 characters (the last may be X)"
    born = id_card_birth_date(value)
    if born is None or born.year < 1880:
        return "身份证号码中的出生日期不存在，请核对第7至14位", "The birth date in positions 7 to 14 does not exist"
    if id_card_check_digit(value[:17]) != value[17]:
        return "身份证号码校验位不正确，请逐位核对", "The check digit is wrong; compare digit by digit"
    return None


def uscc_check_digit(first17: str) -> str:
    """The 18th character of a unified social credit code (GB 32100)."""
    total = sum(_USCC_ALPHABET.index(c) * pow(3, i, 31) for i, c in enumerate(first17))
    return _USCC_ALPHABET[(31 - total % 31) % 31]


def _uscc(value: str) -> Reason | None:
    if len(value) != 18 or any(c not in _USCC_ALPHABET for c in value):
        return (
            "统一社会信用代码应为18位数字或大写字母（不含I、O、S、V、Z）",
            "A credit code has 18 digits or capitals without I, O, S, V, Z",
        )
    if uscc_check_digit(value[:17]) != value[17]:
        return "统一社会信用代码校验位不正确，请逐位核对", "The check character is wrong; compare digit by digit"
    return None


def _mobile(value: str) -> Reason | None:
    if not re.fullmatch(r"1[3-9]\d{9}", value):
        return "手机号码应为11位数字，以1开头", "A mobile number has 11 digits and begins with 1"
    return None


def luhn_is_right(digits: str) -> bool:
    """ISO/IEC 7812 check digit."""
    doubled = (int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits)))
    return sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def _bank_card(value: str) -> Reason | None:
    if not re.fullmatch(r"\d{16,19}", value):
        return "银行卡号应为16至19位数字", "A bank card number has 16 to 19 digits"
    if not luhn_is_right(value):
        return "银行卡号校验位不正确，请逐位核对", "The check digit is wrong; compare digit by digit"
    return None


def _name(value: str) -> Reason | None:
    if _HAN_NAME.fullmatch(value) and len(value) >= 2:
        return None
    if _LATIN_NAME.fullmatch(value) and len(value) >= 2:
        return None
    if any("\ue000" <= c <= "\uf8ff" or c >= "\U000f0000" for c in value):
        return (
            "姓名中有自造字，请改用国家标准（GB 18030）中的字；如无法输入，请到窗口办理",
            "The name holds a private-use character; use the GB 18030 character or apply at the window",
        )
    return (
        "姓名应为2个以上汉字（少数民族姓名用“·”分隔）或证件上的拉丁字母姓名",
        "A name has two or more Chinese characters (parts joined by ·) or Latin letters as on the passport",
    )


def _pattern(pattern: str, zh: str, en: str) -> Format:
    compiled = re.compile(pattern)
    return lambda value: None if compiled.fullmatch(value) else (zh, en)


def _day(value: str) -> Reason | None:
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", value) and date.fromisoformat(value):
            return None
    except ValueError:
        pass
    return "日期应为真实存在的日期，写作 2026-01-31", "Enter an existing date as 2026-01-31"


def _any_person_number(value: str) -> Reason | None:
    if len(value) in (15, 18) or (value.isdigit() and len(value) > 10):
        return _id_card(value)
    if any(FORMATS[name](value) is None for name in ("passport", "hk-mo-permit", "tw-permit")):
        return None
    return (
        "证件号码不符合身份证、护照或港澳台居民证件的格式",
        "This is no number of an identity card, passport or permit of Hong Kong, Macao or Taiwan residents",
    )


FORMATS: Final[Mapping[str, Format]] = {
    "cn-id-card": _id_card,
    "cn-uscc": _uscc,
    "cn-mobile": _mobile,
    "cn-bank-card": _bank_card,
    "cn-name": _name,
    "person-number": _any_person_number,
    "passport": _pattern(
        r"(?=.*\d)[A-Z0-9]{6,12}",
        "护照号码应为6至12位大写字母和数字",
        "A passport number has 6 to 12 capitals and digits",
    ),
    "hk-mo-permit": _pattern(
        r"[HM]\d{8}(\d{2})?",
        "港澳居民来往内地通行证号码应以H或M开头，后接8位数字",
        "The permit begins with H or M and 8 digits",
    ),
    "tw-permit": _pattern(r"\d{8}|\d{10}[A-Z]?", "台湾居民来往大陆通行证号码应为8位数字", "The permit has 8 digits"),
    "hk-mo-tw-residence": lambda value: (
        _id_card(value)
        if value[:2] in ("81", "82", "83")
        else ("港澳台居民居住证号码应以81、82或83开头", "The number begins with 81, 82 or 83")
    ),
    "gs-file": _pattern(
        r"[A-Za-z0-9_-]{1,64}", "文件编号无效，请重新上传", "This is no uploaded file; upload it again"
    ),
    "date": _day,
}

# Formats whose spaces and hyphens are only grouping.
_COMPACT: Final = frozenset(
    {"cn-id-card", "cn-uscc", "cn-mobile", "cn-bank-card", "person-number", "passport", "hk-mo-permit", "tw-permit",
     "hk-mo-tw-residence"}
)  # fmt: skip
_WIDE: Final[dict[int, int | str]] = {0x3000: " ", **{c: c - 0xFEE0 for c in range(0xFF01, 0xFF5F)}}
_DOTS: Final = str.maketrans(dict.fromkeys("•・‧．∙⋅", "·"))


def narrow(text: str) -> str:
    """Full-width digits, letters and signs as ordinary ones; ideographs stay as they are."""
    return text.translate(_WIDE)


def normalise_text(text: str, format_name: str | None) -> str:
    """What the person meant: without grouping, full-width digits or stray spaces, the check letter in upper case."""
    if format_name in _COMPACT:
        compact = re.sub(r"[\s\-—–_]", "", narrow(text)).upper()
        return re.sub(r"^(\+?86)(?=1\d{10}$)", "", compact) if format_name == "cn-mobile" else compact
    if format_name == "cn-name":
        return re.sub(
            r"(?<=[^\x00-\x7f])\s+(?=[^\x00-\x7f])", "", re.sub(r"\s+", " ", narrow(text.translate(_DOTS)))
        ).strip()
    if format_name == "date":
        found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", narrow(text).strip())
        return f"{found[1]}-{int(found[2]):02}-{int(found[3]):02}" if found else narrow(text).strip()
    return text.strip()


def explain(format_name: str, value: Any) -> Reason | None:
    """Why this value does not fit the format; None if it does, or if the format is not one of ours."""
    check = FORMATS.get(format_name)
    return check(value) if check is not None and isinstance(value, str) else None
