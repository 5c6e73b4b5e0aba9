"""Commands on the database: db upgrade, db downgrade, db current."""

from __future__ import annotations

import argparse
from typing import Any

from web.commands.answer import Answer
from web.config import Config


def register(group: Any, shared: argparse.ArgumentParser) -> None:
    command = group.add_parser("db", help="数据库结构 / database schema")
    actions = command.add_subparsers(dest="action", required=True, metavar="ACTION")
    upgrade = actions.add_parser("upgrade", parents=[shared], help="升级到最新结构 / upgrade to the newest schema")
    upgrade.add_argument("revision", nargs="?", default="head")
    upgrade.set_defaults(run=_upgrade)
    downgrade = actions.add_parser("downgrade", parents=[shared], help="退回到某一版本 / go back to a revision")
    downgrade.add_argument("revision")
    downgrade.set_defaults(run=_downgrade)
    current = actions.add_parser("current", parents=[shared], help="现在的版本 / the present revision")
    current.set_defaults(run=_current)


def _upgrade(options: argparse.Namespace) -> Answer:
    from web import schema

    before, after = schema.upgrade(Config.from_env(), options.revision)
    return Answer({"before": before, "after": after}, f"数据库结构：{before or '空'} → {after}")


def _downgrade(options: argparse.Namespace) -> Answer:
    from web import schema

    schema.downgrade(Config.from_env(), options.revision)
    return Answer({"revision": options.revision}, f"数据库结构已退回到 {options.revision}")


def _current(_options: argparse.Namespace) -> Answer:
    from engine.database import open_database
    from web import schema

    database = open_database(Config.from_env().url)
    found = {"current": schema.current(database), "head": schema.head()}
    database.dispose()
    return Answer(found, f"现在 {found['current'] or '空'}，最新 {found['head']}", 0 if found["current"] == found["head"] else 1)
