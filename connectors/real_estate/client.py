"""RealEstateClient: asks the real-estate register for a person's premises. Does not judge per-capita area (SH-032)."""

from __future__ import annotations

from decimal import Decimal

from connectors.answer import Answer
from connectors.reading import Reading
from connectors.real_estate.types import RealEstateQuery, RealEstateResult, RegisteredProperty, Usage
from connectors.subject import Subject
from connectors.system_client import SystemClient


class RealEstateClient(SystemClient):
    """不动产登记住房核查接口."""

    def check(self, *, id_no: str, name: str, idempotency_key: str) -> Answer[RealEstateResult]:
        """Premises registered to the person. While the result is being prepared: Unavailable, ask again with the
        same key (the scheduled fetch of SH-028.R2). Raises Unavailable, Rejected, ContractBroken.
        Safe to repeat: keyed. Source: SH-028.R1, SH-028.R3, SH-031.R2.
        """
        query = RealEstateQuery(Subject.of(id_no, name, self.interface.system))
        reply = self._transport.post("check", query.subject.payload(), idempotency_key)
        return reply.answer(_result(query, reply.data))


def _result(query: RealEstateQuery, data: Reading) -> RealEstateResult:
    subject = query.subject
    match = subject.match_in(data)
    properties = tuple(_property(row) for row in subject.rows(data, "properties", match))
    homes = [item for item in properties if item.usage is Usage.HOME and item.disposed_on is None]
    area_m2 = sum((item.owned_area_m2 for item in homes), Decimal(0))
    return RealEstateResult(subject.id_no, subject.name, match, len(homes), area_m2, properties)


def _property(row: Reading) -> RegisteredProperty:
    return RegisteredProperty(row.text("certificateNo"), row.text("address"), row.text("district"),
                              row.choice("usage", Usage), row.decimal("areaM2"), row.share("share"),
                              row.day("registeredOn"), row.optional("disposedOn", row.day))
