"""Whether the records of a guarded index or unique key are complete.

An absent record means "empty" or "free" only once the records have been built for every document that was there when
the index was declared. `shared.db.rebuild` does that and leaves a marker; the marker names the declaration, so that a
changed index is not taken for the old one.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

from shared.db.engine import Engine, Key, Put
from shared.errors import IndexNotReady
from shared.schema.index import BoundIndex
from shared.schema.platform import RANGES

_BELIEVED_FOR_NS = 60 * 10**9

IMPORT: Final = Key(RANGES, "import")
"""The row that says that an archive is being imported, or which one was (`shared.archive.import_row`)."""


def is_being_imported(engine: Engine) -> bool:
    """Tell whether an import has begun and is not finished: until then no index is ready."""
    row = engine.get(IMPORT)
    return row is not None and "finishedAtMs" not in row


@dataclass(eq=False, repr=False)
class Readiness:
    """Remembers which markers have been seen, for a minute each."""

    _seen_ns: dict[str, int] = field(default_factory=dict)

    def require(self, engine: Engine, index: BoundIndex[Any], now_ns: int) -> None:
        """Raise `IndexNotReady` unless the records of `index` are complete."""
        name = marker_name(index)
        if now_ns - self._seen_ns.get(name, -_BELIEVED_FOR_NS) < _BELIEVED_FOR_NS:
            return
        if engine.get(Key(RANGES, name)) is None:
            raise IndexNotReady(f"The records of {index.label} have not been built; run `make rebuild`.")
        self._seen_ns[name] = now_ns


def marker_name(index: BoundIndex[Any]) -> str:
    """Return the key of the marker: the index's name and a hash of its declaration."""
    declaration = repr((index.fields, index.range, index.guarded, index.unique, index.found_absent, index.where))
    return f"ready/{index.label}/{hashlib.blake2b(declaration.encode(), digest_size=8).hexdigest()}"


def marker(index: BoundIndex[Any]) -> Put:
    """Return the write that declares the records of `index` complete."""
    return Put(RANGES, {"range": marker_name(index), "version": ""})
