"""Large fields, and pointers to them that have gone stale."""

from __future__ import annotations

import pytest

from shared.db.store import Store
from shared.errors import NotFound
from shared.schema.document import Id
from shared.schema.spilled import Spilled
from shared.schema.tables import Conversation, File, Message, ToolCall
from tests.db.sample import add_file, add_project, mutate, new_project, reader
from tests.support.memory_objects import MemoryObjects
from tests.support.stores import make_store

LARGE = "a" * 20_000
LARGER = "b" * 30_000


def store_with_file(content: str = LARGE) -> tuple[Store, Id[File]]:
    store = make_store()
    return store, add_file(store, add_project(store), content=content)


def objects_of(store: Store) -> MemoryObjects:
    assert isinstance(store.objects, MemoryObjects)
    return store.objects


def pointer_of(store: Store, file: Id[File]) -> Spilled:
    found = reader(store).get(File, file)
    assert found is not None
    assert isinstance(found.content, Spilled)
    return found.content


def test_large_text_is_loaded_through_its_pointer() -> None:
    store, file = store_with_file()
    assert reader(store).load(pointer_of(store, file)) == LARGE


def test_small_text_is_loaded_as_it_is() -> None:
    assert reader(make_store()).load("text") == "text"


def test_an_object_is_named_by_its_table_and_its_document() -> None:
    store, file = store_with_file()
    assert pointer_of(store, file).key.startswith(f"files/{file}/")


def test_every_save_makes_a_new_object() -> None:
    store, file = store_with_file()
    first = pointer_of(store, file)
    mutate(store, lambda db: db.patch(file, content=LARGE))
    assert pointer_of(store, file).key != first.key
    assert len(objects_of(store).bodies) == 2


def test_large_json_is_loaded_as_its_value() -> None:
    store = make_store()

    def add(db):  # type: ignore[no-untyped-def]  # the body of a mutation
        project = new_project(db)
        conversation = db.insert(Conversation, project_id=project, title="t", updated_at=1)
        calls = [ToolCall(id="1", name="write", args=LARGE)]
        shared = {"conversation_id": conversation, "project_id": project}
        return db.insert(Message, **shared, role="assistant", content="", tool_calls=calls)

    message = reader(store).get(Message, mutate(store, add))
    assert message is not None
    assert isinstance(message.tool_calls, Spilled)
    assert store.content.load(message.tool_calls) == [{"id": "1", "name": "write", "args": LARGE}]


def test_several_pointers_are_loaded_in_their_order() -> None:
    store = make_store()
    project = add_project(store)
    files = [add_file(store, project, name, content=name * 20_000) for name in "abc"]
    loaded = store.content.load_all(pointer_of(store, file) for file in files)
    assert [text[0] for text in loaded] == ["a", "b", "c"]


def test_a_pointer_whose_object_was_collected_reads_the_document_again() -> None:
    store, file = store_with_file()
    stale = pointer_of(store, file)
    mutate(store, lambda db: db.patch(file, content=LARGER))
    del objects_of(store).bodies[stale.key]
    assert store.content.load(stale) == LARGER


def test_a_stale_pointer_finds_text_that_is_small_by_now() -> None:
    store, file = store_with_file()
    stale = pointer_of(store, file)
    mutate(store, lambda db: db.patch(file, content="small"))
    del objects_of(store).bodies[stale.key]
    assert store.content.load(stale) == "small"


def test_a_stale_pointer_of_a_deleted_document_is_not_found() -> None:
    store, file = store_with_file()
    stale = pointer_of(store, file)
    mutate(store, lambda db: db.delete(file))
    del objects_of(store).bodies[stale.key]
    with pytest.raises(NotFound, match=f"Document {file} has been deleted"):
        store.content.load(stale)


def test_a_damaged_object_is_noticed() -> None:
    store, file = store_with_file()
    pointer = pointer_of(store, file)
    objects_of(store).bodies[pointer.key] = LARGE.encode()[:-1] + b"b"
    with pytest.raises(RuntimeError, match="damaged"):
        store.content.load(pointer)


def test_a_missing_object_that_the_document_still_names_is_noticed() -> None:
    store, file = store_with_file()
    pointer = pointer_of(store, file)
    objects_of(store).bodies.clear()
    with pytest.raises(RuntimeError, match="missing although its document refers to it"):
        store.content.load(pointer)
