"""CaSigningClient: has a document's hash signed in an agency's name. Never sends the document, never signs itself."""

from __future__ import annotations

import re

from connectors.answer import Answer
from connectors.ca_signing.types import SignatureReceipt, SigningRequest
from connectors.system_client import SystemClient
from engine.errors import Rejected

_DIGEST = re.compile(r"[0-9a-f]{64}")


class CaSigningClient(SystemClient):
    """CA签章接口."""

    def sign(self, *, document_sha256: str, document_name: str, agency: str, idempotency_key: str
             ) -> Answer[SignatureReceipt]:
        """A signature over the digest; a repeated key returns the same signature.

        Raises Unavailable, Rejected, ContractBroken. Safe to repeat: keyed. Source: SH-045.R5.
        """
        request = SigningRequest(document_sha256, document_name, agency)
        if not _DIGEST.fullmatch(request.document_sha256):
            raise Rejected("文件摘要格式不正确，未请求签章", system=self.interface.system, reason="malformed_digest")
        payload = {"documentSha256": request.document_sha256, "documentName": request.document_name,
                   "agency": request.agency}
        reply = self._transport.post("sign", payload, idempotency_key)
        data = reply.data
        return reply.answer(SignatureReceipt(
            data.text("signatureNo"), data.same("documentSha256", request.document_sha256),
            data.same("agency", request.agency), data.text("algorithm"), data.text("certificateSerial"),
            data.instant("signedAt"), data.content("signature")))
