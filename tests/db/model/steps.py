"""What a mutation of the model is, and how its arguments are drawn.

Documents go by tags: those of the first documents are given, and a new one takes the tag of the call that makes it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

from shared.db.writer import Writer
from shared.errors import NotFound
from shared.schema.document import Document, Id

D = TypeVar("D", bound=Document)
S = TypeVar("S", bound="Step")

POOLS: dict[str, tuple[Any, ...]] = {
    "project": ("p1", "p2"),
    "other_project": ("p2", "p1"),
    "owner": ("ada", "bob"),
    "limit": (1, 2, 2, 3),
    "folder": (None, "d1"),
    "name": ("a", "b", "c"),
    "file": ("f1", "f2", "f3"),
    "other_file": ("f2", "f3", "f1"),
    "subject": ("ada", "eve"),
    "large": (False, False, True),
    "looks": (False, True),
    "touches": (False, True),
}
"""What each argument is drawn from."""

_BIG = "~" * 17_000
"""Enough to be stored outside the row."""


@dataclass
class Names:
    """Which id goes by which tag."""

    ids: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    def give(self, tag: str, id_: str) -> None:
        """Let a document go by `tag`. Every attempt of a call makes one of its own, of which one is committed."""
        self.ids.setdefault(tag, id_)
        self.tags[id_] = tag

    def id(self, tag: str | None) -> Id[Any] | None:
        """Return the id of one of the first documents."""
        return None if tag is None else Id(self.ids[tag])


@dataclass(frozen=True)
class Step:
    """One mutation with its arguments."""

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        """Do it and return its result."""
        raise NotImplementedError


def draw(kind: type[S], random: random.Random) -> S:
    """Return a step of this kind with random arguments."""
    return kind(**{field.name: random.choice(POOLS[field.name]) for field in fields(kind)})


def required(db: Writer, document: type[D], names: Names, tag: str, depends_on: tuple[str, ...] | None = None) -> D:
    """Return one of the first documents, or refuse."""
    found = db.get(document, Id(names.ids[tag]), depends_on=depends_on)
    if found is None:
        raise NotFound(tag)
    return found


def number_of(tag: str) -> float:
    """Return the number in a call's tag."""
    return float(tag[1:])


def swell(text: str) -> str:
    """Write out what the specification calls `<big>`."""
    return text.replace("<big>", _BIG)


def squeeze(text: str) -> str:
    """Write `<big>` for what is large."""
    return text.replace(_BIG, "<big>")
