"""The tools of both sets: what they do, and what they say."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from shared.agent.bounds import MAX_RESULT_BYTES
from tests.workflows.assistant import World, making
from tests.workflows.test_agent_confinement import told_of


@pytest.fixture
def by_path() -> Iterator[World]:
    with making("paths") as world:
        yield world


@pytest.fixture
def by_id() -> Iterator[World]:
    with making("ids") as world:
        yield world


def entries(world: World) -> dict[str, dict[str, Any]]:
    listed = world.server.call("system:getProjectEntries", projectId=world.project)
    return {entry["path"]: entry for entry in listed}


def test_folders_are_listed_by_path(by_path: World) -> None:
    assert told_of(by_path, ("listFiles", {}), ("getProjectStructure", {})) == ["Project has no files yet."] * 2
    by_path.write("b.ts")
    by_path.write("a/c.ts")
    told = told_of(
        by_path,
        ("listFiles", {}),
        ("listFiles", {"path": "a"}),
        ("listFiles", {"path": "x"}),
        ("getProjectStructure", {}),
    )
    assert told == ["[folder] a\n[file] b.ts", "[file] c.ts", "Directory is empty: x", "a/c.ts\nb.ts"]


def test_writing_shows_the_beginning_of_what_was_written(by_path: World) -> None:
    told_of(by_path, ("writeFile", {"path": "a.ts", "content": "x" * 600}))
    (event,) = by_path.backend.rows("generationEvents")
    assert (event["type"], event["message"], event["filePath"]) == ("file", "Wrote a.ts", "a.ts")
    assert event["preview"] == "x" * 500 + "…"


def test_a_long_file_is_cut_and_said_to_be(by_path: World) -> None:
    by_path.write("a.txt", "ä" * MAX_RESULT_BYTES)
    (result,) = told_of(by_path, ("readFile", {"path": "a.txt"}))
    assert len(result.encode()) < MAX_RESULT_BYTES + 100
    assert result.endswith(f"… (cut: {2 * MAX_RESULT_BYTES} bytes in all, {MAX_RESULT_BYTES} are shown)")


def test_files_are_searched_line_by_line(by_path: World) -> None:
    by_path.write("src/a.ts", "const Name = 1\n\nname()")
    by_path.write("b.md", "name")
    told = told_of(
        by_path,
        ("searchFiles", {"pattern": r"^name"}),
        ("searchFiles", {"pattern": "Name", "caseSensitive": True}),
        ("searchFiles", {"pattern": "name", "filePattern": "src/**/*.ts"}),
        ("searchFiles", {"pattern": "nothing"}),
        ("searchFiles", {"pattern": "("}),
    )
    assert told[:4] == [
        "b.md:1: name\nsrc/a.ts:3: name()",
        "src/a.ts:1: const Name = 1",
        "src/a.ts:1: const Name = 1\nsrc/a.ts:3: name()",
        'No matches found for pattern "nothing"',
    ]
    assert told[4].startswith("Invalid regex pattern: ")


def test_a_search_ends_after_fifty_matches(by_path: World) -> None:
    by_path.write("a.txt", "x\n" * 80)
    (result,) = told_of(by_path, ("searchFiles", {"pattern": "x"}))
    assert result.count("a.txt:") == 50
    assert result.endswith("… (stopped after 50 matches)")


def test_an_expression_that_would_never_end_is_stopped(by_path: World) -> None:
    by_path.write("a.txt", "a" * 5000 + "!")
    began_s = time.process_time()
    (result,) = told_of(by_path, ("searchFiles", {"pattern": r"^(a|a|b?a)+$"}))
    assert result == "Invalid regex pattern: it takes too long on a.txt"
    assert time.process_time() - began_s < 20


def test_files_are_found_by_globs(by_path: World) -> None:
    by_path.write("src/a/b.ts")
    by_path.write("c.ts")
    told = told_of(
        by_path, ("findFilesByPattern", {"pattern": "src/**/*.ts"}), ("findFilesByPattern", {"pattern": "*.py"})
    )
    assert told == ['Found 1 file(s) matching "src/**/*.ts":\nsrc/a/b.ts', 'No files found matching "*.py"']


def test_files_and_folders_are_made_by_ids(by_id: World) -> None:
    files = [{"name": name, "content": name} for name in ("a.ts", "b.ts", "a.ts")]
    told = told_of(
        by_id, ("createFolder", {"name": "src", "parentId": ""}), ("createFiles", {"parentId": "", "files": files})
    )
    src = entries(by_id)["src"]["id"]
    assert told == [
        f"Folder created with ID: {src}",
        "Created 2 file(s): a.ts, b.ts. Failed: a.ts (File already exists)",
    ]


def test_files_are_listed_and_read_by_ids(by_id: World) -> None:
    by_id.write("src/b.ts", "text")
    by_id.write("a.ts")
    here = entries(by_id)
    file, empty, folder = here["src/b.ts"]["id"], here["a.ts"]["id"], here["src"]["id"]
    listed, read, nothing = told_of(
        by_id,
        ("listFiles", {}),
        ("readFiles", {"fileIds": [file, empty, folder]}),
        ("readFiles", {"fileIds": [empty]}),
    )
    assert json.loads(listed) == [
        {"id": folder, "name": "src", "type": "folder", "parentId": None},
        {"id": empty, "name": "a.ts", "type": "file", "parentId": None},
        {"id": file, "name": "b.ts", "type": "file", "parentId": folder},
    ]
    assert json.loads(read) == [{"id": file, "name": "b.ts", "content": "text"}]
    assert nothing == "Error: No files found with provided IDs. Use listFiles to get valid fileIDs."


def test_files_are_changed_renamed_and_deleted_by_ids(by_id: World) -> None:
    by_id.write("src/b.ts", "text")
    by_id.write("a.ts")
    here = entries(by_id)
    file, other, folder = here["src/b.ts"]["id"], here["a.ts"]["id"], here["src"]["id"]
    told = told_of(
        by_id,
        ("updateFile", {"fileId": file, "content": "new"}),
        ("updateFile", {"fileId": folder, "content": "new"}),
        ("renameFile", {"fileId": other, "newName": "c.ts"}),
        ("renameFile", {"fileId": other, "newName": "src"}),
        ("deleteFiles", {"fileIds": [folder, file, other]}),
    )
    assert told == [
        'File "b.ts" updated successfully',
        f'Error: "{folder}" is a folder, not a file. You can only update file contents.',
        'Renamed "a.ts" to "c.ts" successfully',
        'Error renaming file: A file named "src" already exists',
        'Deleted folder "src" successfully\nDeleted file "b.ts" successfully\nDeleted file "c.ts" successfully',
    ]
    assert entries(by_id) == {}


@pytest.mark.parametrize(
    ("tool", "given", "told"),
    [
        ("readFiles", {"fileIds": []}, "Provide at least one file ID"),
        ("readFiles", {"fileIds": [""]}, "File ID cannot be empty"),
        ("deleteFiles", {"fileIds": []}, "Provide at least one file ID"),
        ("updateFile", {"fileId": "", "content": ""}, "File ID is required"),
        ("renameFile", {"fileId": "a", "newName": ""}, "New name is required"),
        ("createFiles", {"parentId": "", "files": []}, "Provide at least one file to create"),
        ("createFiles", {"parentId": "", "files": [{"name": "", "content": ""}]}, "File name cannot be empty"),
        ("createFolder", {"parentId": "", "name": ""}, "Folder name is required"),
    ],
)
def test_what_is_missing_is_said_in_the_original_words(by_id: World, tool: str, given: Any, told: str) -> None:
    assert told_of(by_id, (tool, given)) == [f"Error: {told}"]


def test_a_parent_that_is_no_folder_is_told_apart(by_id: World) -> None:
    file = by_id.write("a.ts")
    told = told_of(
        by_id,
        ("createFolder", {"name": "x", "parentId": file}),
        ("createFolder", {"name": "x", "parentId": "nonsense"}),
    )
    assert told[0] == f'Error: The ID "{file}" is a file, not a folder. Use a folder ID as parentId.'
    assert told[1].startswith('Error: Invalid parentId "nonsense". ')


def test_a_rename_that_is_tried_again_says_the_same(by_id: World) -> None:
    file = by_id.write("a.ts")
    objects = by_id.backend.store.objects
    put = objects.put
    crashed: list[str] = []

    def crashing(key: str, body: bytes) -> None:
        if "/result-" in key and not crashed:
            crashed.append(key)
            raise MemoryError
        put(key, body)

    objects.put = crashing  # type: ignore[method-assign]  # the bucket is a door

    def around(_name: str, run: Any) -> Any:
        try:
            return run()
        except Exception:  # noqa: BLE001 - a machine tries again whatever it is
            return run()

    by_id.around = around
    assert told_of(by_id, ("renameFile", {"fileId": file, "newName": "b.ts"})) == [
        'Renamed "a.ts" to "b.ts" successfully'
    ]
    assert crashed
