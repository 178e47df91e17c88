"""The development identity provider: it signs a token for whoever asks, so it exists on loopback only.

Tokens are RS256 JWTs of one key, kept beside the rest of the local state so that they outlive a restart.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

AUDIENCE: Final = "convex"
LIFETIME_S: Final = 3600
ISSUER_PATH: Final = "/dev/auth"


def provider(origin: str) -> dict[str, str]:
    """Return the provider's entry in Convex's `auth.config` form, for a deployment served at `origin`."""
    issuer = origin + ISSUER_PATH
    return {
        "type": "customJwt",
        "issuer": issuer,
        "jwks": f"{issuer}/jwks.json",
        "algorithm": "RS256",
        "applicationID": AUDIENCE,
    }


@dataclass(frozen=True)
class IdentityProvider:
    """Issues tokens.

    Attributes:
        origin: the edge's origin, such as `http://127.0.0.1:3210`.
        key: the signing key.
        now_s: the clock, seconds since the epoch.
    """

    origin: str
    key: rsa.RSAPrivateKey
    now_s: Callable[[], float]

    @property
    def issuer(self) -> str:
        """The `iss` of every token."""
        return self.origin + ISSUER_PATH

    @property
    def key_id(self) -> str:
        """The `kid` of the key: a hash of its public half."""
        public = self.key.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return hashlib.sha256(public).hexdigest()[:16]

    def token(self, subject: str, lifetime_s: int = LIFETIME_S, **claims: str) -> str:
        """Return a signed JWT for `subject` with further `claims` (email, name, picture); a past one if negative."""
        issued_at = int(self.now_s())
        payload = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": subject,
            "iat": min(issued_at, issued_at + lifetime_s),
            "exp": issued_at + lifetime_s,
            **claims,
        }
        return jwt.encode(payload, self.key, algorithm="RS256", headers={"kid": self.key_id})

    def jwks(self) -> dict[str, Any]:
        """Return the JSON Web Key Set with the public key."""
        public: dict[str, Any] = json.loads(RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [{**public, "use": "sig", "alg": "RS256", "kid": self.key_id}]}

    def configuration(self) -> dict[str, Any]:
        """Return the OpenID Connect discovery document."""
        return {
            "issuer": self.issuer,
            "jwks_uri": f"{self.issuer}/jwks.json",
            "token_endpoint": f"{self.origin}/dev/token",
            "authorization_endpoint": f"{self.origin}/dev/token",
            "response_types_supported": ["id_token"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
        }


def load_key(file: Path) -> rsa.RSAPrivateKey:
    """Read the signing key of `file`, or make one there that only its owner can read."""
    if not file.exists():
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        text = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.write(text)
    key_read = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key_read, rsa.RSAPrivateKey):
        raise TypeError(f"{file} does not hold an RSA key; delete it and a new one is made")
    return key_read
