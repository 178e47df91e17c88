"""`@route`: a decorated function answers an HTTP route of the frontends', with the JSON that they know.

    {"success": true, …}                      200
    {"error": …}                              what was wrong, in words that frontends show
        400  the fields are wrong, or something that the user can put right is missing
        401  nobody is signed in, or the token proves nobody
        403  it is not the caller's, or their plan does not allow it
        404  it is not there          409  it contradicts what is there
        429  the caller does too much at a time; `Retry-After` says when to try again
        503  nothing the caller did, worth repeating          500  anything else

It gets a `Request`, by which it calls functions of the app in process, on behalf of whoever is signed in.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from shared import values
from shared.db.access import union
from shared.errors import (
    ApplicationError,
    ArgumentValidation,
    Conflict,
    Forbidden,
    InvalidArgument,
    LimitReached,
    NotFound,
    PolarisError,
    RateLimited,
    RequestError,
    TransientError,
    Unauthenticated,
    ValueTooLarge,
)
from shared.runtime.admission import Caller
from shared.runtime.door import Door, Event, Response
from shared.runtime.http import identity_of, serve
from shared.runtime.http_request import idempotency_key, read_json
from shared.runtime.http_response import respond, with_retry_after
from shared.schema.camel import camel_case
from shared.schema.wire import plain
from shared.service_errors import Retryable, ServiceError

if TYPE_CHECKING:
    from shared.auth.identity import Identity
    from shared.limits.allowances import Spending
    from shared.runtime.environment import Environment
    from shared.runtime.exchange import Exchange
    from shared.runtime.function import Function

Json = dict[str, Any]

GITHUB_TOKEN: Final = "x-github-token"  # noqa: S105 - the name of a header

_STATUS: Final[Mapping[type[PolarisError], int]] = {
    Unauthenticated: 401,
    Forbidden: 403,
    LimitReached: 403,
    NotFound: 404,
    Conflict: 409,
    RateLimited: 429,
}


class Fields(BaseModel):
    """What a request says; fields that are not declared are ignored, since frontends differ in what they add.

    The title of a field, if it has one, is what errors call it.
    """

    model_config = ConfigDict(alias_generator=camel_case, populate_by_name=True, frozen=True, defer_build=True)


F = TypeVar("F", bound=Fields)


@dataclass(frozen=True, eq=False, repr=False)
class Request(Generic[F]):
    """A request of somebody who is signed in.

    Attributes:
        exchange: the event on its way.
        headers: by their names in lower case.
        identity: who asks.
        fields: what the JSON body says, or without one the query string.
        key: the caller's `Idempotency-Key` in a namespace of its own, or None.
    """

    exchange: Exchange
    headers: Mapping[str, str]
    identity: Identity
    fields: F
    key: str | None

    @property
    def environment(self) -> Environment:
        """The deployment."""
        return self.exchange.environment

    def spend(self, spending: Spending) -> None:
        """Count what is asked for as something of the caller's, besides the public functions that are called.

        Raises:
            RateLimited: the caller does too much at a time.
        """
        self.environment.allowances.spend(spending, self.identity.token_identifier)

    def call(self, function: Function[Any], /, **arguments: Any) -> Any:
        """Call a function of the app, and return its result as plain values.

        A public function is called by whoever is signed in. An internal one trusts its arguments, so what says who
        owns something must come from `identity`. One mutation of a request may use its `Idempotency-Key`.

        Args:
            function: what to call.
            arguments: by their Python names; those that are None are left out.

        Raises:
            PolarisError: the function's own refusal, or why it could not be completed.
        """
        given = {camel_case(name): plain(value) for name, value in arguments.items() if value is not None}
        caller = Caller(
            None if function.internal else self.identity,
            self.exchange.deadline_ms,
            trusted=function.internal,
            key=self.key if function.kind == "mutation" else None,
        )
        result = self.exchange.run(function, values.loads(values.dumps(given)), caller)
        return json.loads(values.clean_text(result.value))


Tell = Callable[[Request[Any]], Json]
"""From a refused request to what the answer says besides the error's own text, or in its place (`error`)."""


def route(
    key: str,
    *,
    fields: type[F],
    calls: tuple[Function[Any], ...],
    failed: str,
    tells: Mapping[type[ApplicationError], Tell] | None = None,
    uses: tuple[str, ...] = (),
    keyed: bool = True,
) -> Callable[[Callable[[Request[F]], Json]], Door]:
    """Declare the decorated function as the handler of a route.

    Args:
        key: the HTTP API's route key, such as `POST /api/messages`.
        fields: what a request says.
        calls: the functions of the app that it calls.
        failed: what the caller is told of an unexpected failure.
        tells: what the answer to an error of a class says besides the error's own text.
        uses: see `shared.runtime.door.Door`.
        keyed: whether an `Idempotency-Key` makes it happen once; it need not where repeating does no harm.
    """

    def decorate(body: Callable[[Request[F]], Json]) -> Door:
        def answer(exchange: Exchange, event: Event) -> Response:
            request = _request(exchange, event, fields, keyed=keyed)
            try:
                return respond(200, _dumped(body(request)))
            except ApplicationError as error:
                more = next((tell for kind, tell in (tells or {}).items() if isinstance(error, kind)), None)
                if more is None:
                    raise
                return _refused(error, **more(request))

        def handle(event: Event, context: Any) -> Response:
            return serve(
                context,
                key,
                lambda exchange: answer(exchange, event),
                lambda error, request_id: refusal(error, failed, request_id),
            )

        handle.__module__, handle.__name__, handle.__doc__ = body.__module__, body.__name__, body.__doc__
        return Door(handle, (key,), union(function.access for function in calls), uses=uses)

    return decorate


def refusal(error: Exception, failed: str, request_id: str) -> Response:
    """Return the response that tells of an error; of an unexpected one only what `failed`, and its request's id."""
    match error:
        case ApplicationError():
            return _refused(error)
        case RequestError():
            return _response(error.status, error.message, code=error.code, message=error.message)
        case TransientError() if error.code == TransientError.code:
            return _response(503, "The service is not available at present. Please try again.")
        case TransientError() | Retryable():
            return _response(503, error.message)
        case ServiceError() | ArgumentValidation() | ValueTooLarge():
            return _response(400, error.message)
    return _response(500, failed, requestId=request_id)


def _request(exchange: Exchange, event: Event, fields: type[F], *, keyed: bool) -> Request[F]:
    """Return the request that an event carries.

    Raises:
        Unauthenticated: nobody is signed in.
        BadRequest: the body is no JSON object.
        InvalidArgument: the fields are wrong; the message names the first one that is.
    """
    headers = event.get("headers") or {}
    exchange.sent += [headers.get("authorization"), headers.get(GITHUB_TOKEN), event.get("body")]
    identity = identity_of(exchange, headers)
    if identity is None:
        raise Unauthenticated
    given = read_json(event) if event.get("body") else event.get("queryStringParameters") or {}
    exchange.sent.append(given)
    key = idempotency_key(headers, identity.token_identifier) if keyed else None
    try:
        return Request(exchange, headers, identity, fields.model_validate(given), key)
    except ValidationError as error:
        raise InvalidArgument(_wrong(error, fields)) from None


def _wrong(error: ValidationError, fields: type[Fields]) -> str:
    first = error.errors(include_url=False)[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    title = next((f.title for n, f in fields.model_fields.items() if name in (n, f.alias) and f.title), f"`{name}`")
    is_missing = first["type"] in ("missing", "string_too_short") or first["input"] is None
    return f"{title} is required" if is_missing else f"{title}: {first['msg']}"


def _refused(refused: ApplicationError, /, **more: Any) -> Response:
    return with_retry_after(_response(_STATUS.get(type(refused), 400), refused.message, **more), refused)


def _response(status: int, message: str, /, **more: Any) -> Response:
    return respond(status, _dumped({"error": message, **more}))


def _dumped(content: Json) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))
