"""Everything a deployment has stored, to be compared before and after a call."""

from __future__ import annotations

from typing import Any, cast

from tests.support.backend import Backend
from tests.support.memory_engine import MemoryEngine
from tests.support.memory_objects import MemoryObjects


def stored(backend: Backend) -> dict[str, Any]:
    """Return the rows of every table but `commits` and `allowances`, and what the buckets hold.

    Those two also change when something is refused.

    Rows are replaced and never changed in place, so they need not be copied.
    """
    tables = cast("MemoryEngine", backend.store.door).tables
    rows = {name: dict(rows) for name, rows in tables.items() if name not in ("commits", "allowances") and rows}
    objects = cast("MemoryObjects", backend.store.objects)
    return rows | {"large fields": dict(objects.bodies), "binary files": dict(backend.s3.objects)}
