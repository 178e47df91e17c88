"""From what feeds a door to the statements of its role, besides those for the functions it runs.

websocket:$connect     puts a socket's first row, and counts who opens many
websocket:$disconnect  tells the socket's mailbox
websocket:$default     tells the socket's mailbox, and closes a socket whose message it could not pass on
queue:mailbox          keeps rows of sockets and subscriptions, posts to sockets, tells mailboxes
stream:…               reads a table's stream; of commits, also finds who is subscribed and tells their mailboxes
schedule:…             puts sweeps off, if it strikes every minute
machine:…              nothing: machines call it
executions:            nothing: EventBridge calls it
delay:sweeps           looks through the sockets, posts to them, buries the lost, tells mailboxes
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Final

from infra.grants import Grant, counting, notifying, telling
from infra.names import Names
from shared.schema.platform import BY_SHARD, COMMITS, CONNECTIONS, SUBSCRIPTIONS, all_tables
from shared.schema.table import Table

EVERY_MINUTE: Final = "cron(* * * * ? *)"
_SOCKETS: Final = "sockets come and go, and the API's id is CloudFormation's"
_STREAMS: Final = "a stream's name holds the time at which it was switched on"


def source_grants(sources: Iterable[str], names: Names) -> list[Grant]:
    """Return what the role of a function needs that `sources` feed.

    Raises:
        KeyError: there is no such kind of source, or no such table.
    """
    found: list[Grant] = []
    for source in sources:
        kind, _, name = source.partition(":")
        found += _OF_KIND[kind](name, names)
    return found


def table_named(name: str) -> Table:
    """Return the table `name` of the schema."""
    return {table.name: table for table in all_tables()}[name]


def _of_websocket(route: str, names: Names) -> Iterator[Grant]:
    if route == "$connect":
        yield Grant(("dynamodb:PutItem",), (names.table_arn(CONNECTIONS),))
        yield from counting(names)
    else:
        yield telling(names)
    if route not in {"$connect", "$disconnect"}:
        yield _managing(names, "DELETE")


def _of_queue(name: str, names: Names) -> Iterator[Grant]:
    yield _receiving(*names.queues(name), names=names)
    rows = ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem")
    yield Grant(tuple(f"dynamodb:{action}" for action in rows), (names.table_arn(CONNECTIONS),))
    yield Grant(("dynamodb:PutItem", "dynamodb:DeleteItem"), (names.table_arn(SUBSCRIPTIONS),))
    yield _managing(names, "POST", "DELETE")


def _of_stream(name: str, names: Names) -> Iterator[Grant]:
    read = ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
    stream = (names.stream_arn(table_named(name)),)
    yield Grant(tuple(f"dynamodb:{action}" for action in read), stream, _STREAMS)
    yield Grant(("dynamodb:GetItem",), (names.table_arn(table_named(name)),))
    yield Grant(("sqs:SendMessage",), (names.queue_arn(names.failed_changes(name)),))
    if name == COMMITS.name:
        yield from notifying(names)


def _of_schedule(expression: str, names: Names) -> Iterator[Grant]:
    if expression == EVERY_MINUTE:
        yield Grant(("sqs:SendMessage",), (names.queue_arn(names.delay_queue("sweeps")),))


def _nothing(_: str, __: Names) -> Iterator[Grant]:
    yield from ()


def _of_delay(name: str, names: Names) -> Iterator[Grant]:
    yield _receiving(names.delay_queue(name), names=names)
    yield Grant(("dynamodb:Query",), (names.index_arn(CONNECTIONS, BY_SHARD),))
    yield Grant(("dynamodb:BatchGetItem", "dynamodb:UpdateItem"), (names.table_arn(CONNECTIONS),))
    yield _managing(names, "POST", "DELETE")
    yield telling(names)


def _receiving(*queues: str, names: Names) -> Grant:
    actions = ("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")
    return Grant(actions, tuple(map(names.queue_arn, queues)))


def _managing(names: Names, *methods: str) -> Grant:
    return Grant(("execute-api:ManageConnections",), tuple(map(names.sockets_arn, methods)), _SOCKETS)


_OF_KIND: Final[dict[str, Callable[[str, Names], Iterator[Grant]]]] = {
    "websocket": _of_websocket,
    "queue": _of_queue,
    "stream": _of_stream,
    "schedule": _of_schedule,
    "delay": _of_delay,
    "machine": _nothing,
    "executions": _nothing,
}
