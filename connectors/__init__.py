"""The outside systems: one folder and one client a system, built together by build_connectors. No retries, no verdicts.

Errors say what to do: Unavailable is asked again with the same key, Rejected and ContractBroken become an incident.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from types import TracebackType
from typing import Any

import httpx

from connectors import (
    ca_signing,
    case_repository,
    licence_library,
    marriage,
    public_housing,
    real_estate,
    resettlement,
    sms,
    social_insurance,
    thematic_database,
    violations,
)
from connectors.answer import Answer, jsonable
from connectors.breaker import Breaker
from connectors.ca_signing.client import CaSigningClient
from connectors.case_repository.client import CaseRepositoryClient
from connectors.envelope import RawReply
from connectors.interface import InterfaceInfo
from connectors.licence_library.client import LicenceLibraryClient
from connectors.marriage.client import MarriageClient
from connectors.public_housing.client import PublicHousingClient
from connectors.real_estate.client import RealEstateClient
from connectors.resettlement.client import ResettlementClient
from connectors.sms.client import SmsClient
from connectors.social_insurance.client import SocialInsuranceClient
from connectors.subject import Match
from connectors.system_client import SystemClient
from connectors.thematic_database.client import ThematicDatabaseClient
from connectors.transport import Record, Transport
from connectors.violations.client import ViolationsClient

__all__ = ["INTERFACES", "Answer", "Connectors", "InterfaceInfo", "Match", "RawReply", "build_connectors", "jsonable"]

INTERFACES: Mapping[str, InterfaceInfo] = {module.INTERFACE.system: module.INTERFACE for module in (
    real_estate, public_housing, resettlement, social_insurance, marriage, violations, case_repository,
    thematic_database, licence_library, sms, ca_signing)}


@dataclass(frozen=True, slots=True)
class Connectors:
    """One client a system; close() (or `with`) releases the shared connection pool."""

    real_estate: RealEstateClient
    public_housing: PublicHousingClient
    resettlement: ResettlementClient
    social_insurance: SocialInsuranceClient
    marriage: MarriageClient
    violations: ViolationsClient
    case_repository: CaseRepositoryClient
    thematic_database: ThematicDatabaseClient
    licence_library: LicenceLibraryClient
    sms: SmsClient
    ca_signing: CaSigningClient
    http: httpx.Client

    def clients(self) -> dict[str, SystemClient]:
        """Every client by system name."""
        return {field.name: getattr(self, field.name) for field in fields(self) if field.name != "http"}

    def health(self) -> dict[str, dict[str, Any]]:
        """Health of every system by name, asked one after another."""
        return {name: client.health() for name, client in self.clients().items()}

    def close(self) -> None:
        self.http.close()

    def __enter__(self) -> Connectors:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
                 ) -> None:
        self.close()


def build_connectors(urls: Mapping[str, str] | str, timeout_s: float = 10.0, *,
                     tokens: Mapping[str, str] | None = None, record: Record | None = None,
                     breaker_after: int = 10, breaker_pause_s: float = 5.0) -> Connectors:
    """All clients over one connection pool.

    urls: a base URL for every system by name, or one URL under which the systems lie (the sandbox: url/<system>).
    tokens: bearer token by system. record: called with every RawReply, good or bad, before it is judged.
    breaker_after: failures in a row after which a system is left alone for breaker_pause_s; 0: never.
    Raises ValueError for a missing or wrong URL.
    """
    base_urls = {name: f"{urls.rstrip('/')}/{name}" for name in INTERFACES} if isinstance(urls, str) else dict(urls)
    missing = sorted(set(INTERFACES) - set(base_urls))
    if missing:
        raise ValueError(f"no base URL for {', '.join(missing)}")
    http = httpx.Client(timeout=timeout_s, trust_env=False,
                        limits=httpx.Limits(max_connections=64, max_keepalive_connections=16))

    def over(system: str) -> Transport:
        return Transport(http, base_urls[system], INTERFACES[system], timeout_s,
                         token=(tokens or {}).get(system, ""), record=record,
                         breaker=Breaker(breaker_after, breaker_pause_s))

    return Connectors(
        RealEstateClient(over("real_estate")), PublicHousingClient(over("public_housing")),
        ResettlementClient(over("resettlement")), SocialInsuranceClient(over("social_insurance")),
        MarriageClient(over("marriage")), ViolationsClient(over("violations")),
        CaseRepositoryClient(over("case_repository")), ThematicDatabaseClient(over("thematic_database")),
        LicenceLibraryClient(over("licence_library")), SmsClient(over("sms")), CaSigningClient(over("ca_signing")),
        http)
