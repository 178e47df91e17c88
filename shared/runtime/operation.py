"""`@operation`: a decorated function answers `POST /api/admin/{name}` for administrators, in plain JSON.

    200  what it returns
    400  a field is wrong        404  what is asked for is not there        409  it contradicts what is there
    401  the token proves nobody
    404  to anybody who is no administrator: as if there were no such path
    503  worth repeating         500  anything else, with the id of its request

Errors are {"code", "message"}. Who called, and what about, is in the log; what changes something is in the audit log.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from pydantic import ValidationError

from shared.auth.administrators import is_admin
from shared.db.access import union
from shared.errors import (
    ApplicationError,
    CallError,
    Conflict,
    InvalidArgument,
    NotFound,
    NotFoundPath,
    PolarisError,
    RequestError,
    TransientError,
)
from shared.runtime.admission import Caller
from shared.runtime.door import Door, Event, Response
from shared.runtime.http import caller_of, serve
from shared.runtime.http_request import read_json
from shared.runtime.http_response import respond
from shared.runtime.route import Fields

if TYPE_CHECKING:
    from shared.auth.identity import Identity
    from shared.runtime.environment import Environment
    from shared.runtime.exchange import Exchange
    from shared.runtime.function import Function

Json = dict[str, Any]
F = TypeVar("F", bound=Fields)

_STATUS: Final[Mapping[type[PolarisError], int]] = {NotFound: 404, Conflict: 409}


@dataclass(frozen=True, eq=False, repr=False)
class Asked(Generic[F]):
    """What an administrator asks for.

    Attributes:
        exchange: the event on its way.
        identity: the administrator.
        fields: what the JSON body says.
    """

    exchange: Exchange
    identity: Identity
    fields: F

    @property
    def environment(self) -> Environment:
        """The deployment."""
        return self.exchange.environment

    def call(self, function: Function[Any], /, **arguments: Any) -> None:
        """Call a function for administrators; arguments by their wire names."""
        self.exchange.run(function, arguments, Caller(self.identity, self.exchange.deadline_ms))


def operation(
    name: str,
    *,
    fields: type[F],
    calls: tuple[Function[Any], ...] = (),
    uses: tuple[str, ...] = (),
    runs_any: bool = False,
) -> Callable[[Callable[[Asked[F]], Json]], Door]:
    """Declare the decorated function as an operation for administrators.

    Args:
        name: ends its path.
        fields: what a request says.
        calls: the functions that it calls.
        uses: see `shared.runtime.door.Door`.
        runs_any: whether it runs any function of the app.
    """
    key = f"POST /api/admin/{name}"

    def decorate(body: Callable[[Asked[F]], Json]) -> Door:
        def answer(exchange: Exchange, event: Event) -> Response:
            exchange.kind = "operation"
            identity = caller_of(exchange, event.get("headers") or {})
            if identity is None or not is_admin(identity):
                raise NotFoundPath(f"There is nothing at {key}.")
            given = read_json(event)
            exchange.sent.append(given)
            exchange.notes(identity, given)
            return respond(200, _dumped(body(Asked(exchange, identity, _fields(fields, given)))))

        def handle(event: Event, context: Any) -> Response:
            return serve(context, f"admin:{name}", lambda exchange: answer(exchange, event), refusal)

        handle.__module__, handle.__name__, handle.__doc__ = body.__module__, body.__name__, body.__doc__
        access = None if runs_any else union(function.access for function in calls)
        return Door(handle, (key,), access, uses=uses)

    return decorate


def refusal(error: Exception, request_id: str) -> Response:
    """Return the response that tells an administrator of an error."""
    match error:
        case RequestError():
            return _refused(error.status, error.code, error.message)
        case ApplicationError() | CallError():
            return _refused(_STATUS.get(type(error), 400), error.code, error.message)
        case TransientError():
            return _refused(503, error.code, error.message)
    return _refused(500, "INTERNAL", f"[Request ID: {request_id}] Server Error")


def _fields(fields: type[F], given: Json) -> F:
    try:
        return fields.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InvalidArgument(f"`{'.'.join(map(str, first['loc']))}`: {first['msg']}") from None


def _refused(status: int, code: str, message: str) -> Response:
    return respond(status, _dumped({"code": code, "message": message}))


def _dumped(content: Json) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)
