"""SmsClient: sends a message through the SMS platform. Writes no wording and chooses no recipient."""

from __future__ import annotations

import re

from connectors.answer import Answer
from connectors.reading import Reading
from connectors.sms.types import SmsMessage, SmsReceipt, SmsState
from connectors.system_client import SystemClient
from engine.errors import Rejected

_MOBILE = re.compile(r"1\d{10}")


class SmsClient(SystemClient):
    """短信接口. Both methods raise Unavailable, Rejected, ContractBroken."""

    def send(self, *, mobile: str, template: str, text: str, idempotency_key: str) -> Answer[SmsReceipt]:
        """Send one message; a repeated key never sends a second one. Source: SH-016.R4, SH-047.R4."""
        message = SmsMessage(mobile.strip(), template, text)
        if not _MOBILE.fullmatch(message.mobile) or not message.text:
            raise Rejected("手机号码或短信内容不正确，未发送", system=self.interface.system, reason="malformed_message")
        payload = {"mobile": message.mobile, "template": message.template, "text": message.text}
        reply = self._transport.post("send", payload, idempotency_key)
        reply.data.same("mobile", message.mobile)
        return reply.answer(_receipt(reply.data))

    def status(self, *, message_id: str) -> Answer[SmsReceipt]:
        """Where a message stands now. Rejected with status 404 for an unknown one. Source: SH-047.R6."""
        reply = self._transport.get(f"messages/{message_id}")
        reply.data.same("messageId", message_id)
        return reply.answer(_receipt(reply.data))


def _receipt(data: Reading) -> SmsReceipt:
    return SmsReceipt(data.text("messageId"), data.text("mobile"), data.choice("state", SmsState),
                      data.whole("segments"))
