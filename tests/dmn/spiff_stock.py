"""SpiffWorkflow's own DMN on the bench's table, for the ratio only; its cells are Python, so the table is rewritten."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from xml.sax.saxutils import escape

from lxml import etree
from SpiffWorkflow.bpmn.script_engine import PythonScriptEngine
from SpiffWorkflow.dmn.engine.DMNEngine import DMNEngine
from SpiffWorkflow.dmn.parser.DMNParser import DMNParser

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def stock_table(rows: int) -> Callable[[], object]:
    """A call that decides the last row of the same table as engine.dmn.samples.sized_table."""
    rules = []
    for n in range(rows):
        cells = (f"{n * 10} <= ? < {n * 10 + 10}", '? in ("a", "b")' if n % 2 else "", "")
        entries = "".join(
            f'<inputEntry id="r{n}c{i}"><text>{escape(c)}</text></inputEntry>' for i, c in enumerate(cells)
        )
        rules.append(f'<rule id="r{n}">{entries}<outputEntry id="r{n}o"><text>{n}</text></outputEntry></rule>')
    inputs = "".join(
        f'<input id="i{i}" label="{name}"><inputExpression id="ie{i}" typeRef="number"><text>{name}</text></inputExpression></input>'
        for i, name in enumerate(("amount", "kind", "since"))
    )
    xml = (
        f'<definitions xmlns="{NAMESPACE}" id="d" name="d" namespace="x"><decision id="sized" name="sized">'
        f'<decisionTable id="dt" hitPolicy="UNIQUE">{inputs}<output id="o" name="level" typeRef="number"/>'
        f"{''.join(rules)}</decisionTable></decision></definitions>"
    )
    parser = DMNParser(None, etree.fromstring(xml.encode()), {"dmn": NAMESPACE})
    parser.parse()
    engine = DMNEngine(parser.decision.decisionTables[0])
    data = {"amount": rows * 10 - 5, "kind": "a", "since": 3}
    task = SimpleNamespace(data=data, workflow=SimpleNamespace(script_engine=PythonScriptEngine()))
    assert engine.result(task) == {"level": rows - 1}
    return lambda: engine.result(task)
