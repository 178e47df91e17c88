"""Texts that only this backend can read, such as users' GitHub tokens while a job runs.

base64url( 12 random bytes ‖ AES-256-GCM ciphertext and tag )

The key is derived from the signing secret, so it is rotated with it: the previous secret still opens. What a text is
for, and whose it is, is authenticated with it: a sealed token that is moved to another person's job does not open.
"""

from __future__ import annotations

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from shared.db.cursor import Signer
from shared.service_errors import GitHubNotConnected

_NONCE_BYTES: Final = 12
_GITHUB_TOKEN: Final = "github-token"  # noqa: S105 - the name of a purpose


def seal_token(signer: Signer, owner_id: str, token: str) -> str:
    """Return a GitHub token that only this backend can read, for `Job.sealed_token`.

    Args:
        signer: the deployment's (`environment.database.store.signer`).
        owner_id: the subject of the job's owner.
        token: the token.
    """
    return seal(signer, _GITHUB_TOKEN, owner_id, token)


def open_token(signer: Signer, owner_id: str, sealed: str | None) -> str:
    """Return the GitHub token that `seal_token` has sealed for this owner.

    Raises:
        GitHubNotConnected: there is none, or it cannot be read any more.
    """
    token = None if sealed is None else unseal(signer, _GITHUB_TOKEN, owner_id, sealed)
    if token is None:
        raise GitHubNotConnected("GitHub not connected. Please connect GitHub with your account and start again.")
    return token


def seal(signer: Signer, purpose: str, owner_id: str, text: str) -> str:
    """Return `text` so that only this backend can read it, for the same purpose and owner."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415 - 60 ms of a cold start

    nonce = os.urandom(_NONCE_BYTES)
    sealed = AESGCM(signer.key(purpose)).encrypt(nonce, text.encode(), owner_id.encode())
    return urlsafe_b64encode(nonce + sealed).decode()


def unseal(signer: Signer, purpose: str, owner_id: str, sealed: str) -> str | None:
    """Return the text that was sealed, or None: not here, not for this purpose and owner, or too long ago."""
    from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - see above
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # noqa: PLC0415

    try:
        raw = urlsafe_b64decode(sealed.encode("ascii"))
    except ValueError:
        return None
    opened: list[bytes] = []

    def opens(key: bytes) -> bool:
        try:
            opened.append(AESGCM(key).decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], owner_id.encode()))
        except (InvalidTag, ValueError):
            return False
        return True

    return opened[0].decode() if signer.finds_key(purpose, opens) else None
