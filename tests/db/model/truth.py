"""What is in the tables, as the specification's state: read from the raw items, past the data layer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from shared.db.engine import Item
from tests.db.model.specification import Row, State
from tests.db.model.steps import squeeze

MODELLED = ("projects", "files", "messages", "users")


def state_of(tables: Mapping[str, Mapping[Any, Item]], bodies: Mapping[str, bytes], tags: Mapping[str, str]) -> State:
    """Return the state that the tables and the bucket hold."""
    return {
        (table, tags[item["_id"]]): row_of(item, bodies, tags)
        for table in MODELLED
        for item in tables.get(table, {}).values()
    }


def row_of(item: Item, bodies: Mapping[str, bytes], tags: Mapping[str, str]) -> Row:
    """Return a document's row: its fields by their stored names, ids as tags, large contents filled in."""
    return {name: _value(value, bodies, tags) for name, value in item.items() if not name.startswith("_")}


def _value(value: Any, bodies: Mapping[str, bytes], tags: Mapping[str, str]) -> Any:
    if isinstance(value, dict) and "spilled" in value:
        value = bodies[value["spilled"]["key"]].decode()
    if isinstance(value, dict):
        return json.dumps(value)
    return tags.get(squeeze(value), squeeze(value)) if isinstance(value, str) else value
