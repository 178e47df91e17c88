"""Unique keys: who holds them after each kind of write, and who is refused."""

from __future__ import annotations

from typing import Any

import pytest

from shared.db.audit import audit
from shared.db.engine import Key
from shared.db.store import Store
from shared.db.writer import Writer
from shared.errors import Conflict
from shared.schema.document import Id
from shared.schema.platform import CLAIMS
from shared.schema.tables import Conversation, File, Message, Project, User
from tests.db.sample import add_file, add_project, mutate, new_file, new_project, new_user, reader


def holder(store: Store, subject: str) -> str | None:
    found = reader(store).lookup(User.by_stack_user, stack_user_id=subject)
    return None if found is None else found.id


def named(store: Store, project: Id[Project], name: str) -> str | None:
    found = reader(store).lookup(File.sibling_name, project_id=project, parent_id=None, name=name)
    return None if found is None else found.id


def test_a_key_that_another_document_holds_is_refused(store: Store) -> None:
    mutate(store, new_user)
    with pytest.raises(Conflict, match=r"A document of users.by_stack_user with these values already exists"):
        mutate(store, new_user)


def test_a_key_taken_twice_in_one_mutation_is_refused(store: Store) -> None:
    with pytest.raises(Conflict):
        mutate(store, lambda db: [new_user(db), new_user(db)])
    assert holder(store, "ada") is None


def test_a_patch_to_a_key_that_another_holds_is_refused(store: Store) -> None:
    mutate(store, new_user)
    bob = mutate(store, lambda db: new_user(db, "bob"))
    with pytest.raises(Conflict):
        mutate(store, lambda db: db.patch(bob, stack_user_id="ada"))


def test_a_key_that_was_given_up_can_be_taken(store: Store) -> None:
    ada = mutate(store, new_user)
    mutate(store, lambda db: db.patch(ada, stack_user_id="bob"))
    assert mutate(store, new_user) == holder(store, "ada")


def test_the_key_of_a_deleted_document_can_be_taken(store: Store) -> None:
    ada = mutate(store, new_user)
    mutate(store, lambda db: db.delete(ada))
    assert mutate(store, new_user) == holder(store, "ada")


def test_a_key_can_be_passed_on_within_one_mutation(store: Store) -> None:
    ada = mutate(store, new_user)

    def body(db: Writer) -> Any:
        db.delete(ada)
        return new_user(db)

    assert mutate(store, body) == holder(store, "ada")
    assert audit(store) == []


def test_two_files_can_swap_their_names_in_one_mutation(store: Store) -> None:
    project = add_project(store)
    first, second = add_file(store, project, "a"), add_file(store, project, "b")

    def swap(db: Writer) -> None:
        db.patch(first, name="on its way")
        db.patch(second, name="a")
        db.patch(first, name="b")

    mutate(store, swap)
    assert [named(store, project, name) for name in ("a", "b", "on its way")] == [second, first, None]
    assert audit(store) == []


def test_a_document_may_keep_its_key(store: Store) -> None:
    ada = mutate(store, new_user)
    mutate(store, lambda db: db.patch(ada, stack_user_id="ada", email="new@b.c"))
    assert holder(store, "ada") == ada


def test_a_name_may_occur_in_two_folders(store: Store) -> None:
    project = add_project(store)
    folder = add_file(store, project, "src", type="folder")
    add_file(store, project, "a")
    assert add_file(store, project, "a", parent_id=folder) != named(store, project, "a")


def test_a_move_to_where_the_name_is_taken_is_refused(store: Store) -> None:
    project = add_project(store)
    folder, file = add_file(store, project, "src", type="folder"), add_file(store, project)
    add_file(store, project, parent_id=folder)
    with pytest.raises(Conflict):
        mutate(store, lambda db: db.patch(file, parent_id=folder))


def test_an_absent_field_takes_no_key(store: Store) -> None:
    for subject in ("ada", "bob"):
        mutate(store, lambda db, subject=subject: new_user(db, subject))  # type: ignore[misc]  # mypy cannot infer a lambda's default
    assert store.engine.get(Key(CLAIMS, "users.by_autumn_customer/[null]")) is None


def new_message(db: Writer, status: str) -> Id[Message]:
    project = new_project(db)
    conversation = db.insert(Conversation, project_id=project, title="t", updated_at=1)
    return db.insert(
        Message, conversation_id=conversation, project_id=project, role="assistant", content="", status=status
    )


def test_a_key_with_a_condition_is_held_only_while_it_is_met(store: Store) -> None:
    message = mutate(store, lambda db: new_message(db, "processing"))
    project = reader(store).get_all(Message, [message])[message].project_id
    held = reader(store).lookup(Message.one_processing, project_id=project)
    mutate(store, lambda db: db.patch(message, status="completed"))
    assert held is not None
    assert reader(store).lookup(Message.one_processing, project_id=project) is None


def test_a_second_document_that_meets_the_condition_is_refused(store: Store) -> None:
    def body(db: Writer) -> Any:
        found = db.get(Message, new_message(db, "processing"))
        assert found is not None
        shared = {"conversation_id": found.conversation_id, "project_id": found.project_id}
        db.insert(Message, **shared, role="assistant", content="", status="processing")

    with pytest.raises(Conflict, match="one_processing"):
        mutate(store, body)


def interrupted(store: Store, other: Any, body: Any) -> Any:
    """Run a mutation during whose first run another one commits."""
    others = [other]

    def interrupt(db: Writer) -> Any:
        result = body(db)
        if others:
            mutate(store, others.pop())
        return result

    return mutate(store, interrupt)


def test_of_two_mutations_that_take_one_key_the_later_one_is_refused(store: Store) -> None:
    with pytest.raises(Conflict):
        interrupted(store, new_user, new_user)


def test_a_key_found_free_is_still_free_when_the_mutation_commits(store: Store) -> None:
    def body(db: Writer) -> Any:
        return db.lookup(User.by_stack_user, stack_user_id="ada") is None

    assert interrupted(store, new_user, body) is False


def test_a_key_found_held_is_still_held_when_the_mutation_commits(store: Store) -> None:
    ada = mutate(store, new_user)

    def body(db: Writer) -> Any:
        return db.lookup(User.by_stack_user, stack_user_id="ada") is None

    assert interrupted(store, lambda db: db.delete(ada), body) is True


def test_a_refusal_holds_when_it_is_told(store: Store) -> None:
    ada = mutate(store, new_user)
    others = [ada]

    def body(db: Writer) -> Any:
        is_taken = db.lookup(User.by_stack_user, stack_user_id="ada") is not None
        if others:
            mutate(store, lambda db: db.delete(others.pop()))
        if is_taken:
            raise Conflict("taken")
        return new_user(db)

    assert mutate(store, body) == holder(store, "ada")


def test_files_of_one_name_made_at_once_leave_one(store: Store) -> None:
    project = add_project(store)
    with pytest.raises(Conflict):
        interrupted(store, lambda db: new_file(db, project), lambda db: new_file(db, project))
    assert reader(store).count(File.by_project_parent, project_id=project, parent_id=None) == 1
    assert audit(store) == []
