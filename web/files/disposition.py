"""The Content-Disposition header for a file whose name may be Chinese: plain ASCII is all that a header may carry."""

from __future__ import annotations

from urllib.parse import quote


def disposition(name: str, *, download: bool) -> str:
    """`attachment` or `inline` with the name percent-encoded as UTF-8. Source: RFC 6266, RFC 8187."""
    return f"{'attachment' if download else 'inline'}; filename*=UTF-8''{quote(name, safe='')}"
