"""The case page: documents beside facts, the action panel, lists and figures; decides nothing itself."""

from web.cases.listing import blueprint

__all__ = ["blueprint"]
