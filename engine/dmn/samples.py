"""Decision tables made up for measuring: XML of any size, and three small ones of the kind authorities write.

Used by the bench and by tests; decides nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import escape

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
Column = tuple[str, str, str]


def table_xml(
    policy: str,
    inputs: Sequence[Column],
    outputs: Sequence[Column],
    rules: Iterable[Sequence[str]],
    name: str = "table",
) -> bytes:
    """A model with one decision `name`; columns are (label, typeRef, allowed values or "")."""
    parts = [f'<definitions xmlns="{NAMESPACE}" id="definitions" name="{name}" namespace="urn:guangsha:sample">']
    aggregation = f' aggregation="{policy.partition(" ")[2]}"' if policy.startswith("COLLECT ") else ""
    hit = "COLLECT" if aggregation else policy
    parts.append(f'<decision id="{name}" name="{name}"><decisionTable id="dt" hitPolicy="{hit}"{aggregation}>')
    for place, (label, kind, values) in enumerate(inputs):
        parts.append(f'<input id="i{place}" label="{escape(label)}"><inputExpression id="ie{place}" typeRef="{kind}">')
        parts.append(f"<text>{escape(label)}</text></inputExpression>")
        parts.append(
            f'<inputValues id="iv{place}"><text>{escape(values)}</text></inputValues></input>' if values else "</input>"
        )
    for place, (label, kind, values) in enumerate(outputs):
        parts.append(f'<output id="o{place}" name="{escape(label)}" typeRef="{kind}">')
        parts.append(f'<outputValues id="ov{place}"><text>{escape(values)}</text></outputValues>' if values else "")
        parts.append("</output>")
    for row, cells in enumerate(rules, 1):
        parts.append(f'<rule id="r{row}">')
        for place, cell in enumerate(cells):
            entry = "inputEntry" if place < len(inputs) else "outputEntry"
            parts.append(f'<{entry} id="r{row}c{place}"><text>{escape(cell)}</text></{entry}>')
        parts.append("</rule>")
    parts.append("</decisionTable></decision></definitions>")
    return "".join(parts).encode()


def sized_table(rows: int) -> bytes:
    """`rows` rows over a number and a kind; row n holds for amount 10n..10n+10."""
    rules = ((f"[{n * 10}..{n * 10 + 10})", '"a","b"' if n % 2 else "-", "-", str(n)) for n in range(rows))
    columns = (("amount", "number", ""), ("kind", "string", ""), ("since", "number", ""))
    return table_xml("UNIQUE", columns, (("level", "number", ""),), rules, "sized")


def housing_table() -> bytes:
    """Who may rent: floor area a head, income, kind of household."""
    inputs = (("人均面积", "number", ""), ("月收入", "number", ""), ("家庭类型", "string", '"低保","低收入","其他"'))
    rules = (
        ("< 15", "<= 4200", '"低保"', '"优先"'),
        ("< 15", "<= 4200", 'not("低保")', '"通过"'),
        ("< 15", "> 4200", "-", '"不通过"'),
        ("[15..20)", "-", '"低保","低收入"', '"复核"'),
        ("[15..20)", "-", '"其他"', '"不通过"'),
        (">= 20", "-", "-", '"不通过"'),
    )
    return table_xml("UNIQUE", inputs, (("结论", "string", ""),), rules, "准入")


def rent_table() -> bytes:
    """A discount by income band and members, the first row that holds."""
    inputs = (("收入占比", "number", ""), ("人口", "number", ""), ("优抚", "boolean", ""))
    rules = (
        ("-", "-", "true", "0.1"),
        ("<= 0.3", ">= 4", "false", "0.3"),
        ("<= 0.3", "< 4", "false", "0.4"),
        ("(0.3..0.8]", "-", "false", "0.7"),
        ("> 0.8", "-", "-", "1"),
    )
    return table_xml("FIRST", inputs, (("折扣", "number", ""),), rules, "租金折扣")


def deadline_table() -> bytes:
    """Working days by kind and date of receipt."""
    inputs = (("事项", "string", '"新办","变更","注销"'), ("受理日期", "date", ""))
    rules = (
        ('"新办"', '< date("2025-07-01")', "20"),
        ('"新办"', '>= date("2025-07-01")', "15"),
        ('"变更"', "-", "10"),
        ('"注销"', "-", "5"),
    )
    return table_xml("UNIQUE", inputs, (("工作日", "number", ""),), rules, "时限")
