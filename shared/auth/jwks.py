"""The public keys of identity providers, fetched when needed and kept for a while."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable
from math import inf
from threading import Lock
from typing import Any, Final
from urllib.parse import unquote_to_bytes

from jwt import PyJWK
from jwt.exceptions import PyJWTError

from shared.auth.providers import Provider, is_trustworthy, normal_issuer
from shared.errors import AuthProviderUnavailable, Unauthorized

Fetch = Callable[[str], bytes]
"""Returns the body at an address; raises AuthProviderUnavailable."""

FRESH_S: Final = 600
"""How long fetched keys are used without a look at the provider."""
STALE_S: Final = 3600
"""How long they are used while the provider cannot be reached. Longer is of little use: its tokens expire."""
RETRY_S: Final = 10
"""The shortest time between two fetches, so that tokens with made-up key ids cannot cause a flood."""


class _Held:
    def __init__(self) -> None:
        self.keys: dict[str, PyJWK] = {}
        self.fetched_at_s = -inf
        self.tried_at_s = -inf
        self.failure = ""
        self.fetching = Lock()


class KeySets:
    """The key sets of all providers.

    Args:
        fetch: fetches key sets and discovery documents.
        clock: the time in s since the epoch.
    """

    def __init__(self, fetch: Fetch, clock: Callable[[], float]) -> None:
        self._fetch = fetch
        self._clock = clock
        self._held: dict[Provider, _Held] = {}

    def key(self, provider: Provider, key_id: str) -> PyJWK:
        """Return the provider's key called `key_id`, looking at the provider again if it is not known.

        Raises:
            Unauthorized: the provider has no such key for its algorithms.
            AuthProviderUnavailable: the keys could not be fetched.
        """
        held = self._held.setdefault(provider, _Held())
        now_s = self._clock()
        if key_id not in held.keys or now_s - held.fetched_at_s >= FRESH_S:
            with held.fetching:  # whoever comes second waits for the keys that the first one fetches
                if now_s - held.tried_at_s >= RETRY_S:
                    self._refresh(provider, held, now_s)
        if key_id in held.keys and now_s - held.fetched_at_s < STALE_S:
            return held.keys[key_id]
        if held.failure:
            raise AuthProviderUnavailable(held.failure)
        raise Unauthorized("Key id (kid) of the token names no signing key of its issuer")

    def _refresh(self, provider: Provider, held: _Held, now_s: float) -> None:
        held.tried_at_s = now_s
        try:
            held.keys = self._keys(provider)
        except AuthProviderUnavailable as error:
            held.failure = error.message
        else:
            held.fetched_at_s, held.failure = now_s, ""

    def _keys(self, provider: Provider) -> dict[str, PyJWK]:
        document = _json(self._read(provider.jwks_url or self._discover(provider)))
        entries = document.get("keys")
        keys: dict[str, PyJWK] = {}
        for entry in entries if isinstance(entries, list) else []:
            key = _signing_key(entry, provider.algorithms)
            if key is not None:
                keys.setdefault(entry["kid"], key)
        if not keys:
            raise _unusable(f"it has no key for {' or '.join(provider.algorithms)}")
        return keys

    def _discover(self, provider: Provider) -> str:
        document = _json(self._fetch(provider.issuer + "/.well-known/openid-configuration"))
        issuer, url = document.get("issuer"), document.get("jwks_uri")
        if not isinstance(issuer, str) or normal_issuer(issuer) != provider.issuer:
            raise _unusable("its discovery document is of another issuer")
        if not isinstance(url, str) or not is_trustworthy(url):
            raise _unusable("its discovery document names no https address of keys")
        return url

    def _read(self, url: str) -> bytes:
        if not url.startswith("data:"):
            return self._fetch(url)
        media_type, _, data = url.partition(",")
        try:
            return b64decode(unquote_to_bytes(data)) if media_type.endswith(";base64") else unquote_to_bytes(data)
        except ValueError:
            raise _unusable("its data URL is not base64") from None


def _signing_key(entry: Any, algorithms: tuple[str, ...]) -> PyJWK | None:
    """Return the key of a key set's `entry` if it may verify signatures by one of `algorithms`.

    The algorithm follows from the kind of key, never from a token.
    """
    match entry:
        case {"kid": str(), "kty": "RSA"}:
            algorithm = "RS256"
        case {"kid": str(), "kty": "EC", "crv": "P-256"}:
            algorithm = "ES256"
        case {"kid": str(), "kty": "OKP", "crv": "Ed25519"}:
            algorithm = "EdDSA"
        case _:
            return None
    if algorithm not in algorithms or entry.get("alg", algorithm) != algorithm or entry.get("use", "sig") != "sig":
        return None
    try:
        key = PyJWK(entry, algorithm)
    except (PyJWTError, ValueError):
        return None
    return None if key.Algorithm.check_key_length(key.key) else key


def _json(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise _unusable("it is not JSON") from None
    if not isinstance(document, dict):
        raise _unusable("it is not a JSON object")
    return document


def _unusable(reason: str) -> AuthProviderUnavailable:
    return AuthProviderUnavailable(f"The key set of the token's identity provider is unusable: {reason}")
