"""What the clients saw: the lines that tests/e2e/clients/load/driver.mjs prints. All times are ms since the epoch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class Operation:
    """Something that a person did.

    Attributes:
        id: in the text, or the name, that it wrote.
        kind: list, read, open, save, create or send.
        room: the project.
        tab: the live connection.
        due: when it was to begin, and did, as far as the driver kept up.
        ended: when it was answered, or None: it was not.
        outcome: ok, refused (by the function), failed, unanswered, or replaced: another file was opened first.
        code: of the refusal, or what it failed with.
        target: the file.
        over: socket or HTTP, of what can go either way.
        size_bytes: of the text that is saved.
        shown: of a read: the operation whose text was there.
        missing: of a list: operations whose files should have been in it.
    """

    id: str
    kind: str
    room: int
    tab: str
    due: float
    ended: float | None
    outcome: str = "ok"
    code: str | None = None
    target: str | None = None
    over: str | None = None
    size_bytes: int = 0
    shown: str | None = None
    missing: tuple[str, ...] = ()

    @property
    def is_acknowledged(self) -> bool:
        """Whether the caller knows that it happened."""
        return self.outcome == "ok"

    @property
    def may_have_happened(self) -> bool:
        """Whether it happened, as far as the caller can know."""
        return self.outcome != "refused"

    def is_before(self, other: Operation) -> bool:
        """Tell whether it had been answered before the other began, so that whatever both wrote is the other's."""
        return self.ended is not None and self.ended < other.due


@dataclass(frozen=True)
class Seen:
    """A live view showed what an operation wrote, and had not just before.

    Attributes:
        view: one subscription of a tab.
        kind: folder, messages or file.
        tab: the live connection.
        operation: its id.
        at: when.
        at_once: whether it was in the view's first result.
    """

    view: str
    kind: str
    tab: str
    operation: str
    at: float
    at_once: bool = False


@dataclass(frozen=True)
class Room:
    """A project in the end, by fresh queries.

    Attributes:
        number: the project.
        saved: for each file the operation whose text it has, or None: that of the beginning.
        created: the operations that name its files, one for each file.
        sent: the operations whose messages there are, one for each message.
        unfinished: messages that are still being answered.
    """

    number: int
    saved: dict[str, str | None]
    created: tuple[str, ...]
    sent: tuple[str, ...]
    unfinished: int = 0


@dataclass(frozen=True)
class View:
    """Whether a live view showed in the end what a fresh query told, and after how long."""

    view: str
    query: str
    equal: bool
    after: float


@dataclass(frozen=True)
class Beat:
    """The state of a driver once a second.

    Attributes:
        at: when.
        driver: which.
        open: connections that are.
        reconnections: how often connections were opened again, so far.
        pending: operations that wait for their answers.
        lag_ms: the longest that its event loop was late in the last second.
    """

    at: float
    driver: int
    open: int
    reconnections: int
    pending: int
    lag_ms: float


@dataclass
class Records:
    """All of it."""

    operations: list[Operation] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)
    opened: dict[str, float] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def take(self, driver: int, line: Json) -> None:
        """Add what a line tells."""
        match line["type"]:
            case "operation":
                self.operations.append(_operation(line))
            case "seen":
                told = (line["view"], line["kind"], line["tab"], line["operation"], line["at"], line["atOnce"])
                self.seen.append(Seen(*told))
            case "state":
                self.rooms.append(_room(line))
            case "view":
                self.views.append(View(line["view"], line["query"], line["equal"], line["after"]))
            case "beat":
                counts = (line["open"], line["reconnections"], line["pending"])
                self.beats.append(Beat(line["at"], driver, *counts, line["lagMs"]))
            case "opened":
                self.opened[line["tab"]] = line["at"]
            case "trouble":
                self.troubles.append(f"{line['tab']}: {line['what']}")


def _operation(line: Json) -> Operation:
    names = ("id", "kind", "room", "tab", "due", "ended", "outcome", "code", "target", "over", "shown")
    told = {name: line[name] for name in names if name in line}
    return Operation(**told, size_bytes=line["bytes"], missing=tuple(line.get("missing", ())))


def _room(line: Json) -> Room:
    files, messages = line["files"], line["messages"]
    return Room(
        number=line["room"],
        saved={file["id"]: file["saved"] for file in files if not file["created"]},
        created=_named(file["created"] for file in files),
        sent=_named(message["sent"] for message in messages if message["role"] == "user"),
        unfinished=sum(message["status"] == "processing" for message in messages),
    )


def _named(found: Iterable[str | None]) -> tuple[str, ...]:
    return tuple(operation for operation in found if operation)
