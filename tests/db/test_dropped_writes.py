"""A mutation that fails writes nothing but its outcome, and its error holds when it is told."""

from __future__ import annotations

from typing import Any

import pytest

from shared.db.store import Store
from shared.db.writer import Writer
from shared.errors import Conflict, LimitReached
from shared.schema.platform import CLAIMS
from shared.schema.tables import File, Project
from tests.db.interleaved import overlap
from tests.db.sample import add_file, add_project, call, mutate, new_file, row, rows


def test_a_mutation_that_fails_takes_no_unique_key(store: Store) -> None:
    project = add_project(store)

    def refused(db: Writer) -> None:
        new_file(db, project, "a")
        raise LimitReached("enough")

    with pytest.raises(LimitReached):
        call(store, refused, key="k")
    assert rows(store, CLAIMS) == []


def test_a_mutation_that_fails_frees_no_unique_key(store: Store) -> None:
    file = add_file(store, add_project(store), "a")

    def refused(db: Writer) -> None:
        db.delete(file)
        raise LimitReached("enough")

    with pytest.raises(LimitReached):
        mutate(store, refused)
    assert [claim["id"] for claim in rows(store, CLAIMS)] == [file]


def test_an_error_rests_on_the_documents_that_were_to_be_written(store: Store) -> None:
    project, runs = add_project(store, name="old"), list[str]()

    def refused(db: Writer) -> None:
        found = db.get(Project, project)
        assert found is not None
        db.patch(project, name="mine")
        if not runs:
            mutate(store, lambda other: other.patch(project, name="new"))
        runs.append(found.name)
        raise LimitReached(found.name)

    with pytest.raises(LimitReached, match="new"):
        mutate(store, refused)
    assert runs == ["old", "new"]


def test_an_error_after_taking_a_key_rests_on_its_being_free(store: Store) -> None:
    project = add_project(store)
    add_file(store, project, "a")

    def refused(db: Writer) -> None:
        new_file(db, project, "a")
        raise LimitReached("enough")

    with pytest.raises(Conflict):
        mutate(store, refused)


@pytest.mark.parametrize("is_disturbed", [False, True])
def test_a_key_has_to_be_free_when_it_is_taken_in_every_run(store: Store, is_disturbed: bool) -> None:
    project = add_project(store)
    first, second = add_file(store, project, "a"), add_file(store, project, "b")

    def swap_at_once(db: Writer) -> None:
        db.get(Project, project)
        db.patch(first, name="b")
        db.patch(second, name="a")

    def disturb(db: Writer) -> None:
        if is_disturbed:
            db.patch(project, name="new")

    with pytest.raises(Conflict):
        overlap(store, swap_at_once, disturb)
    assert (row(store, File, first)["name"], row(store, File, second)["name"]) == ("a", "b")


def test_a_range_that_is_counted_twice_is_counted_as_of_one_moment(store: Store) -> None:
    counts, runs = list[tuple[int, int]](), list[int]()

    def count_twice(db: Writer) -> Any:
        first = db.count(Project.by_owner, owner_id="ada")
        if not runs:
            add_project(store)
        runs.append(1)
        counts.append((first, db.count(Project.by_owner, owner_id="ada")))

    mutate(store, count_twice)
    assert counts == [(0, 0), (1, 1)]
