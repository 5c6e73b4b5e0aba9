"""What the panels of the rules desk show, gathered from the rule, its tests and its recorded decisions. Decides no case."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

from engine import Actor, canonical
from engine.dmn.boundary import boundary_cases
from engine.dmn.mutation import kill_rate
from engine.dmn.wording import rule_in_words
from engine.errors import GuangshaError, NotFound, ValidationFailed
from engine.feel import FeelError
from web.i18n import language
from web.layout import district_name
from web.rules import documents, queries, tests
from web.rules.checks import findings
from web.rules.comparison import compare
from web.rules.runs import Runs
from web.rules.shelf import KIND, RuleShelf
from web.rules.tables import HIT_POLICIES, Rule
from web.rules.values import flat, shown, typed
from web.rules.whatif import Past, Verdict
from web.studio import reviews

KINDS = ("decision", "calendar", "text", "numbering")
MAX_GENERATED = 2000
MUTANTS = 400


def listed(services: Any) -> list[dict[str, Any]]:
    """One row a rule: in force, next, hit policy, rows, tests, uses, draft."""
    counts, records, uses = tests.counts(services.database), queries.record_counts(), queries.all_uses()
    found = []
    for row in queries.latest_decisions():
        shelf = RuleShelf(services, row["key"])
        versions = shelf.versions()
        shape = policy(shelf)
        found.append(
            {
                "key": row["key"],
                "name": row["name"],
                "domain": row["path"].split("/")[1] if "/" in row["path"] else "",
                "live": next((one for one in versions if one["state"] == "live"), None),
                "planned": [one for one in versions if one["state"] == "planned"],
                "policy": shape,
                "tests": counts.get(row["key"], 0),
                "records": records.get(row["key"], 0),
                "uses": [use for use in uses if use["decision"] in row["decision_ids"]],
                "draft": shelf.draft(),
            }
        )
    return found


def policy(shelf: RuleShelf) -> dict[str, Any]:
    """Hit policy of the newest version in words, with its rows and columns."""
    try:
        rule = shelf.rule("latest")
    except GuangshaError:
        return {"code": "", "name": "无法读取", "words": "", "rows": 0, "columns": [], "policies": HIT_POLICIES}
    code, name, words = rule.policy()
    table = rule.table
    return {
        "code": code,
        "name": name,
        "words": words,
        "rows": len(table.rules) if table else 0,
        "columns": rule.columns(),
        "policies": HIT_POLICIES,
    }


# -- try it


def trial(shelf: RuleShelf, given: Mapping[str, str], judge: bool = False) -> dict[str, Any]:
    """The form of the rule's inputs; judged by draft and by the version in force when asked to."""
    found: dict[str, Any] = {"key": shelf.key, "records": queries.recent_records(shelf.key), "record": None}
    try:
        rule = shelf.rule("draft")
    except GuangshaError as error:
        return found | {"broken": error.message}
    record = queries.record_one(given.get("record", "")) if given.get("record") else None
    inputs = _typed_inputs(rule, given) if judge else flat(record["inputs"]) if record else {}
    found |= {"record": record, "fields": _fields(rule, inputs), "rule": rule, "judged": False}
    if not judge and record is None:
        return found
    outcome, before = rule.trial(inputs), _live_trial(shelf, inputs)
    return found | {
        "judged": True,
        "inputs": canonical.dumps(inputs),
        "outcome": outcome,
        "value": shown(outcome.value),
        "words": _rows_in_words(rule, outcome.verdict.rows),
        "before": before,
        "before_value": shown(before.value) if before else "",
        "same": before is not None and canonical.dumps(before.value) == canonical.dumps(outcome.value),
        "expected": canonical.dumps(tests.expected_of(outcome.verdict)),
    }


def _live_trial(shelf: RuleShelf, inputs: Mapping[str, Any]) -> Any:
    try:
        return shelf.rule("live").trial(inputs)
    except (GuangshaError, NotFound):
        return None


def _typed_inputs(rule: Rule, given: Mapping[str, str]) -> dict[str, Any]:
    kinds = _kinds(rule)
    return {
        name: typed(given[f"in:{name}"], kinds.get(name, ""))
        for name in rule.names()
        if given.get(f"in:{name}", "").strip()
    }


def _kinds(rule: Rule) -> dict[str, str]:
    """Type by dotted name where a column of a table reads that name alone."""
    return {column.expression: column.type for column in rule.columns()}


def _fields(rule: Rule, inputs: Mapping[str, Any]) -> list[dict[str, Any]]:
    labels = {column.expression: column.label for column in rule.columns()}
    kinds, choices = _kinds(rule), _choices(rule)
    places = {name: place for place, name in enumerate(labels)}
    return [
        {
            "name": name,
            "label": labels.get(name, name),
            "type": kinds.get(name, ""),
            "choices": choices.get(name, []),
            "value": shown(inputs[name], plain=True) if name in inputs else "",
        }
        for name in sorted(rule.names(), key=lambda name: (places.get(name, len(places)), name))
    ]


def _choices(rule: Rule) -> dict[str, list[str]]:
    """Texts that cells of a column compare with, offered while typing."""
    found: dict[str, list[str]] = {}
    table = rule.table
    if table is None:
        return found
    for place, clause in enumerate(table.inputs):
        if str(clause.type or "") == "string" and clause.path:
            texts = {part for row in table.rules for part in row.tests[place].text.split('"')[1::2]}
            found[clause.path] = sorted(texts)
    return found


def _rows_in_words(rule: Rule, rows: tuple[int, ...]) -> list[tuple[int, str]]:
    table = rule.table
    if table is None:
        return []
    return [(number, rule_in_words(table, table.rules[number - 1], language())) for number in rows]


def row_texts(shelf: RuleShelf, numbers: set[int]) -> dict[tuple[int, int], str]:
    """Rows of some versions in words, by (version, row)."""
    found: dict[tuple[int, int], str] = {}
    for number in numbers:
        table = shelf.rule(str(number)).table
        for place, rule in enumerate(table.rules if table else (), 1):
            found[number, place] = rule_in_words(table, rule, language())
    return found


# -- tests


def tests_of(shelf: RuleShelf) -> dict[str, Any]:
    """Every test run on the draft."""
    stored = tests.of(shelf.services.database, shelf.key)
    try:
        rule = shelf.rule("draft")
    except GuangshaError as error:
        return {"key": shelf.key, "broken": error.message, "outcomes": [], "red": 0, "generated": 0}
    outcomes = tests.run(stored, rule.judge())
    return {
        "key": shelf.key,
        "outcomes": outcomes,
        "red": sum(not outcome.passed for outcome in outcomes),
        "generated": sum(bool(outcome.test["generated"]) for outcome in outcomes),
        "describe": lambda inputs: "，".join(f"{name}={shown(value)}" for name, value in flat(inputs).items()),
        "has_table": rule.table is not None,
    }


def keep_test(shelf: RuleShelf, form: Mapping[str, str], actor: Actor) -> str:
    """From the try-it panel: its inputs, and the outcome now or the one typed as JSON."""
    try:
        inputs, expected = canonical.loads(form.get("inputs", "")), canonical.loads(form.get("expected", ""))
    except ValueError as error:
        raise ValidationFailed("测试的输入或结果不是有效的数据，请重新试算后再保存") from error
    services = shelf.services
    source = form.get("case_no", "")
    return tests.add(
        services.database, shelf.key, form.get("name", ""), inputs, expected, actor, services.clock.now(), source
    )


def accept(shelf: RuleShelf, test_id: str, actor: Actor) -> None:
    """Change what one test asks for to what the draft gives now."""
    services = shelf.services
    test = next((row for row in tests.of(services.database, shelf.key) if row["id"] == test_id), None)
    if test is None:
        raise NotFound("没有这个测试，可能已被删除")
    verdict = shelf.rule("draft").judge()(test["inputs"])
    tests.expect(services.database, test_id, tests.expected_of(verdict), actor, services.clock.now())


def generate(shelf: RuleShelf, actor: Actor) -> dict[str, Any]:
    """Boundary cases of every table whose inputs a caller gives; says how many wrong cells they would notice."""
    rule = shelf.rule("draft")
    table = rule.table
    if table is None:
        raise ValidationFailed("这条规则不是表，没有可以生成的边界测试；请在“试算”里保存自己的测试")
    try:
        cases = boundary_cases(table)[:MAX_GENERATED]
        report = kill_rate(table, cases, limit=MUTANTS)
    except FeelError as error:
        raise ValidationFailed(f"有单元格算不完，不能生成边界测试；请先把它改简单：{error}") from error
    judge = rule.judge()
    made = []
    for number, case in enumerate(cases, 1):
        verdict = judge(case.inputs)
        rows = "、".join(str(row) for row in verdict.rows)
        fired = f"第 {rows} 行" if rows else "无行命中"
        made.append((f"边界 {number:03d}（{fired}）", case.inputs, tests.expected_of(verdict)))
    tests.replace_generated(shelf.services.database, shelf.key, made, actor, shelf.services.clock.now())
    return {"count": len(made), "killed": report.killed, "total": report.total}


# -- impact


def weigh(shelf: RuleShelf, runs: Runs, actor: Actor, which: str = "draft") -> str:
    """Start the what-if of a version over every recorded decision; returns the run's id."""
    content = shelf.xml(which)
    rule, database = Rule(content, shelf.key), shelf.services.database
    return runs.start(
        shelf.key, content.decode(), actor, lambda: queries.pasts(database, shelf.key), queries.count_pasts(shelf.key), weigher(rule)
    )


def weigher(rule: Rule) -> Any:
    """Judges a recorded decision by the rule: the same decision, inputs and instant; equal questions are asked once."""
    known: dict[str, Verdict] = {}
    ids = set(rule.decision_ids)
    timeless = not any(word in rule.xml for word in (b"today(", b"now("))

    def judge(past: Past) -> Verdict:
        decision = past.decision_id if past.decision_id in ids else rule.main.id
        key = canonical.dumps([decision, past.inputs, None if timeless else past.decided_at])
        if key not in known:
            known[key] = rule.judge(decision, past.decided_at)(past.inputs)
        return known[key]

    return judge


def changed(run: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, Any]:
    """The changed cases of a run that fit the filters in the address."""
    district, row, move, open_only = (given.get(name, "") for name in ("district", "row", "move", "open"))
    found = [
        one
        for one in run["result"].get("examples", ())
        if (not district or one["district"] == district)
        and (not row or int(row) in (one["rows_after"] or [0]))
        and (not move or f"{one['before']} → {one['after']}" == move)
        and (not open_only or one["open"])
    ]
    return {"found": found, "district": district, "row": row, "move": move, "open_only": open_only}


def changed_csv(run: Mapping[str, Any], given: Mapping[str, str]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(["办件编号", "区", "判断日期", "当时版本", "原结果", "草稿结果", "原命中行", "草稿命中行"])
    for one in changed(run, given)["found"]:
        cells = (one["case_no"], district_name(one["district"]), one["decided_on"], one["version"], one["before"], one["after"])
        writer.writerow([_harmless(cell) for cell in (*cells, one["rows_before"], one["rows_after"])])
    return buffer.getvalue()


def _harmless(cell: Any) -> str:
    """Text that no spreadsheet takes for a formula."""
    text = str(cell)
    return f"'{text}" if text[:1] in "=+-@" else text


# -- review


def review(services: Any, row: Mapping[str, Any], runs: Runs, person: Any) -> dict[str, Any]:
    """The approver's sheet, computed anew while the change still waits."""
    shelf = RuleShelf(services, row["key"])
    content = row["content"].encode()
    waiting = row["state"] == "pending"
    base = shelf.xml(str(row["base_version"])) if row["base_version"] else b""
    rule = Rule(content, row["key"])
    outcomes = tests.run(tests.of(services.database, row["key"]), rule.judge()) if waiting else []
    run = runs.latest(row["key"], row["content"])
    if waiting and run is None:
        run = runs.one(weigh(shelf, runs, person.actor, f"review:{row['id']}"))
    return {
        "review": row,
        "key": row["key"],
        "name": rule.main.name,
        "changes": compare(base, content) if base else [],
        "findings": findings(rule) if waiting else [],
        "outcomes": outcomes,
        "red": sum(not outcome.passed for outcome in outcomes),
        "run": run,
        "of": f"review:{row['id']}",
        "total": queries.count_pasts(row["key"]),
        "documents": documents.of(services.database, KIND, row["key"]).get(row["id"], []),
        "states": reviews.STATE_NAMES,
        "uses": queries.uses(rule.decision_ids),
        "may_decide": person.any_of("rule_approver") and person.actor.user_id != row["submitted_by"],
        "may_withdraw": person.actor.user_id == row["submitted_by"],
    }
