"""Results of live queries that a process keeps for a moment: connections that watch the same share one run of it.

Order decides which result may be taken, and is told by moments: a number of the process that goes up whenever it
hears of a commit, and whenever it begins to evaluate. A run shows every commit that the process had heard of when
it began, since reads are consistent and a commit is told of after it has been applied.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import fields
from hashlib import sha256
from typing import Final, NamedTuple

from shared.auth.identity import Identity
from shared.schema.document import Document
from shared.sync.evaluation import Answer
from shared.sync.recent import Recent
from shared.sync.state import LiveQuery

LIFETIME_MS: Final = 5000.0
MOST_BYTES: Final = 32 * 2**20
MOST_COMMITS: Final = 10_000
_DOCUMENT_BYTES: Final = 1000
"""About what a document takes beside its texts."""


class Question(NamedTuple):
    """What has to be the same for a result to be the same.

    Attributes:
        path: of the function.
        args: encoded JSON text.
        journal: where the query's page ended before, or None.
        asker: digest of who asks, or empty.
    """

    path: str
    args: str
    journal: str | None
    asker: str


class SharedResult(NamedTuple):
    """A result that others may take.

    Attributes:
        answer: the result, and what it was made of.
        began: the moment from which on everything was read.
        until_ms: when it is too old.
    """

    answer: Answer
    began: int
    until_ms: float


class SharedResults:
    """The results of a process.

    Attributes:
        moment: the latest.
    """

    def __init__(self) -> None:
        self.moment = 0
        self._heard: Recent[str, int] = Recent(MOST_COMMITS)
        self._results: Recent[Question, SharedResult] = Recent(MOST_BYTES)

    def next_moment(self) -> int:
        """Begin something."""
        self.moment += 1
        return self.moment

    def heard(self, commits: Iterable[str]) -> int:
        """Take note of commits, and return the moment at which the last of them was first heard of."""
        return max((self._first_heard(commit) for commit in commits), default=0)

    def find(self, question: Question, since: int, now_ms: float) -> SharedResult | None:
        """Return a result that was read after the moment `since`, or None."""
        found = self._results.get(question)
        return found if found and found.began >= since and found.until_ms > now_ms else None

    def keep(self, question: Question, answer: Answer, began: int, now_ms: float) -> None:
        """Let others take a result; failures are not kept, for they name the run that failed."""
        if isinstance(answer.outcome, str):
            documents_bytes = sum(_bytes(document) for document in answer.documents.values())
            size_bytes = len(answer.outcome) + documents_bytes + sum(map(len, answer.topics))
            self._results.put(question, SharedResult(answer, began, now_ms + LIFETIME_MS), size_bytes)

    def _first_heard(self, commit: str) -> int:
        moment = self._heard.get(commit)
        if moment is None:
            moment = self.next_moment()
            self._heard.put(commit, moment)
        return moment


def question_of(query: LiveQuery, asker: str) -> Question:
    """Return what a live query asks for."""
    return Question(query.path, query.args, query.journal, asker)


def asker_of(identity: Identity | None) -> str:
    """Return a digest of all that functions can tell of who asks, which a fresher token does not change."""
    if identity is None:
        return ""
    told = {field.name: getattr(identity, field.name) for field in fields(identity)}
    del told["expires_at_s"]
    told["claims"] = dict(identity.claims)
    return sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()


def _bytes(document: Document | None) -> int:
    texts = vars(document).values() if document else ()
    return _DOCUMENT_BYTES + sum(len(text) for text in texts if isinstance(text, str))
