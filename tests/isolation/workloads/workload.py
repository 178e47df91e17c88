"""What a workload is: documents to begin with, mutations and looks at random, and what must hold of what they see."""

from __future__ import annotations

import random
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from typing import Any, ClassVar

from shared.db.reader import Reader
from shared.schema.document import Document, Id
from shared.schema.tables import Conversation
from tests.isolation.history import History, Operation, Write
from tests.isolation.trace import Trace

Plan = dict[str, Any]
"""What was there at first, as JSON can carry it: ids by the keys of histories."""
Body = Callable[[Trace], None]


class Workload(ABC):
    """Operations on some documents."""

    name: ClassVar[str]

    @abstractmethod
    def prepare(self, trace: Trace) -> Plan:
        """Make the first documents, in one mutation."""

    @abstractmethod
    def step(self, dice: random.Random, plan: Plan) -> Body:
        """Return a mutation."""

    @abstractmethod
    def look(self, dice: random.Random, plan: Plan) -> Body:
        """Return a query that reads one key."""

    @abstractmethod
    def last_looks(self, plan: Plan) -> Iterator[Body]:
        """Yield queries that together read every key."""

    def wrong(self, operation: Operation, plan: Plan) -> str | None:
        """Return what is wrong with what an operation saw, besides the order of things."""
        return None

    def wrong_in_the_end(self, history: History, plan: Plan) -> Iterator[str]:
        """Yield what is wrong with the whole, besides the order of things."""
        yield from ()


def found(reader: Reader, document: type[Document], id: str) -> Any:
    """Return a document that is there."""
    row = reader.get(document, Id(id))
    assert row is not None, f"{id} is gone"
    return row


def see_register(trace: Trace, key: str, id: str) -> None:
    """Read a register, which is the title of a conversation."""
    row = found(trace.reader, Conversation, id)
    trace.read(key, row.title, row.version)


def set_register(trace: Trace, key: str, id: str) -> None:
    """Write a register that was read."""
    token = trace.token()
    trace.db.patch(Id(id), title=token)
    trace.wrote(Write(key, token))


def add_register(trace: Trace, key: str, project: str) -> str:
    """Make a register and return its id."""
    token = trace.token()
    id_ = trace.db.insert(Conversation, project_id=Id(project), title=token, updated_at=0)
    trace.wrote(Write(key, token))
    return id_
