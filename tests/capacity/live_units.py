"""What live queries take, counted in memory: frames, batches of actors, posts, requests to queues, units."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from math import ceil
from typing import Any, NamedTuple

from shared.db.database import Database
from shared.db.marshal import from_item
from shared.db.outcome import change_of
from shared.push.mailbox import Event
from shared.push.notices import Notices
from shared.push.subscriptions import Subscriptions
from shared.runtime.call_log import Call, CallLog
from shared.schema.document import DOCUMENTS
from shared.sync.commits import announce
from tests.functions.callers import Client, identity
from tests.functions.rows import Rows, furnish
from tests.support.counting_engine import CountingEngine
from tests.support.memory_mailbox import MemoryMailbox
from tests.sync.live import Live, Message, Socket, add, authenticate, connect, modify, mutation, remove

SETTLED_S = 600
"""Longer than readers look back for recent changes."""
FILES = 20
_ENTRIES = 10
"""Messages that a request to a queue carries."""
_MESSAGE_BYTES = 32 * 1024
"""What API Gateway charges as one message."""


class Taken(NamedTuple):
    """What something takes.

    Attributes:
        frames: that a client sends.
        batches: of events that actors handle.
        sends: requests that put events into mailboxes, those of frames left out.
        posts: messages to clients, of 32 KB each.
        lines: of the log, one for each batch and each run of a function.
        read_units: of DynamoDB.
        write_units: of DynamoDB, those of indexes included.
        posted_kb: to clients.
    """

    frames: int = 0
    batches: int = 0
    sends: int = 0
    posts: int = 0
    lines: int = 0
    read_units: float = 0
    write_units: float = 0
    posted_kb: float = 0


class _CountingMailbox(MemoryMailbox):
    """A mailbox that counts requests; what it drops as sent again is charged too."""

    requests = 0

    def send(self, events: Iterable[Event]) -> None:
        sent = [*events]
        self.requests += ceil(len(sent) / _ENTRIES)
        super().send(sent)


class _CountingLog(CallLog):
    """A log of calls that counts its lines."""

    def __init__(self) -> None:
        self.lines = 0

    def write(self, call: Call) -> None:
        self.lines += 1


class Stand:
    """A user's project in a deployment whose clients are counted."""

    def __init__(self) -> None:
        self.engine = CountingEngine()
        self.live = Live(self.engine)
        self.mailbox = _CountingMailbox()
        self.log = _CountingLog()
        self.live.environment = replace(self.live.environment, log=self.log)
        self.live.replace(self.mailbox, self.live.sockets)
        self.rows: Rows = furnish(self.live.environment, "ada", "one", files=FILES)

    def page(self, first: int) -> list[Message]:
        """Return the live queries of the editor's page, numbered from `first`."""
        project, conversation = self.rows.project, self.rows.conversation
        return [
            add(first, "projects:getById", id=project),
            add(first + 1, "files:getFolderContents", projectId=project),
            add(first + 2, "files:getFolderContents", projectId=project, parentId=self.rows.folder),
            add(first + 3, "conversations:getByProject", projectId=project),
            add(first + 4, "conversations:getMessages", conversationId=conversation),
        ]

    def opened(self) -> Socket:
        """Return a client that shows the page and a file."""
        socket = self.live.socket()
        added = [*self.page(0), add(5, "files:getFile", id=self.rows.file)]
        socket.send(connect(session=socket.id), authenticate("ada"), modify(0, *added))
        socket.told()
        return socket

    def settle(self) -> None:
        """Let time pass, and look up what processes look up once a minute."""
        store = self.live.store
        store.clock.sleep(SETTLED_S)
        for document in DOCUMENTS.values():
            for index in document.indexes:
                if index.guarded or index.unique:
                    store.readiness.require(self.engine, index, store.clock.now_ns())

    def count(self, *sent: Callable[[], None], frames: int) -> Taken:
        """Let things be sent, one after the other, and return what they take until nothing is left to do."""
        self.engine.reset()
        self.mailbox.requests = self.log.lines = 0
        self.live.sockets.posted.clear()
        batches = 0
        for send in sent:
            send()
            while self.mailbox.waiting:
                self.live.step()
                batches += 1
        texts = [text for posted in self.live.sockets.posted.values() for text in posted]
        cost = self.engine.cost
        return Taken(
            frames=frames,
            batches=batches,
            sends=self.mailbox.requests - frames,
            posts=sum(ceil(len(text.encode()) / _MESSAGE_BYTES) for text in texts),
            lines=self.log.lines,
            read_units=cost.read_units,
            write_units=cost.write_units + cost.index_units,
            posted_kb=round(sum(len(text.encode()) for text in texts) / 1000, 1),
        )

    def announced(self) -> Taken:
        """Return what it takes to tell of the last commit once more, as its stream does."""
        record = {"eventName": "INSERT", "dynamodb": {"NewImage": from_item(self.newest())}}

        def tell() -> None:
            announce({"Records": [record]}, self.live.environment)

        return self.count(tell, frames=0)

    def newest(self) -> dict[str, Any]:
        """Return the record of the last commit."""
        return max(self.engine.inner.tables["commits"].values(), key=lambda row: row["commit"])


def opening() -> Taken:
    """A client opens the page: three frames in one batch, five queries."""
    stand = Stand()
    stand.settle()
    first = (connect(session="s"), authenticate("ada"), modify(0, *stand.page(0)))
    return stand.count(lambda: stand.live.socket().send(*first), frames=3)


def turning() -> Taken:
    """A client leaves a page for another, of as many queries."""
    stand = Stand()
    socket = stand.opened()
    stand.settle()
    left = [remove(number) for number in range(5)]
    return stand.count(lambda: socket.send(modify(1, *left, *stand.page(10))), frames=1)


def opening_file() -> Taken:
    """A client opens a file."""
    stand = Stand()
    socket = stand.opened()
    stand.settle()
    other = modify(1, remove(5), add(6, "files:getFile", id=stand.rows.file))
    return stand.count(lambda: socket.send(other), frames=1)


def mutating(path: str, args: Callable[[Rows], dict[str, Any]]) -> tuple[Taken, Taken]:
    """Return what a mutation takes that a client sends who shows the page, and what the stream of commits adds.

    Args:
        path: of the function.
        args: returns its arguments.
    """
    stand = Stand()
    socket = stand.opened()
    stand.settle()
    sent = mutation(0, path, **args(stand.rows))
    return stand.count(lambda: socket.send(sent), frames=1), stand.announced()


def pushing(path: str, args: Callable[[Rows], dict[str, Any]]) -> tuple[Taken, Taken]:
    """Return what it takes to show one client what somebody else has done, and what the stream of commits adds.

    What the function itself takes is left out, and what finding and telling the client takes is not.
    """
    stand = Stand()
    stand.opened()
    stand.settle()
    untold = replace(stand.live.environment, database=Database(stand.live.store))
    Client(untold, identity("ada"), internal=True).call(path, **args(stand.rows))
    change = change_of(stand.newest())
    notices = Notices(Subscriptions(stand.live.store), stand.mailbox)
    return stand.count(lambda: notices.try_to_send(change), frames=0), stand.announced()


def saving(kb: float) -> tuple[Taken, Taken]:
    """Return what saving a file of a size takes; as `mutating`."""
    return mutating("files:updateFile", lambda rows: {"id": rows.file, "content": text_of(kb)})


def creating() -> tuple[Taken, Taken]:
    """Return what making a file takes; as `mutating`."""
    made = {"name": "new.ts", "content": ""}
    return mutating("files:createFile", lambda rows: {"projectId": rows.project, "parentId": rows.folder, **made})


def asking() -> tuple[Taken, Taken]:
    """Return what a message to the assistant takes, without its job; as `mutating`."""
    said = {"message": "Make it faster, please."}
    return mutating("messages:send", lambda rows: {"conversationId": rows.conversation, **said})


def auditing() -> Taken:
    """An audit of a client that shows the page."""
    stand = Stand()
    socket = stand.opened()
    stand.settle()
    return stand.count(lambda: stand.mailbox.send([Event(socket.id, "audit", "1")]), frames=0)


def closing() -> Taken:
    """A client goes."""
    stand = Stand()
    socket = stand.opened()
    stand.settle()
    return stand.count(lambda: stand.mailbox.send([Event(socket.id, "disconnect", "closed")]), frames=0)


def text_of(kb: float) -> str:
    """Return a text of a size."""
    return ("x" * 39 + "\n") * int(kb * 1000 / 40)


def live_units() -> dict[str, dict[str, float]]:
    """Return what everything takes, by name."""
    counted: dict[str, Taken] = {
        "open": opening(),
        "turn": turning(),
        "open file": opening_file(),
        "audit": auditing(),
        "close": closing(),
    }
    for name, (taken, told) in {
        "save": saving(6),
        "create": creating(),
        "message": asking(),
    }.items():
        counted |= {name: taken, f"{name} told": told}
    save = {"content": text_of(6)}
    counted["push"], counted["push told"] = pushing("files:updateFile", lambda rows: {"id": rows.file, **save})
    said = {"content": text_of(1)}
    counted["text"], counted["text told"] = pushing(
        "system:streamMessageContent", lambda rows: {"messageId": rows.message, **said}
    )
    return {name: {key: value for key, value in took._asdict().items() if value} for name, took in counted.items()}
