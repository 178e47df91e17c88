"""Whether the records of an index may be believed."""

from __future__ import annotations

from typing import Any

import pytest

from shared.db.engine import Delete, Item, Key
from shared.db.readiness import Readiness, marker, marker_name
from shared.db.store import Store
from shared.errors import IndexNotReady
from shared.schema.index import BoundIndex, Index
from shared.schema.platform import RANGES
from shared.schema.tables import File, Project, User
from tests.db.sample import add_project, mutate, new_user, reader
from tests.support.memory_engine import MemoryEngine
from tests.support.stores import START_NS, make_store

INDEX = Project.by_owner
MINUTE_NS = 60 * 10**9


class Counting(MemoryEngine):
    """Counts the markers that are read."""

    reads = 0

    def get(self, key: Key) -> Item | None:
        self.reads += key.partition.startswith("ready/")
        return super().get(key)


def test_an_index_without_a_marker_is_not_ready_and_the_message_names_the_command() -> None:
    with pytest.raises(IndexNotReady, match=r"projects.by_owner have not been built; run `make rebuild`"):
        Readiness().require(MemoryEngine(), INDEX, START_NS)


def test_an_index_with_a_marker_is_ready() -> None:
    engine = MemoryEngine()
    engine.write(marker(INDEX))
    Readiness().require(engine, INDEX, START_NS)


def test_a_marker_is_believed_for_a_minute() -> None:
    engine, readiness = Counting(), Readiness()
    engine.write(marker(INDEX))
    for later_ns in (0, MINUTE_NS - 1):
        readiness.require(engine, INDEX, START_NS + later_ns)
    assert engine.reads == 1


def test_after_a_minute_the_marker_is_looked_for_again() -> None:
    engine, readiness = Counting(), Readiness()
    engine.write(marker(INDEX))
    readiness.require(engine, INDEX, START_NS)
    engine.write(Delete(Key(RANGES, marker_name(INDEX))))
    with pytest.raises(IndexNotReady):
        readiness.require(engine, INDEX, START_NS + MINUTE_NS)


def test_the_marker_of_one_index_says_nothing_about_another() -> None:
    engine, readiness = MemoryEngine(), Readiness()
    engine.write(marker(INDEX))
    readiness.require(engine, INDEX, START_NS)
    with pytest.raises(IndexNotReady):
        readiness.require(engine, User.by_stack_user, START_NS)


def test_an_index_whose_declaration_changed_has_another_marker() -> None:
    declared = Index("project_id", "parent_id", guarded=True)  # without the place for absent parents
    declared.__set_name__(File, "by_project_parent")
    assert marker_name(declared.bind(File)) != marker_name(File.by_project_parent)


def unready_store(index: BoundIndex[Any]) -> Store:
    store = make_store()
    store.engine.write(Delete(Key(RANGES, marker_name(index))))
    return store


def test_a_count_needs_a_ready_index() -> None:
    with pytest.raises(IndexNotReady):
        reader(unready_store(Project.by_owner)).count(Project.by_owner, owner_id="ada")


def test_a_free_unique_key_needs_a_ready_index() -> None:
    with pytest.raises(IndexNotReady):
        reader(unready_store(User.by_stack_user)).lookup(User.by_stack_user, stack_user_id="ada")


def test_taking_a_unique_key_needs_a_ready_index() -> None:
    with pytest.raises(IndexNotReady):
        mutate(unready_store(User.by_stack_user), new_user)


def test_a_guarded_range_may_grow_before_its_index_is_ready() -> None:
    store = unready_store(Project.by_owner)
    assert reader(store).get(Project, add_project(store)) is not None


def test_freeing_a_unique_key_needs_a_ready_index(store: Store) -> None:
    user = mutate(store, new_user)
    store.engine.write(Delete(Key(RANGES, marker_name(User.by_stack_user))))
    unbelieving = Store(store.door, store.objects, store.clock, store.signer)
    with pytest.raises(IndexNotReady):
        mutate(unbelieving, lambda db: db.delete(user))
