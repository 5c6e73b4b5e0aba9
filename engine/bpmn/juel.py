"""Translates the JUEL expressions of Camunda and Flowable into FEEL; answers None for what it cannot translate surely."""

from __future__ import annotations

import re

from engine.feel import FeelError, compile_expression

_WHOLE = re.compile(r"^\s*[$#]\{(.*)\}\s*$", re.S)
_VARIABLE = re.compile(r"execution\.getVariable\(\s*['\"](\w+)['\"]\s*\)")
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")|(?P<number>\d+(?:\.\d+)?)|(?P<name>[A-Za-z_\u4e00-\u9fff][\w.]*)"
    r"|(?P<sign>==|!=|>=|<=|&&|\|\||[<>!()+\-*/?:]))"
)
_SIGNS = {"==": "=", "&&": "and", "||": "or"}
_WORDS = {"eq": "=", "ne": "!=", "gt": ">", "ge": ">=", "lt": "<", "le": "<=", "div": "/"}


def is_juel(text: str) -> bool:
    return "${" in text or "#{" in text


def to_feel(text: str) -> str | None:
    """FEEL without a leading `=`; None when the text calls methods, nests braces or holds anything unknown."""
    match = _WHOLE.match(text)
    if match is None:
        return None
    body = _VARIABLE.sub(r"\1", match.group(1))
    words = _words(body)
    if words is None or "{" in body:
        return None
    feel = " ".join(words).replace("( ", "(").replace(" )", ")").replace("not (", "not(")
    try:
        compile_expression(feel)
    except FeelError:
        return None
    return feel


def _words(body: str) -> list[str] | None:
    found: list[str] = []
    at, closing = 0, 0
    while body[at:].strip():
        match = _TOKEN.match(body, at)
        if match is None:
            return None
        word = _word(match, body, found)
        if word is None:
            return None
        at = match.end()
        if word == "not":
            # `!name` and `empty name` bind to the name that follows
            follow = _TOKEN.match(body, at)
            if follow is None or not follow.group("name"):
                if follow is not None and follow.group("sign") == "(":
                    found.append("not")
                    continue
                return None
            found.append(f"not({follow.group('name')})")
            at = follow.end()
            continue
        found.append(word)
    return found if found and closing == 0 else None


def _word(match: re.Match[str], body: str, before: list[str]) -> str | None:
    """One FEEL word; None for what has no sure translation."""
    if match.group("text"):
        inner = match.group("text")[1:-1].replace("\\'", "'").replace('"', '\\"')
        return f'"{inner}"'
    if match.group("number"):
        return match.group("number")
    name = match.group("name")
    if name:
        if body[match.end() :].lstrip().startswith("(") and name not in ("and", "or", "not"):
            return None
        if name == "empty":
            return None
        return _WORDS.get(name, name)
    sign = match.group("sign")
    if sign in "?:":
        return None
    return "not" if sign == "!" else _SIGNS.get(sign, sign)
