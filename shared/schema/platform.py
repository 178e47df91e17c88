"""The engine's own tables, and the list of all tables there are.

No row of `claims` and `ranges` expires: an absent row means "nobody holds this name" and "this range is empty".
"""

from __future__ import annotations

from typing import Final

import shared.schema.tables  # noqa: F401 - declares the documents
from shared.schema.document import DOCUMENTS
from shared.schema.table import SecondaryIndex, Table

CLAIMS: Final = Table(
    name="claims",
    partition_key="key",
    description="Who holds each unique key: {key, id, version}.",
)
RANGES: Final = Table(
    name="ranges",
    partition_key="range",
    description="For each partition of a guarded index: {version, count, fingerprint} of all its entries.",
)
CHANGES: Final = Table(
    name="changes",
    partition_key="range",
    sort_key="commit",
    ttl="expiresAt",
    description="Which documents each recent commit put into, moved within or took out of an index range.",
)
COMMITS: Final = Table(
    name="commits",
    partition_key="key",
    ttl="expiresAt",
    streams=True,
    description="The outcome of every mutation; its stream is the feed of changes.",
)
BY_SHARD: Final = SecondaryIndex("by_shard", ("shard",), ("identityExpiresAtS",), projects_all=False)
"""Finds connections without reading their rows; only a main row has a shard."""

CONNECTIONS: Final = Table(
    name="connections",
    partition_key="connectionId",
    sort_key="row",
    indexes=(BY_SHARD,),
    attribute_types={"identityExpiresAtS": "N"},
    ttl="expiresAt",
    description="Open sockets: for each its state, its live queries, and frames that arrived early.",
)
SUBSCRIPTIONS: Final = Table(
    name="subscriptions",
    partition_key="topic",
    sort_key="connectionId",
    ttl="expiresAt",
    description="Which sockets have a live query that read a document or an index range.",
)

ALLOWANCES: Final = Table(
    name="allowances",
    partition_key="key",
    ttl="expiresAt",
    description="How much busy callers have done in the present window of time, as far as processes have leased it.",
)

PLATFORM_TABLES: Final = (CLAIMS, RANGES, CHANGES, COMMITS, CONNECTIONS, SUBSCRIPTIONS, ALLOWANCES)


def all_tables() -> tuple[Table, ...]:
    """Return every table of the backend: the schema's, then the engine's."""
    return (*(document.table() for document in DOCUMENTS.values()), *PLATFORM_TABLES)
