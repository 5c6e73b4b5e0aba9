"""ResettlementClient: asks for resettlement homes. Hands on nothing that is not completely matched."""

from __future__ import annotations

from decimal import Decimal

from connectors.answer import Answer
from connectors.reading import Reading
from connectors.resettlement.types import ResettlementHome, ResettlementQuery, ResettlementResult
from connectors.subject import Subject
from connectors.system_client import SystemClient


class ResettlementClient(SystemClient):
    """征收安置房核查接口."""

    def check(self, *, id_no: str, name: str, idempotency_key: str) -> Answer[ResettlementResult]:
        """Homes assigned to the person, only if the data match completely (完全匹配一致).

        Raises Unavailable, Rejected, ContractBroken. Safe to repeat: keyed. Source: SH-029.R2, SH-031.R3.
        """
        query = ResettlementQuery(Subject.of(id_no, name, self.interface.system))
        reply = self._transport.post("check", query.subject.payload(), idempotency_key)
        return reply.answer(_result(query, reply.data))


def _result(query: ResettlementQuery, data: Reading) -> ResettlementResult:
    subject = query.subject
    match = subject.match_in(data)
    homes = tuple(_home(row) for row in subject.rows(data, "homes", match))
    area_m2 = sum((item.area_m2 for item in homes), Decimal(0))
    return ResettlementResult(subject.id_no, subject.name, match, area_m2, homes)


def _home(row: Reading) -> ResettlementHome:
    persons = row.whole("persons") or row.fail("persons", "at least 1")
    return ResettlementHome(row.text("agreementNo"), row.text("project"), row.text("address"),
                            row.decimal("areaM2"), persons, row.day("assignedOn"))
