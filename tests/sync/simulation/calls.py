"""Mutations to make and queries to watch; and what a client must see of its own mutations."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from tests.sync.simulation.world import World

Row = dict[str, Any]
Watched = tuple[str, str]
"""Path and arguments (JSON) of a query."""

MUTATIONS = ("add", "add", "append", "append", "append", "move", "drop", "own", "look", "refuseEven", "refuseEven")


@dataclass
class Call:
    """A mutation that somebody wants done once.

    Attributes:
        tag: its name, which it leaves behind.
        path: of its function.
        args: of its function.
        askers: on whose behalf it may have been run.
        confirmed: the version of the identity that was confirmed when it was last sent.
        sendings: how often.
        may_overtake: whether it was first sent on a later connection than the first, where the server does not know
            which request is the next.
        state: whether its caller has been answered, and then told of what it did.
        value: what it returned.
        ts: when it was committed, ns.
    """

    tag: str
    path: str
    args: Row
    askers: set[str | None] = field(default_factory=set)
    confirmed: int = 0
    sendings: int = 0
    may_overtake: bool = False
    state: Literal["pending", "answered", "done", "failed"] = "pending"
    value: Row = field(default_factory=dict)
    ts: int = 0
    why: str = ""

    @property
    def kind(self) -> str:
        """The function's name."""
        return self.path.partition(":")[2]

    @property
    def writes(self) -> bool:
        """Whether its tag is to be seen in a note."""
        return self.kind not in {"look", "drop"}


def draw_call(world: World, tag: str) -> Call:
    """Draw a mutation."""
    dice = world.random
    kind = dice.choice(MUTATIONS)
    args: Row = {"tag": tag}
    if kind not in {"own", "add"}:
        args["note"] = dice.choice(world.notes)
    if kind in {"add", "move"}:
        args["shelf"] = dice.choice(world.shelves)
    if kind in {"drop", "move"}:
        world.displaced.add(args["note"])
    call = Call(tag, f"sync:{kind}", args)
    world.calls.append(call)
    return call


def draw_query(world: World, dice: random.Random, *, chunks: bool) -> tuple[str, Row]:
    """Draw a query to watch."""
    kind = dice.choice(("all", "all", "latest", "one", "one", "short", "page", "page", "mine", "who", "bulky"))
    if kind == "bulky" and (not chunks or dice.random() < 0.8):
        kind = "one"
    args: Row = {}
    if kind in {"all", "latest", "page"}:
        args["shelf"] = dice.choice(world.shelves)
    if kind in {"one", "short", "bulky"}:
        args["note"] = dice.choice(world.notes)
    if kind == "page":
        args["paginationOpts"] = {"numItems": dice.randint(1, 3), "cursor": None, "id": 1}
    return f"sync:{kind}", args


def unseen_effect(world: World, call: Call, watched: Watched, args: Row, notes: Row) -> str:
    """Tell what a result should show of a mutation that is done, and does not; or nothing.

    Args:
        world: the world.
        call: the mutation.
        watched: the query.
        args: of the query.
        notes: what its result shows.
    """
    note, kind = call.value["note"], watched[0].partition(":")[2]
    if call.kind == "drop":
        return "a note that was dropped" if note in notes else ""
    if not call.writes:
        return ""
    if note in notes:
        return "" if call.tag in notes[note].split() else f"a note as it was before: {notes[note]!r}"
    is_here = (kind == "all" and call.args.get("shelf") == args.get("shelf")) or (
        kind == "one" and args.get("note") == note
    )
    return "no note" if is_here and note not in world.displaced else ""
