"""Archives that are damaged or do not fit are refused, and nothing is changed."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from shared.archive.checking import check_archive
from shared.archive.errors import ArchiveRefused
from shared.archive.exporting import export_archive
from shared.archive.importing import import_archive
from shared.archive.layout import MANIFEST
from shared.db.codec import MAX_FIELD_BYTES
from shared.schema.tables import Project, User
from tests.archive.sample import LARGE_TEXT, Place, entries_of, furnished, lines, write_zip

SEED = random.randrange(2**32)
FILES = "files/documents.jsonl"
USERS = "users/documents.jsonl"
PROJECTS = "projects/documents.jsonl"
MESSAGES = "messages/documents.jsonl"
STORED = "_storage/documents.jsonl"

Entries = dict[str, bytes]
Document = dict[str, Any]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("archives") / "old.zip"
    export_archive(furnished().deployment, path)
    return path


@pytest.fixture(scope="module")
def entries(archive: Path) -> Entries:
    return {name: body.replace(LARGE_TEXT[9:].encode(), b"") for name, body in entries_of(archive).items()}


def require_refused(path: Path, message: str) -> None:
    place = Place()
    before = json.dumps(place.engine.tables, default=str, sort_keys=True, skipkeys=True)
    with pytest.raises(ArchiveRefused, match=message):
        import_archive(place.deployment, path)
    assert json.dumps(place.engine.tables, default=str, sort_keys=True, skipkeys=True) == before
    assert place.s3.objects == {}


def without_manifest(entries: Entries, **changed: bytes | None) -> Entries:
    made = {name: body for name, body in entries.items() if name != MANIFEST} | changed
    return {name: body for name, body in made.items() if body is not None}


def edited(entries: Entries, entry: str, number: int, edit: Callable[[Document], Any]) -> Entries:
    """Return the entries with one line of one of them edited, and without their seals."""
    documents = [json.loads(line) for line in entries[entry].splitlines()]
    edit(documents[number - 1])
    return without_manifest(entries, **{entry: lines(*documents)})


def sealed(entries: Entries, manifest: bytes) -> Entries:
    """Return the entries with a manifest that knows them."""
    seals = {name: {"sha256": sha256(body).hexdigest(), "bytes": len(body)} for name, body in entries.items()}
    return entries | {MANIFEST: json.dumps(json.loads(manifest) | {"entries": seals}).encode()}


def test_a_manifest_that_counts_other_documents_is_refused(entries: Entries, tmp_path: Path) -> None:
    made = without_manifest(entries, **{USERS: entries[USERS].splitlines()[0]})
    require_refused(
        write_zip(tmp_path / "a.zip", sealed(made, entries[MANIFEST])), "it has 1 documents, and the manifest says 2"
    )


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    require_refused(tmp_path / "none.zip", "No such file")


@pytest.mark.parametrize("body", [b"", b"no zip file", b"PK\x03\x04" + b"\0" * 100])
def test_a_file_that_is_no_zip_file_is_refused(tmp_path: Path, body: bytes) -> None:
    (tmp_path / "a.zip").write_bytes(body)
    require_refused(tmp_path / "a.zip", "no ZIP file")


@pytest.mark.parametrize("run", range(8))
def test_an_archive_that_is_cut_off_is_refused(run: int, archive: Path, tmp_path: Path) -> None:
    print(f"seed {SEED}")
    whole = archive.read_bytes()
    (tmp_path / "a.zip").write_bytes(whole[: random.Random(f"{SEED}/{run}").randrange(len(whole))])
    require_refused(tmp_path / "a.zip", "no ZIP file")


@pytest.mark.parametrize("run", range(30))
def test_an_archive_with_a_changed_byte_is_refused_or_means_the_same(run: int, archive: Path, tmp_path: Path) -> None:
    print(f"seed {SEED}, run {run}")
    draw = random.Random(f"{SEED}/{run}")
    body = bytearray(archive.read_bytes())
    body[draw.randrange(len(body))] ^= 1 << draw.randrange(8)
    (tmp_path / "a.zip").write_bytes(body)
    try:
        report = check_archive(tmp_path / "a.zip")
    except ArchiveRefused:
        return
    assert report == check_archive(archive)


def test_an_entry_that_hides_the_next_one_is_refused(archive: Path, tmp_path: Path) -> None:
    body = bytearray(archive.read_bytes())
    before_last = body.rindex(b"PK\x01\x02", 0, body.rindex(b"PK\x01\x02"))
    body[before_last + 32] = 46 + len(MANIFEST)
    (tmp_path / "a.zip").write_bytes(body)
    require_refused(tmp_path / "a.zip", "a damaged comment may hide entries after it")


@pytest.mark.parametrize("method", [12, 14, 99])
def test_an_entry_that_is_packed_in_another_way_than_it_says_is_refused(
    archive: Path, tmp_path: Path, method: int
) -> None:
    body = bytearray(archive.read_bytes())
    body[body.rindex(b"PK\x01\x02") + 10] = method
    (tmp_path / "a.zip").write_bytes(body)
    require_refused(tmp_path / "a.zip", "manifest.json: the entry is damaged or cannot be unpacked")


@pytest.mark.parametrize(
    ("entry", "body", "message"),
    [
        (USERS, None, "users/documents.jsonl: the entry is missing"),
        (USERS, b"", "users/documents.jsonl: the entry is damaged"),
        ("evil.txt", b"x", "evil.txt: the manifest does not know this entry"),
        (MANIFEST, b"{}", "manifest.json: its version is None, and this backend reads version 1"),
        (MANIFEST, b'{"version": 2}', "its version is 2, and this backend reads version 1"),
        (MANIFEST, b'{"version": 1}', "it is not a manifest"),
        (MANIFEST, b"\xff", "it is not a manifest"),
    ],
)
def test_an_archive_that_is_not_what_its_manifest_says_is_refused(
    entries: Entries, archive: Path, tmp_path: Path, entry: str, body: bytes | None, message: str
) -> None:
    made = {**entries_of(archive), entry: body}
    require_refused(
        write_zip(tmp_path / "a.zip", {name: body for name, body in made.items() if body is not None}), message
    )


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"{", r"users/documents\.jsonl:3: Not valid JSON"),
        (b"\xff", r"users/documents\.jsonl:3: Not valid JSON"),
        (b"[]", r"users/documents\.jsonl:3: Not a JSON object"),
        (b'{"a": NaN}', r"users/documents\.jsonl:3: Not valid JSON: NaN is not JSON"),
        (b'{"a": {"$integer": "x"}}', r"users/documents\.jsonl:3: `\$integer` must hold base64"),
        (b"[" * 100_000, r"users/documents\.jsonl:3: Not valid JSON"),
        (b'{"name": "' + b"\\ud800" + b'"}', r"users/documents\.jsonl:3: .*surrogate"),
        (b"{}", r"users/documents\.jsonl:3: `_id` must be an id"),
        (b"x" * (32 * 1024 * 1024 + 1), r"users/documents\.jsonl:3: the line is longer"),
    ],
)
def test_a_line_that_is_no_document_is_refused_by_its_number(
    entries: Entries, tmp_path: Path, line: bytes, message: str
) -> None:
    made = without_manifest(entries, **{USERS: entries[USERS] + line + b"\n"})
    require_refused(write_zip(tmp_path / "a.zip", made), message)


@pytest.mark.parametrize(
    ("entry", "changes", "message"),
    [
        (USERS, {"email": 5.0}, r"users/documents\.jsonl:2: `email`: Input should be a valid string"),
        (USERS, {"projectLimit": "10"}, r":2: `projectLimit`: Input should be a valid number"),
        (USERS, {"trialUsed": 1.0}, r":2: `trialUsed`: Input should be a valid bool"),
        (USERS, {"subscriptionStatus": "rich"}, r":2: `subscriptionStatus`: Input should be 'free'"),
        (USERS, {"_creationTime": None}, r":2: `_creationTime`: Input should be a valid number"),
        (
            USERS,
            {"_creationTime": {"$float": "AAAAAAAA8H8="}},
            r":2: `_creationTime`: .*cannot be stored in an index",
        ),
        (USERS, {"autumnCustomerId": ""}, r":2: `autumnCustomerId` cannot be empty"),
        (USERS, {"stackUserId": "x" * 2100}, r":2: the values of users\.by_stack_user take 2\d+ bytes"),
        (USERS, {"_version": "f" * 32}, r"no place for users\._version"),
        (
            USERS,
            {"stackUserId": "ada"},
            r":2: users\.by_stack_user/\[\"ada\"\] is a unique key, and users.*:1 has it",
        ),
        (PROJECTS, {"pendingDeletes": []}, r"no place for projects\.pendingDeletes"),
        (PROJECTS, {"settings": {"devCommand": 1.0}}, r":2: `settings\.devCommand`: Input should be a valid string"),
        (PROJECTS, {"description": "x" * 400_000}, r":2: Document .* is too large"),
        (FILES, {"name": "a/b"}, r':2: `name`: a name cannot contain "/"'),
        (FILES, {"content": "x" * (MAX_FIELD_BYTES + 1)}, r":2: Value of `content` is too large"),
        (FILES, {"content": None, "name": None}, r":2: `name`: Input should be a valid string"),
        (FILES, {"projectId": "x"}, r":2: `projectId`: there is no document x in projects"),
        (FILES, {"projectId": Project.mint_id(bytes(16))}, r":2: `projectId`: there is no document .* in projects"),
        (MESSAGES, {"toolCalls": [{"id": "1", "name": "x"}]}, r":2: `toolCalls\.0\.args`: Field required"),
        (STORED, {"size": 3}, r":2: `size` is 3 and the file has 10244 bytes"),
        (STORED, {"sha256": "AAAA"}, r":2: `sha256` is AAAA and the file's is"),
        (STORED, {"internalId": "../../secret"}, r":2: `internalId` may hold letters"),
        (STORED, {"contentType": "a\r\nx: y"}, r":2: `contentType` must be"),
    ],
)
def test_a_document_that_does_not_fit_is_refused_by_line_and_field(
    entries: Entries, tmp_path: Path, entry: str, changes: Document, message: str
) -> None:
    made = edited(entries, entry, 2, lambda document: document.update(changes))
    require_refused(write_zip(tmp_path / "a.zip", made), message)


def document_at(entries: Entries, entry: str, number: int) -> Document:
    return dict(json.loads(entries[entry].splitlines()[number - 1]))


@pytest.mark.parametrize(
    ("number", "parent", "message"),
    [
        (1, 5, r"files/documents\.jsonl:[15]: the folder is inside itself"),
        (1, 1, r":1: the folder is inside itself"),
        (5, 2, r":5: `parentId`: .* is not a folder"),
        (5, 20, r":5: `parentId`: .* belongs to another project"),
    ],
)
def test_files_that_are_no_tree_are_refused(
    entries: Entries, tmp_path: Path, number: int, parent: int, message: str
) -> None:
    above = document_at(entries, FILES, parent)["_id"]
    made = edited(entries, FILES, number, lambda document: document.update(parentId=above))
    require_refused(write_zip(tmp_path / "a.zip", made), message)


def test_a_message_of_another_projects_conversation_is_refused(entries: Entries, tmp_path: Path) -> None:
    other = document_at(entries, "conversations/documents.jsonl", 3)["_id"]
    made = edited(entries, MESSAGES, 1, lambda document: document.update(conversationId=other))
    require_refused(
        write_zip(tmp_path / "a.zip", made), r"messages.*:1: `conversationId`: .* belongs to another project"
    )


def test_two_documents_of_one_id_are_refused(entries: Entries, tmp_path: Path) -> None:
    made = without_manifest(entries, **{USERS: entries[USERS] + entries[USERS].splitlines()[0]})
    require_refused(write_zip(tmp_path / "a.zip", made), r":3: `_id` is that of an earlier line")


@pytest.mark.parametrize(
    ("field", "message"),
    [
        ("projectId", r"files/documents\.jsonl:2: `projectId`: Found an id of table users"),
        ("_id", r"files/documents\.jsonl:2: `_id` .* is no id of this table"),
    ],
)
def test_an_id_of_another_table_is_refused(entries: Entries, tmp_path: Path, field: str, message: str) -> None:
    made = edited(entries, FILES, 2, lambda document: document.update({field: User.mint_id(bytes(16))}))
    require_refused(write_zip(tmp_path / "a.zip", sealed(made, entries[MANIFEST])), message)


def test_two_siblings_of_one_name_are_refused(entries: Entries, tmp_path: Path) -> None:
    made = edited(entries, FILES, 3, lambda document: document.update(name="0.ts"))
    require_refused(write_zip(tmp_path / "a.zip", made), r"files\.sibling_name/.* is a unique key, and files.*:2 has")


def test_an_object_that_is_missing_is_refused(entries: Entries, tmp_path: Path) -> None:
    id = document_at(entries, STORED, 1)["_id"]
    made = without_manifest(entries, **{f"_storage/{id}.png": None})
    require_refused(write_zip(tmp_path / "a.zip", made), rf"_storage.*:1: there is no entry _storage/{id}")


def test_an_object_that_is_damaged_is_refused(entries: Entries, tmp_path: Path) -> None:
    id = document_at(entries, STORED, 1)["_id"]
    made = without_manifest(entries, **{f"_storage/{id}.png": entries[f"_storage/{id}.png"][:-1] + b"!"})
    require_refused(write_zip(tmp_path / "a.zip", made), r"_storage.*:1: `sha256` is")


def test_an_object_that_nobody_knows_is_refused(entries: Entries, tmp_path: Path) -> None:
    made = without_manifest(entries, **{"_storage/unknown.png": b"x"})
    require_refused(write_zip(tmp_path / "a.zip", made), r"_storage/unknown\.png: there is no document of it")


def test_two_entries_of_one_object_are_refused(entries: Entries, tmp_path: Path) -> None:
    id = document_at(entries, STORED, 1)["_id"]
    made = without_manifest(entries, **{f"_storage/{id}.gif": b"x"})
    require_refused(
        write_zip(tmp_path / "a.zip", made), rf"{id}\.gif: it is of the same object as _storage/{id}\.png"
    )


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ({"README.md": b"x"}, "holds no documents"),
        ({"photo.jpg": b"x"}, r"no place for photo\.jpg"),
        ({"_tables/documents.jsonl": b'{"name": 1}\n'}, r"_tables/documents\.jsonl:1: it must be an object"),
        ({"_components/c/users/documents.jsonl": b"{}\n"}, "no place for _components/c/users"),
    ],
)
def test_an_archive_of_something_else_is_refused(tmp_path: Path, made: Entries, message: str) -> None:
    require_refused(write_zip(tmp_path / "a.zip", made), message)


def test_a_refusal_lists_every_problem_and_shows_the_first(entries: Entries, tmp_path: Path) -> None:
    documents = [json.loads(line) | {"name": ""} for line in entries[FILES].splitlines()]
    made = without_manifest(entries, **{FILES: lines(*documents)})
    with pytest.raises(ArchiveRefused, match=r"files/documents\.jsonl:1: .*and \d+ more") as refused:
        check_archive(write_zip(tmp_path / "a.zip", made))
    assert len(refused.value.problems) >= len(documents)
