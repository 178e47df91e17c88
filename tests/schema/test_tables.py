"""The tables as the infrastructure sees them."""

from __future__ import annotations

from shared.schema.document import DOCUMENTS
from shared.schema.platform import CHANGES, CLAIMS, COMMITS, RANGES, all_tables
from shared.schema.tables import GenerationEvent

NUMBERS = {
    "users": 1,
    "projects": 2,
    "_storage": 3,
    "files": 4,
    "conversations": 5,
    "messages": 6,
    "generationEvents": 7,
    "deletions": 8,
    "jobs": 9,
    "adminActions": 10,
}
"""Ids in the world carry these numbers."""


def test_the_numbers_of_the_tables_never_change() -> None:
    assert {name: document.number for name, document in DOCUMENTS.items()} == NUMBERS


def test_all_tables_have_different_names() -> None:
    names = [table.name for table in all_tables()]
    assert len(set(names)) == len(names) == len(NUMBERS) + 7


def test_documents_are_found_by_their_id_alone() -> None:
    keys = {(document.table().partition_key, document.table().sort_key) for document in DOCUMENTS.values()}
    assert keys == {("_id", None)}


def test_names_taken_and_ranges_counted_never_expire() -> None:
    assert (CLAIMS.ttl, RANGES.ttl) == (None, None)


def test_documents_never_expire() -> None:
    assert {document.table().ttl for document in DOCUMENTS.values()} == {None}


def test_changes_and_outcomes_expire() -> None:
    assert (CHANGES.ttl, COMMITS.ttl) == ("expiresAt", "expiresAt")


def test_outcomes_jobs_and_deletions_alone_are_published_as_streams() -> None:
    assert [table.name for table in all_tables() if table.streams] == ["deletions", "jobs", "commits"]


def test_times_are_numbers_and_all_other_keys_are_text() -> None:
    table = GenerationEvent.table()
    attributes = ("_creationTime", "createdAt", "projectId", "_id")
    assert [table.type_of(attribute) for attribute in attributes] == ["N", "N", "S", "S"]


def test_every_table_says_what_it_is_for() -> None:
    assert all(table.description.endswith(".") for table in all_tables())
