"""LicenceLibraryClient: keeps certificates in, and fetches authorised e-licences from, the e-licence library."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any

from connectors.answer import Answer
from connectors.licence_library.types import Certificate, ELicence, ELicences, StoredLicence
from connectors.reading import Reading
from connectors.subject import Subject
from connectors.system_client import SystemClient


class LicenceLibraryClient(SystemClient):
    """电子证照接口. Both methods raise Unavailable, Rejected, ContractBroken and are safe to repeat: keyed."""

    def store(self, *, licence_type: str, licence_no: str, holder_id_no: str, holder_name: str, issued_on: date,
              valid_from: date, valid_to: date, document: bytes, idempotency_key: str,
              facts: Mapping[str, Any] | None = None) -> Answer[StoredLicence]:
        """Keep an issued certificate, such as 公共租赁住房准入资格证. Source: SH-045.R4, SH-046.R2."""
        holder = Subject.of(holder_id_no, holder_name, self.interface.system)
        certificate = Certificate(licence_type, licence_no, holder, issued_on, valid_from, valid_to, document,
                                  facts or {})
        reply = self._transport.post("store", _payload(certificate), idempotency_key)
        data, digest = reply.data, sha256(document).hexdigest()
        return reply.answer(StoredLicence(data.text("licenceId"), data.same("licenceNo", licence_no),
                                          data.same("documentSha256", digest)))

    def fetch(self, *, holder_id_no: str, holder_name: str, licence_type: str, authorisation_no: str,
              idempotency_key: str) -> Answer[ELicences]:
        """The holder's e-licences of one type, with their files. authorisation_no: the number of the holder's consent;
        without a valid one Rejected (R403). Source: SH-013.R6, SH-016.R2."""
        holder = Subject.of(holder_id_no, holder_name, self.interface.system)
        payload = {**holder.payload(), "licenceType": licence_type, "authorisationNo": authorisation_no}
        reply = self._transport.post("fetch", payload, idempotency_key)
        match = holder.match_in(reply.data)
        rows = holder.rows(reply.data, "licences", match)
        return reply.answer(ELicences(holder.id_no, holder.name, tuple(_licence(row, licence_type) for row in rows)))


def _payload(certificate: Certificate) -> dict[str, Any]:
    return {**certificate.holder.payload(), "licenceType": certificate.licence_type,
            "licenceNo": certificate.licence_no, "issuedOn": certificate.issued_on.isoformat(),
            "validFrom": certificate.valid_from.isoformat(), "validTo": certificate.valid_to.isoformat(),
            "document": b64encode(certificate.document).decode("ascii"), "facts": dict(certificate.facts)}


def _licence(row: Reading, licence_type: str) -> ELicence:
    document = row.content("document")
    row.same("documentSha256", sha256(document).hexdigest())
    return ELicence(row.text("licenceId"), row.same("licenceType", licence_type), row.text("licenceNo"),
                    row.text("issuer"), row.day("issuedOn"), row.optional("validTo", row.day),
                    row.text("mediaType"), row.text("documentSha256"), document)
