"""SocialInsuranceClient: asks for months of contribution. Does not judge whether they suffice."""

from __future__ import annotations

import re

from connectors.answer import Answer
from connectors.reading import Reading
from connectors.social_insurance.types import InsuranceState, SocialInsuranceQuery, SocialInsuranceResult
from connectors.subject import Match, Subject
from connectors.system_client import SystemClient

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


class SocialInsuranceClient(SystemClient):
    """委中台社保查询接口."""

    def check(self, *, id_no: str, name: str, idempotency_key: str) -> Answer[SocialInsuranceResult]:
        """State, months and employer of the person's social insurance.

        Raises Unavailable, Rejected, ContractBroken. Safe to repeat: keyed. Source: SH-026.R1.
        """
        query = SocialInsuranceQuery(Subject.of(id_no, name, self.interface.system))
        reply = self._transport.post("check", query.subject.payload(), idempotency_key)
        return reply.answer(_result(query, reply.data))


def _result(query: SocialInsuranceQuery, data: Reading) -> SocialInsuranceResult:
    subject, match = query.subject, query.subject.match_in(data)
    state, total, running = data.choice("state", InsuranceState), data.whole("monthsTotal"), data.whole("monthsRunning")
    if running > total:
        data.fail("monthsRunning", "at most monthsTotal")
    if match is not Match.MATCHED and (total or state is not InsuranceState.NONE):
        data.fail("monthsTotal", "nothing without a match")
    last_paid_month = data.optional("lastPaidMonth", data.text)
    if last_paid_month is not None and not _MONTH.fullmatch(last_paid_month):
        data.fail("lastPaidMonth", "month as YYYY-MM")
    return SocialInsuranceResult(subject.id_no, subject.name, match, state, total, running, last_paid_month,
                                 data.optional("employer", data.text), data.optional("employerCode", data.text))
