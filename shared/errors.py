"""Every error the backend tells anyone about.

  PolarisError                           code, message, retryable
  ├── ApplicationError                   the app refused; reaches the caller with `errorData = {code, message}`
  │   └── Unauthenticated  Forbidden  NotFound  Conflict  InvalidArgument  LimitReached  RateLimited  JobEnded
  ├── CallError                          the call itself was wrong or too large; told to the caller as text
  │   ├── FunctionNotFound  WrongKind  ArgumentValidation  InvalidCursor  MultiplePaginatedDatabaseQueries
  │   └── TooManyReads  TooManyWrites  TooManyDocuments  ValueTooLarge  UnsupportedValue  AccessNotDeclared  NotUnique
  ├── RequestError                       the HTTP request was wrong; answered with `status` and {code, message}
  │   ├── BadRequest  Unauthorized  NotFoundPath  PayloadTooLarge  IdempotencyKeyReused
  │   └── InvalidUploadUrl  UploadUrlUsed
  └── TransientError                     nothing the caller did; opaque outside, retryable unless said otherwise
      └── OptimisticConcurrencyControlFailure  MutationTimedOut  OutcomeUnknown  Overloaded  IndexNotReady

Codes are stable: clients and alarms may match on them. Messages may be reworded, but for the original functions' own.
"""

from __future__ import annotations

from typing import Any, ClassVar


class PolarisError(Exception):
    """Base of all errors; `message` says what was wrong, where, and what to do."""

    code: ClassVar[str] = "INTERNAL"
    retryable: ClassVar[bool] = False

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class ApplicationError(PolarisError):
    """A function's own refusal. Clients see it as a `ConvexError` whose data is `data`."""

    @property
    def data(self) -> dict[str, Any]:
        """What clients get as `error.data`."""
        return {"code": self.code, "message": self.message}


class Unauthenticated(ApplicationError):
    """The caller is not signed in."""

    code = "UNAUTHENTICATED"

    def __init__(self, message: str = "Unauthorized") -> None:
        super().__init__(message)


class Forbidden(ApplicationError):
    """The caller is known but has no right to this row, or the internal key is wrong."""

    code = "FORBIDDEN"

    def __init__(self, message: str = "Unauthorized") -> None:
        super().__init__(message)


class NotFound(ApplicationError):
    """A row that the call names does not exist."""

    code = "NOT_FOUND"


class Conflict(ApplicationError):
    """What the call wants contradicts what is there, such as a name already taken."""

    code = "CONFLICT"


class LimitReached(ApplicationError):
    """The caller's plan, or a limit of the deployment against abuse, does not allow more."""

    code = "LIMIT_REACHED"


class RateLimited(ApplicationError):
    """The caller does too much at a time. Nothing was done; the same call works after `retryAfterMs`."""

    code = "RATE_LIMITED"
    retry_after_s = 1  # of one that was recorded

    def __init__(self, message: str, retry_after_s: int) -> None:
        super().__init__(message)
        self.retry_after_s = retry_after_s

    @property
    def data(self) -> dict[str, Any]:
        """What clients get as `error.data`."""
        return {**super().data, "retryAfterMs": self.retry_after_s * 1000.0}


class InvalidArgument(ApplicationError):
    """An argument has the right type and a wrong value."""

    code = "INVALID_ARGUMENT"


class JobEnded(ApplicationError):
    """A job's run wants to go on although the job was cancelled or replaced, has ended, or never was."""

    code = "JOB_ENDED"


class CallError(PolarisError):
    """The call was wrong; no function body's decision was involved."""


class FunctionNotFound(CallError):
    """No such function, or one that clients may not call; both look alike (protocol section 1.4)."""

    code = "FUNCTION_NOT_FOUND"

    def __init__(self, path: str) -> None:
        super().__init__(f"Could not find public function for '{path}'.")


class WrongKind(CallError):
    """A query called as a mutation, or the reverse."""

    code = "WRONG_KIND"


class ArgumentValidation(CallError):
    """The arguments do not match the function's signature; the text is Convex's."""

    code = "ARGUMENT_VALIDATION"


class InvalidCursor(CallError):
    """A page cursor that this deployment did not issue for this query."""

    code = "INVALID_CURSOR"
    data: ClassVar[dict[str, str | bool]] = {"isConvexSystemError": True, "paginationError": "InvalidCursor"}


class TooManyReads(CallError):
    """A mutation decided on more rows than one transaction can check."""

    code = "TOO_MANY_READS"


class TooManyWrites(CallError):
    """A mutation wrote more rows or bytes than one transaction can hold."""

    code = "TOO_MANY_WRITES"


class TooManyDocuments(CallError):
    """A query read more documents than a single call may."""

    code = "TOO_MANY_DOCUMENTS"


class ValueTooLarge(CallError):
    """A document, field, argument or result is above its size limit."""

    code = "VALUE_TOO_LARGE"


class UnsupportedValue(CallError):
    """A function returned or stored something that is not a Convex value."""

    code = "UNSUPPORTED_VALUE"


class AccessNotDeclared(CallError):
    """A function touched a table that its declaration does not name."""

    code = "ACCESS_NOT_DECLARED"


class NotUnique(CallError):
    """A `unique()` query found more than one document."""

    code = "NOT_UNIQUE"


class MultiplePaginatedDatabaseQueries(CallError):
    """A query read more than one page, and only one can be kept live."""

    code = "MultiplePaginatedDatabaseQueries"


class RequestError(PolarisError):
    """The HTTP request failed before any function ran."""

    status: ClassVar[int] = 400


class BadRequest(RequestError):
    """The body or the path of the request cannot be understood."""

    code = "BadRequest"


class BadFunctionPath(BadRequest):
    """The function's path is not `module:name`."""

    code = "BadConvexFunctionIdentifier"


class Unauthorized(RequestError):
    """The `Authorization` header does not prove an identity; the message names the check that failed."""

    status = 401
    code = "InvalidAuthHeader"


class TokenExpired(Unauthorized):
    """The token was valid once."""

    code = "TokenExpired"


class NoAuthProvider(Unauthorized):
    """No configured provider issued this token."""

    code = "NoAuthProvider"


class AuthProviderUnavailable(RequestError):
    """The provider's keys could not be fetched; not the caller's fault."""

    status = 503
    code = "AuthProviderDiscoveryFailed"
    retryable = True


class NotFoundPath(RequestError):
    """No such route or object."""

    status = 404
    code = "NotFound"


class PayloadTooLarge(RequestError):
    """The request body is above its limit."""

    status = 413
    code = "PayloadTooLarge"


class IdempotencyKeyReused(RequestError):
    """An `Idempotency-Key` that was used for another call."""

    status = 409
    code = "IdempotencyKeyReused"


class InvalidUploadUrl(RequestError):
    """An upload URL that this deployment did not issue, or that has expired."""

    status = 403
    code = "InvalidUploadUrl"


class UploadUrlUsed(RequestError):
    """An upload URL that has taken another file already."""

    status = 409
    code = "UploadUrlUsed"


class TransientError(PolarisError):
    """Nothing the caller did; asking again may help."""

    retryable = True


class OptimisticConcurrencyControlFailure(TransientError):
    """What a mutation read kept changing until its attempts were used up."""

    code = "OptimisticConcurrencyControlFailure"


class MutationTimedOut(TransientError):
    """A mutation's deadline passed before its commit was confirmed; it is guaranteed not to apply later."""

    code = "MutationTimedOut"


class OutcomeUnknown(TransientError):
    """The database could not be reached to find out whether a mutation was applied; ask again with the same key."""

    code = "OutcomeUnknown"


class Overloaded(TransientError):
    """The database or storage kept throttling."""

    code = "Overloaded"


class IndexNotReady(TransientError):
    """A guarded index or unique key has not been built since it was declared; `make rebuild` builds it."""

    code = "IndexNotReady"
