"""What one transaction consists of, exactly."""

from __future__ import annotations

from typing import Any

import pytest

from shared.db.engine import Check, Condition, Delete, Operation, Put, Update
from shared.db.operations import ABSENT
from shared.db.store import Store
from shared.db.writer import Writer
from shared.errors import ValueTooLarge
from shared.schema.platform import CHANGES, CLAIMS, COMMITS, RANGES
from shared.schema.tables import File, Project, User
from tests.db.sample import NO_ID, add_file, add_project, mutate, new_user, outcomes, row
from tests.db.scripted import ScriptedEngine
from tests.support.memory_objects import MemoryObjects
from tests.support.stores import make_store


def new_store() -> tuple[Store, ScriptedEngine]:
    engine = ScriptedEngine()
    return make_store(engine), engine


def of_table(engine: ScriptedEngine, name: str) -> list[Any]:
    """Return the last transaction's operations on a table."""
    return [operation for operation in engine.sent[-1] if operation.key.table.name == name]


def test_the_outcome_comes_first_and_only_if_there_is_none() -> None:
    store, engine = new_store()
    add_project(store)
    first: Operation = engine.sent[-1][0]
    assert isinstance(first, Put)
    assert (first.table, first.conditions) == (COMMITS, (Condition("key", "absent"),))


def test_an_insert_puts_a_row_where_there_is_none() -> None:
    store, engine = new_store()
    add_project(store)
    (put,) = of_table(engine, "projects")
    assert (type(put), put.conditions) == (Put, ABSENT)


def test_a_patch_replaces_the_version_that_was_read() -> None:
    store, engine = new_store()
    project = add_project(store)
    version = row(store, Project, project)["_version"]
    mutate(store, lambda db: db.patch(project, name="new"))
    (put,) = of_table(engine, "projects")
    assert put.conditions == (Condition("_version", "equals", version),)


def test_every_row_of_a_commit_has_its_id_as_version() -> None:
    store, engine = new_store()
    project = add_project(store)
    file = add_file(store, project)
    assert row(store, File, file)["_version"] == outcomes(store)[-1]["commit"]
    (update,) = of_table(engine, RANGES.name)
    assert update.set == {"version": outcomes(store)[-1]["commit"]}


def test_a_deletion_is_of_the_version_that_was_read() -> None:
    store, engine = new_store()
    project = add_project(store)
    version = row(store, Project, project)["_version"]
    mutate(store, lambda db: db.delete(project))
    (delete,) = of_table(engine, "projects")
    assert (type(delete), delete.conditions) == (Delete, (Condition("_version", "equals", version),))


def test_a_document_that_was_only_read_is_checked() -> None:
    store, engine = new_store()
    project = add_project(store)
    mutate(store, lambda db: db.get(Project, project) and None)
    (check,) = of_table(engine, "projects")
    assert type(check) is Check


def test_an_absent_document_is_checked_to_be_absent() -> None:
    store, engine = new_store()
    mutate(store, lambda db: db.get(Project, Project.mint_id(NO_ID)))
    (check,) = of_table(engine, "projects")
    assert (type(check), check.conditions) == (Check, ABSENT)


def test_a_guarded_range_that_was_not_read_grows_without_a_condition() -> None:
    store, engine = new_store()
    add_project(store)
    (update,) = of_table(engine, RANGES.name)
    assert (type(update), update.add["count"], update.conditions) == (Update, 1, ())


def test_a_guarded_range_that_was_read_grows_only_from_what_was_read() -> None:
    store, engine = new_store()
    add_project(store)
    version = outcomes(store)[-1]["commit"]

    def body(db: Writer) -> None:
        db.count(Project.by_owner, owner_id="ada")
        db.insert(Project, name="y", owner_id="ada", updated_at=1)

    mutate(store, body)
    (update,) = of_table(engine, RANGES.name)
    assert update.conditions == (Condition("version", "equals", version),)


def test_a_content_save_writes_its_row_and_its_outcome_and_nothing_else() -> None:
    store, engine = new_store()
    file = add_file(store, add_project(store))
    mutate(store, lambda db: db.patch(file, content="new", updated_at=2))
    assert [operation.key.table.name for operation in engine.sent[-1]] == [COMMITS.name, "files"]


def test_a_key_that_is_taken_is_put_only_if_it_is_free() -> None:
    store, engine = new_store()
    mutate(store, new_user)
    (claim,) = of_table(engine, CLAIMS.name)
    assert (type(claim), claim.conditions) == (Put, (Condition("key", "absent"),))


def test_a_key_that_is_passed_on_is_taken_from_its_holder() -> None:
    store, engine = new_store()
    ada = mutate(store, new_user)

    def body(db: Writer) -> Any:
        db.delete(ada)
        return new_user(db)

    mutate(store, body)
    (claim,) = of_table(engine, CLAIMS.name)
    assert (type(claim), claim.conditions) == (Put, (Condition("id", "equals", ada),))


def test_a_key_that_was_only_looked_up_is_checked() -> None:
    store, engine = new_store()
    mutate(store, lambda db: db.lookup(User.by_stack_user, stack_user_id="ada"))
    (check,) = of_table(engine, CLAIMS.name)
    assert (type(check), check.conditions) == (Check, (Condition("key", "absent"),))


def test_no_item_is_named_twice() -> None:
    store, engine = new_store()
    project = add_project(store)
    file = add_file(store, project)

    def body(db: Writer) -> None:
        db.get(File, file)
        db.get(File, file, depends_on=("name",))
        db.lookup(File.sibling_name, project_id=project, parent_id=None, name="a")
        db.count(File.by_project_parent, project_id=project, parent_id=None)
        db.patch(file, name="b")
        db.patch(file, name="c")

    mutate(store, body)
    keys = [(o.key.table.name, o.key.partition, o.key.sort) for o in engine.sent[-1]]
    assert len(set(keys)) == len(keys)


def test_a_row_of_changes_names_its_range_and_commit() -> None:
    store, engine = new_store()
    add_project(store)
    (change,) = of_table(engine, CHANGES.name)
    assert (change.item["range"], change.item["commit"]) == (
        'projects.by_owner/["ada"]',
        outcomes(store)[-1]["commit"],
    )


def test_large_text_is_in_the_bucket_before_the_transaction() -> None:
    class Watching(ScriptedEngine):
        bucket: MemoryObjects | None = None
        there: int | None = None

        def transact(self, operations, token) -> None:  # type: ignore[no-untyped-def]  # as in the base class
            self.there = len(self.bucket.bodies) if self.bucket else None
            super().transact(operations, token)

    engine = Watching()
    store = make_store(engine)
    project = add_project(store)
    assert isinstance(store.objects, MemoryObjects)
    engine.bucket = store.objects
    add_file(store, project, content="a" * 20_000)
    assert engine.there == 1


def test_a_value_that_is_too_large_is_refused_and_nothing_is_written() -> None:
    store, _ = new_store()
    project = add_project(store)
    with pytest.raises(ValueTooLarge, match=r"1048577 bytes > maximum size 1048576"):
        add_file(store, project, content="a" * (2**20 + 1))
    assert len(outcomes(store)) == 1
