"""The JSON face /api/v1 of the same commands, with tokens, scopes, a rate limit and an OpenAPI file; decides nothing."""

from web.api.routes import blueprint

__all__ = ["blueprint"]
