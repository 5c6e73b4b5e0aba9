"""Hashes and checks passwords with argon2id at about 25 ms; refuses weak ones and keeps no plain text."""

from __future__ import annotations

import re

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from engine.errors import ValidationFailed

_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_NOBODY = _HASHER.hash("nobody has this password")
_EASY = frozenset({"password", "12345678", "123456789", "qwertyui", "11111111", "abcd1234", "admin123"})


def hash_password(password: str) -> str:
    """argon2id hash of a password that passed `check_strength` (or a demo one)."""
    return _HASHER.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """True for the right password. Takes as long when there is no such account, so that names cannot be guessed."""
    try:
        return _HASHER.verify(stored or _NOBODY, password) and stored is not None
    except (VerifyMismatchError, VerificationError, InvalidHashError):
        return False


def check_strength(password: str, username: str = "") -> None:
    """Raise ValidationFailed unless 8 to 64 characters with letters and digits, not easy, not the name itself."""
    easy = password.lower() in _EASY or (username and username.lower() in password.lower())
    mixed = re.search(r"[A-Za-z]", password) and re.search(r"\d", password)
    if easy or not mixed or not 8 <= len(password) <= 64:
        sentence = "密码须为 8 到 64 位，同时包含字母和数字，且不能是常见密码或包含用户名"
        raise ValidationFailed(sentence, errors=[{"path": "/password", "message": sentence}])
