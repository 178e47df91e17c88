"""The answers of one Transition: run, or taken from another connection of this process that watches the same.

A result is taken only if its taker then is where its own run would have brought it: subscribed to all that the
result depends on since before it was read, so that whatever is committed later is told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import partial
from typing import Final

from shared.db.engine import Key
from shared.db.store import Store
from shared.push.subscriptions import Subscriptions
from shared.runtime.result import sent_bytes
from shared.schema.document import Document
from shared.sync.evaluation import Answer, Evaluation, limit_bytes
from shared.sync.live_database import LiveDatabase
from shared.sync.shared_results import SharedResult, SharedResults, asker_of, question_of
from shared.sync.state import Connection, LiveQuery

_MOST_KEYS: Final = 100
"""BatchGetItem's limit."""


class Answers:
    """Answers the queries of a connection, all of which see one version of each document.

    Args:
        evaluation: runs functions.
        results: what other connections have found.
        subscriptions: the rows of topics.
        connection: whose queries are answered.
        since: the moment after which a result must have been read: nothing older than what the client has seen.
        subscribed: the topics that the connection is told of; those that it begins to be told of are added.
    """

    def __init__(
        self,
        evaluation: Evaluation,
        results: SharedResults,
        subscriptions: Subscriptions,
        connection: Connection,
        since: int,
        subscribed: set[str],
    ) -> None:
        self._evaluation, self._results, self._subscriptions = evaluation, results, subscriptions
        self._connection, self._since = connection, since
        self._asker = asker_of(connection.identity)
        self._documents: dict[str, Document | None] = {}
        self._began: int | None = None
        self._subscribed, self._subscribed_before = subscribed, frozenset(subscribed)

    def answer(self, query: LiveQuery, *, afresh: bool) -> Answer:
        """Return a query's result.

        Args:
            query: what is asked.
            afresh: whether it has to be run: the connection may not be told of all that it depends on.

        Raises:
            TransientError: it could not be run.
        """
        found = None if afresh else self._found(query)
        return self._run(query) if found is None else self._take(found)

    def _run(self, query: LiveQuery) -> Answer:
        if self._began is None:
            self._began = self._results.next_moment()
        connection, store = self._connection, self._store
        answer = self._evaluation.query(
            query,
            connection.progress.family,
            connection.identity,
            partial(LiveDatabase, store, self._subscribe, self._documents, query.journal),
        )
        self._results.keep(question_of(query, self._asker), answer, self._began, store.clock.now_ms())
        return answer

    def _found(self, query: LiveQuery) -> SharedResult | None:
        """Return a result that may be taken."""
        question = question_of(query, self._asker)
        found = self._results.find(question, self._since, self._store.clock.now_ms())
        if found is None or not self._fits(found.answer) or not self._agrees(found.answer):
            return None
        new = found.answer.topics - self._subscribed_before
        if not new <= found.answer.documents.keys():
            return None  # a range may have changed since it was read, and nobody would tell
        self._subscribe(new)
        return found if self._are_current({id: found.answer.documents[id] for id in new}) else None

    def _take(self, found: SharedResult) -> Answer:
        self._began = found.began if self._began is None else min(self._began, found.began)
        self._documents |= found.answer.documents
        return found.answer

    def _fits(self, answer: Answer) -> bool:
        most_bytes = limit_bytes(self._connection.progress.family)
        return isinstance(answer.outcome, str) and sent_bytes(answer.outcome, most_bytes) <= most_bytes

    def _agrees(self, answer: Answer) -> bool:
        """Tell whether the result shows documents as the results before it do."""
        common = answer.documents.keys() & self._documents.keys()
        return all(_version(answer.documents[id]) == _version(self._documents[id]) for id in common)

    def _are_current(self, documents: dict[str, Document | None]) -> bool:
        """Tell whether documents are still what was read of them."""
        by_type: dict[type[Document], list[str]] = defaultdict(list)
        for id, document in documents.items():
            if document is None:  # whose table is not known
                return False
            by_type[type(document)].append(id)
        engine = self._store.engine
        batches = [
            [Key(kind.table(), id) for id in ids[start : start + _MOST_KEYS]]
            for kind, ids in by_type.items()
            for start in range(0, len(ids), _MOST_KEYS)
        ]
        items = [item for batch in batches for item in engine.batch_get(batch)]
        return {item["_id"]: item["_version"] for item in items} == {id: _version(documents[id]) for id in documents}

    def _subscribe(self, topics: Iterable[str]) -> None:
        """Have the connection told of changes of `topics`, before they are read."""
        new = {*topics} - self._subscribed
        self._subscriptions.put(self._connection.id, sorted(new), self._connection.expires_at_s, self._connection.gen)
        self._subscribed |= new

    @property
    def _store(self) -> Store:
        return self._evaluation.environment.database.store


def _version(document: Document | None) -> str:
    return document.version if document else ""
