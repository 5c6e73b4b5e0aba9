"""Takes in diagrams of Camunda 7, Flowable and Activiti: rewrites what means the same here, lists the rest, drops nothing.

What it cannot translate stays in the file as it was, so that the linter names it until a person has redrawn it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Literal

from lxml import etree

from engine.bpmn.diagram import BPMN, CAMUNDA, DI, local
from engine.bpmn.juel import is_juel, to_feel
from engine.errors import ValidationFailed
from engine.xmlsafe import parse_xml

RELATIVES = {"{http://flowable.org/bpmn}": "Flowable", "{http://activiti.org/bpmn}": "Activiti"}
QUIET = (
    BPMN,
    DI,
    "{http://www.omg.org/",
    "{http://www.w3.org/",
    "{http://bpmn.io/",
    "{http://camunda.org/schema/modeler/",
)
ATTRIBUTES = frozenset(
    [
        "formKey",
        "candidateGroups",
        "assignee",
        "topic",
        "type",
        "decisionRef",
        "resultVariable",
        "collection",
        "elementVariable",
        "class",
        "delegateExpression",
        "expression",
        "candidateStarterGroups",
        "dueDate",
        "modelerTemplate",
        "initiator",
    ]
)
ELEMENTS = frozenset(
    [
        "properties",
        "property",
        "inputOutput",
        "inputParameter",
        "outputParameter",
        "in",
        "out",
        "executionListener",
        "taskListener",
        "connector",
        "field",
        "formData",
        "formField",
        "formProperty",
        "script",
        "list",
        "map",
        "entry",
        "value",
        "validation",
        "constraint",
    ]
)
NoteKind = Literal["translated", "todo", "kept"]
_DAYS = re.compile(r"^P(\d+)D$")


@dataclass(frozen=True, slots=True)
class Note:
    """translated: done, please check; todo: a person must redraw it; kept: still in the file, without effect here."""

    kind: NoteKind
    line: int
    element_id: str
    message: str
    message_en: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "kind": self.kind,
            "line": self.line,
            "element_id": self.element_id,
            "message": self.message,
            "message_en": self.message_en,
        }


@dataclass(frozen=True, slots=True)
class Imported:
    """xml: the file in our dialect. source: the tool it came from. notes: everything that was changed or not understood."""

    xml: bytes
    source: str
    notes: tuple[Note, ...]


class _Import:
    def __init__(self, root: Any) -> None:
        self.root = root
        self.notes: list[Note] = []

    def note(self, kind: NoteKind, at: Any, message: str, message_en: str) -> None:
        holder = at
        while holder is not None and not (holder.get("id") and str(holder.tag).startswith(BPMN)):
            holder = holder.getparent()
        element_id = holder.get("id") if holder is not None else ""
        self.notes.append(Note(kind, at.sourceline or 0, element_id, message, message_en))

    # -- names
    def rename(self) -> str:
        """Attributes and elements of Camunda's relatives take Camunda's namespace. Returns the tool's name."""
        source = "Camunda"
        for xml in self.root.iter(etree.Element):
            for prefix, tool in RELATIVES.items():
                if xml.tag.startswith(prefix):
                    source, xml.tag = tool, CAMUNDA + local(xml.tag)
                for name in [n for n in xml.attrib if n.startswith(prefix)]:
                    source = tool
                    xml.set(CAMUNDA + local(name), xml.attrib.pop(name))
        return source

    # -- elements
    def walk(self) -> None:
        for xml in list(self.root.iter(etree.Element)):
            tag = local(xml.tag)
            if xml.tag.startswith(BPMN):
                self._expressions(xml, tag)
                if tag in ("serviceTask", "sendTask", "businessRuleTask"):
                    self._service(xml)
                elif tag == "scriptTask" and (xml.get("scriptFormat") or "").lower() != "feel":
                    self._script(xml)
                elif tag == "userTask":
                    self._user(xml)
                elif tag == "process":
                    self._process(xml)
                elif tag == "multiInstanceLoopCharacteristics":
                    self._loop(xml)
            elif xml.tag.startswith(CAMUNDA):
                self._extension(xml, tag)
            self._unknown(xml, tag)

    def _expressions(self, xml: Any, tag: str) -> None:
        if tag in (
            "conditionExpression",
            "completionCondition",
            "timeDuration",
            "timeDate",
            "timeCycle",
            "loopCardinality",
        ):
            self._text(xml, "" if tag in ("conditionExpression", "completionCondition") else "=")
        for name in ("assignee", "candidateGroups"):
            self._attribute(xml, name)

    def _text(self, xml: Any, mark: str) -> None:
        if xml.text and is_juel(xml.text):
            feel = to_feel(xml.text)
            if feel is None:
                self._cannot(xml, xml.text)
            else:
                self._translated(xml, xml.text, feel)
                xml.text = mark + feel

    def _attribute(self, xml: Any, name: str, mark: str = "=") -> None:
        value = xml.get(CAMUNDA + name)
        if value and is_juel(value):
            feel = to_feel(value)
            if feel is None:
                self._cannot(xml, value)
            else:
                self._translated(xml, value, feel)
                xml.set(CAMUNDA + name, mark + feel)

    def _translated(self, xml: Any, old: str, new: str) -> None:
        self.note(
            "translated",
            xml,
            f"表达式 {old.strip()} 已改写为 FEEL：{new}。请核对。",
            f"{old.strip()} became FEEL: {new}. Please check.",
        )

    def _cannot(self, xml: Any, text: str) -> None:
        zh = f"表达式 {text.strip()} 无法自动改写为 FEEL。请手工改写。"
        self.note("todo", xml, zh, f"{text.strip()} cannot be translated to FEEL. Rewrite it by hand.")

    def _service(self, xml: Any) -> None:
        for name in ("class", "delegateExpression", "expression"):
            value = xml.get(CAMUNDA + name)
            if not value or xml.get(CAMUNDA + "topic"):
                continue
            topic = "imported." + _snake(value)
            xml.set(CAMUNDA + "topic", topic)
            xml.set(CAMUNDA + "type", "external")
            del xml.attrib[CAMUNDA + name]
            _remember(xml, f"x.{name}", value)
            zh = f"Java 调用 {value} 已改为外部任务，主题 {topic}；需要有人实现这个主题。原值保存在属性 x.{name}。"
            self.note(
                "todo", xml, zh, f"The Java call {value} became the external topic {topic}, which must be implemented."
            )
        kind = xml.get(CAMUNDA + "type")
        if kind and kind not in ("external", "dmn"):
            zh = f"{kind} 类型的任务没有对应的实现。请改为外部任务并填写主题。"
            self.note("todo", xml, zh, f"A task of type {kind} has no counterpart. Make it external and name a topic.")

    def _script(self, xml: Any) -> None:
        language = xml.get("scriptFormat") or "?"
        zh = f"脚本任务用的是 {language}，图里不执行程序。请改写为 FEEL 或改为服务任务；原脚本保留在文件里。"
        self.note(
            "todo",
            xml,
            zh,
            f"The script is written in {language}. Rewrite it in FEEL or use a service task; the text is kept.",
        )

    def _user(self, xml: Any) -> None:
        due = xml.get(CAMUNDA + "dueDate")
        match = _DAYS.match(due or "")
        if match:
            _remember(xml, "deadline.natural_days", match.group(1))
            del xml.attrib[CAMUNDA + "dueDate"]
            zh = f"到期时间 {due} 已改为自然日时限 {match.group(1)} 天。如应按工作日，请改用 deadline.working_days。"
            self.note("translated", xml, zh, f"The due date {due} became a deadline of {match.group(1)} natural days.")
        elif due:
            zh = f"到期时间 {due} 无法改写。请设置属性 deadline.working_days 或 deadline.natural_days。"
            self.note("todo", xml, zh, f"The due date {due} cannot be translated. Set a deadline property.")
        fields = [f.get("id") for f in xml.iter(f"{CAMUNDA}formField", f"{CAMUNDA}formProperty")]
        if fields:
            zh = f"表单字段 {'、'.join(filter(None, fields))} 画在图里，请在表单设计器里建立表单并填写 formKey。"
            self.note(
                "todo", xml, zh, f"The form fields {', '.join(filter(None, fields))} must become a form with a formKey."
            )

    def _process(self, xml: Any) -> None:
        groups = xml.get(CAMUNDA + "candidateStarterGroups")
        if groups:
            _remember(xml, "start.groups", groups)
            del xml.attrib[CAMUNDA + "candidateStarterGroups"]
            self.note(
                "translated",
                xml,
                f"可发起的组 {groups} 已改为属性 start.groups。",
                f"The starter groups {groups} became start.groups.",
            )

    def _loop(self, xml: Any) -> None:
        value = xml.get(CAMUNDA + "collection")
        if value and is_juel(value):
            self._attribute(xml, "collection")
        elif value and not value.startswith("="):
            xml.set(CAMUNDA + "collection", "=" + value)

    def _extension(self, xml: Any, tag: str) -> None:
        if tag in ("inputParameter", "outputParameter"):
            self._text(xml, "=")
        elif tag in ("in", "out"):
            self._mapping(xml)
        elif tag in ("executionListener", "taskListener", "connector"):
            zh = f"{tag} 在这里不执行。请用任务、事件或服务主题画出来，再删除它。"
            self.note("todo", xml, zh, f"A {tag} is not executed here. Draw it as a task or event, then remove it.")

    def _mapping(self, xml: Any) -> None:
        for name in ("source", "sourceExpression"):
            value = xml.get(name)
            if value and is_juel(value):
                feel = to_feel(value)
                if feel is None:
                    self._cannot(xml, value)
                else:
                    self._translated(xml, value, feel)
                    xml.set(name, feel)
        if xml.get("businessKey") or xml.get("variables"):
            zh = "参数映射 businessKey 与 variables=all 在这里没有作用：办件号和办件档案本来就能读取。"
            self.note(
                "kept",
                xml,
                zh,
                "businessKey and variables=all have no effect here: case number and case file can be read anyway.",
            )

    # -- what is left
    def _unknown(self, xml: Any, tag: str) -> None:
        if xml.tag.startswith(CAMUNDA) and tag not in ELEMENTS:
            self.note(
                "kept",
                xml,
                f"扩展元素 {tag} 不认识，保留在文件里但不起作用。",
                f"The extension {tag} is unknown; it stays without effect.",
            )
        elif not xml.tag.startswith((CAMUNDA, *QUIET)):
            name = f"{{{etree.QName(xml).namespace}}}{tag}"
            self.note(
                "kept",
                xml,
                f"扩展元素 {name} 不认识，保留在文件里但不起作用。",
                f"The extension {name} is unknown; it stays without effect.",
            )
        for name, value in xml.attrib.items():
            if name.startswith(CAMUNDA) and xml.tag.startswith(BPMN) and local(name) not in ATTRIBUTES:
                self.note(
                    "kept",
                    xml,
                    f"属性 {local(name)}={value} 在这里不起作用。",
                    f"The attribute {local(name)}={value} has no effect here.",
                )
            elif name.startswith("{") and not name.startswith((CAMUNDA, *QUIET)):
                self.note(
                    "kept",
                    xml,
                    f"属性 {name}={value} 不认识，不起作用。",
                    f"The attribute {name}={value} is unknown and has no effect.",
                )


def _snake(text: str) -> str:
    """com.acme.SendMailDelegate -> send_mail_delegate; ${mailer.send(x)} -> mailer_send_x"""
    last = text.rpartition(".")[2] if "{" not in text else text
    parts = re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", last)
    return "_".join(part.lower() for part in parts) or "task"


def _remember(xml: Any, name: str, value: str) -> None:
    """Add a property to an element, in the place where the modeler keeps it."""
    extensions = xml.find(f"{BPMN}extensionElements")
    if extensions is None:
        extensions = etree.Element(f"{BPMN}extensionElements")
        after = 1 if len(xml) and local(xml[0].tag) == "documentation" else 0
        xml.insert(after, extensions)
    block = extensions.find(f"{CAMUNDA}properties")
    if block is None:
        block = etree.SubElement(extensions, f"{CAMUNDA}properties")
    etree.SubElement(block, f"{CAMUNDA}property", name=name, value=value)


def import_model(xml: bytes) -> Imported:
    """Raises ValidationFailed when it is not a BPMN file that can be read safely."""
    root = parse_xml(xml)
    if root.tag != f"{BPMN}definitions":
        raise ValidationFailed("这不是 BPMN 2.0 文件：根元素应为 bpmn:definitions。")
    work = _Import(root)
    source = work.rename()
    work.walk()
    etree.cleanup_namespaces(
        root, top_nsmap={"camunda": CAMUNDA[1:-1]}, keep_ns_prefixes=["camunda", "xsi", "bpmn", "bpmndi", "dc", "di"]
    )
    notes = tuple(sorted(dict.fromkeys(work.notes), key=lambda n: (n.line, n.element_id)))
    return Imported(etree.tostring(root, xml_declaration=True, encoding="UTF-8"), source, notes)
