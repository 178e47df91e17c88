"""The database as a query sees it."""

from __future__ import annotations

from typing import Any

import pytest

from shared.db.access import Access
from shared.db.database import Database
from shared.db.engine import Delete, Item, Key, Put
from shared.db.reader import Reader
from shared.db.store import Store
from shared.errors import AccessNotDeclared
from shared.schema.document import Id
from shared.schema.platform import CLAIMS
from shared.schema.tables import File, Project, User
from tests.db.sample import EVERYTHING, NO_ID, add_file, add_project, mutate, new_file, new_user, reader
from tests.support.memory_engine import MemoryEngine
from tests.support.stores import make_store


def test_a_document_is_read_by_its_id(store: Store) -> None:
    found = reader(store).get(Project, add_project(store, name="mine"))
    assert found is not None
    assert found.name == "mine"


def test_a_missing_document_is_none(store: Store) -> None:
    assert reader(store).get(Project, Project.mint_id(NO_ID)) is None


def test_a_document_is_read_once(store: Store) -> None:
    project, db = add_project(store), reader(store)
    before = db.get(Project, project)
    mutate(store, lambda other: other.patch(project, name="new"))
    assert db.get(Project, project) is before


def test_the_next_reader_sees_the_latest_state(store: Store) -> None:
    project = add_project(store)
    mutate(store, lambda db: db.patch(project, name="new"))
    found = reader(store).get(Project, project)
    assert found is not None
    assert found.name == "new"


def test_many_documents_are_read_in_batches_that_dynamodb_takes() -> None:
    sizes: list[int] = []

    class Noting(MemoryEngine):
        def batch_get(self, keys):  # type: ignore[no-untyped-def]  # as in the base class
            sizes.append(len(keys))
            return super().batch_get(keys)

    ids = [File.mint_id(number.to_bytes(16, "big")) for number in range(250)]
    assert reader(make_store(Noting())).get_all(File, [*ids, ids[0]]) == {}
    assert sorted(sizes) == [50, 100, 100]


def test_of_several_documents_those_that_exist_are_returned(store: Store) -> None:
    project = add_project(store)
    file = add_file(store, project)
    assert [*reader(store).get_all(File, [File.mint_id(NO_ID), file])] == [file]


def test_reading_no_documents_asks_nothing(store: Store) -> None:
    assert reader(store).get_all(File, []) == {}


def test_a_unique_key_finds_its_document(store: Store) -> None:
    user = mutate(store, new_user)
    found = reader(store).lookup(User.by_stack_user, stack_user_id="ada")
    assert found is not None
    assert found.id == user


def test_a_unique_key_that_nobody_holds_finds_none(store: Store) -> None:
    assert reader(store).lookup(User.by_stack_user, stack_user_id="ada") is None


def test_an_index_that_is_not_unique_cannot_be_looked_up(store: Store) -> None:
    with pytest.raises(TypeError, match=r"files.by_project is not unique"):
        reader(store).lookup(File.by_project, project_id=Project.mint_id(NO_ID))


def test_a_key_that_was_just_passed_on_is_looked_up_again() -> None:
    class Passing(MemoryEngine):
        """Renames a file, and gives its name to a new one, between the reads of its claim and of its row."""

        def __init__(self) -> None:
            super().__init__()
            self.then: Any = None

        def get(self, key: Key) -> Item | None:
            item = super().get(key)
            if key.table is CLAIMS and item is not None and self.then:
                then, self.then = self.then, None
                then()
            return item

    engine = Passing()
    store = make_store(engine)
    project = add_project(store)
    file = add_file(store, project, "a")
    second: list[Id[File]] = []

    def pass_on() -> None:
        mutate(store, lambda db: db.patch(file, name="b"))
        second.append(add_file(store, project, "a"))

    engine.then = pass_on
    found = reader(store).lookup(File.sibling_name, project_id=project, parent_id=None, name="a")
    assert found is not None
    assert [found.id] == second


def test_a_document_that_took_a_key_since_it_was_read_is_read_again(store: Store) -> None:
    project = add_project(store)
    file = add_file(store, project, "a")
    db = reader(store)
    db.get(File, file)
    mutate(store, lambda other: other.patch(file, name="b"))
    found = db.lookup(File.sibling_name, project_id=project, parent_id=None, name="b")
    assert found is not None
    assert found.name == "b"


def test_a_claim_whose_document_never_appears_finds_none_after_a_few_looks(store: Store) -> None:
    user = mutate(store, new_user)
    store.engine.write(Delete(Key(User.table(), user)))
    assert reader(store).lookup(User.by_stack_user, stack_user_id="ada") is None


def test_a_guarded_range_is_counted(store: Store) -> None:
    for _ in range(3):
        add_project(store)
    add_project(store, "bob")
    assert reader(store).count(Project.by_owner, owner_id="ada") == 3
    assert reader(store).count(Project.by_owner, owner_id="nobody") == 0


def test_a_range_that_is_not_guarded_cannot_be_counted(store: Store) -> None:
    with pytest.raises(TypeError, match=r"files.by_project is not guarded"):
        reader(store).count(File.by_project, project_id=Project.mint_id(NO_ID))


@pytest.mark.parametrize(
    "read",
    [
        lambda db: db.get(Project, Project.mint_id(NO_ID)),
        lambda db: db.get_all(Project, []),
        lambda db: db.query(Project.by_owner, owner_id="ada"),
        lambda db: db.count(Project.by_owner, owner_id="ada"),
    ],
    ids=["get", "get_all", "query", "count"],
)
def test_a_table_that_is_not_declared_cannot_be_read(store: Store, read: Any) -> None:
    access = Access(reads=frozenset({File}))
    with pytest.raises(AccessNotDeclared, match="does not declare that it reads projects"):
        Database(store).query(access, read)


def test_a_unique_key_of_a_table_that_is_not_declared_cannot_be_read(store: Store) -> None:
    access = Access(reads=frozenset({File}))
    with pytest.raises(AccessNotDeclared, match="reads users"):
        Database(store).query(access, lambda db: db.lookup(User.by_stack_user, stack_user_id="ada"))


def test_a_table_that_may_be_written_may_be_read(store: Store) -> None:
    access = Access(writes=frozenset({Project}))
    assert Database(store).query(access, lambda db: db.get(Project, Project.mint_id(NO_ID))) is None


def test_everything_is_announced_before_it_is_read(store: Store) -> None:
    project = add_project(store)
    add_file(store, project)
    topics: list[str] = []
    db = Reader(store, EVERYTHING, topics.extend)
    db.get(Project, project)
    db.count(Project.by_owner, owner_id="ada")
    (file,) = db.query(File.by_project, project_id=project).collect()
    db.lookup(User.by_stack_user, stack_user_id="bob")
    assert topics == [
        project,
        'projects.by_owner/["ada"]',
        f'files.by_project/["{project}"]',
        file.id,
        'users.by_stack_user/["bob"]',
    ]


def test_the_newest_version_that_was_read_is_known(store: Store) -> None:
    project = add_project(store)
    mutate(store, lambda db: new_file(db, project))
    db = reader(store)
    versions = [found.version for found in [db.get(Project, project)] if found]
    versions += [found.version for found in db.query(File.by_project, project_id=project).collect()]
    assert db.observed_version == max(versions)


def test_a_row_without_a_shadow_for_its_parent_is_still_read(store: Store) -> None:
    project, file = add_project(store), File.mint_id(NO_ID)
    given = {"_id": file, "_creationTime": 1, "_version": "v", "projectId": project, "name": "a", "type": "file"}
    store.engine.write(Put(File.table(), given | {"updatedAt": 1}))
    assert reader(store).get(File, file) is not None
