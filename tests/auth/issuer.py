"""A provider that the tests play: its keys, its tokens, and the web its keys are fetched from."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt.algorithms import get_default_algorithms

from shared.auth.providers import Provider
from shared.errors import AuthProviderUnavailable

NOW_S = 1_800_000_000.0
ISSUER = "https://issuer.example"
JWKS_URL = f"{ISSUER}/.well-known/jwks.json"
RSA_PROVIDER = Provider(ISSUER, JWKS_URL, ("RS256",), "convex", "oidc")
PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey


@cache
def private_key(algorithm: str, name: str) -> PrivateKey:
    """Return the key called `name`; one is generated per name and run."""
    match algorithm:
        case "RS256":
            return rsa.generate_private_key(public_exponent=65537, key_size=1024 if name == "weak" else 2048)
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case "ES384":
            return ec.generate_private_key(ec.SECP384R1())
    return ed25519.Ed25519PrivateKey.generate()


def jwk(algorithm: str, name: str = "first", **fields: Any) -> dict[str, Any]:
    """Return the public half as an entry of a key set, with `name` as its `kid`."""
    public: dict[str, Any] = json.loads(
        get_default_algorithms()[algorithm].to_jwk(private_key(algorithm, name).public_key())
    )
    public.pop("key_ops", None)
    return {**public, "kid": name, **fields}


def jwks(*entries: Mapping[str, Any]) -> bytes:
    return json.dumps({"keys": entries}).encode()


def claims(**changes: Any) -> dict[str, Any]:
    """Return the claims of a good token with `changes`; a claim changed to None is left out."""
    good = {"iss": ISSUER, "aud": "convex", "sub": "user_1", "iat": int(NOW_S), "exp": int(NOW_S) + 60}
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def token(algorithm: str = "RS256", name: str = "first", kid: str | None = "first", **changes: Any) -> str:
    headers = {} if kid is None else {"kid": kid}
    return jwt.encode(claims(**changes), private_key(algorithm, name), algorithm=algorithm, headers=headers)


def segment(value: Any) -> str:
    """Return one part of a token, made by hand."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(raw).decode().rstrip("=")


class Web:
    """The network: documents by address; what is not there cannot be fetched."""

    def __init__(self, **documents: bytes) -> None:
        self.documents = documents
        self.asked: list[str] = []

    def __call__(self, url: str) -> bytes:
        self.asked.append(url)
        if url not in self.documents:
            raise AuthProviderUnavailable("no answer")
        return self.documents[url]


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now_s = NOW_S

    def __call__(self) -> float:
        return self.now_s
