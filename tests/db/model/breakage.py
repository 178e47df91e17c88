"""What a broken system is: one rule less, and how soon that has to be noticed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.db.clock import Clock
from shared.db.content import Objects
from tests.db.model.door import Door
from tests.db.model.steps import Step
from tests.support.remote_objects import RemoteObjects


@dataclass(frozen=True)
class Breakage:
    """A rule taken away at a door.

    Attributes:
        name: what is wrong now.
        door: what the database's door becomes.
        objects: what the bucket becomes.
        clock: what the clock becomes.
        steps: the mutations that can notice, or none for all of them.
        weather: the weather in which it shows.
        is_hidden: whether only the tables show it, for callers and observers are told nothing wrong.
    """

    name: str
    door: type[Door] = Door
    objects: Callable[[RemoteObjects], Objects] = lambda objects: objects
    clock: type[Clock] = Clock
    steps: tuple[type[Step], ...] = ()
    weather: Mapping[str, Any] = field(default_factory=dict)
    is_hidden: bool = False


NOTHING = Breakage("nothing")
