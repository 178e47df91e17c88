"""Tokens of administrators: whoever may read the deployment's signing secret can make one, and nobody else.

polaris-admin.base64url( JSON {name, expires_at_s} ‖ signature )

No identity provider issues them and no provider's token is one, so neither a user's token nor the internal key opens
what is for administrators. They end with the second rotation of the signing secret at the latest.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from shared.auth.identity import has_expired
from shared.errors import TokenExpired, Unauthorized
from shared.secrets import SIGNATURE_BYTES

if TYPE_CHECKING:
    from shared.db.cursor import Signer

PREFIX: Final = "polaris-admin."
MAX_TOKEN_CHARACTERS: Final = 2048

_PURPOSE: Final = "admin"


class Admin(NamedTuple):
    """An administrator.

    Attributes:
        name: who asked for the token, such as the ARN of an IAM identity; what the audit log says.
        expires_at_s: when the token expires, in s since the epoch.
    """

    name: str
    expires_at_s: float


def issue(signer: Signer, name: str, expires_at_s: float) -> str:
    """Return a token of an administrator.

    Args:
        signer: the deployment's.
        name: who will use it; see `Admin.name`.
        expires_at_s: when it expires, in s since the epoch.

    Raises:
        ValueError: the name is too long for a token.
    """
    payload = json.dumps(Admin(name, expires_at_s)._asdict(), separators=(",", ":")).encode()
    token = PREFIX + urlsafe_b64encode(payload + signer.sign(_PURPOSE, payload)).decode().rstrip("=")
    if len(token) > MAX_TOKEN_CHARACTERS:
        raise ValueError(f"The name of an administrator makes a token of {len(token)} characters; use a shorter one")
    return token


def admin_of(signer: Signer, token: str, now_s: float) -> Admin:
    """Return the administrator whom a token proves.

    Args:
        signer: the deployment's.
        token: what the caller brought, whatever it is.
        now_s: the time in s since the epoch.

    Raises:
        Unauthorized: it is no token of an administrator of this deployment; the message names the check that failed.
        TokenExpired: it was valid once.
    """
    if not token.startswith(PREFIX):
        raise Unauthorized("This is for administrators, and the token is none; make one with `polaris token --admin`")
    raw = _raw(token.removeprefix(PREFIX))
    payload, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    if not signer.verify(_PURPOSE, payload, signature):
        raise Unauthorized("Signature of the administrator's token is wrong")
    admin = Admin(**json.loads(payload))
    if has_expired(admin.expires_at_s, now_s):
        raise TokenExpired("The administrator's token has expired; make one with `polaris token --admin`")
    return admin


def _raw(text: str) -> bytes:
    """Return what a token says after its prefix; only the one spelling that `issue` writes is taken."""
    is_readable = len(text) <= MAX_TOKEN_CHARACTERS and text.isascii()
    with suppress(ValueError):
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4)) if is_readable else b""
        if urlsafe_b64encode(raw).decode().rstrip("=") == text:
            return raw
    raise Unauthorized("The administrator's token is malformed")
