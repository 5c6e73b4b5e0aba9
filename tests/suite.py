"""Runs everything that proves the product, as `make test` and continuous integration do: linters, types, islands, pytest."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def main() -> int:
    """Run each part, pytest last so that its closing line is the last word; exit 1 if any part failed."""
    has_browser = find_chromium() is not None or install_chromium()
    parts = [
        ("ruff", [str(BIN / "ruff"), "check", "."]),
        ("imports", [str(BIN / "lint-imports")]),
        ("mypy", [str(BIN / "mypy")]),
        ("islands", ["npm", "--prefix", "web/ui", "test", "--silent"]),
        ("pytest", [str(BIN / "python"), "-m", "pytest", "-n", "2", "--dist", "worksteal", "-q"]),
    ]
    failed = [name for name, command in parts if not run(name, command)]
    if not has_browser:
        print("未找到 Chromium，且无权安装：跳过标记为 browser 的测试 / no Chromium: the tests marked browser were skipped")
    if failed:
        print(f"未通过 / failed: {', '.join(failed)}")
    return 1 if failed else 0


def run(name: str, command: list[str]) -> bool:
    begun = time.monotonic()
    print(f"== {name}", flush=True)
    done = subprocess.run(command, cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    print(f"== {name}: {'ok' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - begun:.0f} s", flush=True)
    return done.returncode == 0


def find_chromium() -> str | None:
    return next((found for name in CHROMIUM_NAMES if (found := shutil.which(name))), None)


def install_chromium() -> bool:
    """Install Debian's package where this machine allows it (root and apt-get); True if Chromium is then there."""
    if os.name != "posix" or os.geteuid() != 0 or shutil.which("apt-get") is None:
        return False
    print("== 安装 Chromium / installing Debian's chromium for the browser tests", flush=True)
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "check": False}
    subprocess.run(["apt-get", "update", "-q"], **quiet)  # type: ignore[call-overload]
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "install", "-y", "-q", "chromium"], env=env, **quiet)  # type: ignore[call-overload]
    return find_chromium() is not None


if __name__ == "__main__":
    sys.exit(main())
