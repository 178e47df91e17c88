"""Everything a deployment has stored, to be compared before and after a call."""

from __future__ import annotations

from copy import deepcopy
from typing import Any, cast

from shared.runtime.environment import Environment
from tests.support.memory_engine import MemoryEngine
from tests.support.memory_objects import MemoryObjects


def stored(environment: Environment) -> dict[str, Any]:
    """Return the rows of every table but `commits`, which also records refusals, and the large fields."""
    store = environment.database.store
    tables = cast("MemoryEngine", store.door).tables
    rows = {name: deepcopy(rows) for name, rows in tables.items() if name != "commits" and rows}
    return rows | {"objects": dict(cast("MemoryObjects", store.objects).bodies)}
