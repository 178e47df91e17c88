"""What administrators may call, and what is noted of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from shared.auth.administrators import is_admin
from shared.errors import Forbidden, FunctionNotFound

if TYPE_CHECKING:
    from shared.auth.identity import Identity
    from shared.runtime.function import Function

NOTHING_ELSE: Final = (
    "This token is an administrator's: it opens what is for administrators and nothing else. "
    "To call a function as a user, run it with that user's identity."
)

_NAMING: Final = ("id", "jobId", "table", "path", "queue", "name", "kind", "function")
"""The arguments that say what a call is about; the log and the audit log hold no others."""

_LONGEST_TARGET: Final = 200


def require_user(identity: Identity | None) -> None:
    """Raise Forbidden if a caller of what is for users is an administrator."""
    if is_admin(identity):
        raise Forbidden(NOTHING_ELSE)


def require_allowed(function: Function[Any], identity: Identity | None) -> None:
    """Raise unless this caller may call `function`, as far as administrators are concerned.

    Raises:
        FunctionNotFound: it is for administrators, and the caller is none, to whom it looks as if it were not there.
        Forbidden: it is for others.
    """
    if not function.admin:
        require_user(identity)
    elif not is_admin(identity):
        raise FunctionNotFound(function.path)


def actor_of(identity: Identity | None) -> str:
    """Return the name of an administrator, and nothing of anybody else."""
    return identity.subject if identity is not None and is_admin(identity) else ""


def target_of(args: Any) -> str:
    """Return what an administrator's call is about: an id, or the name of something of the deployment's."""
    if not isinstance(args, Mapping):
        return ""
    named = (args[name] for name in _NAMING if isinstance(args.get(name), str))
    return str(next(named, ""))[:_LONGEST_TARGET]
