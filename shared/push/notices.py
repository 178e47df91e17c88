"""Telling connections of commits that may concern them (design: change)."""

from __future__ import annotations

import logging
from typing import Final

from shared.db.outcome import Change
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

    def send(self, change: Change, *, most: int | None = None, besides: str = "") -> None:
        """Tell every connection that depends on what has changed.

        Args:
            change: what a commit did.
            most: how many connections at most.
            besides: a connection that knows already.
        """
        topics = [*dict.fromkeys(map(topic_key, change.topics))]
        watchers = sorted(self._subscriptions.watchers(topics) - {besides})[:most]
        # Whoever tells a connection of a commit tells the same, so that the queue may drop all but the first.
        content = {"commit": change.commit, "topics": topics}
        self._mailbox.send([Event(watcher, "changed", change.commit, content) for watcher in watchers])

    def try_to_send(self, change: Change) -> None:
        """Tell those who depend on what has changed at once, unless they are many, or something is in the way."""
        try:
            self.send(change, most=MOST_AT_ONCE)
        except Exception as error:  # noqa: BLE001 - the commit stands, and the stream of commits tells everybody
            _LOG.warning("Subscribers are not told at once: %s", type(error).__name__)
