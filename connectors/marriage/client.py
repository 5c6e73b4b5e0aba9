"""MarriageClient: asks for the registered marital state. Does not compare it with what was declared."""

from __future__ import annotations

from connectors.answer import Answer
from connectors.marriage.types import MaritalState, MarriageQuery, MarriageResult
from connectors.reading import Reading
from connectors.subject import Match, Subject
from connectors.system_client import SystemClient


class MarriageClient(SystemClient):
    """大数据中心婚姻数据接口."""

    def check(self, *, id_no: str, name: str, idempotency_key: str) -> Answer[MarriageResult]:
        """Registered marital state, spouse, and the entry on the death list if there is one.

        Raises Unavailable, Rejected, ContractBroken. Safe to repeat: keyed. Source: SH-026.R2, SH-033.R2.
        """
        query = MarriageQuery(Subject.of(id_no, name, self.interface.system))
        reply = self._transport.post("check", query.subject.payload(), idempotency_key)
        return reply.answer(_result(query, reply.data))


def _result(query: MarriageQuery, data: Reading) -> MarriageResult:
    subject, match = query.subject, query.subject.match_in(data)
    state = data.choice("state", MaritalState)
    if (state is MaritalState.UNKNOWN) is (match is Match.MATCHED):
        data.fail("state", "a state exactly when matched")
    result = MarriageResult(
        subject.id_no, subject.name, match, state, data.optional("marriedOn", data.day),
        data.optional("divorcedOn", data.day), data.optional("spouseIdNo", data.text),
        data.optional("spouseName", data.text), data.optional("deceasedOn", data.day))
    _consistent(result, data)
    return result


def _consistent(result: MarriageResult, data: Reading) -> None:
    married = result.state is MaritalState.MARRIED
    if married is not (result.spouse_id_no is not None) or married is not (result.spouse_name is not None):
        data.fail("spouseIdNo", "a spouse exactly when married")
    if (result.state is MaritalState.DIVORCED) is not (result.divorced_on is not None):
        data.fail("divorcedOn", "a day exactly when divorced")
