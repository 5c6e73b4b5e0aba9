"""Expressions: FEEL only. Python, JavaScript, Groovy, JUEL and `${}` are refused, and FEEL that does not parse."""

from __future__ import annotations

from typing import Any

from engine.bpmn.diagram import BPMN, CAMUNDA, Node, feel_body, local
from engine.bpmn.rules.context import Context, title, title_en
from engine.feel import FeelError, compile_expression

JAVA = ("class", "delegateExpression", "expression")
LISTENERS = ("executionListener", "taskListener", "connector", "failedJobRetryTimeCycle", "field", "script")
MAX_CHARACTERS = 4_000


def check(context: Context) -> None:
    for scope in context.diagram.scopes.values():
        for node in scope.nodes.values():
            _languages(context, node)
            _script(context, node)
            _texts(context, node)
            for flow in node.outgoing:
                xml = scope.xml.find(f"{BPMN}sequenceFlow[@id='{flow.id}']") if "'" not in flow.id else None
                _language(context, xml, f"连线 {flow.id}", f"the flow {flow.id}")
                if flow.condition is not None:
                    feel(
                        context,
                        xml if xml is not None else node,
                        flow.condition,
                        f"连线“{flow.name or flow.id}”的条件",
                        f"the condition of flow {flow.id}",
                    )
    for name, value in context.diagram.properties.items():
        if value.strip().startswith("=") or name.startswith("case."):
            feel(
                context,
                context.diagram.scopes[context.diagram.key].xml,
                value,
                f"流程属性 {name}",
                f"the process property {name}",
            )


def feel(context: Context, at: Any, text: str, what: str, what_en: str, inner: bool = False) -> None:
    """Report a text that is not FEEL; a leading `=` is taken off. inner: it reads the names of a called process."""
    body = feel_body(text)
    if not body:
        context.error(
            at, "empty-expression", f"{what}是空的。请填写表达式。", f"{what_en} is empty. Write an expression."
        )
    elif "${" in body or "#{" in body:
        context.error(
            at,
            "juel",
            f"{what}写成了 ${{…}}（JUEL），这里只用 FEEL。例如 ${{approved == true}} 应写成 approved = true。",
            f"{what_en} is JUEL; only FEEL is used here: ${{approved == true}} becomes approved = true.",
        )
    elif len(body) > MAX_CHARACTERS:
        context.error(
            at,
            "long-expression",
            f"{what}超过 {MAX_CHARACTERS} 个字符。请改用决策表。",
            f"{what_en} is too long. Use a decision table.",
        )
    else:
        try:
            expression = compile_expression(body)
            for path in () if inner else expression.references:
                context.used.setdefault(path.partition(".")[0], (at, what, what_en))
        except FeelError as error:
            context.error(
                at,
                "feel",
                f"{what}不是正确的 FEEL：{body[:80]}（{error}）。",
                f"{what_en} is not valid FEEL: {body[:80]} ({error}).",
            )


def _languages(context: Context, node: Node) -> None:
    for name in JAVA:
        if node.xml.get(f"{CAMUNDA}{name}"):
            zh = f"{title(node)} 调用 Java（camunda:{name}），这里不执行。请改为外部任务并填写主题（topic）。"
            context.error(
                node,
                "java",
                zh,
                f"{title_en(node)} calls Java (camunda:{name}). Make it an external task with a topic.",
            )
    for xml in node.xml.iterfind(f"{BPMN}extensionElements//*"):
        tag = local(xml.tag)
        if isinstance(xml.tag, str) and xml.tag.startswith(CAMUNDA) and tag in LISTENERS:
            zh = f"{title(node)} 带有 camunda:{tag}，这里不执行。请删除，用任务或事件画出来。"
            context.error(
                xml, "listener", zh, f"{title_en(node)} carries camunda:{tag}, which is not executed. Remove it."
            )


def _language(context: Context, flow: Any, what: str, what_en: str) -> None:
    body = flow.find(f"{BPMN}conditionExpression") if flow is not None else None
    if body is None:
        return
    language = (body.get("language") or "feel").lower()
    if "feel" not in language:
        zh = f"{what}的条件语言是 {language}，这里只用 FEEL。请改写。"
        context.error(flow, "language", zh, f"The condition of {what_en} is written in {language}; only FEEL is used.")


def _script(context: Context, node: Node) -> None:
    element = node.element
    if element.kind != "scriptTask":
        return
    language = (node.xml.get("scriptFormat") or "").lower()
    if language != "feel":
        zh = f"脚本任务{title(node)}的语言是“{language or '未填'}”，图里不执行程序。请把语言设为 feel 并写 FEEL 表达式，或改为服务任务。"
        en = f"The script task {title_en(node)} is written in '{language}'. Set the format to feel and write FEEL, or use a service task."
        context.error(node, "script-format", zh, en)
    else:
        feel(context, node, element.script or "", f"脚本任务{title(node)}", f"the script of {title_en(node)}")


def _texts(context: Context, node: Node) -> None:
    element = node.element
    texts = [("受理人", "the assignee", element.assignee)]
    texts += [("候选组", "the candidate groups", group) for group in element.candidate_groups]
    texts += [(f"输入 {name}", f"the input {name}", text) for name, text in element.inputs.items()]
    texts += [(f"属性 {name}", f"the property {name}", text) for name, text in element.properties.items()]
    for name, output in element.outputs.items():
        if output.startswith("=") or "${" in output or "#{" in output:
            zh, en = f"{title(node)} 的输出 {name}", f"the output {name} of {title_en(node)}"
            feel(context, node, output, zh, en, inner=element.kind == "callActivity")
    for what, what_en, text in texts:
        if text and (text.strip().startswith("=") or "${" in text or "#{" in text):
            feel(context, node, text, f"{title(node)} 的{what}", f"{what_en} of {title_en(node)}")
