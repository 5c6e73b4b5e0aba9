"""Whether a case can always come to an end; reports what engine.bpmn.soundness finds, with the way that leads there."""

from __future__ import annotations

from engine.bpmn.diagram import Scope
from engine.bpmn.graph import graph_of
from engine.bpmn.rules.context import Context
from engine.bpmn.soundness import Finding
from engine.bpmn.soundness import check as play

WORDS = {
    "never-ends": ("无论怎样办理都到不了结束", "can never reach an end"),
    "stuck": (
        "有的办理路径会停在这里，永远等不到另一条分支",
        "can get stuck here, waiting for a branch that never comes",
    ),
    "endless": ("有的办理路径会一直绕圈，到不了结束", "can go round for ever without reaching an end"),
    "twice": (
        "这里会被并行分支重复执行，应先用并行网关汇合",
        "is done several times by parallel branches; join them with a parallel gateway first",
    ),
    "dead": ("没有任何办理路径会执行到这里", "is never reached in any run"),
}
SEVERE = frozenset({"never-ends", "stuck", "endless"})


def check(context: Context) -> None:
    if any(problem.severity == "error" for problem in context.problems):
        return  # a diagram that cannot run has no token game
    for scope in context.diagram.scopes.values():
        report = play(graph_of(scope))
        for finding in report.findings:
            _report(context, scope, finding)
        if not report.decided:
            zh = "流程的状态太多，无法判断是否每个办件都能办结。请把并行的部分拆成调用活动。"
            en = "There are too many states to decide whether every case can end. Move parallel parts into call activities."
            context.warning(scope.xml, "undecided", zh, en)


def _report(context: Context, scope: Scope, finding: Finding) -> None:
    nodes = [scope.nodes[name].element for name in finding.nodes if name in scope.nodes]
    if not nodes:
        return
    zh, en = WORDS[finding.kind]
    names = "、".join(f"“{e.name or e.id}”" for e in nodes)
    way = " → ".join(scope.nodes[n].element.name or n for n in finding.path[:30] if n in scope.nodes)
    shown, shown_en = (f"路径：{way}。", f" Path: {' > '.join(finding.path[:30])}.") if way else ("", "")
    say = context.error if finding.kind in SEVERE else context.warning
    say(nodes[0], "unsound", f"{names}：{zh}。{shown}", f"{', '.join(e.id for e in nodes)} {en}.{shown_en}")
