"""The identity providers whose tokens are accepted.

CLERK_JWT_ISSUER_DOMAIN    Clerk: RS256, `aud` convex
STACK_PROJECT_ID           Stack Auth: ES256, `aud` the project's id, no anonymous users
POLARIS_AUTH_PROVIDERS     any others, as a JSON list of entries in the form of Convex's `auth.config`:
    {"domain": …, "applicationID": …}                                                     OpenID Connect
    {"type": "customJwt", "issuer": …, "jwks": …, "algorithm": …, "applicationID"?: …}    any JWT
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from shared.auth.identity import Form
from shared.errors import NoAuthProvider
from shared.settings import Settings

_CLERK_AUDIENCE: Final = "convex"
STACK_ISSUER: Final = "https://api.stack-auth.com/api/v1/projects/"
"""What the issuer of Stack Auth's tokens begins with, before the project's id."""

_JWKS_PATH: Final = "/.well-known/jwks.json"
_LOOPBACK: Final = {"localhost", "127.0.0.1", "::1"}
_OIDC_FIELDS: Final = {"domain", "applicationID"}
_CUSTOM_FIELDS: Final = {"type", "issuer", "jwks", "algorithm"}


class Provider(NamedTuple):
    """Someone whose tokens are accepted.

    Attributes:
        issuer: the tokens' `iss`, normalised.
        jwks_url: where its public keys are (https, data, or http on loopback); None: its discovery document says.
        algorithms: the signature algorithms it may use.
        audience: what `aud` must name; None: `aud` is not checked.
        form: how the claims of its tokens are named.
        anonymous_users: whether tokens of its anonymous users are accepted.
    """

    issuer: str
    jwks_url: str | None
    algorithms: tuple[str, ...]
    audience: str | None
    form: Form
    anonymous_users: bool = True


def providers_from(settings: Settings) -> tuple[Provider, ...]:
    """Return the providers that the settings name.

    Raises:
        RuntimeError: a setting is malformed; the message says which one.
    """
    providers = []
    if settings.clerk_issuer:
        issuer = _url(normal_issuer(settings.clerk_issuer), "CLERK_JWT_ISSUER_DOMAIN")
        providers.append(Provider(issuer, issuer + _JWKS_PATH, ("RS256",), _CLERK_AUDIENCE, "oidc"))
    if settings.stack_project_id:
        issuer = STACK_ISSUER + settings.stack_project_id
        audience = settings.stack_project_id
        providers.append(Provider(issuer, issuer + _JWKS_PATH, ("ES256",), audience, "customJwt", False))
    try:
        entries = json.loads(settings.auth_providers)
    except ValueError as error:
        raise RuntimeError(f"POLARIS_AUTH_PROVIDERS is not valid JSON: {error}") from None
    if not isinstance(entries, list):
        raise RuntimeError("POLARIS_AUTH_PROVIDERS must be a JSON list of providers")
    providers += [_configured(entry, f"POLARIS_AUTH_PROVIDERS[{place}]") for place, entry in enumerate(entries)]
    return tuple(providers)


def provider_for(providers: Sequence[Provider], issuer: str, audiences: Sequence[str]) -> Provider:
    """Return the first provider that a token with this `iss` and `aud` can be of.

    Raises:
        NoAuthProvider: there is none.
    """
    issued = [provider for provider in providers if provider.issuer == normal_issuer(issuer)]
    if not issued:
        raise NoAuthProvider(
            "Issuer (iss) of the token is not a configured provider; "
            "see CLERK_JWT_ISSUER_DOMAIN, STACK_PROJECT_ID and POLARIS_AUTH_PROVIDERS"
        )
    for provider in issued:
        if provider.audience is None or provider.audience in audiences:
            return provider
    raise NoAuthProvider("Audience (aud) of the token is missing, or not the one configured for its issuer")


def normal_issuer(issuer: str) -> str:
    """Return `issuer` as an address without a trailing slash; some providers leave out `https://`."""
    address = issuer if issuer.startswith(("https://", "http://")) else f"https://{issuer}"
    return address.rstrip("/")


def is_trustworthy(url: str) -> bool:
    """Tell whether keys may be fetched from `url`: nobody on the way can change what https or this machine says."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK))


def _configured(entry: Any, place: str) -> Provider:
    if not isinstance(entry, dict) or not all(value and isinstance(value, str) for value in entry.values()):
        raise RuntimeError(f"{place} must be an object of non-empty strings")
    if entry.get("type") == "customJwt":
        _check_fields(entry, _CUSTOM_FIELDS, _CUSTOM_FIELDS | {"applicationID"}, place)
        if entry["algorithm"] not in {"RS256", "ES256"}:
            raise RuntimeError(f"{place}: algorithm must be RS256 or ES256")
        issuer = _url(normal_issuer(entry["issuer"]), f"{place}: issuer")
        jwks = entry["jwks"] if entry["jwks"].startswith("data:") else _url(entry["jwks"], f"{place}: jwks")
        return Provider(issuer, jwks, (entry["algorithm"],), entry.get("applicationID"), "customJwt")
    _check_fields(entry, _OIDC_FIELDS, _OIDC_FIELDS, place)
    domain = _url(normal_issuer(entry["domain"]), f"{place}: domain")
    return Provider(domain, None, ("RS256", "EdDSA"), entry["applicationID"], "oidc")


def _check_fields(entry: dict[str, str], required: set[str], allowed: set[str], place: str) -> None:
    """A misspelt `applicationID` must not switch the check of `aud` off, so unknown fields are refused too."""
    missing, unknown = required - entry.keys(), entry.keys() - allowed
    if missing or unknown:
        raise RuntimeError(f"{place}: missing fields {sorted(missing)}, unknown fields {sorted(unknown)}")


def _url(url: str, place: str) -> str:
    if not is_trustworthy(url):
        raise RuntimeError(f"{place} must be an https address (http on loopback only)")
    return url
