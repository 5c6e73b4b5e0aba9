"""Diagrams from outside: a file read into a draft, an empty diagram, a copy under a new key. Drops nothing silently."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import quoteattr

from engine.bpmn.diagram import read_diagram
from engine.bpmn.importer import import_model
from engine.errors import ValidationFailed
from web.studio import queries

_KEY = re.compile(r"^[a-z][a-z0-9_]{2,60}$")
_EMPTY = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"
  xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"
  xmlns:di="http://www.omg.org/spec/DD/20100524/DI" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"
  id="definitions_{key}" targetNamespace="http://guangsha/{key}">
  <bpmn:process id="{key}" name={name} isExecutable="true">
    <bpmn:startEvent id="start" name="提交申请"><bpmn:outgoing>to_handle</bpmn:outgoing></bpmn:startEvent>
    <bpmn:userTask id="handle" name="受理"><bpmn:incoming>to_handle</bpmn:incoming>
      <bpmn:outgoing>to_end</bpmn:outgoing></bpmn:userTask>
    <bpmn:endEvent id="end" name="办结"><bpmn:incoming>to_end</bpmn:incoming></bpmn:endEvent>
    <bpmn:sequenceFlow id="to_handle" sourceRef="start" targetRef="handle"/>
    <bpmn:sequenceFlow id="to_end" sourceRef="handle" targetRef="end"/>
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="{key}">
    <bpmndi:BPMNShape id="s1" bpmnElement="start"><dc:Bounds x="160" y="162" width="36" height="36"/>
      <bpmndi:BPMNLabel><dc:Bounds x="155" y="205" width="46" height="14"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s2" bpmnElement="handle"><dc:Bounds x="270" y="140" width="100" height="80"/></bpmndi:BPMNShape>
    <bpmndi:BPMNShape id="s3" bpmnElement="end"><dc:Bounds x="452" y="162" width="36" height="36"/>
      <bpmndi:BPMNLabel><dc:Bounds x="459" y="205" width="23" height="14"/></bpmndi:BPMNLabel></bpmndi:BPMNShape>
    <bpmndi:BPMNEdge id="e1" bpmnElement="to_handle"><di:waypoint x="196" y="180"/><di:waypoint x="270" y="180"/>
      </bpmndi:BPMNEdge>
    <bpmndi:BPMNEdge id="e2" bpmnElement="to_end"><di:waypoint x="370" y="180"/><di:waypoint x="452" y="180"/>
      </bpmndi:BPMNEdge>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
"""


def new_key(key: str, name: str) -> str:
    """A key that no process has; ValidationFailed says what is wrong with it."""
    if not name.strip():
        raise ValidationFailed("请填写流程名称", errors=[{"path": "/name", "message": "请填写流程名称"}])
    if not _KEY.match(key):
        message = "标识用小写英文字母、数字和下划线，以字母开头，3 至 61 个字符，例如 talent_housing"
        raise ValidationFailed(message, errors=[{"path": "/key", "message": message}])
    if queries.versions(key) or key in queries.drafts("process"):
        raise ValidationFailed(f"已经有标识为 {key} 的流程", errors=[{"path": "/key", "message": "标识已被使用"}])
    return key


def empty(key: str, name: str) -> bytes:
    """Start, one task, end."""
    return _EMPTY.format(key=key, name=quoteattr(name.strip())).encode()


def copy_of(xml: bytes, source: str, key: str, name: str) -> bytes:
    """The same diagram as another process: only its id, its name and the plane's reference change."""
    text = xml.decode()
    text = re.sub(rf'(<(?:\w+:)?process\b[^>]*?\bid=)"{re.escape(source)}"', rf'\g<1>"{key}"', text, count=1)
    text = re.sub(rf'(\b(?:bpmnElement|processRef)=)"{re.escape(source)}"', rf'\g<1>"{key}"', text)
    opening = re.search(rf'<(?:\w+:)?process\b[^>]*?\bid="{key}"[^>]*>', text)
    if opening is None:
        raise ValidationFailed("原流程图里没有找到流程本身，无法复制")
    renamed = re.sub(r'\bname="[^"]*"', "name=" + quoteattr(name.strip()).replace("\\", r"\\"), opening[0], count=1)
    return (text[: opening.start()] + renamed + text[opening.end() :]).encode()


@dataclass(frozen=True)
class Import:
    """A file as we keep it: its key, its bytes, where it was made, and a line for all that was not understood."""

    key: str
    xml: bytes
    source: str
    notes: tuple[Any, ...]


def read(content: bytes) -> Import:
    """The file as a draft; ValidationFailed when it is no BPMN."""
    found = import_model(content)
    return Import(read_diagram(found.xml).key, found.xml, found.source, found.notes)
