"""Turns every failure into a page or JSON with a clear sentence and what to do; never shows a traceback."""

from __future__ import annotations

import logging
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, jsonify, make_response, render_template, request
from werkzeug.exceptions import HTTPException

from engine.errors import GuangshaError, StaleTask, Unavailable
from web.auth.guard import to_login
from web.auth.sessions import person_of_request
from web.i18n import _, local_path

LOG = logging.getLogger("guangsha.web")

# status: (title, sentence, what to do)
SENTENCES: dict[int, tuple[str, str, str]] = {
    400: ("请求有误", "浏览器发来的内容不完整，系统无法处理。", "请返回上一页，刷新后重试。"),
    401: ("请先登录", "您尚未登录，或登录已过期。", "请重新登录，已保存的草稿不会丢失。"),
    403: ("没有权限", "您不能查看或办理这项内容。", "如工作需要，请联系系统管理员调整岗位权限。"),
    404: ("没有找到", "这个地址或编号下没有内容。", "请核对编号，或从首页重新进入。"),
    405: ("不能这样操作", "这一页不支持该操作方式。", "请从页面上的按钮进入。"),
    409: ("情况已变化", "在您提交之前，这项内容已被他人更新。", "请查看最新情况，再决定是否重新提交。"),
    413: ("文件太大", "上传的内容超过了允许的大小（单个文件 20 MB）。", "请压缩或拆分后重新上传。"),
    415: ("格式不对", "系统不接受这种格式的内容。", "请按页面说明的格式提交。"),
    422: ("内容需要修改", "填写的内容有缺漏或错误。", "请按提示修改后重新提交，其他内容已保留。"),
    429: ("操作过于频繁", "短时间内的请求太多，系统已暂缓处理。", "请稍后再试。"),
    500: ("系统出了问题", "系统未能完成这一步，没有保存任何半成品。", "请稍后重试；如仍有问题，请把错误编号告诉管理员。"),
    502: ("外部系统拒绝", "外部系统拒绝了这次查询。", "管理员已收到通知，无需重复提交。"),
    503: ("服务暂不可用", "系统或外部接口暂时没有应答。", "请稍后再试，已填写的内容不会丢失。"),
}


def wants_json() -> bool:
    """True for the API and for programs that ask for JSON."""
    if request.path.startswith("/api/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"], default="text/html")
    return best == "application/json"


def answer(status: int, message: str = "", code: str = "", details: dict[str, Any] | None = None) -> Response:
    """The page or JSON of one failure; the title and the advice come from the status."""
    title, sentence, advice = SENTENCES.get(status, SENTENCES[500] if status >= 500 else SENTENCES[400])
    message = message or _(sentence)
    if wants_json():
        body = {"code": code or f"http_{status}", "message": message, "advice": _(advice), "details": details or {}}
        return make_response(jsonify(body), status)
    person = _person()
    page = render_template(
        "error.html", status=status, title=_(title), message=message, advice=_(advice), details=details or {}, me=person, back=_back()
    )
    return make_response(page, status)


def _back() -> str:
    """The page before, when it is one of ours."""
    before = urlsplit(request.referrer or "")
    return local_path(before.path + (f"?{before.query}" if before.query else "")) if before.netloc == request.host else "/"


def _person() -> object:
    try:
        return person_of_request()
    except Exception:  # the database itself may be the failure that is being answered
        LOG.exception("could not tell who asked")
        return None


def _known(error: GuangshaError) -> Response:
    details = dict(error.details)
    if error.http_status >= 500 and not isinstance(error, Unavailable):
        number = _log(error)
        return answer(error.http_status, "", error.code, {"error_no": number})
    response = answer(error.http_status, _sentence(error), error.code, details)
    if isinstance(error, Unavailable) and error.retry_after_s:
        response.headers["Retry-After"] = str(int(error.retry_after_s))
    return response


def _sentence(error: GuangshaError) -> str:
    """What the error says, unless it only carries its English default."""
    if error.message == (type(error).__doc__ or "").strip():
        return ""
    if isinstance(error, StaleTask) and error.details.get("by"):
        return _("{by} 已于 {at} 处理", by=error.details["by"], at=error.details.get("at", ""))
    return error.message


def _log(error: BaseException) -> str:
    number = secrets.token_hex(4).upper()
    LOG.error("error %s at %s %s", number, request.method, request.path, exc_info=error)
    return number


def install(app: Flask) -> None:
    """Answer the error families, HTTP errors and bugs of this application."""

    @app.errorhandler(GuangshaError)
    def _ours(error: GuangshaError) -> Response:
        return _known(error)

    @app.errorhandler(HTTPException)
    def _http(error: HTTPException) -> Response:
        status = error.code or 500
        if status < 400:
            return error.get_response()
        if status == 401 and request.method in {"GET", "HEAD"} and not wants_json():
            return to_login() if not request.headers.get("HX-Request") else answer(401)
        response = answer(status)
        if status == 405 and getattr(error, "valid_methods", None):
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
        return response

    @app.errorhandler(Exception)
    def _bug(error: Exception) -> Response:
        return answer(500, "", "internal_error", {"error_no": _log(error)})


