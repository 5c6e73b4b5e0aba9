"""Makes ids that sort by time and cannot be guessed. Gives no meaning to them."""

from __future__ import annotations

import secrets
from datetime import datetime


def new_id(now: datetime) -> str:
    """24 lower-case hex digits: 11 of the millisecond, 13 random."""
    return f"{int(now.timestamp() * 1000):011x}{secrets.token_hex(7)[1:]}"
