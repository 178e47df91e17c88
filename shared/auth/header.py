"""The `Authorization` header."""

from __future__ import annotations

from shared.errors import BadRequest, Unauthorized


def bearer_token(authorization: str | None) -> str | None:
    """Return the token of an `Authorization` header's value; None when there is no header: an anonymous caller.

    Raises:
        Unauthorized: it holds no token, or an admin key.
        BadRequest: it is of another scheme than Convex's clients use (`Bearer`, `Convex`).
    """
    if authorization is None:
        return None
    scheme, _, credentials = authorization.strip().partition(" ")
    match scheme.lower():
        case "bearer" if token := credentials.strip():
            return token
        case "bearer":
            raise Unauthorized("Authorization header has no token after `Bearer`")
        case "convex":
            raise Unauthorized("Authorization header: admin keys are not supported; send `Bearer` and a user's token")
    raise BadRequest("Authorization header must begin with `Bearer `")
