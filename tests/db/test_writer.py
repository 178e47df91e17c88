"""The database as a mutation sees it: its own writes, and what it may not do."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from shared.db.access import Access
from shared.db.database import Database, MutationRequest
from shared.db.store import Store
from shared.db.writer import Writer
from shared.errors import AccessNotDeclared, NotFound
from shared.schema.document import Id
from shared.schema.tables import File, Project, User
from tests.db.lagging import lagging
from tests.db.sample import NO_ID, add_file, add_project, mutate, new_file, new_project, new_user, reader, row

REQUEST = MutationRequest("test:call", "ada", "")


def listing(db: Writer, project: Id[Project], parent: Id[File] | None = None) -> list[str]:
    found = db.query(File.by_project_parent, project_id=project, parent_id=parent).collect()
    return [file.name for file in found]


def test_an_inserted_document_is_read_back_at_once(store: Store) -> None:
    def body(db: Writer) -> Any:
        found = db.get(Project, new_project(db, name="mine"))
        return found and found.name

    assert mutate(store, body) == "mine"


def test_a_patched_document_is_read_as_it_will_be(store: Store) -> None:
    project = add_project(store)

    def body(db: Writer) -> Any:
        db.patch(project, name="new")
        found = db.get(Project, project)
        return found and [found.name, found.owner_id]

    assert mutate(store, body) == ["new", "ada"]


def test_a_deleted_document_is_gone_at_once(store: Store) -> None:
    project = add_project(store)

    def body(db: Writer) -> Any:
        db.delete(project)
        return [db.get(Project, project), [*db.get_all(Project, [project])]]

    assert mutate(store, body) == [None, []]


def test_several_documents_are_read_with_own_writes_among_them(store: Store) -> None:
    project = add_project(store)
    old, changed = add_file(store, project, "old"), add_file(store, project, "changed")

    def body(db: Writer) -> Any:
        db.patch(changed, name="new name")
        return sorted(file.name for file in db.get_all(File, [old, changed, new_file(db, project, "new")]).values())

    assert mutate(store, body) == ["new", "new name", "old"]


def test_own_writes_are_found_by_their_unique_key(store: Store) -> None:
    def body(db: Writer) -> Any:
        user = new_user(db)
        found = db.lookup(User.by_stack_user, stack_user_id="ada")
        return found is not None and found.id == user

    assert mutate(store, body) is True


def test_a_key_that_was_given_up_is_free_at_once(store: Store) -> None:
    user = mutate(store, new_user)

    def body(db: Writer) -> Any:
        db.patch(user, stack_user_id="bob")
        return [db.lookup(User.by_stack_user, stack_user_id=name) is not None for name in ("ada", "bob")]

    assert mutate(store, body) == [False, True]


def test_own_writes_are_counted(store: Store) -> None:
    project = add_project(store)

    def body(db: Writer) -> Any:
        counts = [db.count(Project.by_owner, owner_id="ada")]
        new_project(db)
        counts.append(db.count(Project.by_owner, owner_id="ada"))
        db.delete(project)
        db.patch(new_project(db, "bob"), owner_id="ada")
        return [*counts, db.count(Project.by_owner, owner_id="ada")]

    assert mutate(store, body) == [1, 2, 2]


def test_a_complete_listing_holds_own_writes_in_their_order(store: Store) -> None:
    project = add_project(store)
    files = [add_file(store, project, name) for name in "abc"]

    def body(db: Writer) -> Any:
        db.patch(files[1], name="z")
        db.delete(files[0])
        new_file(db, project, "d")
        return listing(db, project)

    assert mutate(store, body) == ["z", "c", "d"]


def test_a_listing_follows_a_move_of_this_mutation(store: Store) -> None:
    project = add_project(store)
    folder, file = add_file(store, project, "src", type="folder"), add_file(store, project)

    def body(db: Writer) -> Any:
        db.patch(file, parent_id=folder)
        return [listing(db, project), listing(db, project, folder)]

    assert mutate(store, body) == [["src"], ["a"]]


def test_a_listing_can_be_descending_and_limited(store: Store) -> None:
    for name in "abc":
        add_project(store, name=name)

    def body(db: Writer) -> Any:
        found = db.query(Project.by_owner, owner_id="ada").order("desc").take(2)
        return [project.name for project in found]

    assert mutate(store, body) == ["c", "b"]


def test_a_listing_is_complete_although_the_index_lags() -> None:
    store, _, _ = lagging(3, 100, 100)
    project = add_project(store)
    for name in "abc":
        add_file(store, project, name)
    assert mutate(store, lambda db: listing(db, project)) == ["a", "b", "c"]


def test_none_removes_a_field(store: Store) -> None:
    project = add_project(store, language="python")
    mutate(store, lambda db: db.patch(project, language=None))
    assert "language" not in row(store, Project, project)


def test_a_required_field_cannot_be_removed(store: Store) -> None:
    project = add_project(store)
    with pytest.raises(ValidationError):
        mutate(store, lambda db: db.patch(project, name=None))


def test_a_field_of_another_table_cannot_be_set(store: Store) -> None:
    project = add_project(store)
    with pytest.raises(ValidationError):
        mutate(store, lambda db: db.patch(project, email="a@b.c"))


def test_replace_keeps_what_the_system_set_and_nothing_else(store: Store) -> None:
    project = add_project(store, language="python")
    before = reader(store).get(Project, project)
    mutate(store, lambda db: db.replace(project, name="new", owner_id="bob", updated_at=2))
    after = reader(store).get(Project, project)
    assert before is not None
    assert after is not None
    assert (after.name, after.owner_id, after.language) == ("new", "bob", None)
    assert (after.id, after.creation_time) == (project, before.creation_time)


@pytest.mark.parametrize("id_", [Project.mint_id(NO_ID), Id("no id at all")])
@pytest.mark.parametrize(
    "write",
    [
        lambda db, id_: db.patch(id_, name="x"),
        lambda db, id_: db.replace(id_, name="x"),
        lambda db, id_: db.delete(id_),
    ],
    ids=["patch", "replace", "delete"],
)
def test_a_missing_document_cannot_be_changed(store: Store, write: Any, id_: Id[Project]) -> None:
    with pytest.raises(NotFound, match=f"Document {id_} does not exist"):
        mutate(store, lambda db: write(db, id_))


def test_a_document_cannot_be_deleted_twice(store: Store) -> None:
    project = add_project(store)

    def body(db: Writer) -> None:
        db.delete(project)
        db.delete(project)

    with pytest.raises(NotFound):
        mutate(store, body)


def test_what_is_inserted_and_deleted_was_never_there(store: Store) -> None:
    def body(db: Writer) -> str:
        project = new_project(db)
        db.delete(project)
        return project

    project = mutate(store, body)
    assert row(store, Project, project) == {}
    assert reader(store).count(Project.by_owner, owner_id="ada") == 0


def test_nothing_is_written_when_the_body_raises(store: Store) -> None:
    def body(db: Writer) -> Any:
        new_project(db)
        raise NotFound("never mind")

    with pytest.raises(NotFound):
        mutate(store, body)
    assert reader(store).count(Project.by_owner, owner_id="ada") == 0


def test_documents_of_one_mutation_have_increasing_creation_times(store: Store) -> None:
    project = add_project(store)
    ids = mutate(store, lambda db: [new_file(db, project, f"file{number}") for number in range(20)])
    times = [row(store, File, id_)["_creationTime"] for id_ in ids]
    assert sorted(set(times)) == times


def test_the_version_of_a_document_increases_with_each_commit(store: Store) -> None:
    project = add_project(store)
    versions = [row(store, Project, project)["_version"]]
    for name in "abc":
        mutate(store, lambda db, name=name: db.patch(project, name=name))  # type: ignore[misc]  # mypy cannot infer a lambda's default
        versions.append(row(store, Project, project)["_version"])
    assert sorted(set(versions)) == versions


@pytest.mark.parametrize(
    "write",
    [
        lambda db, _: new_project(db),
        lambda db, id_: db.patch(id_, name="x"),
        lambda db, id_: db.replace(id_, name="x", owner_id="ada", updated_at=1),
        lambda db, id_: db.delete(id_),
        lambda db, id_: db.touch(db.get(Project, id_), updated_at=2),
    ],
    ids=["insert", "patch", "replace", "delete", "touch"],
)
def test_a_table_that_is_only_read_cannot_be_written(store: Store, write: Any) -> None:
    project = add_project(store)
    access = Access(reads=frozenset({Project}))
    with pytest.raises(AccessNotDeclared, match="does not declare that it writes projects"):
        Database(store).mutate(access, lambda db: str(write(db, project)), REQUEST)


def test_a_table_that_is_not_declared_cannot_be_read_by_a_mutation(store: Store) -> None:
    access = Access(writes=frozenset({File}))
    with pytest.raises(AccessNotDeclared, match="reads projects"):
        Database(store).mutate(access, lambda db: str(db.get(Project, Project.mint_id(NO_ID))), REQUEST)


@pytest.mark.parametrize(
    "read",
    [
        lambda db: db.query(File.by_project, project_id=Project.mint_id(NO_ID)).collect(),
        lambda db: db.query(Project.by_user, user_id=User.mint_id(NO_ID)).first(),
    ],
)
def test_a_mutation_cannot_decide_on_a_plain_index(store: Store, read: Any) -> None:
    with pytest.raises(TypeError, match="a mutation reads only whole ranges of guarded indexes"):
        mutate(store, read)
