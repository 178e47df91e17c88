"""Who calls, and whether the call may begin."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, NamedTuple

from shared import values
from shared.auth.administrators import is_admin
from shared.runtime.administrators import require_allowed
from shared.runtime.argument_errors import INTERNAL_KEY, SECRETS
from shared.runtime.result import MAX_RESULT_BYTES

if TYPE_CHECKING:
    from shared.auth.identity import Identity
    from shared.runtime.environment import Environment
    from shared.runtime.fence import Fence
    from shared.runtime.function import Function


class Caller(NamedTuple):
    """Who calls, and within what bounds.

    Attributes:
        identity: who is signed in, or None.
        deadline_ms: when the call must have ended, in ms since the epoch.
        trusted: whether IAM has admitted the caller, so that no internal key is asked for.
        key: the idempotency key, namespaced by its door, or None.
        after_ns: what the caller has seen; a commit on its behalf is later.
        max_result_bytes: the largest result that its door can send.
        fence: what must hold in each transaction of the call, or None.
        address: from where somebody calls who is not signed in; empty: it is not known.
        spends: whether the call counts as one of the caller's.
    """

    identity: Identity | None
    deadline_ms: float
    trusted: bool = False
    key: str | None = None
    after_ns: int = 0
    max_result_bytes: int = MAX_RESULT_BYTES
    fence: Fence | None = None
    address: str = ""
    spends: bool = True


def subject_of(function: Function[Any], identity: Identity | None, *, trusted: bool = False) -> str:
    """Return on whose behalf a call of `function` is made: a token identifier, `internal` or `anonymous`."""
    if trusted or function.internal:
        return "internal"
    return identity.token_identifier if identity else "anonymous"


def unwrapped(args: Any) -> Any:
    """Return the arguments' object, which some clients send as an array of one."""
    if isinstance(args, list) and len(args) < 2:
        return args[0] if args else {}
    return args


def charge(function: Function[Any], caller: Caller, environment: Environment) -> None:
    """Count a call as one of the caller's; the app's own servers and administrators may call as often as they want.

    Raises:
        RateLimited: the caller has called too often.
    """
    identity = caller.identity
    if not caller.spends or caller.trusted or function.internal or is_admin(identity):
        return
    if identity is not None:
        environment.allowances.spend(function.spends, identity.token_identifier)
    elif caller.address:
        environment.allowances.spend("anonymous", caller.address)


def admit(function: Function[Any], args: Any, caller: Caller, environment: Environment) -> dict[str, Any]:
    """Return the validated keyword arguments, once the internal key is right where one is needed.

    Raises:
        ArgumentValidation: the arguments do not match the function's signature.
        FunctionNotFound: it is for administrators, and the caller is none.
        Forbidden: it is internal, and the key is wrong; or the caller is an administrator, and it is for others.
    """
    require_allowed(function, caller.identity)
    if not function.internal:
        return function.arguments.validate(args)
    if caller.trusted and isinstance(args, dict):
        args = {INTERNAL_KEY: "", **args}
    kwargs = function.arguments.validate(args)
    key = kwargs.pop("internal_key")
    if not caller.trusted:
        environment.internal_key.require(key)
    return kwargs


def digest(args: dict[str, Any]) -> str:
    """Return a digest of the arguments, whatever their order and the secrets, which may be others the next time."""
    public = {name: value for name, value in args.items() if name not in SECRETS}
    return sha256(values.dumps(public).encode()).hexdigest()
