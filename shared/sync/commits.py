"""The stream of commit records: whoever committed, and however it ended, subscribers are told."""

from __future__ import annotations

from typing import Any, Final

from shared.db.commit import wait_until_visible
from shared.db.engine import Key
from shared.db.outcome import change_of
from shared.push.notices import Notices
from shared.push.subscriptions import Subscriptions
from shared.runtime.environment import Environment
from shared.runtime.told_rows import told_rows
from shared.schema.platform import COMMITS

_PATIENCE_NS: Final = 10 * 10**9


def announce(event: dict[str, Any], environment: Environment) -> dict[str, Any]:
    """Tell everybody of the commits in a batch of the stream; an error has the batch sent again."""
    store = environment.database.store
    told = told_rows(event, environment, lambda item: (item["key"], change_of(item)))
    commits = {key: change for key, change in told if change.topics}
    # The stream may be ahead of what reads see; who is told has to find what was changed.
    records = [Key(COMMITS, key) for key in sorted(commits)]
    wait_until_visible(store.engine, store.clock, records, store.clock.now_ns() + _PATIENCE_NS)
    Notices(Subscriptions(store), environment.mailbox).send(*commits.values())
    return {}
