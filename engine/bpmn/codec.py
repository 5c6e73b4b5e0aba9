"""Writes a marking as a few hundred bytes and reads it back; refuses a state of another definition or of another format.

Only JSON values enter the state (D7): no pickles, no type names, no Python objects.
"""

from __future__ import annotations

from typing import Any

import orjson

from engine.bpmn.guards import MAX_STATE_BYTES
from engine.bpmn.marking import Frame, Marking, TokenRow
from engine.errors import BudgetExceeded, ModelFault

FORMAT = 1


def encode(definition_hash: str, marking: Marking) -> bytes:
    """[format, definition hash, sequence, ended, frames], each frame and token a list."""
    frames = [[f.caller, f.params, f.end, [list(row) for row in f.tokens]] for f in marking.frames]
    try:
        state = orjson.dumps([FORMAT, definition_hash, marking.sequence, marking.ended, frames])
    except orjson.JSONEncodeError as error:
        raise ModelFault(f"流程状态里出现了不能保存的值：{error}。请把它写进办件档案。") from error
    if len(state) > MAX_STATE_BYTES:
        message = f"流程状态有 {len(state)} 字节，超过上限 {MAX_STATE_BYTES}。请把大的数据放进办件档案。"
        raise BudgetExceeded(message, budget="state", limit=MAX_STATE_BYTES)
    return state


def decode(definition_hash: str, state: bytes) -> Marking:
    """Raises ModelFault when the state was written for another definition: a case stays on its version."""
    try:
        version, written_for, sequence, ended, frames = orjson.loads(state)
    except (orjson.JSONDecodeError, ValueError, TypeError) as error:
        raise ModelFault("流程状态无法读取。") from error
    if version != FORMAT:
        raise ModelFault(f"流程状态的格式是 {version}，本程序只认识 {FORMAT}。", format=version)
    if written_for != definition_hash:
        message = "流程状态属于另一个流程版本，不能用这个版本继续。"
        raise ModelFault(message, written_for=written_for, definition=definition_hash)
    return Marking(sequence, ended, [_frame(row) for row in frames])


def _frame(row: list[Any]) -> Frame:
    caller, params, end, tokens = row
    return Frame(caller, params, [TokenRow(*token) for token in tokens], end)
