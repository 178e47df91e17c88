"""Rules of the product that are one public name each, and what stands in for them when they are lost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import wraps
from typing import Any

from shared.sync import answers, commits, connections, evaluation, parts, protocol, shared_results, state
from shared.sync.connections import Refusal
from shared.sync.evaluation import Answer, Evaluation, Failure
from shared.sync.live_database import LiveDatabase
from shared.sync.ordering import Frame, Order, Progress
from shared.sync.protocol import Authenticate, Connect, ModifyQuerySet
from shared.sync.state import Connection
from tests.sync.simulation import stream
from tests.sync.simulation.breakage import Rule

Plain = Callable[..., Any]


def _seen_again(claim: Plain) -> Plain:
    """Whatever a batch holds is new."""

    @wraps(claim)
    def broken(*args: Any, **kwargs: Any) -> Connection | Refusal:
        claimed: Connection | Refusal = claim(*args, **kwargs)
        return claimed if isinstance(claimed, Refusal) else replace(claimed, last_sequence="")

    return broken


def _without_gate(order: Plain) -> Plain:
    """What comes from a later version than the present one takes effect."""

    def broken(progress: Progress, frames: Iterable[Frame], now_ms: float) -> Order:
        ordered: Order = order(progress, frames, now_ms)
        progress = ordered.progress
        early = [f for f in ordered.held if isinstance(f.message, Authenticate | ModifyQuerySet)]
        if progress.connected_ms is None or not early:
            return ordered
        for frame in early:
            match frame.message:
                case Authenticate(base=base):
                    progress = replace(progress, identity=base + 1)
                case ModifyQuerySet(new=new):
                    progress = replace(progress, query_set=new)
        held = tuple(frame for frame in ordered.held if frame not in early)
        return replace(ordered, ready=(*ordered.ready, *early), held=held, progress=progress)

    return broken


def _as_they_come(order: Plain) -> Plain:
    """Requests take effect as they come."""

    def broken(progress: Progress, frames: Iterable[Frame], now_ms: float) -> Order:
        ordered: Order = order(replace(progress, next_request=None), frames, now_ms)
        return ordered

    return broken


def _regardless_of_who_asks(question_of: Plain) -> Plain:
    """A result is given to others than it was made for."""
    return lambda query, _asker: question_of(query, "")


def _however_old(find: Plain) -> Plain:
    """A result is taken that was read before a commit of which the client has heard."""
    return lambda self, question, _since, now_ms: find(self, question, 0, now_ms)


def _failures_unwatched(query: Plain) -> Plain:
    """A query that fails is run no more."""

    def broken(*args: Any, **kwargs: Any) -> Answer:
        answer: Answer = query(*args, **kwargs)
        return answer._replace(topics=frozenset()) if isinstance(answer.outcome, Failure) else answer

    return broken


def _earlier(mutation: Plain) -> Plain:
    """A commit may be earlier than what its client has been shown."""

    def broken(self: Evaluation, request: Any, key: str, identity: Any, _after: int, *more: Any, **named: Any) -> Any:
        return mutation(self, request, key, identity, 0, *more, **named)

    return broken


def _remembering(database: type[LiveDatabase]) -> Plain:
    """Documents are remembered from one Transition to the next."""
    known: dict[Any, dict[str, Any]] = {}

    def broken(store: Any, subscribe: Any, _documents: Any, *more: Any) -> LiveDatabase:
        return database(store, subscribe, known.setdefault(id(store), {}), *more)

    return broken


def _forgetting(database: type[LiveDatabase]) -> Plain:
    """Each query of a Transition reads documents anew."""
    return lambda store, subscribe, _documents, *more: database(store, subscribe, {}, *more)


def _told_before(told: Plain) -> Plain:
    """What was told on an earlier connection of a client is not told again."""
    known: set[Any] = set()

    def broken(self: Connection, number: int, digest: str, *more: Any) -> bool:
        is_new = bool(told(self, number, digest, *more)) and (self.session, number, digest) not in known
        known.add((self.session, number, digest))
        return is_new

    return broken


def _heedless(parse: Plain) -> Plain:
    """What a client has seen elsewhere is not heeded."""

    def broken(text: str) -> Any:
        message = parse(text)
        return replace(message, observed_ns=0) if isinstance(message, Connect) else message

    return broken


def _told_always(told: Plain) -> Plain:
    """All are told again, however little has changed."""

    def broken(*args: Any) -> bool:
        told(*args)
        return True

    return broken


def _silent(_announce: Plain) -> Plain:
    """The stream of commits tells nobody."""
    return lambda _event, _environment: {}


SEEN_AGAIN = Rule(connections.Connections, "claim", _seen_again)
WITHOUT_GATE = Rule(parts, "order", _without_gate)
AS_THEY_COME = Rule(parts, "order", _as_they_come)
REGARDLESS_OF_WHO_ASKS = Rule(answers, "question_of", _regardless_of_who_asks)
HOWEVER_OLD = Rule(shared_results.SharedResults, "find", _however_old)
FAILURES_UNWATCHED = Rule(evaluation.Evaluation, "query", _failures_unwatched)
EARLIER = Rule(evaluation.Evaluation, "mutation", _earlier)
REMEMBERING = Rule(answers, "LiveDatabase", _remembering)
FORGETTING = Rule(answers, "LiveDatabase", _forgetting)
TOLD_BEFORE = Rule(state.Connection, "told", _told_before)
TOLD_ALWAYS = Rule(state.Connection, "told", _told_always)
HEEDLESS = Rule(protocol, "parse", _heedless)
TOLD_TOO_EARLY = Rule(commits, "wait_until_visible", lambda _: lambda *_: None)
NO_STREAM = Rule(stream, "announce", _silent)
