"""ViolationsClient: asks for recorded violations and breaches. Does not decide whether they exclude the case."""

from __future__ import annotations

from connectors.answer import Answer
from connectors.reading import Reading
from connectors.subject import Subject
from connectors.system_client import SystemClient
from connectors.violations.types import Violation, ViolationKind, ViolationsQuery, ViolationsResult


class ViolationsClient(SystemClient):
    """违规违约记录接口."""

    def check(self, *, id_no: str, name: str, idempotency_key: str) -> Answer[ViolationsResult]:
        """Every record of the person, also lifted ones; barring counts those that bar on the as_of day.

        Raises Unavailable, Rejected, ContractBroken. Safe to repeat: keyed.
        """
        query = ViolationsQuery(Subject.of(id_no, name, self.interface.system))
        reply = self._transport.post("check", query.subject.payload(), idempotency_key)
        match = query.subject.match_in(reply.data)
        records = tuple(_record(row) for row in query.subject.rows(reply.data, "records", match))
        barring = sum(record.bars_on(reply.as_of) for record in records)
        return reply.answer(ViolationsResult(query.subject.id_no, query.subject.name, match, barring, records))


def _record(row: Reading) -> Violation:
    return Violation(row.text("recordNo"), row.choice("kind", ViolationKind), row.text("reason"),
                     row.text("authority"), row.day("decidedOn"), row.optional("barredUntil", row.day),
                     row.optional("liftedOn", row.day))
