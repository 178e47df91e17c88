"""Administrators as identities: by an issuer of their own, which no identity provider can have."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from shared.auth.admin import PREFIX, Admin, admin_of
from shared.auth.identity import ADMIN_ISSUER, Identity

if TYPE_CHECKING:
    from shared.db.cursor import Signer


class Verifier(Protocol):
    """Turns a token into the identity that it proves."""

    def verify(self, token: str) -> Identity:
        """Return the identity (errors as of `shared.auth.verifier.TokenVerifier`)."""


class WithAdministrators:
    """Verifies tokens of administrators, and leaves all others to another verifier.

    Args:
        others: verifies tokens of users.
        signer: the deployment's.
        clock: the time in s since the epoch.
    """

    def __init__(self, others: Verifier, signer: Signer, clock: Callable[[], float]) -> None:
        self._others = others
        self._signer = signer
        self._clock = clock

    def verify(self, token: str) -> Identity:
        """Return the identity that `token` proves (errors as of `Verifier` and `shared.auth.admin.admin_of`)."""
        if not token.startswith(PREFIX):
            return self._others.verify(token)
        return identity_of_admin(admin_of(self._signer, token, self._clock()))


def identity_of_admin(admin: Admin) -> Identity:
    """Return an administrator as an identity."""
    return Identity(
        subject=admin.name,
        issuer=ADMIN_ISSUER,
        token_identifier=f"{ADMIN_ISSUER}|{admin.name}",
        email=None,
        name=admin.name,
        picture_url=None,
        claims={},
        expires_at_s=float(admin.expires_at_s),
    )


def is_admin(identity: Identity | None) -> bool:
    """Tell whether somebody is an administrator."""
    return identity is not None and identity.issuer == ADMIN_ISSUER
