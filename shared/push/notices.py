"""Telling connections of commits that may concern them (design: change)."""

from __future__ import annotations

import logging
from typing import Final

from shared.db.outcome import Change
from shared.db.table_query import is_table_topic, table_topics
from shared.push.mailbox import Event, Mailbox
from shared.push.subscriptions import Subscriptions, topic_key

MOST_AT_ONCE: Final = 100
"""How many connections the committer itself tells; the stream of commits reaches all of them."""

_LOG: Final = logging.getLogger(__name__)


class Notices:
    """Sends changes to the mailboxes of those who depend on them.

    Args:
        subscriptions: who depends on what.
        mailbox: carries events to actors.
    """

    def __init__(self, subscriptions: Subscriptions, mailbox: Mailbox) -> None:
        self._subscriptions = subscriptions
        self._mailbox = mailbox

    def send(self, *changes: Change, most: int | None = None) -> None:
        """Tell every connection that depends on what has changed, but for those whose actors changed it.

        Args:
            changes: what commits did.
            most: how many connections at most are told of each.
        """
        knows = {change.commit: {change.by} for change in changes}
        told = {
            change.commit: [*dict.fromkeys(map(topic_key, change.topics)), *table_topics(change.topics)]
            for change in changes
        }
        # Few watch whole tables, and they can wait for the stream of commits, whose batches are looked up at once.
        sought = {topic for topics in told.values() for topic in topics if most is None or not is_table_topic(topic)}
        watchers = self._subscriptions.watchers(sorted(sought))
        self._mailbox.send(
            # Whoever tells a connection of a commit tells the same, so that the queue may drop all but the first.
            Event(watcher, "changed", commit, {"commit": commit, "topics": topics})
            for commit, topics in told.items()
            for watcher in sorted({id for topic in topics for id in watchers.get(topic, ())} - knows[commit])[:most]
        )

    def try_to_send(self, *changes: Change) -> None:
        """Tell those who depend on what has changed at once, unless they are many, or something is in the way."""
        try:
            self.send(*changes, most=MOST_AT_ONCE)
        except Exception as error:  # noqa: BLE001 - the commit stands, and the stream of commits tells everybody
            _LOG.warning("Subscribers are not told at once: %s", type(error).__name__)
