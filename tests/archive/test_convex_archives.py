"""Importing what deployments of Convex export, made here by hand from the schemas of the original apps."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from pathlib import Path
from typing import Any

import pytest

from shared import values
from shared.archive.checking import check_archive
from shared.archive.errors import ArchiveRefused
from shared.archive.importing import import_archive
from shared.db.audit import audit
from shared.schema.ids import mint, table_number_of
from shared.schema.tables import Conversation, File, Message, Project, StoredFile, User
from tests.archive.sample import LARGE_TEXT, PICTURE, Place, digest, exported, lines, write_zip
from tests.db.sample import reader

NUMBERS = {"users": 10001, "projects": 10002, "files": 10003, "conversations": 10004, "messages": 10005}
INTERNAL_ID = "0a6c3f8e-1111-4222-8333-444455556666"


def convex_id(table: str, number: int) -> str:
    """Return an id as Convex makes them."""
    return mint(
        {**NUMBERS, "_storage": 24}.get(table, 10099), hashlib.blake2b(bytes([number]), digest_size=16).digest()
    )


def row(table: str, number: int, **fields: Any) -> dict[str, Any]:
    """Return a document with Convex's own fields."""
    return {"_id": convex_id(table, number), "_creationTime": 1730000000000.123 + number, **fields}


def entries(tables: dict[str, list[dict[str, Any]]], *, is_uniform: bool = True) -> dict[str, bytes]:
    """Return an export of these tables in Convex's layout."""
    listed = [{"name": name, "id": number} for name, number in NUMBERS.items() if name in tables]
    made = {"README.md": b"# Welcome to your Convex snapshot export!\n", "_tables/documents.jsonl": lines(*listed)}
    for name, documents in tables.items():
        made[f"{name}/documents.jsonl"] = lines(*documents)
        if name != "_storage":
            schema = "uniform" if is_uniform else '{"_creationTime": normalfloat64, "_id": "0"}'
            made[f"{name}/generated_schema.jsonl"] = lines(schema)  # type: ignore[arg-type]  # a JSON text
    return made


def clerk_and_inngest() -> dict[str, bytes]:
    """Return an export of the first guide's app: no users, settings, files in the storage."""
    project = convex_id("projects", 1)
    shared = {"projectId": project, "updatedAt": 1730000000000.0}
    tables = {
        "projects": [
            row(
                "projects",
                1,
                name="Apollo",
                ownerId="user_2abc",
                updatedAt=1730000000000.0,
                importStatus="importing",
                settings={"installCommand": "npm install"},
            ),
        ],
        "files": [
            row("files", 3, **shared, name="logo.png", type="file", storageId=convex_id("_storage", 1)),
            row(
                "files", 2, **shared, name="main.ts", type="file", content=LARGE_TEXT, parentId=convex_id("files", 1)
            ),
            row("files", 1, **shared, name="src", type="folder"),
        ],
        "conversations": [row("conversations", 1, **shared, title="New conversation")],
        "messages": [
            row(
                "messages",
                1,
                conversationId=convex_id("conversations", 1),
                projectId=project,
                role="user",
                content="Hi",
            ),
            row(
                "messages",
                2,
                conversationId=convex_id("conversations", 1),
                projectId=project,
                role="assistant",
                content="",
                status="processing",
            ),
        ],
        "_storage": [
            {
                "_id": convex_id("_storage", 1),
                "_creationTime": 1730000000001.5,
                "sha256": digest(PICTURE),
                "size": len(PICTURE),
                "contentType": "image/png",
                "internalId": INTERNAL_ID,
            },
        ],
    }  # fmt: skip
    return entries(tables) | {f"_storage/{convex_id('_storage', 1)}.png": PICTURE}


def stack_auth_and_billing(**user: Any) -> dict[str, bytes]:
    """Return an export of the second guide's app: users, subscriptions, tool calls."""
    raw = struct.pack("<q", 12)
    calls = [
        {
            "id": "1",
            "name": "f",
            "args": {"path": "a", "n": 3, "x": 3.0, "big": {"$integer": base64.b64encode(raw).decode()}},
        }
    ]
    tables = {
        "users": [
            row(
                "users",
                1,
                stackUserId="stack_1",
                email="ada@example.com",
                subscriptionStatus="trialing",
                subscriptionTier="pro_monthly",
                projectLimit=-1.0,
                trialEndsAt=1.0,
                createdAt=1.0,
                updatedAt=2.0,
                **user,
            ),
        ],
        "projects": [
            row("projects", 1, name="Apollo", ownerId="stack_1", userId=convex_id("users", 1), updatedAt=5.0),
        ],
        "conversations": [
            row("conversations", 1, projectId=convex_id("projects", 1), title="New", updatedAt=6.0),
        ],
        "messages": [
            row(
                "messages",
                1,
                conversationId=convex_id("conversations", 1),
                projectId=convex_id("projects", 1),
                role="assistant",
                content="Done",
                status="completed",
                triggerRunId="run_1",
                toolCalls=calls,
            ),
        ],
        "generationEvents": [
            row("generationEvents", 1, projectId=convex_id("projects", 1), type="step", message="m", createdAt=7.0),
        ],
    }  # fmt: skip
    return entries(tables)


def imported(tmp_path: Path, made: dict[str, bytes], **options: Any) -> Place:
    """Import an archive into a new deployment."""
    place = Place(seed=3)
    import_archive(place.deployment, write_zip(tmp_path / "convex.zip", made), **options)
    assert audit(place.store) == []
    return place


def only(place: Place, document: Any) -> dict[str, Any]:
    """Return the only row of a table."""
    (found,) = place.rows(document).values()
    return found


def test_an_export_of_the_app_with_clerk_and_inngest_is_imported(tmp_path: Path) -> None:
    place = imported(tmp_path, clerk_and_inngest())
    project = only(place, Project)
    assert (project["name"], project["ownerId"], project["_creationTime"]) == (
        "Apollo",
        "user_2abc",
        1730000000001.123,
    )
    files = {file["name"]: file for file in place.rows(File).values()}
    assert files["main.ts"]["parentId"] == files["src"]["_id"]
    assert {file["projectId"] for file in files.values()} == {project["_id"]}
    assert reader(place.store).count(File.by_project_parent, project_id=project["_id"], parent_id=None) == 2


def test_every_id_becomes_one_of_this_backend(tmp_path: Path) -> None:
    place = imported(tmp_path, clerk_and_inngest())
    for document in (Project, StoredFile, File, Conversation, Message):
        assert {table_number_of(id) for id in place.rows(document)} == {document.number}


def test_an_id_becomes_the_same_one_each_time(tmp_path: Path) -> None:
    first, second = (imported(tmp_path, clerk_and_inngest()) for _ in range(2))
    assert first.rows(File) == second.rows(File)


def test_a_stored_object_is_found_where_it_was(tmp_path: Path) -> None:
    place = imported(tmp_path, clerk_and_inngest())
    stored = only(place, StoredFile)
    assert (stored["uuid"], stored["attachments"], stored["uploadedBy"]) == (INTERNAL_ID, 1, "internal")
    assert {file.get("storageId") for file in place.rows(File).values()} == {None, stored["_id"]}
    found = place.s3.objects[f"api/storage/{INTERNAL_ID}"]
    assert (found.body, found.content_type) == (PICTURE, "image/png")


def test_what_was_in_progress_has_failed(tmp_path: Path) -> None:
    place = imported(tmp_path, clerk_and_inngest())
    assert only(place, Project)["importStatus"] == "failed"
    answer = next(message for message in place.rows(Message).values() if message["role"] == "assistant")
    assert answer["status"] == "failed"
    assert answer["content"].startswith("My apologies")


def test_an_export_of_the_app_with_stack_auth_and_billing_is_imported(tmp_path: Path) -> None:
    place = imported(tmp_path, stack_auth_and_billing())
    user = only(place, User)
    assert (user["stackUserId"], user["projectLimit"], user["trialEndsAt"]) == ("stack_1", -1, 1)
    assert only(place, Project)["userId"] == user["_id"]


@pytest.mark.parametrize("is_uniform", [True, False])
def test_numbers_are_what_the_export_says(tmp_path: Path, is_uniform: bool) -> None:
    made = stack_auth_and_billing()
    if not is_uniform:
        made["messages/generated_schema.jsonl"] = b'"{...}"\n'
    place = imported(tmp_path, made)
    [call] = values.loads(only(place, Message)["toolCalls"]["json"])
    assert call["args"] == {"path": "a", "n": 3, "x": 3.0, "big": values.Int64(12)}
    assert isinstance(call["args"]["n"], values.Int64) == is_uniform
    assert not isinstance(call["args"]["x"], values.Int64)


def test_an_archive_may_be_packed_with_its_folder(tmp_path: Path) -> None:
    place = imported(tmp_path, {f"snapshot/{name}": body for name, body in clerk_and_inngest().items()})
    assert place.rows(File) == imported(tmp_path, clerk_and_inngest()).rows(File)


def test_what_was_imported_is_exported_the_same_from_then_on(tmp_path: Path) -> None:
    place = imported(tmp_path, clerk_and_inngest())
    first = exported(place, tmp_path / "a.zip")
    again = Place(seed=4)
    import_archive(again.deployment, tmp_path / "a.zip")
    assert exported(again, tmp_path / "b.zip") == first


def test_unknown_tables_and_fields_are_named(tmp_path: Path) -> None:
    made = stack_auth_and_billing(clerkId="user_1", name="Ada")
    made["openFiles/documents.jsonl"] = lines(row("openFiles", 1))
    with pytest.raises(ArchiveRefused, match=r"no place for openFiles, users\.clerkId, users\.name; import without"):
        check_archive(write_zip(tmp_path / "a.zip", made))


def test_what_is_unknown_can_be_left_out(tmp_path: Path) -> None:
    made = stack_auth_and_billing(clerkId="user_1", name="Ada")
    made["openFiles/documents.jsonl"] = lines(row("openFiles", 1))
    place = imported(tmp_path, made, leave_out=["openFiles", "users.clerkId", "users.name"])
    assert "clerkId" not in only(place, User)


def test_an_unknown_field_within_an_array_is_named_and_can_be_left_out(tmp_path: Path) -> None:
    made = stack_auth_and_billing()
    made["messages/documents.jsonl"] = made["messages/documents.jsonl"].replace(b'"id": "1"', b'"id": "1", "took": 5')
    with pytest.raises(ArchiveRefused, match=r"no place for messages\.toolCalls\.took"):
        check_archive(write_zip(tmp_path / "a.zip", made))
    assert only(imported(tmp_path, made, leave_out=["messages.toolCalls.took"]), Message)


def test_a_table_that_is_known_can_be_left_out_too(tmp_path: Path) -> None:
    place = imported(tmp_path, stack_auth_and_billing(), leave_out=["messages", "generationEvents"])
    assert place.rows(Message) == {}


def test_null_in_an_optional_field_is_absent(tmp_path: Path) -> None:
    made = clerk_and_inngest()
    made["files/documents.jsonl"] = made["files/documents.jsonl"].replace(
        b'"type": "folder"', b'"type": "folder", "parentId": null'
    )
    place = imported(tmp_path, made)
    assert [file["name"] for file in place.rows(File).values() if "parentId" not in file] == ["logo.png", "src"]


def test_an_export_without_stored_files_says_how_to_make_one_with_them(tmp_path: Path) -> None:
    made = {name: body for name, body in clerk_and_inngest().items() if not name.startswith("_storage")}
    with pytest.raises(ArchiveRefused, match="--include-file-storage"):
        check_archive(write_zip(tmp_path / "a.zip", made))
    place = imported(tmp_path, made, leave_out=["files.storageId"])
    assert len(place.rows(File)) == 3


def test_an_object_without_details_is_described_by_its_bytes(tmp_path: Path) -> None:
    made = clerk_and_inngest()
    id = convex_id("_storage", 1)
    made["_storage/documents.jsonl"] = lines({"_id": id, "_creationTime": 5.0})
    stored = only(imported(tmp_path, made), StoredFile)
    assert (stored["sha256"], stored["size"]) == (digest(PICTURE), len(PICTURE))


def test_an_id_of_another_table_is_refused(tmp_path: Path) -> None:
    made = clerk_and_inngest()
    documents = [json.loads(line) for line in made["files/documents.jsonl"].splitlines()]
    documents[1]["_id"] = convex_id("projects", 7)
    made["files/documents.jsonl"] = lines(*documents)
    with pytest.raises(ArchiveRefused, match=r"files/documents.jsonl:2: `_id` .* is an id of another table"):
        check_archive(write_zip(tmp_path / "a.zip", made))
