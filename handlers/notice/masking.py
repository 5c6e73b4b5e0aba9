"""What the public may see of a person: a name without its middle, a number without its birth date. Shows no more."""

from __future__ import annotations


def masked_name(name: str) -> str:
    """张三 as 张*, 欧阳修 as 欧*修, 买买提·艾力 as 买*****力."""
    if len(name) <= 2:
        return f"{name[:1]}*"
    return f"{name[0]}{'*' * (len(name) - 2)}{name[-1]}"


def masked_number(number: str) -> str:
    """The first three and the last four characters."""
    return f"{number[:3]}{'*' * max(len(number) - 7, 4)}{number[-4:]}" if len(number) > 7 else "****"
