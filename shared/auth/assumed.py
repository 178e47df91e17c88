"""An identity that a trusted caller has chosen, as administrators do who run a function as somebody.

Nothing proves it, so it is never taken from whoever has to prove who they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf
from types import MappingProxyType
from typing import Any, Final

from shared.auth.identity import ADMIN_ISSUER, Identity
from shared.auth.providers import providers_from
from shared.errors import BadRequest
from shared.settings import Settings

_TEXTS: Final = ("issuer", "email", "name", "pictureUrl")


def assumed_identity(fields: Any, settings: Settings) -> Identity:
    """Return the identity that `fields` describe, with the names of Convex's `UserIdentity`.

    Args:
        fields: an object with a `subject`; an `issuer`, or else it is the first that the deployment trusts, whose
            users are meant; and what else a token would say.
        settings: the deployment's.

    Raises:
        BadRequest: they describe nobody.
    """
    if not isinstance(fields, Mapping) or not _is_text(fields.get("subject")):
        raise BadRequest('An identity must be an object with a subject, such as {"subject": "ada"}.')
    wrong = [name for name in _TEXTS if name in fields and not _is_text(fields[name])]
    if wrong:
        raise BadRequest(f"An identity's {wrong[0]} must be text that is not empty.")
    if fields.get("issuer") == ADMIN_ISSUER:
        raise BadRequest("Nobody can be run as an administrator; leave out the `issuer`.")
    issuer = fields.get("issuer") or _first_issuer(settings)
    return Identity(
        subject=fields["subject"],
        issuer=issuer,
        token_identifier=f"{issuer}|{fields['subject']}",
        email=fields.get("email"),
        name=fields.get("name"),
        picture_url=fields.get("pictureUrl"),
        claims=MappingProxyType({name: value for name, value in fields.items() if name not in {"subject", "issuer"}}),
        expires_at_s=inf,
    )


def _first_issuer(settings: Settings) -> str:
    issuers = [provider.issuer for provider in providers_from(settings)]
    if not issuers:
        raise BadRequest("The deployment trusts no identity provider; say which `issuer` the identity has.")
    return issuers[0]


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)
