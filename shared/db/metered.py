"""What calls of DynamoDB consume, as it tells itself."""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import Any, Final

_WRITES: Final = frozenset({"put_item", "update_item", "delete_item", "transact_write_items"})


class MeteredClient:
    """A botocore DynamoDB client that adds up the capacity of what is asked of it.

    Attributes:
        read: units read.
        write: units written.
    """

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = Lock()
        self.read = 0.0
        self.write = 0.0

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        """Return the client's operation, which also tells what it consumes."""

        def call(**request: Any) -> Any:
            answer = getattr(self._client, operation)(**request, ReturnConsumedCapacity="TOTAL")
            consumed = answer.get("ConsumedCapacity") or []
            consumed = consumed if isinstance(consumed, list) else [consumed]
            units = sum(one.get("CapacityUnits", 0.0) for one in consumed)
            with self._lock:
                if operation in _WRITES:
                    self.write += units
                else:
                    self.read += units
            return answer

        return call
