"""InterfaceInfo: which outside system a connector speaks to, who owns it and by which document. Calls nothing."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class InterfaceInfo:
    """system: folder and URL name; department: owner's Chinese name, shown to the examiner; document and version:
    the interface document that the client was written against; title: Chinese name of the interface."""

    system: str
    title: str
    department: str
    document: str
    version: str
