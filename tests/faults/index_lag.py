"""Secondary indexes that lag: what a query of a range is shown may be what was true some time ago.

MiniStack's indexes are always up to date. So before a transaction changes entries of a range, which it says by a row
of `changes`, the range is read and kept; a query within the lag is answered from what was kept, or from the index.
"""

from __future__ import annotations

import json
import re
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from shared.schema.document import DOCUMENTS, Document
from shared.schema.index import BoundIndex
from shared.schema.platform import CHANGES
from tests.faults.dice import Dice

Typed = dict[str, Any]
"""An item, or a request, in DynamoDB's JSON."""
Ask = Callable[[str, Typed], Awaitable[Typed]]
"""Calls an operation of the real DynamoDB."""

_UNDERSTOOD: Final = re.compile(
    r"(?P<partition>#\w+ = :\w+(?: AND #\w+ = :\w+)*)"
    r"(?: AND (?P<sort>#\w+) (?:BETWEEN (?P<low>:\w+) AND (?P<high>:\w+)|(?P<test>>=|<=) (?P<bound>:\w+)))?"
)
_TERM: Final = re.compile(r"(#\w+) = (:\w+)")


class _Seen(NamedTuple):
    """All entries of a range, in order, at a moment of the past."""

    at_s: float
    entries: list[Typed]


@dataclass(frozen=True)
class _Asked:
    """A query of an index, as far as it can be answered here.

    Attributes:
        range: table, index, and the values of the partition.
        index: the declared index.
        low: the least value of the first sort attribute, or None.
        high: the greatest, or None.
    """

    range: tuple[str, ...]
    index: BoundIndex[Any]
    low: Any
    high: Any


class IndexLag:
    """Remembers what ranges of indexes held, and answers queries from it.

    Args:
        now_s: a clock that never goes back.
    """

    def __init__(self, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._seen: dict[tuple[str, ...], list[_Seen]] = defaultdict(list)

    async def before(self, transaction: Typed, lag_s: float, ask: Ask) -> None:
        """Keep what the ranges hold that a transaction is about to change.

        Args:
            transaction: the request.
            lag_s: how long it is of use.
            ask: reaches the real DynamoDB.
        """
        puts = [item["Put"] for item in transaction["TransactItems"] if "Put" in item]
        for put in puts:
            prefix, _, table = put["TableName"].rpartition(CHANGES.name)
            if not table and put["TableName"] != prefix:
                await self._keep(prefix, put["Item"]["range"]["S"], lag_s, ask)

    async def answer(self, query: Typed, lag_s: float, dice: Dice) -> Typed | None:
        """Answer a query from what was true within the last `lag_s`; None: ask the index itself."""
        asked = _understood(query)
        if asked is None:
            return None
        oldest_s = self._now_s() - lag_s
        seen = [seen for seen in self._seen.get(asked.range, ()) if seen.at_s >= oldest_s]
        number = dice.of(f"lag.{asked.index.label}").randint(0, len(seen))
        return _page(query, asked, seen[number].entries) if number < len(seen) else None

    async def _keep(self, prefix: str, range_name: str, lag_s: float, ask: Ask) -> None:
        label, _, values = range_name.partition("/")
        table, _, name = label.partition(".")
        index = DOCUMENTS[table].index(name)
        if not index.has_entries:
            return
        physical, partition = prefix + table.lstrip("_"), json.loads(values)
        entries: list[Typed] = []
        at_s = self._now_s()  # before it is read: what is read was true then or later, and no earlier state is shown
        query: Typed = {
            "TableName": physical,
            "IndexName": name,
            "KeyConditionExpression": " AND ".join(f"#{n} = :{n}" for n in range(len(partition))),
            "ExpressionAttributeNames": {f"#{n}": attribute for n, attribute in enumerate(index.partition)},
            "ExpressionAttributeValues": {f":{n}": {"S": value} for n, value in enumerate(partition)},
        }
        while True:
            page = await ask("Query", query)
            entries += page["Items"]
            if "LastEvaluatedKey" not in page:
                break
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]
        kept = self._seen[physical, name, *partition]
        kept[:] = [seen for seen in kept if seen.at_s >= at_s - lag_s]
        kept.append(_Seen(at_s, entries))


def _understood(query: Typed) -> _Asked | None:
    condition = _UNDERSTOOD.fullmatch(query.get("KeyConditionExpression", ""))
    more = {"FilterExpression", "ProjectionExpression", "Select"} & query.keys()
    if "IndexName" not in query or condition is None or more or query.get("ReturnConsumedCapacity", "NONE") != "NONE":
        return None
    document = _document(query["TableName"])
    if document is None:
        return None
    index = document.index(query["IndexName"])
    names, values = query["ExpressionAttributeNames"], query["ExpressionAttributeValues"]
    given = {names[name]: values[value]["S"] for name, value in _TERM.findall(condition["partition"])}
    if set(given) != set(index.partition) or (condition["sort"] and names[condition["sort"]] != index.sort[0]):
        return None
    low, high = condition["low"], condition["high"]
    if condition["test"] == ">=":
        low = condition["bound"]
    elif condition["test"] == "<=":
        high = condition["bound"]
    range_ = (query["TableName"], query["IndexName"], *(given[attribute] for attribute in index.partition))
    bounds = [values[bound] if bound else None for bound in (low, high)]
    return _Asked(range_, index, *bounds)


def _document(physical: str) -> type[Document] | None:
    names = {document.table().name.lstrip("_"): document for document in DOCUMENTS.values()}
    return names.get(physical.rpartition("-")[2])


def _page(query: Typed, asked: _Asked, entries: list[Typed]) -> Typed:
    """Return what DynamoDB would, were these the entries of the range."""
    first, forward = asked.index.sort[0], query.get("ScanIndexForward", True)

    def position(entry: Typed) -> tuple[Any, ...]:
        return tuple(_value(entry[attribute]) for attribute in asked.index.sort)

    found = [
        entry
        for entry in entries
        if (asked.low is None or _value(entry[first]) >= _value(asked.low))
        and (asked.high is None or _value(entry[first]) <= _value(asked.high))
    ]
    if not forward:
        found.reverse()
    if start := query.get("ExclusiveStartKey"):
        after = position(start)
        found = [entry for entry in found if (position(entry) > after if forward else position(entry) < after)]
    shown = found[: query.get("Limit")]
    answer: Typed = {"Items": shown, "Count": len(shown), "ScannedCount": len(shown)}
    if shown and len(shown) == query.get("Limit"):
        key = {"_id", *asked.index.partition, *asked.index.sort}
        answer["LastEvaluatedKey"] = {name: value for name, value in shown[-1].items() if name in key}
    return answer


def _value(typed: Typed) -> Any:
    ((kind, value),) = typed.items()
    return float(value) if kind == "N" else value
