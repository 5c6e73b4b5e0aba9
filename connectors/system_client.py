"""SystemClient: what all clients have in common, a transport and a health report. No business of any system."""

from __future__ import annotations

from typing import Any

from connectors.interface import InterfaceInfo
from connectors.transport import Transport


class SystemClient:
    """The base of every client class; built by connectors.build_connectors."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @property
    def interface(self) -> InterfaceInfo:
        """Owner, document and version of the interface this client speaks."""
        return self._transport.interface

    def health(self) -> dict[str, Any]:
        """See Transport.health; never raises."""
        return self._transport.health()
