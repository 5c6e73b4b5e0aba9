"""The command line `guangsha`: finds the command, builds what it needs, prints its answer as words or as JSON. Decides nothing itself."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from typing import Any

from engine.errors import GuangshaError
from web import commands


def parser() -> argparse.ArgumentParser:
    """All commands with their options; every command takes --json."""
    top = argparse.ArgumentParser(prog="guangsha", description="广厦：住房和建设主管部门的审批平台")
    group = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--json", action="store_true", help="print the answer as JSON / 以 JSON 输出")
    for module in commands.MODULES:
        module.register(group, shared)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Exit code: 0 done, 1 the answer is no, 2 it could not be done (the sentence says why)."""
    options = parser().parse_args(argv)
    try:
        answer = options.run(options)
    except GuangshaError as error:
        _print_error(error, options.json)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0
    if isinstance(answer, commands.Answer):
        _print(answer, options.json)
        return answer.exit_code
    return int(answer or 0)


def _print(answer: commands.Answer, as_json: bool) -> None:
    if as_json:
        print(json.dumps(answer.data, ensure_ascii=False, indent=2, default=str))
    else:
        print(answer.text)


def _print_error(error: GuangshaError, as_json: bool) -> None:
    if as_json:
        print(json.dumps(error.as_dict(), ensure_ascii=False, indent=2, default=str))
        return
    print(f"{error.message}", file=sys.stderr)
    for problem in error.details.get("problems", error.details.get("errors", ())):
        print(f"  {_line(problem)}", file=sys.stderr)


def _line(problem: Any) -> str:
    row = problem if isinstance(problem, dict) else getattr(problem, "__dict__", {"message": str(problem)})
    place = ":".join(str(row[k]) for k in ("file", "line", "element_id", "path") if row.get(k) not in (None, ""))
    return f"{place}  {row.get('message', '')}".strip()


if __name__ == "__main__":
    sys.exit(main())
