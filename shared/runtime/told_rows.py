"""The rows that a table's stream tells of, and those that make no sense."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any, TypeVar

from shared.db.engine import Item
from shared.db.marshal import to_item
from shared.runtime.call_log import Call
from shared.runtime.environment import Environment

T = TypeVar("T")


def told_rows(event: dict[str, Any], environment: Environment, read: Callable[[Item], T]) -> list[T]:
    """Return what `read` makes of each row that a batch says was put or changed.

    A row that cannot be read is passed over: it would be sent again and again, and hold up all that is behind it. It
    is logged, and counted by the metric `errors` of `changes`.
    """
    rows: list[T] = []
    for record in event["Records"]:
        try:
            image = record["dynamodb"].get("NewImage")
            if image is not None:
                rows.append(read(to_item(image)))
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it
            environment.log.write(Call("changes", "door", secrets.token_hex(8), 0.0, error))
    return rows
