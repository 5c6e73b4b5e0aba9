"""The only place that makes or reads a JWT: HS256 and nothing else, with issuer, audience and expiry required."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from jose import JWTError, jwt

from engine.errors import NotPermitted

_ALGORITHM = "HS256"
_ISSUER = "guangsha"
_AUDIENCE = "guangsha-api"
LIFE = timedelta(hours=1)
_REQUIRED = {"require_exp": True, "require_iss": True, "require_aud": True, "require_sub": True, "verify_exp": False}


def issue(secret: str, subject: str, scopes: list[str], instant: datetime) -> str:
    """A signed token for one API client, valid for an hour from `instant`."""
    claims = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "sub": subject,
        "scope": " ".join(scopes),
        "iat": int(instant.timestamp()),
        "exp": int((instant + LIFE).timestamp()),
    }
    return jwt.encode(claims, secret, algorithm=_ALGORITHM)


def read(secret: str, token: str, instant: datetime) -> dict[str, Any]:
    """The claims of a good token. Raises NotPermitted for any other: unsigned, other algorithm, expired, for others."""
    try:
        claims = jwt.decode(
            token, secret, algorithms=[_ALGORITHM], audience=_AUDIENCE, issuer=_ISSUER, options=_REQUIRED
        )
    except JWTError as error:
        raise NotPermitted("接口令牌无效，请重新获取", reason="token") from error
    if claims["exp"] <= instant.timestamp():
        raise NotPermitted("接口令牌已过期，请重新获取", reason="token_expired")
    return claims
