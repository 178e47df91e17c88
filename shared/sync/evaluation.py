"""Running what clients ask for: the functions behind their queries and requests."""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, Final, NamedTuple

from shared import values
from shared.auth.administrators import is_admin
from shared.auth.identity import Identity
from shared.db.database import Database
from shared.db.mutation import Changed
from shared.errors import (
    ApplicationError,
    CallError,
    Forbidden,
    InvalidCursor,
    MutationTimedOut,
    OptimisticConcurrencyControlFailure,
    PolarisError,
    RateLimited,
    RequestError,
    TransientError,
)
from shared.runtime.administrators import NOTHING_ELSE, actor_of, target_of
from shared.runtime.admission import Caller, unwrapped
from shared.runtime.call import Result, run
from shared.runtime.call_log import Call
from shared.runtime.environment import Environment
from shared.runtime.function import Function, Kind
from shared.runtime.function_path import canonical
from shared.runtime.http_response import error_text
from shared.runtime.registry import Registry, find
from shared.runtime.result import MAX_RESULT_BYTES
from shared.schema.document import Document
from shared.sync.live_database import LiveDatabase
from shared.sync.ordering import Family
from shared.sync.posts import MAX_VALUE_BYTES
from shared.sync.protocol import Request
from shared.sync.state import LiveQuery

_TOLD: Final = (OptimisticConcurrencyControlFailure, MutationTimedOut)
"""Transient errors that are the recorded end of a mutation, so that sending it again would not help."""
_QUERY_ATTEMPTS: Final = 3
_GIVEN_UP: Final = "Every attempt to run this mutation has ended its process."


class Failure(NamedTuple):
    """What a client is told of a function's failure; `data` is None for all but refusals that have some."""

    message: str
    data: Any


class Answer(NamedTuple):
    """A query's result.

    Attributes:
        outcome: encoded JSON text, or the failure.
        digest: the same for equal results.
        journal: where its page ends, or None.
        topics: what it depends on.
        observed_ns: the newest version that it has seen.
        documents: those that it has read, by id; None: there was none.
    """

    outcome: str | Failure
    digest: str
    journal: str | None
    topics: frozenset[str]
    observed_ns: int
    documents: Mapping[str, Document | None]


def limit_bytes(family: Family) -> int:
    """Return the most that a query's result may come to; most clients take only what fits into one message."""
    return MAX_RESULT_BYTES if family == "js" else MAX_VALUE_BYTES


@dataclass(frozen=True)
class Evaluation:
    """Runs functions for a connection.

    Attributes:
        environment: the deployment.
        registry: its functions.
        deadline_ms: when the runs must have ended, in ms since the epoch.
        administration: its functions for administrators.
    """

    environment: Environment
    registry: Registry
    deadline_ms: float
    administration: Registry = field(default_factory=dict)

    def query(
        self, query: LiveQuery, family: Family, identity: Identity | None, connect: Callable[[], LiveDatabase]
    ) -> Answer:
        """Run a query.

        Args:
            query: what to run.
            family: of the client.
            identity: who asks.
            connect: gives the database for one run.

        Raises:
            TransientError: it could not be run, whatever was tried; this is no result.
        """
        # A live query runs again because of what others do, which must not be counted against its watcher.
        caller = Caller(identity, self.deadline_ms, max_result_bytes=limit_bytes(family), spends=False)
        for attempt in range(1, _QUERY_ATTEMPTS + 1):
            database = connect()
            try:
                outcome: str | Failure = self._run("query", query.path, query.args, caller, database).value
            except TransientError:
                if attempt == _QUERY_ATTEMPTS:
                    raise
                continue
            except _FailedError as failed:
                outcome = failed.failure
            text = outcome if isinstance(outcome, str) else repr((outcome.message.partition("\n")[2], outcome.data))
            told = f"{type(outcome).__name__} {database.journal} {text}"
            digest = hashlib.sha256(told.encode()).hexdigest()[:32]
            topics = frozenset(database.topics)
            return Answer(outcome, digest, database.journal, topics, database.observed_ns, database.documents)
        raise AssertionError("unreachable")

    def mutation(
        self,
        request: Request,
        caller: Caller,
        changed: Changed,
        *,
        by: str,
        sent_again: bool,
        give_up: bool,
    ) -> Result | Failure:
        """Run a mutation, or find out what became of it when it was sent before.

        Args:
            request: what the client asks for.
            caller: who asks; its key names the mutation for ever.
            changed: told of what was committed.
            by: the connection that asks, whose actor is told of nothing that it has committed.
            sent_again: whether it may have been sent before.
            give_up: whether it fails for good, unless it has succeeded before.

        Raises:
            TransientError: it is not known what became of it, or it could not be tried.
        """
        database = Database(self.environment.database.store, changed, by)
        as_it_is = _failing(PolarisError(_GIVEN_UP)) if give_up else None
        try:
            try:
                return self._run("mutation", request.path, request.args, caller, database, as_it_is)
            except _RefusedError as refused:
                if not sent_again:
                    raise
                # An earlier sending may have been applied, or be about to: what is told has to be what is recorded.
                uncounted = caller._replace(spends=False)
                return self._run("mutation", request.path, request.args, uncounted, database, refused.recorded)
        except _FailedError as failed:
            return failed.failure
        except _TOLD as error:
            return Failure(f"{error_text(error, '')}\n{error.code}: {error.message}", None)

    def caller(self, identity: Identity | None, address: str, key: str, seen_ns: int) -> Caller:
        """Return who calls a mutation.

        Args:
            identity: who is signed in, or None.
            address: from where.
            key: names the call for ever.
            seen_ns: what the client has seen.
        """
        return Caller(identity, self.deadline_ms, False, key, seen_ns, MAX_VALUE_BYTES, address=address)

    def log_audit(self, error: Exception | None) -> None:
        """Count an audit, and whether it found that something was wrong: `calls` and `errors` of `audit`."""
        self.environment.log.write(Call("audit", "audit", secrets.token_hex(8), 0.0, error))

    def _run(
        self,
        kind: Kind,
        path: str,
        args: str,
        caller: Caller,
        database: Database,
        changed: Callable[[Function[Any]], Function[Any]] | None = None,
    ) -> Result:
        """Run a function, or what it is `changed` to, and log it.

        Raises:
            TransientError: another try may help.
            _FailedError: the client has to be told.
        """
        request_id, began_s = secrets.token_hex(8), time.perf_counter()
        error: Exception | None = None
        logged = "session"
        try:
            name = canonical(path)
            function = self._find(kind, name, caller.identity)
            logged = name
            function = changed(function) if changed else function
            return run(function, values.loads(args), caller, replace(self.environment, database=database))
        except TransientError as caught:
            error = caught
            raise
        except RateLimited as caught:
            error = caught
            raise _RefusedError(_failure(caught, request_id), caught) from caught
        except Exception as caught:
            error = caught
            raise _FailedError(_failure(caught, request_id)) from caught
        finally:
            duration_ms = (time.perf_counter() - began_s) * 1000
            given = json.loads(args)
            actor = actor_of(caller.identity)
            target = target_of(unwrapped(given)) if actor else ""
            self.environment.log.write(
                Call(logged, kind, request_id, duration_ms, error, (path, given), actor, target)
            )

    def _find(self, kind: Kind, path: str, identity: Identity | None) -> Function[Any]:
        """Return the function at a path, of those that the caller may know of.

        Raises:
            Forbidden: the caller is an administrator, who only looks here, and at nothing that is for others.
            FunctionNotFound: there is none (and others as of `find`).
        """
        if not is_admin(identity):
            return find(self.registry, path, kind)
        if path in self.registry:
            raise Forbidden(NOTHING_ELSE)
        if kind != "query":
            raise Forbidden("Administrators change something over HTTP only: POST /api/admin/mutation")
        return find(self.administration, path, kind)


class _FailedError(Exception):
    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class _RefusedError(_FailedError):
    def __init__(self, failure: Failure, error: RateLimited) -> None:
        super().__init__(failure)
        self._error = error

    def recorded(self, function: Function[Any]) -> Function[Any]:
        """Return a function that is refused on record; what works in steps may have begun, and goes on instead."""
        return function if function.bulk else _failing(self._error)(function)


def not_run(error: CallError) -> Failure:
    """Return what is told of a call that cannot be made, such as that of an action: there are none."""
    return _failure(error, secrets.token_hex(8))


def _failure(error: Exception, request_id: str) -> Failure:
    told = CallError(error.message) if isinstance(error, RequestError) else error
    data = error.data if isinstance(error, ApplicationError | InvalidCursor) else None
    return Failure(error_text(told, request_id), data)


def _failing(error: PolarisError) -> Callable[[Function[Any]], Function[Any]]:
    """Return what makes a function fail instead of running it; the failure is recorded like any other."""

    def changed(function: Function[Any]) -> Function[Any]:
        @wraps(function.body)
        def body(*_args: Any, **_kwargs: Any) -> Any:
            raise error

        return replace(function, body=body)

    return changed
