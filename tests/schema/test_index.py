"""Indexes: their keys, and which documents have an entry in them."""

from __future__ import annotations

from typing import Any

import pytest

from shared.schema.document import DOCUMENTS
from shared.schema.index import ABSENT_KEY, Index
from shared.schema.tables import File, Message, Project, User

PROJECT = Project.mint_id(bytes(16))
FOLDER = File.mint_id(bytes(16))
ORDER = ("_creationTime", "_id")

KEYS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "users.by_stack_user": (("stackUserId",), ORDER),
    "users.by_autumn_customer": (("autumnCustomerId",), ORDER),
    "users.by_subscription_status": (("subscriptionStatus",), ORDER),
    "projects.by_owner": (("ownerId",), ORDER),
    "projects.by_user": (("userId",), ORDER),
    "_storage.by_uploader_size": (("uploadedBy",), ("size", *ORDER)),
    "files.by_project": (("projectId",), ORDER),
    "files.by_parent": (("parentId",), ORDER),
    "files.by_project_parent": (("projectId", "_parentIdOrAbsent"), ORDER),
    "conversations.by_project": (("projectId",), ORDER),
    "messages.by_conversation": (("conversationId",), ORDER),
    "messages.by_project_status": (("projectId", "status"), ORDER),
    "generationEvents.by_project_created_at": (("projectId",), ("createdAt", *ORDER)),
    "deletions.by_kind": (("kind",), ORDER),
    "jobs.by_status": (("status",), ("endsBy", *ORDER)),
    "jobs.by_project": (("projectId",), ORDER),
    "adminActions.by_log": (("log",), ORDER),
}


def file(**fields: Any) -> File:
    given = {"_id": FOLDER, "_creationTime": 1, "project_id": PROJECT, "name": "a", "type": "file", "updated_at": 1}
    return File.model_validate(given | fields)


def message(**fields: Any) -> Message:
    given: dict[str, Any] = {"conversation_id": "c", "project_id": PROJECT, "role": "assistant", "content": ""}
    return Message(id=Message.mint_id(bytes(16)), creation_time=1.0, **given, **fields)


def test_every_index_has_the_keys_of_the_original_schema() -> None:
    assert {
        f"{name}.{index.name}": (index.partition, index.sort)
        for name, document in DOCUMENTS.items()
        for index in document.table().indexes
    } == KEYS


def test_no_index_has_more_key_attributes_than_dynamodb_takes() -> None:
    indexes = [index for document in DOCUMENTS.values() for index in document.table().indexes]
    assert all(len(index.partition) <= 4 and len(index.sort) <= 4 for index in indexes)


def test_only_rows_which_never_change_are_carried_whole_by_their_index() -> None:
    indexes = [index for document in DOCUMENTS.values() for index in document.indexes if index.projects_all]
    assert [index.label for index in indexes] == ["generationEvents.by_project_created_at", "adminActions.by_log"]


def test_a_unique_key_alone_has_no_secondary_index() -> None:
    assert "sibling_name" not in [index.name for index in File.table().indexes]


def test_a_document_without_an_indexed_field_has_no_entry() -> None:
    assert File.by_parent.values_of(file()) is None


def test_an_absent_parent_has_a_place_of_its_own_where_the_index_finds_it() -> None:
    assert File.by_project_parent.values_of(file()) == (PROJECT, ABSENT_KEY)


def test_the_place_of_absent_ids_is_no_id() -> None:
    assert ABSENT_KEY not in (PROJECT, FOLDER)


def test_a_document_with_its_field_has_an_entry_under_its_value() -> None:
    assert File.by_project_parent.values_of(file(parent_id=FOLDER)) == (PROJECT, FOLDER)


def test_a_unique_key_with_a_condition_holds_only_documents_that_meet_it() -> None:
    assert Message.one_processing.values_of(message(status="processing")) == (PROJECT,)
    assert Message.one_processing.values_of(message(status="completed")) is None


def test_an_index_over_a_field_that_does_not_exist_is_refused() -> None:
    index = Index("owner_id", range="colour")
    index.__set_name__(Project, "by_colour")
    with pytest.raises(TypeError, match=r"by_colour of Project: no such field \['colour'\]"):
        index.bind(Project)


def test_an_index_without_fields_is_refused() -> None:
    with pytest.raises(TypeError, match="index"):
        Index().bind(Project)


def test_an_index_is_labelled_by_its_table_and_its_name() -> None:
    assert User.by_stack_user.label == "users.by_stack_user"
