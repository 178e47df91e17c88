"""Changes of tables that were given up by the function that follows them, and telling it of them again."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from shared.errors import Conflict

Json = dict[str, Any]

_BATCH: Final = 100
_FOLLOWED: Final = ("INSERT", "MODIFY")
_GONE: Final = ("TrimmedDataAccessException", "ResourceNotFoundException")


@dataclass(frozen=True)
class Changes:
    """The streams of a stage's tables, and the functions behind them.

    Attributes:
        streams: a botocore client of DynamoDB's streams.
        functions: a botocore client of Lambda.
    """

    streams: Any
    functions: Any

    def tell_again(self, letter: str) -> None:
        """Tell a function again of the changes that a message says it has given up.

        Raises:
            Conflict: they are not there any more, or the function fails again.
        """
        told = json.loads(letter)
        function, batch = told["requestContext"]["functionArn"], told["DDBStreamBatchInfo"]
        records = [record for record in self._records(batch) if record["eventName"] in _FOLLOWED]
        for start in range(0, len(records), _BATCH):
            event = json.dumps({"Records": records[start : start + _BATCH]}, default=_plain)
            answer = self.functions.invoke(FunctionName=function, Payload=event.encode())
            if answer.get("FunctionError"):
                error = json.loads(answer["Payload"].read() or b"{}")
                name = function.rpartition(":")[2]
                raise Conflict(f"{name} failed again: {error.get('errorType')}: {error.get('errorMessage')}")

    def _records(self, batch: Json) -> Iterator[Json]:
        """Yield the records of a part of a shard."""
        first, last = batch["startSequenceNumber"], int(batch["endSequenceNumber"])
        place = {"StreamArn": batch["streamArn"], "ShardId": batch["shardId"], "SequenceNumber": first}
        try:
            iterator = self.streams.get_shard_iterator(**place, ShardIteratorType="AT_SEQUENCE_NUMBER")
            following = iterator["ShardIterator"]
            while following:
                answer = self.streams.get_records(ShardIterator=following)
                for record in answer["Records"]:
                    if int(record["dynamodb"]["SequenceNumber"]) > last:
                        return
                    yield record
                    if int(record["dynamodb"]["SequenceNumber"]) == last:
                        return
                following = answer.get("NextShardIterator") if answer["Records"] else None
        except self.streams.exceptions.ClientError as error:
            if error.response["Error"]["Code"] not in _GONE:
                raise
            raise Conflict("These changes are gone: streams keep them for a day") from None


def _plain(value: Any) -> Any:
    """Return what Lambda has in an event in place of a value that is no JSON."""
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, bytes):
        return b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} is not JSON")
