"""From a bearer token to an identity: the signature by PyJWT, the claims by the rules of Convex.

Every refusal names the check that failed, and nothing of the token.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from math import isfinite
from typing import Any, Final

from jwt import PyJWS
from jwt.exceptions import InvalidAlgorithmError, InvalidTokenError, PyJWTError

from shared.auth.identity import ADMIN_ISSUER, LEEWAY_S, Identity, has_expired, identity_of
from shared.auth.jwks import Fetch, KeySets
from shared.auth.providers import Provider, provider_for
from shared.auth.verified_tokens import VerifiedTokens
from shared.errors import TokenExpired, Unauthorized

MAX_TOKEN_BYTES: Final = 8192

# It knows no `none` and no HMAC, so no mistake elsewhere can let a token choose them.
_JWS: Final = PyJWS(["RS256", "ES256", "EdDSA"], {"verify_signature": True, "enforce_minimum_key_length": True})


class TokenVerifier:
    """Verifies tokens of the given providers.

    Args:
        providers: whose tokens are accepted; the first one that fits a token decides.
        fetch: fetches their keys.
        clock: the time in s since the epoch.
    """

    def __init__(self, providers: Sequence[Provider], fetch: Fetch, clock: Callable[[], float]) -> None:
        self._providers = tuple(providers)
        self._keys = KeySets(fetch, clock)
        self._clock = clock
        self._verified = VerifiedTokens()

    def verify(self, token: str) -> Identity:
        """Return the identity that `token` proves.

        Raises:
            Unauthorized: a check failed; the message names it.
            TokenExpired: the token was valid once.
            NoAuthProvider: no configured provider issues tokens with this `iss` and `aud`.
            AuthProviderUnavailable: the provider's keys cannot be fetched; nothing is wrong with the token.
        """
        if len(token) > MAX_TOKEN_BYTES:
            raise Unauthorized(f"Token is too large ({len(token)} bytes > maximum {MAX_TOKEN_BYTES})")
        if not token.isascii():
            raise _malformed()
        now_s = self._clock()
        identity = self._verified.get(token, now_s)
        if identity is None:
            identity = self._verify(token, now_s)
            self._verified.put(token, identity, now_s)
        return identity

    def _verify(self, token: str, now_s: float) -> Identity:
        header, unverified = _unverified(token)
        issuer = unverified.get("iss")
        if not isinstance(issuer, str):
            raise Unauthorized("Issuer (iss) of the token is missing or not text")
        if issuer == ADMIN_ISSUER:
            raise Unauthorized("Issuer (iss) of the token is one that no identity provider can have")
        provider = provider_for(self._providers, issuer, _audiences(unverified))
        claims = self._signed_claims(token, header, provider)
        _check_times(claims, now_s)
        _check_who(claims, provider)
        return identity_of(claims, provider.form)

    def _signed_claims(self, token: str, header: dict[str, Any], provider: Provider) -> dict[str, Any]:
        if header.get("alg") not in provider.algorithms:
            raise _wrong_algorithm(provider)
        if "kid" not in header:
            raise Unauthorized("Key id (kid) of the token is missing from its header")
        key = self._keys.key(provider, header["kid"])
        try:
            signed = _JWS.decode_complete(token, key, [key.algorithm_name])
        except InvalidAlgorithmError:
            raise _wrong_algorithm(provider) from None
        except PyJWTError:
            raise Unauthorized("Signature of the token is wrong") from None
        return _claims(signed["payload"])


def _unverified(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        parts = _JWS.decode_complete(token, options={"verify_signature": False})
    except InvalidTokenError:
        raise _malformed() from None
    return parts["header"], _claims(parts["payload"])


def _claims(payload: bytes) -> dict[str, Any]:
    try:
        claims = json.loads(payload)
    except (ValueError, RecursionError):
        raise _malformed() from None
    if not isinstance(claims, dict):
        raise _malformed()
    return claims


def _audiences(claims: dict[str, Any]) -> list[str]:
    match claims.get("aud"):
        case str() as audience:
            return [audience]
        case list() as audiences if all(isinstance(audience, str) for audience in audiences):
            return audiences
        case None:
            return []
    raise Unauthorized("Audience (aud) of the token is neither text nor a list of texts")


def _check_times(claims: dict[str, Any], now_s: float) -> None:
    if "exp" not in claims:
        raise Unauthorized("Expiry (exp) of the token is missing")
    if has_expired(_seconds(claims, "exp", "Expiry"), now_s):
        raise TokenExpired("Token is expired (exp)")
    if "nbf" in claims and _seconds(claims, "nbf", "Begin") > now_s + LEEWAY_S:
        raise Unauthorized("Token is not yet valid (nbf)")
    if "iat" in claims and _seconds(claims, "iat", "Issue time") > now_s + LEEWAY_S:
        raise Unauthorized("Token is issued in the future (iat)")


def _seconds(claims: dict[str, Any], name: str, title: str) -> float:
    value = claims[name]
    try:
        seconds = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
    except OverflowError:
        seconds = None
    if seconds is None or not isfinite(seconds):
        raise Unauthorized(f"{title} ({name}) of the token is not a number of seconds")
    return seconds


def _check_who(claims: dict[str, Any], provider: Provider) -> None:
    subject = claims.get("sub")
    if not subject or not isinstance(subject, str):
        raise Unauthorized("Subject (sub) of the token is missing or not text")
    if provider.form == "oidc" and len(_audiences(claims)) > 1:
        raise Unauthorized("Audience (aud) of the token has several values; this provider's tokens must have one")
    if not provider.anonymous_users and claims.get("is_anonymous"):
        raise Unauthorized("Anonymous users (is_anonymous) are not accepted; sign in")


def _wrong_algorithm(provider: Provider) -> Unauthorized:
    return Unauthorized(f"Algorithm (alg) of the token is not {' or '.join(provider.algorithms)}, as its issuer's is")


def _malformed() -> Unauthorized:
    return Unauthorized("Token is malformed: not a JWT, or its header asks for an unknown extension")
