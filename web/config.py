"""Settings of one installation, read once from the environment; holds no secrets in code and reads nothing later."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Config:
    """Everything that differs between two installations.

    database_url: SQLAlchemy URL (sqlite or postgresql+psycopg). data: folder for files, keys and the SQLite file.
    sandbox_url: base of the outside systems' stand-in; connector_urls: real addresses by system, which win over it.
    secret: bytes-like text that signs sessions and tokens. profile: the jurisdiction (organisation, calendar, texts).
    """

    data: Path = field(default_factory=lambda: ROOT / ".data")
    database_url: str = ""
    profile: str = "shanghai"
    sandbox_url: str = ""
    connector_urls: Mapping[str, str] = field(default_factory=dict)
    connector_timeout_s: float = 5.0
    secret: str = ""
    public_url: str = "http://127.0.0.1:8000"
    model_root: Path = ROOT
    dist: Path = ROOT / "web" / "ui" / "dist"
    demo: bool = True

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite:///{self.data / 'guangsha.db'}"

    @property
    def fonts(self) -> Path:
        return self.dist / "fonts"

    @classmethod
    def from_env(cls, env: Mapping[str, str] = os.environ) -> Config:
        """Read GUANGSHA_*; connector addresses are GUANGSHA_CONNECTOR_<SYSTEM>=URL."""
        data = Path(env.get("GUANGSHA_DATA", str(ROOT / ".data"))).resolve()
        port = env.get("PORT", "8000")
        prefix = "GUANGSHA_CONNECTOR_"
        return cls(
            data=data,
            database_url=env.get("GUANGSHA_DATABASE_URL", ""),
            profile=env.get("GUANGSHA_PROFILE", "shanghai"),
            sandbox_url=env.get("GUANGSHA_SANDBOX_URL", ""),
            connector_urls={k[len(prefix) :].lower(): v for k, v in env.items() if k.startswith(prefix)},
            connector_timeout_s=float(env.get("GUANGSHA_CONNECTOR_TIMEOUT_S", "5")),
            secret=env.get("GUANGSHA_SECRET", "") or _kept_secret(data),
            public_url=env.get("GUANGSHA_PUBLIC_URL", f"http://127.0.0.1:{port}"),
            demo=env.get("GUANGSHA_DEMO", "1") != "0",
        )


def _kept_secret(data: Path) -> str:
    """A random secret kept in the data folder, so that sessions survive a restart without any set-up."""
    path = data / "secret"
    if not path.exists():
        data.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text()
