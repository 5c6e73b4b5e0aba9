"""What is not in the interface document is ContractBroken, whatever it is; nothing is guessed."""

from __future__ import annotations

import ast
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import connectors
from connectors.envelope import RawReply, open_envelope
from connectors.marriage.client import _result as read_marriage
from connectors.marriage.types import MarriageQuery
from connectors.reading import Reading
from connectors.real_estate.client import _result as read_real_estate
from connectors.real_estate.types import RealEstateQuery
from connectors.sandbox import population
from connectors.sandbox.registers import marriage, real_estate
from connectors.sandbox.world import World
from connectors.subject import Subject
from engine.errors import ContractBroken, GuangshaError, Rejected, Unavailable

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
                    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
                    max_leaves=8)


def reply(raw: bytes, status: int = 200, retry_after: str = "") -> RawReply:
    return RawReply("sms", "r", "k", status, raw, "h", datetime(2026, 1, 1, tzinfo=UTC), retry_after)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=60) | JSON.map(lambda value: orjson.dumps(value, option=orjson.OPT_PASSTHROUGH_SUBCLASS)
                                         if _fits(value) else b"{}"), st.integers(100, 599))
def test_any_reply_is_judged_into_a_family(raw: bytes, status: int) -> None:
    with pytest.raises(GuangshaError) as caught:
        open_envelope(reply(raw, status))
    assert type(caught.value) in (Unavailable, Rejected, ContractBroken)


def _fits(value: Any) -> bool:
    try:
        orjson.dumps(value)
    except (TypeError, orjson.JSONEncodeError):
        return False
    return True


@pytest.mark.parametrize(("header", "seconds"), [
    ("7", 7.0), ("999999", 3600.0), ("Thu, 01 Jan 2026 00:00:30 GMT", 30.0), ("Thu, 01 Jan 2025 00:00:00 GMT", 0.0),
    ("soon", None), ("", None), ("-5", None)])
def test_retry_after_is_read_and_bounded(header: str, seconds: float | None) -> None:
    with pytest.raises(Unavailable) as caught:
        open_envelope(reply(b"", 503, header))
    assert caught.value.retry_after_s == seconds


@pytest.mark.parametrize(("code", "family"), [("B9", Unavailable), ("R9", Rejected), ("??", ContractBroken)])
def test_an_error_body_under_200_is_an_error(code: str, family: type[GuangshaError]) -> None:
    with pytest.raises(family):
        open_envelope(reply(orjson.dumps({"code": code, "message": "m", "asOf": "2026-01-01", "data": {}})))


@pytest.mark.parametrize("status", [204, 301, 302])
def test_other_statuses_break_the_contract(status: int) -> None:
    with pytest.raises(ContractBroken):
        open_envelope(reply(b"{}", status))


READERS: list[Callable[[Reading], Any]] = [
    lambda r: r.text("v"), lambda r: r.whole("v"), lambda r: r.flag("v"), lambda r: r.decimal("v"),
    lambda r: r.share("v"), lambda r: r.day("v"), lambda r: r.instant("v"), lambda r: r.content("v"),
    lambda r: r.items("v"), lambda r: r.texts("v"), lambda r: r.mapping("v"), lambda r: r.part("v"),
    lambda r: r.optional("v", r.day)]


@settings(max_examples=150, deadline=None)
@given(JSON | st.sampled_from(["NaN", "1e9999999", "1/0", "1e9/1", "9" * 40, "-1", "1_0", "2026-02-30", "==="]))
def test_every_reader_returns_or_breaks_the_contract(value: Any) -> None:
    for read in READERS:
        for fields in ({"v": value}, {}):
            try:
                read(Reading(fields, {"system": "s"}))
            except ContractBroken:
                continue


def test_readers_read() -> None:
    data = Reading({"share": "1/3", "day": "2026-01-02", "none": None}, {})
    assert data.share("share") == Fraction(1, 3) and data.optional("none", data.day) is None
    for bad in ("share", "missing"):
        with pytest.raises(ContractBroken):
            data.day(bad)


class TestOneFieldAway:
    """Take a right answer and spoil one field: never a result."""

    town = population(1)
    world = World(town, None)  # type: ignore[arg-type]

    @pytest.mark.parametrize("key", ["idNo", "name", "match", "properties"])
    @pytest.mark.parametrize("spoil", [None, 5, "somebody", [1], {}])
    def test_real_estate(self, key: str, spoil: Any) -> None:
        person = self.town.with_situation("owns_flat")[0]
        subject = Subject.of(person.id_no, person.name, "real_estate")
        data = dict(real_estate(self.world, subject.payload()))
        for spoilt in ({**data, key: spoil}, {k: v for k, v in data.items() if k != key}):
            with pytest.raises(ContractBroken):
                read_real_estate(RealEstateQuery(subject), Reading(spoilt, {}))

    def test_rows_without_a_full_match_break_the_contract(self) -> None:
        person = self.town.with_situation("owns_flat")[0]
        subject = Subject.of(person.id_no, person.name, "real_estate")
        data = {**real_estate(self.world, subject.payload()), "match": "partial"}
        with pytest.raises(ContractBroken) as caught:
            read_real_estate(RealEstateQuery(subject), Reading(data, {}))
        assert caught.value.details["reason"] == "rows_without_match"

    @pytest.mark.parametrize("change", [{"spouseIdNo": None}, {"spouseName": None}, {"state": "未婚"},
                                        {"state": "未知"}, {"divorcedOn": "2025-01-01"}, {"match": "not_found"}])
    def test_a_marriage_that_contradicts_itself(self, change: dict[str, Any]) -> None:
        person = self.town.with_situation("clean_couple")[0]
        subject = Subject.of(person.id_no, person.name, "marriage")
        data = {**marriage(self.world, subject.payload()), **change}
        with pytest.raises(ContractBroken):
            read_marriage(MarriageQuery(subject), Reading(data, {}))


def test_connectors_import_nothing_of_the_engine_but_its_errors() -> None:
    root = Path(connectors.__file__).parent
    for path in root.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else (
                [node.module or ""] if isinstance(node, ast.ImportFrom) else [])
            ours = [name for name in names if name.split(".")[0] in ("engine", "handlers", "web", "tests")]
            assert all(name == "engine.errors" for name in ours), f"{path}: {ours}"
            if "sandbox" not in path.parts:
                assert not any("sandbox" in name or name.startswith("flask") for name in names), path


@pytest.mark.parametrize("urls", [{}, {"sms": "http://127.0.0.1:1"}, "ftp://127.0.0.1", "127.0.0.1"])
def test_wrong_urls_are_told_at_once(urls: Any) -> None:
    with pytest.raises(ValueError, match="base URL"):
        connectors.build_connectors(urls)
