"""Which connections there are, without reading their rows: a sparse index of main rows, in a few shards.

An entry is written when a connection opens, signs in and ends, not by what its actor does in between (ADR 9). Like
any index this one lags a little.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple
from zlib import crc32

from shared.db.engine import Engine, Query
from shared.schema.platform import BY_SHARD, CONNECTIONS
from shared.sync.ordering import Family

SHARDS: Final = 8
"""For each family of clients; stored with connections, so another number takes effect as these are opened."""


class Entry(NamedTuple):
    """What the index says of a connection.

    Attributes:
        id: the connection's.
        identity_expires_at_s: when its identity does, in s since the epoch, or 0: it has none.
    """

    id: str
    identity_expires_at_s: int

    @property
    def number(self) -> int:
        """A number by which connections are told apart evenly."""
        return number_of(self.id)


def number_of(connection: str) -> int:
    """Return the number of a connection, which never changes."""
    return crc32(connection.encode())


def shard_of(connection: str, family: Family) -> str:
    """Return the shard in which a connection is found."""
    return _shard(family, number_of(connection) % SHARDS)


def entries(engine: Engine, family: Family, number: int) -> Iterator[Entry]:
    """Return the connections of a shard."""
    start_key = None
    while True:
        page = engine.query(Query(CONNECTIONS, (_shard(family, number),), index=BY_SHARD, start_key=start_key))
        yield from (Entry(item["connectionId"], item["identityExpiresAtS"]) for item in page.items)
        start_key = page.next_key
        if start_key is None:
            return


def _shard(family: Family, number: int) -> str:
    return f"{family}/{number}"
