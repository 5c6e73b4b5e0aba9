"""Passes a check of the block `verify` to the topic that the calling diagram names. Adds no verdict of its own."""

from __future__ import annotations

from collections.abc import Mapping

from engine import HandlerContext, ServiceResult, service_task
from engine.registry import registry


@service_task("verify.ask", outside=True)
def ask(ctx: HandlerContext) -> ServiceResult | Mapping[str, object] | None:
    """params.topic: the check, such as eligibility.verify_marriage; all other params belong to it.

    Raises HandlerMissing if nobody serves that topic. Safe to repeat if the check is.
    """
    return registry.service(str(ctx.params["topic"]), ctx.element_id).handler(ctx)
