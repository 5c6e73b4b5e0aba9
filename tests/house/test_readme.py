"""README is tested: every command, account, setting and path that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from web import cli
from web.config import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("line", sorted(set(re.findall(r"guangsha (\w[^\n`#]*)", README))))
def test_every_command_of_the_readme_is_understood(line: str) -> None:
    words = [word for word in line.replace("DIR", ".").split() if not word.startswith(("<", "…"))]
    assert cli.parser().parse_args(words).command == words[0]


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`(GUANGSHA_[A-Z_]+)", README))))
def test_every_setting_of_the_readme_is_read(name: str) -> None:
    assert name in (ROOT / "web" / "config.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", sorted(set(re.findall(r"`((?:engine|processes|forms|handlers|connectors|web|migrations|tests)/[\w/.]*)`", README))))
def test_every_place_of_the_readme_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_every_picture_of_the_readme_exists() -> None:
    pictures = re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README)
    assert pictures
    assert [p for p in pictures if not (ROOT / p).is_file()] == []


def test_every_make_target_of_the_readme_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"\bmake (\w+)", README)):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target


def test_every_account_of_the_tour_is_seeded() -> None:
    rows = [line for line in README.splitlines() if line.startswith("| ") and "账号" not in line]
    named = {name for row in rows for name in re.findall(r"`([a-z_]+\d?)`", row.split("|")[2])}
    seeds = "".join(p.read_text(encoding="utf-8") for p in Path(ROOT / "web" / "seeds").rglob("*.*") if p.suffix in {".py", ".json"})
    assert named
    assert {name for name in named if name.rstrip("0123456789") not in seeds} == set()
