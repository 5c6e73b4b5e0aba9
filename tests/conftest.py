"""What all tests share: the record of which test proves which requirement, one PostgreSQL a run, one Chromium a run."""

from __future__ import annotations

import json
import os
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.suite import find_chromium

RECORD = Path(__file__).parent / "artifacts" / "requirements.json"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    no_browser = pytest.mark.skip(reason="no Chromium on this machine")
    for item in items:
        for mark in item.iter_markers("requirement"):
            item.user_properties.extend(("requirement", rule) for rule in mark.args)
        if item.get_closest_marker("browser") and find_chromium() is None:
            item.add_marker(no_browser)


class RequirementRecord:
    """Collects rule → test → result in the controlling process and leaves it for `guangsha requirements`."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        rules = [str(value) for name, value in report.user_properties if name == "requirement"]
        if report.when == "call" or report.outcome != "passed":
            for rule in rules:
                before = self.rows.setdefault(rule, {}).get(report.nodeid)
                self.rows[rule][report.nodeid] = before if before == "failed" else report.outcome

    def pytest_sessionfinish(self) -> None:
        if self.rows:
            RECORD.parent.mkdir(parents=True, exist_ok=True)
            known = json.loads(RECORD.read_text()) if RECORD.exists() else {}
            for rule, tests in self.rows.items():
                known[rule] = {**known.get(rule, {}), **tests}
            RECORD.write_text(json.dumps(known, ensure_ascii=False, indent=1, sort_keys=True))


def pytest_configure(config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        config.pluginmanager.register(RequirementRecord(), "requirement-record")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """The URL of a real PostgreSQL that this run started on a socket of its own; stopped at the end.

    Its folder is not pytest's: pytest deletes the folders of all but the last three runs, also of one still going.
    """
    with tempfile.TemporaryDirectory(prefix="guangsha-pg-", ignore_cleanup_errors=True) as folder:
        # pgserver keeps its lock file in the runtime folder and warns where the system names none.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pgserver

        server = pgserver.get_server(Path(folder) / "data", cleanup_mode="delete")
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
        server.cleanup()


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """A fresh, empty database in the PostgreSQL of this run."""
    name = f"t{uuid.uuid4().hex[:12]}"
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    yield postgres_server.replace("/postgres?", f"/{name}?")
    with admin.connect() as connection:
        connection.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database, once SQLite and once PostgreSQL."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    return str(request.getfixturevalue("postgres_url"))


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'test.db'}"


