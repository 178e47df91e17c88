"""Ways to the database on which one rule of live queries is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from shared.db.engine import Engine, Item, Operation, Page, Put, Query, Update
from tests.db.model.door import Door as PassingDoor
from tests.sync.simulation.door import Door

Change = Callable[[Operation], Operation | None]
MakeDoor = Callable[[Door], Engine]


def as_in_the_model(kind: type[PassingDoor]) -> MakeDoor:
    """Return the door of a breakage of the data layer's model."""
    return lambda door: kind(door, door.process.world.engine, door.process.world.random)


class Passing(PassingDoor):
    """Passes everything on."""

    def __init__(self, door: Door) -> None:
        super().__init__(door, door.process.world.engine, door.process.world.random)
        self.process = door.process


def changing(rule: Change) -> MakeDoor:
    """Return a door that changes single writes by `rule`, or leaves them out."""

    class Changing(Passing):
        def write(self, operation: Operation) -> None:
            changed = rule(operation)
            if changed is not None:
                super().write(changed)

    return Changing


def is_claim(operation: Operation) -> bool:
    """Tell whether an actor becomes a connection's only one."""
    return isinstance(operation, Update) and operation.set.get("state") == "busy"


def is_release(operation: Operation) -> bool:
    """Tell whether an actor lets the next one have the connection."""
    return isinstance(operation, Update) and operation.set.get("state") == "idle"


def without(is_meant: Callable[[Operation], bool], *attributes: str) -> MakeDoor:
    """Return a door at which some writes have no conditions on these attributes."""

    def rule(operation: Operation) -> Operation:
        if not is_meant(operation):
            return operation
        return operation._replace(conditions=tuple(c for c in operation.conditions if c.attribute not in attributes))

    return changing(rule)


def leaving_out(is_lost: Callable[[Operation], bool]) -> MakeDoor:
    """Return a door at which some writes are lost."""
    return changing(lambda operation: None if is_lost(operation) else operation)


def is_held_frame(operation: Operation) -> bool:
    """Tell whether an operation keeps an early frame."""
    is_row = isinstance(operation, Put) and operation.table.name == "connections"
    return is_row and str(operation.key.sort).startswith("held/")


class RemovedRowsCount(Passing):
    """A connection has the rows that there are, and not those that its main row names."""

    def query(self, query: Query) -> Page:
        page = super().query(query)
        if query.table.name != "connections" or query.index is not None:
            return page
        there = [row["row"] for row in page.items if row["row"] != "main"]
        return page._replace(items=[{**row, "rows": there} if row["row"] == "main" else row for row in page.items])


UNCONDITIONAL_CLAIM = without(is_claim, "state", "lastSequence", "gen")
NO_HELD_FRAMES = leaving_out(is_held_frame)


class SubscribedLate(Passing):
    """Whoever reads is subscribed once everything has been read."""

    def __init__(self, door: Door) -> None:
        super().__init__(door)
        self._late: list[Operation] = []

    def write(self, operation: Operation) -> None:
        if isinstance(operation, Put) and operation.table.name == "subscriptions":
            self._late.append(operation)
            return
        if operation.key.table.name == "connections":
            late, self._late = self._late, []
            for put in late:
                super().write(put)
        super().write(operation)


class ReleasedBeforeItPosts(Passing):
    """What is to be posted is posted once the connection has been released."""

    def write(self, operation: Operation) -> None:
        super().write(operation)
        if is_release(operation):
            held: list[Callable[[], None]] = self.process.__dict__.setdefault("held_posts", [])
            posts, self.process.__dict__["held_posts"] = held, []
            for post in posts:
                post()


class RequestsNotRecorded(Passing):
    """A mutation's record is not found when it is sent again."""

    def change(self, operation: Operation, among: Sequence[Operation]) -> Operation:
        if isinstance(operation, Put) and operation.item.get("key", "").startswith("session/"):
            other = f"call/{self.random.random()}"
            return operation._replace(item={**operation.item, "key": other})
        return operation


class SubscriptionsForgotten(Passing):
    """What a claimant's connection depended on is dropped before its queries run again, not after."""

    def write(self, operation: Operation) -> None:
        super().write(operation)
        if is_claim(operation):
            rows = self.database.tables.get("subscriptions", {})
            self._dropped = {key: rows.pop(key) for key in [*rows] if key[1] == operation.key.partition}
        elif is_release(operation):
            for key, row in self.__dict__.pop("_dropped", {}).items():
                self.database.tables["subscriptions"].setdefault(key, row)


class EventuallyConsistentSubscriptions(Passing):
    """Watchers are looked for where they show up only later."""

    def query(self, query: Query) -> Page:
        page = super().query(query)
        if query.table.name != "subscriptions":
            return page
        world = self.process.world
        seen_s: dict[Any, float] = world.__dict__.setdefault("seen_s", {})
        shown = [row for row in page.items if world.now_s - seen_s.setdefault(_name(row), world.now_s) > 1.0]
        return Page(shown, page.next_key)


def _name(row: Item) -> tuple[str, str]:
    return row["topic"], row["connectionId"]
