"""The facts of a case by name, innermost place first, and where each came from. Never changes what is written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from engine import canonical
from engine.errors import BudgetExceeded
from engine.records import case_file_item
from engine.views import ItemView

Index = dict[str, list[Any]]
Loader = Callable[[Sequence[str]], Mapping[str, Any]]
_MISSING = object()
_SHORT = 16
_AT_ONCE = 200


class CaseFile:
    """Latest values of one case. `index`: name -> [version, short hash]; values are fetched when first read.

    A name is dotted. Reading `a` at path (p, q) finds `p.q.a`, else `p.a`, else `a`; a name that only leads to longer ones
    (`evidence` of `evidence.real_estate`) gives a context of them; `s` of `s#0.…`, `s#1.…` gives a list in that order.
    """

    def __init__(self, index: Index, load: Loader) -> None:
        self.index, self._load = index, load
        self._values: dict[str, Any] = {}
        self._children: dict[str, list[str]] | None = None

    def find(self, name: str, path: Sequence[str] = ()) -> Any:
        """The value under a name as seen from a path; raises KeyError when there is none."""
        for depth in range(len(path), -1, -1):
            full = ".".join((*path[:depth], name))
            value = self._at(full)
            if value is not _MISSING:
                return value
        raise KeyError(name)

    def names(self, path: Sequence[str] = ()) -> set[str]:
        """First words of the names that can be read from a path."""
        found = set()
        for depth in range(len(path) + 1):
            prefix = "".join(f"{part}." for part in path[:depth])
            found |= {_head(name[len(prefix) :]) for name in self.index if name.startswith(prefix)}
        return found

    def write(self, name: str, value: Any, text: str, limit: int) -> tuple[int, str]:
        """Take a new version in; returns its number and the hash of its text (canonical JSON)."""
        if len(text) > limit:
            raise BudgetExceeded(
                f"案卷项 {name} 有 {len(text)} 字节，超过上限 {limit}。", budget="item_bytes", limit=limit
            )
        full_hash = canonical.sha256(text)
        version = self.index.get(name, [0])[0] + 1
        self.index[name] = [version, full_hash[:_SHORT]]
        self._values[name] = value
        self._children = None
        return version, full_hash

    def digest(self) -> str:
        """Hash of the whole case file: the names, versions and hashes of its latest items."""
        return canonical.digest(self.index)

    def tree(self) -> dict[str, Any]:
        """Everything, nested by the dots of the names."""
        self._fetch(self.index)
        return {head: self._at(head) for head in sorted({_head(name) for name in self.index})}

    def _at(self, full: str) -> Any:
        children = self._below().get(full, ())
        if full in self.index:
            self._fetch((full, *children))
            value = self._values[full]
            return self._merge(value, full, children) if children and isinstance(value, dict) else value
        if not children:
            return _MISSING
        self._fetch(children)
        numbered = [name for name in children if name.startswith(f"{full}#")]
        return self._instances(full, numbered) if numbered else self._merge({}, full, children)

    def _merge(self, base: dict[str, Any], full: str, children: Iterable[str]) -> dict[str, Any]:
        merged = dict(base)
        for head in {_head(name[len(full) + 1 :]) for name in children if name.startswith(f"{full}.")}:
            merged[head] = self._at(f"{full}.{head}")
        return merged

    def _instances(self, full: str, children: Iterable[str]) -> list[Any]:
        places = {name[len(full) + 1 :].partition(".")[0] for name in children}
        own = full.rpartition(".")[2]
        found = [self._at(f"{full}#{place}") for place in sorted(places, key=lambda part: (len(part), part))]
        return [value[own] if isinstance(value, dict) and set(value) == {own} else value for value in found]

    def _below(self) -> dict[str, list[str]]:
        if self._children is None:
            self._children = {}
            for name in self.index:
                for cut, mark in enumerate(name):
                    if mark in ".#":
                        self._children.setdefault(name[:cut], []).append(name)
        return self._children

    def _fetch(self, names: Iterable[str]) -> None:
        missing = [name for name in names if name not in self._values]
        if missing:
            self._values.update(self._load(missing))


class Scope(Mapping[str, Any]):
    """FEEL names at one place: its locals (params, item, loopCounter), `case`, then the case file."""

    def __init__(self, file: CaseFile, case: Mapping[str, Any], path: Sequence[str], local: Mapping[str, Any]) -> None:
        self._file, self._case, self._path, self._local = file, case, path, local

    def __getitem__(self, name: str) -> Any:
        if name in self._local:
            return self._local[name]
        if name == "case":
            return self._case
        return self._file.find(name, self._path)

    def __iter__(self) -> Iterator[str]:
        return iter(set(self._local) | {"case"} | self._file.names(self._path))

    def __len__(self) -> int:
        return len(set(iter(self)))

    def __contains__(self, name: object) -> bool:
        try:
            self[str(name)]
        except KeyError:
            return False
        return True


def load_values(connection: Connection, case_id: str, index: Index) -> Loader:
    """Fetch the indexed versions of some names, many in one statement."""

    def load(names: Sequence[str]) -> Mapping[str, Any]:
        table = case_file_item.c
        found: dict[str, Any] = {}
        for at in range(0, len(names), _AT_ONCE):
            some = names[at : at + _AT_ONCE]
            wanted = [and_(table.name == name, table.version == index[name][0]) for name in some]
            query = select(table.name, table.value).where(table.case_id == case_id, or_(*wanted))
            found |= {name: canonical.loads(value) for name, value in connection.execute(query)}
        return found

    return load


def items_as_of(connection: Connection, case_id: str, seq: int | None) -> dict[str, ItemView]:
    """The latest version of every item up to event `seq` (None: now)."""
    query = select(case_file_item).where(case_file_item.c.case_id == case_id)
    if seq is not None:
        query = query.where(case_file_item.c.event_seq <= seq)
    rows = connection.execute(query.order_by(case_file_item.c.name, case_file_item.c.version)).mappings()
    return {row["name"]: item_view(dict(row)) for row in rows}


def index_of(items: Mapping[str, ItemView]) -> Index:
    return {name: [item.version, item.hash[:_SHORT]] for name, item in items.items()}


def item_view(row: Mapping[str, Any]) -> ItemView:
    values = {name: row[name] for name in ItemView.__dataclass_fields__ if name != "value"}
    return ItemView(**values, value=canonical.loads(row["value"]))


def full_name(name: str, path: Sequence[str]) -> str:
    """The stored name of a result: below its path, or absolute with a leading slash."""
    return name[1:].replace("/", ".") if name.startswith("/") else ".".join((*path, name))


def _head(name: str) -> str:
    for cut, mark in enumerate(name):
        if mark in ".#":
            return name[:cut]
    return name
