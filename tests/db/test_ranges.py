"""Index ranges: their names, where documents stand, what writes change."""

from __future__ import annotations

from typing import Any

import pytest

from shared.db.ranges import Range, entry_changes, fingerprint, fingerprint_of_all, range_of, unique_ranges
from shared.schema.platform import CLAIMS, RANGES
from shared.schema.tables import File, GenerationEvent, Message, Project, User
from tests.db.sample import NO_ID

PROJECT = Project.mint_id(NO_ID)
FOLDER = File.mint_id(NO_ID)
ROOT = range_of(File.by_project_parent, {"project_id": PROJECT, "parent_id": None})
EVENTS = range_of(GenerationEvent.by_project_created_at, {"project_id": PROJECT})


def file(**fields: Any) -> File:
    given = {"project_id": PROJECT, "name": "a", "type": "file", "updated_at": 1.0}
    return File.model_validate({"_id": FOLDER, "_creationTime": 5.5} | given | fields)


def event(**fields: Any) -> GenerationEvent:
    given = {"project_id": PROJECT, "type": "step", "message": "", "created_at": 2.0}
    id_ = GenerationEvent.mint_id(NO_ID)
    return GenerationEvent.model_validate({"_id": id_, "_creationTime": 5.5} | given | fields)


def changed(old: Any, new: Any) -> dict[str, int]:
    """Return the net change of each range's count, by the index's name; 0 when only the entry's place changes."""
    counts: dict[str, int] = {}
    for change in entry_changes(old, new):
        counts[change.range.index.name] = counts.get(change.range.index.name, 0) + change.count
    return counts


def test_a_range_is_named_by_its_index_and_its_values() -> None:
    assert ROOT.name == f'files.by_project_parent/["{PROJECT}","-"]'


def test_values_cannot_run_into_each_other_in_a_name() -> None:
    names = {Range(File.sibling_name, values).name for values in [("p", 'a","b', "c"), ("p", "a", 'b","c')]}
    assert len(names) == 2


def test_a_range_has_its_record_and_its_claim_under_its_name() -> None:
    assert (ROOT.key.table, ROOT.key.partition) == (RANGES, ROOT.name)
    assert (ROOT.claim_key.table, ROOT.claim_key.partition) == (CLAIMS, ROOT.name)


@pytest.mark.parametrize("fields", [{}, {"project_id": "p"}, {"project_id": "p", "parent_id": None, "name": "x"}])
def test_a_range_is_looked_up_by_exactly_the_fields_of_its_index(fields: dict[str, Any]) -> None:
    with pytest.raises(TypeError, match="is looked up by project_id, parent_id"):
        range_of(File.by_project_parent, fields)


def test_absence_is_refused_where_an_index_does_not_find_by_it() -> None:
    with pytest.raises(TypeError, match="does not find documents by the absence"):
        range_of(File.by_parent, {"parent_id": None})


def test_a_range_holds_its_documents_and_no_others() -> None:
    assert ROOT.holds(file())
    assert not ROOT.holds(file(parent_id=FOLDER))


def test_a_document_stands_by_creation_time_and_id() -> None:
    assert ROOT.position(file()) == (5.5, FOLDER)


def test_a_range_field_comes_before_the_creation_time() -> None:
    assert EVENTS.position(event())[:2] == (2.0, 5.5)


@pytest.mark.parametrize("created_at", [1.0, 1795000000000.0, 0.1, 1e300])
def test_going_on_from_a_position_names_the_same_place(created_at: float) -> None:
    position = EVENTS.position(event(created_at=created_at))
    assert EVENTS.position_of_key(EVENTS.start_key(position)) == position


def test_a_very_large_number_stands_in_the_index_where_it_stands_in_the_document() -> None:
    entry = {"createdAt": 636037518499331600000000000000000000000, "_creationTime": 5, "_id": "e"}
    assert EVENTS.position_of_key(entry) == (6.360375184993316e38, 5.0, "e")


def test_a_fingerprint_is_the_same_for_an_integer_and_its_float() -> None:
    assert fingerprint((5, "id")) == fingerprint((5.0, "id"))


def test_fingerprints_tell_places_apart() -> None:
    assert len({fingerprint(place) for place in [(5.0, "a"), (5.5, "a"), (5.0, "b")]}) == 3


def test_the_fingerprint_of_a_listing_does_not_depend_on_its_order() -> None:
    files = [file(), file(_creationTime=6.0), file(_creationTime=7.0)]
    assert fingerprint_of_all(ROOT, files) == fingerprint_of_all(ROOT, files[::-1])


def test_an_insert_adds_an_entry_to_each_index_that_holds_the_document() -> None:
    assert changed(None, file()) == {"by_project": 1, "by_project_parent": 1}


def test_a_deletion_takes_every_entry_away() -> None:
    assert changed(file(parent_id=FOLDER), None) == {"by_project": -1, "by_parent": -1, "by_project_parent": -1}


def test_saving_content_changes_no_entry() -> None:
    assert [*entry_changes(file(), file(content="x", updated_at=2))] == []


def test_a_move_takes_an_entry_from_one_range_and_adds_it_to_another() -> None:
    moves = [c for c in entry_changes(file(), file(parent_id=FOLDER)) if c.range.index.name == "by_project_parent"]
    assert [(move.range.values[1], move.count) for move in moves] == [("-", -1), (FOLDER, 1)]


def test_a_move_and_the_move_back_cancel_out() -> None:
    there = [*entry_changes(file(), file(parent_id=FOLDER))]
    back = [*entry_changes(file(parent_id=FOLDER), file())]
    sums: dict[str, int] = {}
    for change in there + back:
        sums[change.range.name] = sums.get(change.range.name, 0) + change.fingerprint
    assert set(sums.values()) == {0}


def test_an_entry_that_carries_the_document_changes_with_it() -> None:
    assert changed(event(), event(message="new")) == {"by_project_created_at": 0}


def test_an_index_without_entries_changes_nothing() -> None:
    assert "sibling_name" not in changed(file(), file(name="b"))


def test_a_document_holds_its_unique_keys() -> None:
    fields = {"_id": User.mint_id(NO_ID), "_creationTime": 1, "stack_user_id": "ada", "email": "e"}
    user = User.model_validate(fields | {"project_limit": 1, "created_at": 1, "updated_at": 1})
    assert {name: held.values for name, held in unique_ranges(user).items()} == {"by_stack_user": ("ada",)}


def test_no_document_holds_no_unique_key() -> None:
    assert unique_ranges(None) == {}


def test_a_message_that_is_not_processing_holds_no_unique_key() -> None:
    given: dict[str, Any] = {"id": "m", "creation_time": 1.0, "conversation_id": "c", "project_id": PROJECT}
    assert unique_ranges(Message(**given, role="assistant", content="", status="completed")) == {}
