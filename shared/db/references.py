"""What refers to objects of the buckets: consistent reads, a hundred rows at a time.

What is not found here may be removed for good, so absence is believed only where it is certain: an absent claim means
"nobody" only once the claims of its index have been built.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final, TypeVar

from shared.db.codec import decode
from shared.db.engine import Item, Key
from shared.db.ranges import Range
from shared.db.store import Store
from shared.schema.document import Document
from shared.schema.index import BoundIndex
from shared.schema.platform import CLAIMS
from shared.schema.spilled import Spilled
from shared.schema.table import Table

D = TypeVar("D", bound=Document)

_BATCH: Final = 100
"""BatchGetItem's limit of keys."""


def page_of_table(store: Store, document: type[D], after: str | None) -> tuple[list[D], str | None]:
    """Return the next documents of a table (1 MB of them), and the id after which to go on, or None at the end."""
    page = store.engine.scan(document.table(), None if after is None else {"_id": after})
    return [decode(document, item) for item in page.items], page.next_key["_id"] if page.next_key else None


def holders(store: Store, index: BoundIndex[Any], values: Iterable[str]) -> dict[str, str]:
    """Return which documents hold which of the values of a unique key of one field.

    Raises:
        IndexNotReady: the claims of the index have not been built yet.
    """
    store.readiness.require(store.engine, index, store.clock.now_ns())
    named = {Range(index, (value,)).name: value for value in values}
    return {named[claim["key"]]: claim["id"] for claim in _items(store, CLAIMS, named)}


def documents_of(store: Store, document: type[D], ids: Collection[str]) -> Iterator[D]:
    """Yield those of the documents that exist."""
    return (decode(document, item) for item in _items(store, document.table(), ids))


def pointed_to(store: Store, document: type[Document], ids: Collection[str]) -> set[str]:
    """Return the keys of the objects that these documents refer to."""
    fields = (
        getattr(found, name)
        for found in documents_of(store, document, ids)
        for name in document.model_fields
        if document.can_spill(name)
    )
    return {value.key for value in fields if isinstance(value, Spilled)}


def _items(store: Store, table: Table, partitions: Collection[str]) -> Iterator[Item]:
    wanted = sorted(partitions)
    for start in range(0, len(wanted), _BATCH):
        keys = [Key(table, partition) for partition in wanted[start : start + _BATCH]]
        yield from store.engine.batch_get(keys)
