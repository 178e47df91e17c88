"""A connection's actor: handles what has happened, in order, and brings the client up to date (design section 6).

    claim → take in → frames in order: Authenticate, ModifyQuerySet, requests (run, answer)
          → run the queries that are new or concerned → one Transition → tell others of own commits → release

Whatever goes wrong ends the connection: the client connects again and sends again all that has not been confirmed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from shared.auth.identity import has_expired
from shared.db.clock import timestamp_of
from shared.db.outcome import Change
from shared.db.store import Store
from shared.errors import AuthProviderUnavailable, FunctionNotFound, Unauthorized
from shared.push.mailbox import Event
from shared.push.notices import Notices
from shared.push.sockets import Gone
from shared.push.subscriptions import topic_key
from shared.sync import messages, protocol
from shared.sync.answers import Answers
from shared.sync.audit import Audit
from shared.sync.crowd import finds_room
from shared.sync.evaluation import Answer, Failure, not_run
from shared.sync.modifications import answered, refused
from shared.sync.ordering import Frame, may_be_sent_again
from shared.sync.parts import take_in
from shared.sync.posts import posts_of
from shared.sync.protocol import Authenticate, Connect, ModifyQuerySet, Request
from shared.sync.rooms import Rooms
from shared.sync.state import Connection

MAX_AHEAD_NS: Final = 60 * 10**9
"""How far a client may be ahead of this clock; further, it has not seen what it says from this deployment."""
MAX_ATTEMPTS: Final = 3
"""How often a mutation is tried that a client has to send again and again."""


class Ended(Exception):
    """The connection cannot go on; the text says why."""


@dataclass
class Actor:
    """Handles one batch of a claimed connection's events.

    Attributes:
        rooms: what it works with.
        connection: the connection, as it becomes.
        waits: whether it looks at held frames again in a moment.
    """

    rooms: Rooms
    connection: Connection
    _changed: set[str] = field(default_factory=set)
    _heard: list[str] = field(default_factory=list)
    _commits: list[Change] = field(default_factory=list)
    _everything: bool = False
    _must_tell: bool = False
    _sent_again: bool = False
    _removed: list[int] = field(default_factory=list)
    _audit: Audit | None = None
    waits: bool = False

    def __post_init__(self) -> None:
        """Remember how the connection was found."""
        self.before = replace(self.connection, queries=dict(self.connection.queries))
        self._subscribed = self.connection.topics

    def handle(self, events: Iterable[Event], sequence: str) -> None:
        """Handle events and release the connection.

        Args:
            events: what happened, in order.
            sequence: of the last event.

        Raises:
            Ended: the connection has to be closed.
            Gone: it is closed.
            Uncertain: the client may have missed a message.
        """
        frames = [*self.connection.held]
        for event in events:
            match event.kind:
                case "frame":
                    frames.append(self._frame(event))
                case "changed" if event.content["commit"] not in self.connection.commits:
                    self._changed.update(event.content["topics"])
                    self._heard.append(event.content["commit"])
                    self.connection.observe(timestamp_of(event.content["commit"]))
                case "disconnect":
                    raise Gone
                case "expire":
                    self._check_expiry()
                case "audit":
                    self._audit = Audit(self._store)
        try:
            due_ms = self._take_effect(frames)
            self._update()
        finally:
            self._tell_others()
        self.connection.committed(change.commit for change in self._commits)
        if due_ms is not None:
            self._look_again()
        self.rooms.subscriptions.drop(
            self.connection.id, self._subscribed - self.connection.topics, self.connection.gen
        )
        self.rooms.connections.release(self.connection, self.before, sequence)

    def forget(self) -> None:
        """Remove all that is stored of the connection."""
        self.rooms.connections.remove(self.before)
        self.rooms.subscriptions.forget(self.connection.id, self._subscribed)

    def _frame(self, event: Event) -> Frame:
        try:
            self.connection.arrived(self._now_ms() if event.sent_ms is None else event.sent_ms)
            return Frame(event.id, protocol.parse(event.frame), self._now_ms(), event.frame)
        except protocol.BadMessage as bad:
            raise Ended(str(bad)) from None

    def _take_effect(self, frames: list[Frame]) -> float | None:
        """Let the frames that are due take effect, hold the others and return when they are due."""
        before = self.connection.progress
        try:
            ordered = take_in(self.connection, frames, self._now_ms())
            if ordered.overdue:
                raise Ended(f"missing: {ordered.overdue}")
            self.connection.held, self.connection.progress = ordered.held, ordered.progress
            # Frames count as first ones as long as none was handled.
            first = replace(ordered.progress, next_request=before.next_request)
            for frame in ordered.ready:
                self._sent_again = may_be_sent_again(first, frame)
                self._apply(frame)
        except protocol.BadMessage as bad:
            raise Ended(str(bad)) from None
        return ordered.due_ms

    def _apply(self, frame: Frame) -> None:
        connection = self.connection
        match frame.message:
            case Connect(session=session, observed_ns=observed_ns):
                if observed_ns > self._now_ns() + MAX_AHEAD_NS:
                    raise Ended("the client says that it has seen the future")
                connection.session = session
                connection.observe(observed_ns)
            case Authenticate() as message:
                self._authenticate(message)
            case ModifyQuerySet(modifications=modifications):
                self._must_tell = True
                for modification in modifications:
                    connection.modify(modification)
                    if isinstance(modification, protocol.Remove):
                        self._removed.append(modification.query)
            case Request() as request:
                self._request(request)

    def _authenticate(self, message: Authenticate) -> None:
        try:
            if message.kind == "Admin":
                raise Unauthorized("Admin keys are not accepted here")
            verify = self.rooms.evaluation.environment.verifier.verify
            self.connection.identity = verify(message.token) if message.kind == "User" else None
        except AuthProviderUnavailable as error:
            raise Ended(error.message) from error
        except Unauthorized as error:
            self._post(messages.auth_error(f"{error.code}: {error.message}", message.base, by_update=True))
            raise Ended("the client's token was refused") from None
        self._everything = self._must_tell = True
        most = self.rooms.evaluation.environment.settings.limits.connections
        if not finds_room(self.connection, self._subscribed, self._store, self.rooms.subscriptions, most):
            # JavaScript's client does not try again after this.
            self._post(messages.fatal_error(f"You have more than {most} connections; close others and try again."))
            raise Ended("its user has too many connections")

    def _request(self, request: Request) -> None:
        connection = self.connection
        self._check_time()
        self._check_expiry()
        if request.kind == "Action":
            failure = not_run(FunctionNotFound(request.path))
            self._post(messages.request_failed("Action", request.number, failure.message, failure.data))
            return
        key = f"session/{connection.session}/{request.number}"
        evaluation, seen_ns = self.rooms.evaluation, connection.end_version.ts
        outcome = evaluation.mutation(
            request,
            evaluation.caller(connection.identity, connection.address, key, seen_ns),
            self._commits.append,
            by=connection.id,
            sent_again=self._sent_again,
            # It was sent before, perhaps because it ends every process that runs it.
            give_up=self._sent_again and self.rooms.connections.attempt(key) > MAX_ATTEMPTS,
        )
        self._must_tell = True  # also of a failure: PyPI's client hears of it with the next Transition only
        if isinstance(outcome, Failure):
            self._post(messages.request_failed("Mutation", request.number, outcome.message, outcome.data))
            return
        connection.observe(outcome.timestamp_ns)
        if outcome.replayed:  # what it changed is not known any more
            self._everything = True
        self._post(messages.mutation_response(request.number, outcome.value, outcome.timestamp_ns))

    def _update(self) -> None:
        """Run the queries that are new or concerned, and send what has become of them."""
        connection = self.connection
        if connection.progress.family == "js" and connection.progress.query_set == 0:
            return  # the first Transition answers the first ModifyQuerySet
        modifications = [messages.query_removed(number) for number in self._removed]
        modifications += [refused(number) for number in connection.refused - self.before.refused]
        for number, answer in self._answers():
            if connection.told(number, answer.digest, answer.journal, answer.topics):
                modifications.append(answered(number, answer))
        if not modifications and not self._must_tell:
            return
        start, end = connection.version, connection.end_version
        for text in posts_of(connection.progress.family, start, end, modifications, str(connection.gen)):
            self._post(text)
        connection.version = end

    def _answers(self) -> Iterable[tuple[int, Answer]]:
        connection = self.connection
        changed = self._changed | {topic_key(topic) for change in self._commits for topic in change.topics}
        concerned = [
            number
            for number, query in connection.queries.items()
            if self._everything or not query.digest or query.topics & changed
        ]
        audited = set() if self._audit is None else connection.queries.keys() - concerned
        if concerned or audited:
            self._check_expiry()
        here = self.rooms
        answers = Answers(
            here.evaluation, here.results, here.subscriptions, connection, self._since, self._subscribed
        )
        for number in [*concerned, *sorted(audited)]:
            self._check_time()
            query = connection.queries[number]
            ask = partial(answers.answer, query, afresh=self._everything or not query.digest or number in audited)
            answer = ask()
            connection.observe(answer.observed_ns)
            if self._audit is not None and number in audited:
                self._audit.compare(query, answer, ask)
            yield number, answer
        if self._audit is not None:
            here.evaluation.log_audit(self._audit.error)

    @property
    def _since(self) -> int:
        """The moment after which a result must have been read that the client is shown."""
        commits = [*self._heard, *(change.commit for change in self._commits)]
        released_at = self.connection.released_at
        return max(self.rooms.results.heard(commits), self.rooms.began if released_at is None else released_at)

    def _check_time(self) -> None:
        """End the connection before the process is ended, for then its client would have to wait for long."""
        if self._now_ms() > self.rooms.evaluation.deadline_ms:
            raise Ended("there is no time left for it")

    def _check_expiry(self) -> None:
        """End the connection of a user whose token has expired, who is told so."""
        identity = self.connection.identity
        if identity is not None and has_expired(identity.expires_at_s, self._now_ms() / 1000):
            version = self.connection.progress.identity
            self._post(messages.auth_error("TokenExpired: Token is expired (exp)", version, by_update=False))
            raise Ended("the client's token has expired")

    def _tell_others(self) -> None:
        if self._commits:
            notices = Notices(self.rooms.subscriptions, self.rooms.mailbox)
            notices.try_to_send(*self._commits)

    def _look_again(self) -> None:
        """Have held frames looked at again; the queue holds the tick back until this batch has been handled."""
        entropy = self._store.clock.entropy
        self.rooms.mailbox.send([Event(self.connection.id, "tick", entropy(8).hex())])
        self.waits = True

    def _post(self, text: str) -> None:
        self.rooms.sockets.post(self.connection.id, text)

    @property
    def _store(self) -> Store:
        return self.rooms.evaluation.environment.database.store

    def _now_ns(self) -> int:
        return self._store.clock.now_ns()

    def _now_ms(self) -> float:
        return self._now_ns() / 1e6
