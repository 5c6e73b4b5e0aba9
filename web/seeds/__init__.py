"""The demo city: units, one account a role, applicants whose checks tell a story; loading twice changes nothing."""

from web.seeds.city import PASSWORD, seed

__all__ = ["PASSWORD", "seed"]
