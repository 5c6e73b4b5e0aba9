"""Parses XML from outside without letting it act: no DOCTYPE, no entities, no network, capped size and depth."""

from __future__ import annotations

from lxml import etree

from engine.errors import ValidationFailed

MAX_BYTES = 5_000_000
MAX_DEPTH = 200


def parse_xml(data: bytes, *, max_bytes: int = MAX_BYTES, max_depth: int = MAX_DEPTH) -> etree._Element:
    """Return the root element with `sourceline` on every element.

    Raises ValidationFailed for a document over max_bytes (bytes) or max_depth (levels), with a DOCTYPE, or not well formed.
    Source: OWASP ASVS 5.0 1.5.1.
    """
    if len(data) > max_bytes:
        raise ValidationFailed(f"文件有 {len(data)} 字节，超过上限 {max_bytes} 字节。", limit=max_bytes)
    if b"\x00" in data:
        raise ValidationFailed("文件必须是 UTF-8 编码的 XML 文本。")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise ValidationFailed("文件含有 DOCTYPE 或实体声明，出于安全考虑不接收。请删除后重新上传。")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ValidationFailed(f"不是格式良好的 XML：{error}") from error
    if root.getroottree().docinfo.doctype:
        raise ValidationFailed("文件含有 DOCTYPE 声明，出于安全考虑不接收。请删除后重新上传。")
    _refuse_depth(root, max_depth)
    return root


def _refuse_depth(root: etree._Element, max_depth: int) -> None:
    level = [root]
    for _ in range(max_depth):
        level = [child for parent in level for child in parent]
        if not level:
            return
    raise ValidationFailed(f"XML 嵌套超过 {max_depth} 层，不接收。", limit=max_depth)
