"""PublicHousingClient: asks the public-housing system for a person's tenancies. Does not judge them."""

from __future__ import annotations

from decimal import Decimal

from connectors.answer import Answer
from connectors.public_housing.types import PublicHousingQuery, PublicHousingResult, PublicTenancy, TenancyRole
from connectors.reading import Reading
from connectors.subject import Subject
from connectors.system_client import SystemClient


class PublicHousingClient(SystemClient):
    """公房核查接口."""

    def check(self, *, id_no: str, name: str, idempotency_key: str) -> Answer[PublicHousingResult]:
        """Tenancies in force of the person; rows only on a full match.

        Raises Unavailable, Rejected, ContractBroken. Safe to repeat: keyed. Source: SH-027.R2, SH-031.R3.
        """
        query = PublicHousingQuery(Subject.of(id_no, name, self.interface.system))
        reply = self._transport.post("check", query.subject.payload(), idempotency_key)
        return reply.answer(_result(query, reply.data))


def _result(query: PublicHousingQuery, data: Reading) -> PublicHousingResult:
    subject = query.subject
    match = subject.match_in(data)
    tenancies = tuple(_tenancy(row) for row in subject.rows(data, "tenancies", match))
    area_m2 = sum((item.area_m2 for item in tenancies), Decimal(0))
    return PublicHousingResult(subject.id_no, subject.name, match, area_m2, tenancies)


def _tenancy(row: Reading) -> PublicTenancy:
    residents = row.whole("residents") or row.fail("residents", "at least 1")
    return PublicTenancy(row.text("contractNo"), row.text("address"), row.text("district"),
                         row.choice("role", TenancyRole), row.decimal("areaM2"), residents, row.day("sinceOn"))
