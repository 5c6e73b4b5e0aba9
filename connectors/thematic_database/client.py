"""ThematicDatabaseClient: pushes finished results to the thematic database. Reads nothing back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.answer import Answer
from connectors.system_client import SystemClient
from connectors.thematic_database.types import ThematicReceipt, ThematicRecord


class ThematicDatabaseClient(SystemClient):
    """主题库归集接口."""

    def push(self, *, subject: str, record_id: str, facts: Mapping[str, Any], idempotency_key: str
             ) -> Answer[ThematicReceipt]:
        """Push one record; the same record pushed later under a new key replaces it.

        Raises Unavailable, Rejected, ContractBroken. Safe to repeat: keyed. Source: SH-045.R3.
        """
        record = ThematicRecord(subject, record_id, facts)
        payload = {"subject": record.subject, "recordId": record.record_id, "facts": dict(record.facts)}
        reply = self._transport.post("push", payload, idempotency_key)
        data = reply.data
        return reply.answer(ThematicReceipt(data.same("subject", subject), data.same("recordId", record_id),
                                            data.text("receiptNo"), data.whole("version")))
