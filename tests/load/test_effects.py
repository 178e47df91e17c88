"""That the checker of effects finds what is wrong, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.load.effects import faults
from tests.load.records import Operation, Records, Room, Seen, View

FILE = "files-1"
SAVED, AGAIN, READ = "op-0-1", "op-0-2", "op-0-3"
CREATED, SENT = "op-0-4", "op-0-5"


def operation(id: str, kind: str, due: float, ended: float | None, **more: Any) -> Operation:
    return Operation(id=id, kind=kind, room=1, tab="1.0", due=due, ended=ended, **more)


def good() -> Records:
    """Two saves one after the other, a read between them, a new file and a message; two tabs."""
    return Records(
        operations=[
            operation(SAVED, "save", 10, 20, target=FILE),
            operation(READ, "read", 30, 40, target=FILE, shown=SAVED),
            operation(AGAIN, "save", 50, 60, target=FILE),
            operation(CREATED, "create", 70, 80, target="files-2"),
            operation(SENT, "send", 90, 95),
        ],
        seen=[
            *(Seen("1.1/1", "file", "1.1", id, at) for id, at in ((SAVED, 22), (AGAIN, 65))),
            *(Seen(f"{tab}/2", "folder", tab, CREATED, 85) for tab in ("1.0", "1.1")),
            *(Seen(f"{tab}/3", "messages", tab, SENT, 99) for tab in ("1.0", "1.1")),
        ],
        rooms=[Room(1, saved={FILE: AGAIN}, created=(CREATED,), sent=(SENT,))],
        views=[View("1.1/1", "files:getFile", equal=True, after=5)],
        opened={"1.0": 1, "1.1": 2},
    )


COMMITS = {("files:updateFile", FILE): 2, ("files:createFile", "files-2"): 1}


def changed(records: Records, id: str, **fields: Any) -> Records:
    """Let an operation have been otherwise."""
    records.operations = [replace(one, **fields) if one.id == id else one for one in records.operations]
    return records


def room(**fields: Any) -> Records:
    """Let the end have been otherwise."""
    records = good()
    records.rooms = [replace(records.rooms[0], **fields)]
    return records


def test_a_good_log_has_no_faults() -> None:
    assert faults(good(), COMMITS) == []


@pytest.mark.parametrize(
    ("records", "told"),
    [
        (room(created=()), "lost: op-0-4 (create) was confirmed and is not there"),
        (room(sent=()), "lost: op-0-5 (send) was confirmed and is not there"),
        (room(sent=(SENT, SENT)), "doubled: op-0-5 (send) is there 2 times"),
        (room(sent=(SENT, "op-9-9")), "op-9-9 is there as a send, and nobody asked for it"),
        (
            room(saved={FILE: SAVED}),
            "lost: op-0-2 (save) was confirmed, and file files-1 has the older text of op-0-1",
        ),
        (room(saved={FILE: "op-9-9"}), "file files-1 has the text of op-9-9, which was no save of it"),
        (room(unfinished=1), "1 messages of project 1 are still being answered"),
    ],
)
def test_an_end_that_no_order_of_the_operations_gives_is_found(records: Records, told: str) -> None:
    assert told in faults(records)


def test_a_text_of_the_beginning_after_a_confirmed_save_is_a_loss() -> None:
    assert len([fault for fault in faults(room(saved={FILE: None})) if fault.startswith("lost: ")]) == 2


def test_of_saves_at_the_same_time_either_may_be_the_last() -> None:
    records = room(saved={FILE: SAVED})
    assert faults(changed(records, AGAIN, due=15)) == []


def test_what_was_refused_must_not_be_there() -> None:
    records = changed(good(), SENT, outcome="refused", code="CONFLICT")
    assert "op-0-5 (send) was refused with CONFLICT and is there" in faults(records)


@pytest.mark.parametrize("sent", [(), (SENT,)])
def test_what_failed_may_have_happened_or_not(sent: tuple[str, ...]) -> None:
    assert faults(changed(room(sent=sent), SENT, outcome="failed", code="Server Error")) == []


def test_what_failed_must_not_have_happened_twice() -> None:
    records = changed(room(sent=(SENT, SENT)), SENT, outcome="failed", code="Server Error")
    assert "doubled: op-0-5 (send) is there 2 times" in faults(records)


def test_an_operation_that_nobody_answered_is_found() -> None:
    records = changed(good(), SENT, outcome="unanswered", ended=None)
    assert "op-0-5 (send) was not answered in time" in faults(records)


def test_a_read_of_less_than_was_confirmed_before_it_is_found() -> None:
    assert any(
        fault.startswith("stale: op-0-3 read the first text") for fault in faults(changed(good(), READ, shown=None))
    )


def test_a_list_without_a_file_that_had_been_confirmed_is_found() -> None:
    records = good()
    records.operations.append(operation("op-0-6", "list", 100, 110, missing=(CREATED,)))
    assert any(fault.startswith("stale: op-0-6 listed no file of op-0-4") for fault in faults(records))


def test_a_view_that_goes_back_to_what_had_ended_before_is_found() -> None:
    records = good()
    records.seen[:2] = [Seen("1.1/1", "file", "1.1", id, 99) for id in (AGAIN, SAVED)]
    assert "1.1/1 went back from op-0-2 to op-0-1, which had ended before" in faults(records)


def test_an_effect_that_shows_again_after_it_had_been_gone_is_found() -> None:
    records = good()
    records.seen.append(Seen("1.1/1", "file", "1.1", SAVED, 99))
    assert "doubled: 1.1/1 showed op-0-1 again after it had been gone" in faults(records)


def test_a_push_that_never_came_is_found() -> None:
    records = good()
    records.seen = [one for one in records.seen if one.operation != SENT or one.tab != "1.1"]
    assert faults(records) == ["never told: 1.1 has not been shown op-0-5 (send)"]


def test_a_view_that_differs_from_a_fresh_query_is_found() -> None:
    records = good()
    records.views = [View("1.1/1", "files:getFile", equal=False, after=90_000)]
    assert faults(records) == ["1.1/1 (files:getFile) does not show what a fresh query tells"]


@pytest.mark.parametrize("count", [1, 3])
def test_a_document_that_was_written_more_or_less_often_than_confirmed_is_found(count: int) -> None:
    told = faults(good(), {**COMMITS, ("files:updateFile", FILE): count})
    assert told == [f"files:updateFile wrote files-1 {count} times; it was confirmed 2 times, and 2 at most"]


def test_a_project_of_which_nothing_is_known_in_the_end_is_found() -> None:
    records = good()
    records.rooms = []
    assert "nobody knows what became of project 1" in faults(records)


def test_what_a_driver_complains_of_is_a_fault() -> None:
    records = good()
    records.take(0, {"type": "trouble", "tab": "1.0", "what": "the live query projects:get failed with INTERNAL"})
    assert faults(records) == ["1.0: the live query projects:get failed with INTERNAL"]
