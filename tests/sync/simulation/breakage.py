"""What a broken system is: one rule less, and the weather in which that shows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from shared.db.engine import Engine


@dataclass(frozen=True)
class Rule:
    """A rule that is one public name of the product, and what stands in for it."""

    owner: Any
    name: str
    broken: Callable[[Any], Any]


@dataclass(frozen=True)
class Breakage:
    """A rule taken away: at a door of each process, or where one name of the product says it.

    Attributes:
        name: what is wrong now.
        door: what the way to the database becomes.
        queue: what the queue's client becomes.
        gateway: what the gateway's client becomes.
        rules: what is put in the place of rules; each gets the rule and returns its broken version.
        weather: the weather in which it shows.
    """

    name: str
    door: Callable[[Any], Engine] = lambda door: door
    queue: Callable[[Any], Any] = lambda client: client
    gateway: Callable[[Any], Any] = lambda client: client
    rules: tuple[Rule, ...] = ()
    weather: Mapping[str, Any] = field(default_factory=dict)


NOTHING = Breakage("nothing")
