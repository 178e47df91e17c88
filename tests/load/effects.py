"""Whether each thing that people did happened exactly once, and whether everybody was told."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tests.load.records import Operation, Records, Room

Commits = Mapping[tuple[str, str], int]
"""For each function and document how many commits of the one wrote the other."""

FUNCTIONS = {"save": "files:updateFile", "create": "files:createFile"}
_STALE_READ = "{} read {}, although {} had been confirmed before it began"


def faults(records: Records, commits: Commits | None = None) -> list[str]:
    """Return what should not be, a line each.

    Args:
        records: what the clients saw.
        commits: what the database has recorded, if that is known.
    """
    by_id = {operation.id: operation for operation in records.operations}
    return [
        *records.troubles,
        *_unanswered(records.operations),
        *(fault for room in records.rooms for fault in _room_faults(room, records.operations)),
        *_missing_rooms(records),
        *_stale_reads(records.operations, by_id),
        *_views_that_went_back(records, by_id),
        *_untold(records),
        *_differing(records),
        *([] if commits is None else _commit_faults(records.operations, commits)),
    ]


def _differing(records: Records) -> Iterator[str]:
    for view in records.views:
        if not view.equal:
            yield f"{view.view} ({view.query}) does not show what a fresh query tells"


def _unanswered(operations: Iterable[Operation]) -> Iterator[str]:
    for operation in operations:
        if operation.outcome == "unanswered":
            yield f"{operation.id} ({operation.kind}) was not answered in time"


def _missing_rooms(records: Records) -> Iterator[str]:
    known = {room.number for room in records.rooms}
    for number in sorted({operation.room for operation in records.operations} - known):
        yield f"nobody knows what became of project {number}"


def _room_faults(room: Room, operations: list[Operation]) -> Iterator[str]:
    own = [operation for operation in operations if operation.room == room.number]
    yield from _accumulated("create", room.created, own)
    yield from _accumulated("send", room.sent, own)
    for file, shown in room.saved.items():
        saves = {one.id: one for one in own if one.kind == "save" and one.target == file}
        yield from _last_save(file, shown, saves)
    if room.unfinished:
        yield f"{room.unfinished} messages of project {room.number} are still being answered"


def _accumulated(kind: str, found: Iterable[str], operations: list[Operation]) -> Iterator[str]:
    """Check effects that stay beside each other."""
    counts = Counter(found)
    asked = {operation.id: operation for operation in operations if operation.kind == kind}
    for id, operation in asked.items():
        count = counts.pop(id, 0)
        if operation.is_acknowledged and not count:
            yield f"lost: {id} ({kind}) was confirmed and is not there"
        if count > 1:
            yield f"doubled: {id} ({kind}) is there {count} times"
        if count and not operation.may_have_happened:
            yield f"{id} ({kind}) was refused with {operation.code} and is there"
    for id in counts:
        yield f"{id} is there as a {kind}, and nobody asked for it"


def _last_save(file: str, shown: str | None, saves: Mapping[str, Operation]) -> Iterator[str]:
    """Check effects of which only the last is left."""
    last = None if shown is None else saves.get(shown)
    if shown is not None and (last is None or not last.may_have_happened):
        yield f"file {file} has the text of {shown}, which was no save of it"
        return
    for save in saves.values():
        if save.is_acknowledged and (last is None or last.is_before(save)):
            yield f"lost: {save.id} (save) was confirmed, and file {file} has the older text of {shown or 'nobody'}"


def _stale_reads(operations: list[Operation], by_id: Mapping[str, Operation]) -> Iterator[str]:
    saves = _saves_by_file(operations)
    for operation in operations:
        if operation.kind == "read" and operation.is_acknowledged:
            shown = by_id.get(operation.shown or "")
            for save in saves[operation.target]:
                if save.is_acknowledged and save.is_before(operation) and (shown is None or shown.is_before(save)):
                    yield f"stale: {_STALE_READ.format(operation.id, operation.shown or 'the first text', save.id)}"
        for missing in operation.missing:
            yield f"stale: {operation.id} listed no file of {missing}, which had been confirmed before it began"


def _saves_by_file(operations: Iterable[Operation]) -> Mapping[str | None, list[Operation]]:
    found: dict[str | None, list[Operation]] = defaultdict(list)
    for operation in operations:
        if operation.kind == "save":
            found[operation.target].append(operation)
    return found


def _views_that_went_back(records: Records, by_id: Mapping[str, Operation]) -> Iterator[str]:
    shown: dict[str, list[str]] = defaultdict(list)
    for seen in records.seen:
        earlier = shown[seen.view]
        if seen.operation in earlier:
            yield f"doubled: {seen.view} showed {seen.operation} again after it had been gone"
        elif seen.kind == "file" and earlier:
            before, now = by_id.get(earlier[-1]), by_id.get(seen.operation)
            if before and now and now.is_before(before):
                yield f"{seen.view} went back from {before.id} to {now.id}, which had ended before"
        earlier.append(seen.operation)


def _untold(records: Records) -> Iterator[str]:
    """Find pushes that never came: a list shows each entry at some time, even if many came at once."""
    seen = {(one.tab, one.operation) for one in records.seen}
    rooms: dict[int, list[str]] = defaultdict(list)
    for tab in records.opened:
        rooms[int(tab.partition(".")[0])].append(tab)
    for operation in records.operations:
        if operation.kind in ("create", "send") and operation.is_acknowledged:
            for tab in rooms[operation.room]:
                if (tab, operation.id) not in seen:
                    yield f"never told: {tab} has not been shown {operation.id} ({operation.kind})"


def _commit_faults(operations: list[Operation], commits: Commits) -> Iterator[str]:
    """Compare how often documents were written with how often callers asked for it."""
    asked: dict[tuple[str, str], list[Operation]] = defaultdict(list)
    for operation in operations:
        if operation.kind in FUNCTIONS and operation.target:
            asked[FUNCTIONS[operation.kind], operation.target].append(operation)
    for (function, document), all_of in asked.items():
        least = sum(operation.is_acknowledged for operation in all_of)
        most = sum(operation.may_have_happened for operation in all_of)
        count = commits.get((function, document), 0)
        if not least <= count <= most:
            yield f"{function} wrote {document} {count} times; it was confirmed {least} times, and {most} at most"
