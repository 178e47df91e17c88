"""Who a verified token says the caller is, with the field names of Convex's `UserIdentity`."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Final, Literal

Form = Literal["oidc", "customJwt"]

LEEWAY_S: Final = 5
"""By how much clocks may differ: so long a token is believed after its expiry."""

ADMIN_ISSUER: Final = "polaris-admin"
"""Stands for the issuer of administrators; tokens of identity providers that name it are refused."""

_REGISTERED: Final = {"iss", "sub", "aud", "exp", "nbf", "iat", "jti"}
# Clerk's factor age grows with every refresh; the others describe the sign-in, not the user.
_DROPPED: Final = {
    "customJwt": _REGISTERED | {"fva"},
    "oidc": _REGISTERED | {"fva", "auth_time", "nonce", "acr", "amr", "azp"},
}
_RENAMED: Final = {
    "given_name": "givenName",
    "family_name": "familyName",
    "preferred_username": "preferredUsername",
    "profile": "profileUrl",
    "picture": "pictureUrl",
    "website": "websiteUrl",
    "email_verified": "emailVerified",
    "birthdate": "birthday",
    "zoneinfo": "timezone",
    "locale": "language",
    "phone_number": "phoneNumber",
    "phone_number_verified": "phoneNumberVerified",
    "updated_at": "updatedAt",
}


@dataclass(frozen=True)
class Identity:
    """A signed-in user.

    Attributes:
        subject: the user's id at the provider (`sub`).
        issuer: the provider (`iss`, verbatim).
        token_identifier: `issuer|subject`, unique among all providers.
        email: the email address, if the token carries one.
        name: the full name, if the token carries one.
        picture_url: the picture's address, if the token carries one.
        claims: everything else the token says of the user, by the names of Convex's `UserIdentity`.
        expires_at_s: when the token expires, in s since the epoch.
    """

    subject: str
    issuer: str
    token_identifier: str
    email: str | None
    name: str | None
    picture_url: str | None
    claims: Mapping[str, Any] = field(repr=False, hash=False)
    expires_at_s: float


def has_expired(expires_at_s: float, now_s: float) -> bool:
    """Tell whether a token that expires at a time, in s since the epoch, is not believed any more."""
    return expires_at_s <= now_s - LEEWAY_S


def identity_of(claims: Mapping[str, Any], form: Form) -> Identity:
    """Return the identity that the verified `claims` of a token of a provider of this `form` describe.

    OIDC's standard claims get Convex's names; a custom JWT's claims keep theirs, nested ones joined with dots.
    """
    kept = {name: value for name, value in claims.items() if name not in _DROPPED[form]}
    named = _renamed(kept) if form == "oidc" else _flattened(kept)
    subject, issuer = claims["sub"], claims["iss"]
    return Identity(
        subject=subject,
        issuer=issuer,
        token_identifier=f"{issuer}|{subject}",
        email=_text(named, "email"),
        name=_text(named, "name"),
        picture_url=_text(named, "pictureUrl") or _text(named, "picture"),
        claims=MappingProxyType(named),
        expires_at_s=float(claims["exp"]),
    )


def _renamed(claims: dict[str, Any]) -> dict[str, Any]:
    named = {_RENAMED.get(name, name): value for name, value in claims.items()}
    match named.get("address"):
        case {"formatted": formatted}:
            named["address"] = formatted
    match named.get("updatedAt"):
        case int() | float() as updated_at_s:
            # A time that no calendar has stays the number it is.
            with suppress(ValueError, OverflowError, OSError):
                named["updatedAt"] = datetime.fromtimestamp(updated_at_s, UTC).isoformat()
    return named


def _flattened(claims: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    pending = [("", claims)]
    while pending:
        prefix, branch = pending.pop()
        for name, value in branch.items():
            if isinstance(value, dict):
                pending.append((f"{prefix}{name}.", value))
            else:
                flat[prefix + name] = value
    return flat


def _text(claims: dict[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) else None
