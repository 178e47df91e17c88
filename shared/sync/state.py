"""What is known of a connection: the state of its actor between two batches of events."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Final, NamedTuple

from shared.auth.administrators import is_admin
from shared.auth.identity import Identity
from shared.sync.ordering import Frame, Progress
from shared.sync.protocol import Add, BadMessage, Remove, Version

MAX_QUERIES: Final = 500
MAX_SUBSCRIPTIONS: Final = 2000
"""How many queries a client may ask for at once; those beyond `MAX_QUERIES` it is refused."""
MAX_FRAMES: Final = 2000
MAX_CHANGES: Final = 4000
FRAMES_MS: Final = 10_000
"""A client that sends more frames, or changes more live queries, in this time is not one of the released ones."""
_COMMITS_KEPT: Final = 32


@dataclass(frozen=True)
class LiveQuery:
    """A query that a client keeps live.

    Attributes:
        path: of the function.
        args: encoded JSON text.
        journal: where its page ends, as the client was last told, or None.
        digest: of the result that the client was last told; empty: it was told none.
        topics: the documents and ranges that the result depends on.
    """

    path: str
    args: str
    journal: str | None = None
    digest: str = ""
    topics: frozenset[str] = frozenset()


class Pace(NamedTuple):
    """How many frames a client has sent since a time, in ms since the epoch, and changes of live queries in them."""

    since_ms: int = 0
    frames: int = 0
    changes: int = 0


@dataclass
class Connection:
    """A connection as its actor sees it.

    Attributes:
        id: the gateway's.
        gen: counts the actor's claims; what an actor writes is refused once another has claimed.
        last_sequence: of the last event that was handled.
        expires_at_s: when its rows may go, in s since the epoch; no socket lives as long.
        progress: the frames that have taken effect.
        version: where the client stands, by what it was sent.
        session: the client's id for itself, or empty before Connect.
        observed_ns: the latest timestamp that the client has seen, here or elsewhere.
        identity: who is signed in, or None.
        queries: by the client's numbers.
        refused: numbers of the queries that are too many; the client takes them for its own until it removes them.
        held: frames that arrived early.
        pace: how fast its client sends.
        commits: ids of its own latest commits, whose effects it has seen.
        released_at: this process's moment after which nobody else has acted for it, or None: somebody may have.
        address: from where it was opened, or empty: it is not known.
    """

    id: str
    gen: int
    last_sequence: str
    expires_at_s: int = 0
    progress: Progress = field(default_factory=Progress)
    version: Version = field(default_factory=Version)
    session: str = ""
    observed_ns: int = 0
    identity: Identity | None = None
    queries: dict[int, LiveQuery] = field(default_factory=dict)
    refused: frozenset[int] = frozenset()
    held: tuple[Frame, ...] = ()
    pace: Pace = field(default_factory=Pace)
    commits: tuple[str, ...] = ()
    released_at: int | None = field(default=None, compare=False)
    address: str = ""

    @property
    def topics(self) -> set[str]:
        """The documents and ranges that its live queries depend on, and what stands for who is signed in."""
        depends_on = {topic for query in self.queries.values() for topic in query.topics}
        return depends_on | ({self.owner} if self.owner else set())

    @property
    def owner(self) -> str:
        """The topic that stands for who is signed in, or empty: nobody is, or an administrator."""
        return "" if self.identity is None or is_admin(self.identity) else _topic_of(self.identity)

    def observe(self, ns: int) -> None:
        """Note a timestamp that the next Transition must not be before."""
        self.observed_ns = max(self.observed_ns, ns)

    def committed(self, commits: Iterable[str]) -> None:
        """Note commits of its own, of which it will be told like everybody else."""
        self.commits = (*self.commits, *commits)[-_COMMITS_KEPT:]

    def arrived(self, at_ms: float) -> None:
        """Count a frame of its client.

        Raises:
            BadMessage: it sends far more than it could wait for.
        """
        since_ms, frames, changes = self.pace
        self.pace = Pace(since_ms, frames + 1, changes) if at_ms - since_ms < FRAMES_MS else Pace(int(at_ms), 1)
        if self.pace.frames > MAX_FRAMES:
            raise BadMessage(f"more than {MAX_FRAMES} frames came within {FRAMES_MS // 1000} s")

    def modify(self, modification: Add | Remove) -> None:
        """Add or remove a live query; one that is too many is refused.

        Raises:
            BadMessage: the client adds what is there, removes what is not, has absurdly many, or is too fast.
        """
        self.pace = self.pace._replace(changes=self.pace.changes + 1)
        if self.pace.changes > MAX_CHANGES:
            raise BadMessage(f"more than {MAX_CHANGES} live queries were added or removed in {FRAMES_MS // 1000} s")
        number = modification.query
        match modification:
            case Add(path=path, args=args, journal=journal):
                if number in self.queries or number in self.refused:
                    raise BadMessage(f"the query {number} is live already")
                if len(self.queries) + len(self.refused) >= MAX_SUBSCRIPTIONS:
                    raise BadMessage(f"it asks for more than {MAX_SUBSCRIPTIONS} live queries")
                if len(self.queries) >= MAX_QUERIES:
                    self.refused |= {number}
                else:
                    self.queries[number] = LiveQuery(path, args, journal)
            case Remove():
                if number in self.refused:
                    self.refused -= {number}
                elif self.queries.pop(number, None) is None:
                    raise BadMessage(f"there is no live query {number} to remove")

    def told(self, number: int, digest: str, journal: str | None, topics: frozenset[str]) -> bool:
        """Note a query's new result and tell whether the client has to be told of it."""
        query = self.queries[number]
        self.queries[number] = replace(query, journal=journal, digest=digest, topics=topics)
        return digest != query.digest

    @property
    def end_version(self) -> Version:
        """Where the next Transition takes the client."""
        ts = max(self.version.ts, self.observed_ns)
        return Version(self.progress.query_set, self.progress.identity, ts)


def _topic_of(identity: Identity) -> str:
    return f"connections/{sha256(identity.token_identifier.encode()).hexdigest()}"
