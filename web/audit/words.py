"""Names of events and sources in Chinese, and what state each gives the step it happened at; translates nothing else."""

from __future__ import annotations

from engine.states import EventKind, ItemSource

EVENT_NAMES: dict[str, str] = {
    EventKind.CASE_STARTED: "提交申请",
    EventKind.CASE_CLOSED: "办结",
    EventKind.CASE_WITHDRAWN: "申请人撤回",
    EventKind.CASE_CANCELLED: "办件终止",
    EventKind.CASE_PAUSED: "时限暂停",
    EventKind.CASE_RESUMED: "时限恢复",
    EventKind.CASE_REMINDED: "催办",
    EventKind.CASE_DEADLINE_MOVED: "时限随日历变动",
    EventKind.TASK_CREATED: "产生任务",
    EventKind.TASK_CLAIMED: "签收",
    EventKind.TASK_RELEASED: "退签",
    EventKind.TASK_TRANSFERRED: "转办",
    EventKind.TASK_DELEGATED: "委派",
    EventKind.TASK_SUBSTITUTED: "代理办理",
    EventKind.TASK_SIGNER_ADDED: "加签",
    EventKind.TASK_SIGNED: "会签意见",
    EventKind.TASK_COPIED: "抄送",
    EventKind.TASK_REMINDED: "提醒",
    EventKind.TASK_RETURNED: "退回",
    EventKind.TASK_COMPLETED: "办理完成",
    EventKind.TASK_CANCELLED: "任务关闭",
    EventKind.TASK_OVERDUE: "超过时限",
    EventKind.JOB_CREATED: "外部请求排队",
    EventKind.JOB_COMPLETED: "外部请求完成",
    EventKind.JOB_POSTPONED: "稍后重试",
    EventKind.JOB_SKIPPED: "人工跳过",
    EventKind.JOB_CANCELLED: "请求取消",
    EventKind.SERVICE_COMPLETED: "系统处理完成",
    EventKind.DECISION_MADE: "规则判断",
    EventKind.TIMER_STARTED: "开始计时",
    EventKind.TIMER_FIRED: "到时触发",
    EventKind.MESSAGE_AWAITED: "等待消息",
    EventKind.MESSAGE_RECEIVED: "收到消息",
    EventKind.INCIDENT_OPENED: "发生异常",
    EventKind.INCIDENT_RESOLVED: "异常处理",
}

ENDING = frozenset({EventKind.CASE_CLOSED, EventKind.CASE_WITHDRAWN, EventKind.CASE_CANCELLED})

TONES: dict[str, str] = {
    EventKind.CASE_STARTED: "running",
    EventKind.CASE_CLOSED: "pass",
    EventKind.TASK_COMPLETED: "pass",
    EventKind.JOB_COMPLETED: "pass",
    EventKind.TASK_RETURNED: "warn",
    EventKind.TASK_OVERDUE: "warn",
    EventKind.JOB_POSTPONED: "warn",
    EventKind.JOB_SKIPPED: "warn",
    EventKind.INCIDENT_OPENED: "fault",
    EventKind.CASE_WITHDRAWN: "neutral",
    EventKind.CASE_CANCELLED: "neutral",
}

SOURCE_NAMES: dict[str, str] = {
    ItemSource.FORM: "人工填写",
    ItemSource.SERVICE: "外部接口答复",
    ItemSource.DECISION: "规则计算",
    ItemSource.SCRIPT: "流程内计算",
    ItemSource.MAPPING: "流程传递",
    ItemSource.MESSAGE: "消息带来",
    ItemSource.SYSTEM: "系统记录",
}


def event_name(kind: str) -> str:
    """The Chinese name, or the kind itself where none is known."""
    return EVENT_NAMES.get(kind, kind)
