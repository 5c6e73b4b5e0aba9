"""The demonstration itself, small: the same seed ends in the same table, a nasty outside world only makes it later."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from web import demo
from web.config import Config
from web.demo.instance import own_instance

CASES, SEED = 12, 1
ROOT = Path(__file__).resolve().parents[2]

pytestmark = pytest.mark.skipif(
    not (Config().fonts / "NotoSansSC-Regular.ttf").exists(), reason="the islands with the fonts are not built"
)


COMMAND = [sys.executable, "-m", "web.cli", "demo", "public-rental", "--seed", str(SEED)]


@pytest.mark.requirement("SH-043.R4", "SH-044.R3", "SH-045.R1", "SH-045.R8", "SH-023.R5")
def test_the_same_seed_gives_the_same_table_and_a_nasty_world_the_same_verdicts(tmp_path: Path) -> None:
    with (tmp_path / "said").open("w") as said:
        nasty = subprocess.Popen(
            [*COMMAND, "--cases", str(CASES), "--nasty", "--json"], cwd=ROOT, stdout=subprocess.PIPE, stderr=said, text=True
        )
    try:
        # The second time on the same instance, where everybody has applied before.
        with own_instance(quiet=True) as url:
            first, second = (demo.run("public-rental", cases=CASES, seed=SEED, url=url, quiet=True) for _ in range(2))
        late = json.loads(nasty.communicate(timeout=300)[0] or "{}")
    finally:
        nasty.terminate()
        nasty.wait(timeout=30)
    assert first.complete and second.complete, (first.as_text(), second.as_text())
    assert first.outcomes == second.outcomes
    assert first.verdicts == second.verdicts
    assert {"审核通过办结", "初审不通过办结", "复审不通过办结", "不予受理办结", "已撤回", "已删除"} <= set(first.outcomes)
    assert late.get("complete"), (late, (tmp_path / "said").read_text("utf-8")[-2000:])
    assert [tuple(row) for row in late["verdicts"]] == first.verdicts
    assert late["outcomes"] == first.outcomes


def test_an_interrupted_demonstration_leaves_no_process(tmp_path: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with (tmp_path / "said").open("w") as said:
        command = [*COMMAND, "--cases", "60"]  # more than it can do before it is told to stop
        child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=said, env=environment)
        _until(lambda: "web server  " in (tmp_path / "said").read_text("utf-8") or child.poll() is not None)
        child.send_signal(signal.SIGINT)
        child.wait(timeout=30)
    assert child.returncode in (1, 130), (tmp_path / "said").read_text("utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["said"]
    assert not _processes(str(tmp_path))


def _until(met: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    pause = threading.Event()
    while not met():
        assert time.monotonic() < end, "nothing happened"
        pause.wait(0.1)


def _processes(mark: str) -> list[str]:
    """Command lines of running processes whose surroundings name this folder."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes() and int(folder.name) != os.getpid():
                found.append((folder / "cmdline").read_text("utf-8").replace("\0", " "))
        except OSError:
            continue
    return found
