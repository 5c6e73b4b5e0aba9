"""Commands on cases: start, tasks, complete, decide, demo. The person is named by --as; rights are the engine's."""

from __future__ import annotations

import argparse
import json
import uuid
from dataclasses import asdict
from pathlib import Path
from typing import Any

from engine.errors import NotFound, ValidationFailed
from web.commands.answer import Answer, table
from web.config import Config


def register(group: Any, shared: argparse.ArgumentParser) -> None:
    command = group.add_parser("start", parents=[shared], help="发起办件 / start a case")
    command.add_argument("process")
    command.add_argument("--form", default="{}", help="JSON, or @file")
    command.add_argument("--channel", default="offline")
    command.add_argument("--as", dest="person", required=True, help="账号 / account")
    command.add_argument("--key", default="", help="幂等键 / idempotency key")
    command.set_defaults(run=_start)
    command = group.add_parser("tasks", parents=[shared], help="待办列表 / a person's to-do list")
    command.add_argument("--as", dest="person", required=True)
    command.add_argument("--page", type=int, default=1)
    command.set_defaults(run=_tasks)
    command = group.add_parser("complete", parents=[shared], help="办理任务 / complete a task (claims it first)")
    command.add_argument("task")
    command.add_argument("--outcome", required=True)
    command.add_argument("--form", default="{}")
    command.add_argument("--opinion", default="")
    command.add_argument("--as", dest="person", required=True)
    command.add_argument("--key", default="")
    command.set_defaults(run=_complete)
    command = group.add_parser("decide", parents=[shared], help="试算规则 / evaluate a decision")
    command.add_argument("decision")
    command.add_argument("--input", default="{}", help="JSON, or @file")
    command.set_defaults(run=_decide)
    command = group.add_parser("demo", parents=[shared], help="按真实路径批量办理 / drive many cases over HTTP")
    command.add_argument("what")
    command.add_argument("--cases", type=int, default=200)
    command.add_argument("--seed", type=int, default=1)
    command.add_argument("--nasty", action="store_true")
    command.add_argument("--workers", type=int, default=4)
    command.add_argument("--url", default="", help="运行中的实例；默认自行启动一个 / a running instance; by default one of its own")
    command.set_defaults(run=_demo)


def _person(services: Any, username: str) -> Any:
    from web.app import create_app
    from web.auth.people import person_named

    with create_app(services).app_context():
        found = person_named(username)
    if found is None:
        raise NotFound(f"没有可用的账号 {username}，请核对账号名，或请系统管理员启用")
    return found.actor


def _checked(services: Any, form_key: str | None, version: int | None, form: dict[str, Any], **said: Any) -> dict[str, Any]:
    """The form by its schema, as the pages check it. Raises ValidationFailed with all faults."""
    from engine.forms import normalise, validate

    if not form_key:
        return form
    schema = services.engine.form(form_key, version).schema
    access = said.pop("access", None)
    cleaned = normalise(schema, form, access)
    faults = [{"path": f.path, "message": f.message} for f in validate(schema, cleaned, access, **said)]
    if faults:
        raise ValidationFailed(f"表单有 {len(faults)} 处需要修改，请改正后重新提交", errors=faults)
    return dict(cleaned)


def _json(text: str) -> dict[str, Any]:
    try:
        source = Path(text[1:]).read_text(encoding="utf-8") if text.startswith("@") else text
    except (OSError, UnicodeDecodeError) as error:
        raise ValidationFailed(f"无法读取文件 {text[1:]}，请核对路径，内容应为 UTF-8 编码的 JSON") from error
    try:
        value = json.loads(source)
    except json.JSONDecodeError as error:
        raise ValidationFailed(f"不是有效的 JSON：第 {error.lineno} 行第 {error.colno} 列，{error.msg}") from error
    if not isinstance(value, dict):
        raise ValidationFailed("JSON 应是一个对象，例如 {\"name\": \"值\"}")
    return value


def _start(options: argparse.Namespace) -> Answer:
    from web import bootstrap

    services = bootstrap.build(Config.from_env())
    actor = _person(services, options.person)
    start_form = services.engine.definition(options.process).start_form_key
    receipt = services.engine.start_case(
        options.process,
        actor=actor,
        form=_checked(services, start_form, None, _json(options.form)),
        channel=options.channel,
        idempotency_key=options.key or uuid.uuid4().hex,
    )
    return Answer(asdict(receipt), f"办件编号 {receipt.case_no}")


def _tasks(options: argparse.Namespace) -> Answer:
    from web import bootstrap

    services = bootstrap.build(Config.from_env())
    page = services.engine.inbox(_person(services, options.person), page=options.page)
    rows = [(t.id, t.case_no, t.name, t.assignee_name, t.due_at) for t in page.items]
    text = table(("task", "case", "step", "claimed by", "due"), rows) + f"\n{page.total}"
    return Answer({"total": page.total, "page": page.page, "tasks": [asdict(t) for t in page.items]}, text)


def _complete(options: argparse.Namespace) -> Answer:
    from web import bootstrap

    services = bootstrap.build(Config.from_env())
    actor = _person(services, options.person)
    task = services.engine.task(options.task, actor)
    if task.outcomes and options.outcome not in task.outcomes:
        raise ValidationFailed(f"没有结论 {options.outcome}；可选：{'、'.join(task.outcomes)}")
    form = _checked(services, task.form_key, task.form_version, _json(options.form), access=task.field_access,
                    outcome=options.outcome, opinion=options.opinion)  # fmt: skip
    if task.requires_claim and task.assignee_id is None:
        task = services.engine.claim(task.id, task.revision, actor)
    receipt = services.engine.complete_task(
        task.id, task.revision, actor, options.outcome, form, options.key or uuid.uuid4().hex, options.opinion
    )
    return Answer(asdict(receipt), f"{receipt.case_no} 已办理" + (f"，办结：{receipt.outcome}" if receipt.ended else ""))


def _decide(options: argparse.Namespace) -> Answer:
    from engine.feel import to_json
    from web import bootstrap

    services = bootstrap.build(Config.from_env())
    evaluation = services.engine.try_decision(options.decision, _json(options.input))
    data = {"value": to_json(evaluation.value), "tables": [asdict(t) for t in evaluation.tables], "warnings": list(evaluation.warnings)}
    return Answer(data, json.dumps(data["value"], ensure_ascii=False, indent=2, default=str))


def _demo(options: argparse.Namespace) -> Answer:
    from web import demo

    if options.what not in demo.NAMES:
        raise NotFound(f"没有演示 {options.what}；现有：{'、'.join(demo.NAMES)}")
    result = demo.run(options.what, cases=options.cases, seed=options.seed, nasty=options.nasty,
                      workers=options.workers, url=options.url)  # fmt: skip
    return Answer(result.as_dict(), result.as_text(), 0 if result.complete else 1)
