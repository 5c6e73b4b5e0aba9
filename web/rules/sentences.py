"""What the rule language refuses, in Chinese: the sentence that the engine says in English. Unknown sentences stay as they are."""

from __future__ import annotations

import re

_SENTENCES = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"line (\d+), column (\d+): ", r"第 \1 行第 \2 个字符处，"),
        (r"expected a value, found (.+)", r"应当是一个值，却是 \1"),
        (r"expected (.+), found (.+)", r"应当是 \1，却是 \2"),
        (r"unexpected character (.+)", r"有不认识的字符 \1"),
        (r"unexpected (.+)", r"多出了 \1"),
        (r"full-width (.) is not FEEL; write (.+)", r"全角的 \1 不能用，请写 \2"),
        (r"a range must be closed", "区间没有写完"),
        (r"the (?:expression|type) is (?:too complex|nested too deeply)", "表达式太复杂"),
        (r"the expression needs more than (\d+) steps", r"计算超过 \1 步，已停止"),
        (r"(\S+) requires itself: a cycle in the requirement graph", r"\1 绕一圈又用到了自己：规则之间的引用成了环"),
        (r"a table of more than (\d+) rows", r"一张表最多 \1 行，请拆成几张表"),
        (r"this is not a DMN file", "这不是 DMN 文件"),
    )
)


def in_chinese(message: str) -> str:
    """The sentence with every part that is known said in Chinese."""
    for pattern, words in _SENTENCES:
        message = pattern.sub(words, message, count=1)
    return message
