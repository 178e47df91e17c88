"""Tools that name files by their ids. The id of a file of another project is not found, as one that never was."""

from __future__ import annotations

import json
from typing import Annotated, Any

from shared.agent.bounds import MAX_RESULT_BYTES, cut
from shared.agent.tools.tool import Arguments, FileId, FileIds, Here, NoArguments, filled, tool
from shared.domain.collation import collation_key
from shared.errors import ArgumentValidation

Json = dict[str, Any]


class Read(Arguments):
    """Arguments of `readFiles` and `deleteFiles`."""

    file_ids: FileIds


class Update(Arguments):
    """Arguments of `updateFile`."""

    file_id: FileId
    content: str


class NewFile(Arguments):
    """A file to create."""

    name: Annotated[str, filled("File name cannot be empty")]
    content: str


class CreateFiles(Arguments):
    """Arguments of `createFiles`."""

    parent_id: str
    files: Annotated[list[NewFile], filled("Provide at least one file to create")]


class CreateFolder(Arguments):
    """Arguments of `createFolder`."""

    name: Annotated[str, filled("Folder name is required")]
    parent_id: str


class Rename(Arguments):
    """Arguments of `renameFile`."""

    file_id: FileId
    new_name: Annotated[str, filled("New name is required")]


@tool("listFiles", NoArguments, "listing files")
def list_files(here: Here, _given: NoArguments) -> str:
    """List all files and folders of the project with their ids, names, types and parents' ids (null: the root)."""
    entries = here.call("get_project_entries", project_id=here.project_id)
    entries.sort(key=lambda entry: (entry["type"] != "folder", collation_key(entry["name"])))
    return json.dumps(
        [{"id": e["id"], "name": e["name"], "type": e["type"], "parentId": e.get("parentId")} for e in entries],
        ensure_ascii=False,
    )


@tool("readFiles", Read, "reading files")
def read_files(here: Here, given: Read) -> str:
    """Read files of the project by their ids."""
    found = [file for id in given.file_ids if (file := _file(here, id)) is not None and file.get("content")]
    if not found:
        return "Error: No files found with provided IDs. Use listFiles to get valid fileIDs."
    most = MAX_RESULT_BYTES // (len(found) + 1)
    contents = [{"id": f["_id"], "name": f["name"], "content": cut(f["content"], most)} for f in found]
    return json.dumps(contents, ensure_ascii=False)


@tool("updateFile", Update, "update file")
def update_file(here: Here, given: Update) -> str:
    """Replace the whole content of a text file of the project."""
    file = _file(here, given.file_id)
    if file is None:
        return _not_found(given.file_id)
    if file["type"] == "folder":
        return f'Error: "{given.file_id}" is a folder, not a file. You can only update file contents.'
    here.call("update_file", here.key(), file_id=given.file_id, content=given.content)
    return f'File "{file["name"]}" updated successfully'


@tool("createFiles", CreateFiles, "creating files")
def create_files(here: Here, given: CreateFiles) -> str:
    """Create text files in one folder of the project; `parentId` "" is the root."""
    fault = _parent_fault(here, given.parent_id)
    if fault is not None:
        return fault
    files = [{"name": file.name, "content": file.content} for file in given.files]
    made = here.call(
        "create_files", here.key(), project_id=here.project_id, parent_id=given.parent_id or None, files=files
    )
    created = [file["name"] for file in made if "error" not in file]
    failed = [f"{file['name']} ({file['error']})" for file in made if "error" in file]
    told = f"Created {len(created)} file(s)" + (f": {', '.join(created)}" if created else "")
    return f"{told}. Failed: {', '.join(failed)}" if failed else told


@tool("createFolder", CreateFolder, "creating folder")
def create_folder(here: Here, given: CreateFolder) -> str:
    """Create a folder in a folder of the project; `parentId` "" is the root."""
    fault = _parent_fault(here, given.parent_id)
    if fault is not None:
        return fault
    id = here.call(
        "create_folder", here.key(), project_id=here.project_id, parent_id=given.parent_id or None, name=given.name
    )
    return f"Folder created with ID: {id}"


@tool("renameFile", Rename, "renaming file")
def rename_file(here: Here, given: Rename) -> str:
    """Give a file or folder of the project another name."""
    file = here.remember("file", lambda: _seen(here, given.file_id))
    if file is None:
        return _not_found(given.file_id)
    here.call("rename_file", here.key(), file_id=given.file_id, new_name=given.new_name)
    return f'Renamed "{file["name"]}" to "{given.new_name}" successfully'


@tool("deleteFiles", Read, "deleting files")
def delete_files(here: Here, given: Read) -> str:
    """Delete files and folders of the project by their ids, with everything in them."""
    ids = [*dict.fromkeys(given.file_ids)]
    files = here.remember("files", lambda: [_seen(here, id) for id in ids])
    missing = next((id for id, file in zip(ids, files, strict=True) if file is None), None)
    if missing is not None:
        return _not_found(missing)
    lines = []
    for number, (id, file) in enumerate(zip(ids, files, strict=True)):
        # One that stood in a folder deleted just before is gone already.
        if number == 0 or here.remember(f"file-{number}", lambda id=id: _seen(here, id)) is not None:  # type: ignore[misc]  # mypy cannot infer a lambda's default
            here.call("delete_file", here.key(str(number)), file_id=id)
        lines.append(f'Deleted {file["type"]} "{file["name"]}" successfully')
    return "\n".join(lines)


def _file(here: Here, id: str) -> Json | None:
    """Return a file or folder of the job's project, or None: there is none with this id, whatever it is."""
    try:
        found: Json | None = here.call("get_file_by_id", file_id=id, project_id=here.project_id)
    except ArgumentValidation:
        return None
    return found


def _seen(here: Here, id: str) -> Json | None:
    file = _file(here, id)
    return None if file is None else {"name": file["name"], "type": file["type"]}


def _not_found(id: str) -> str:
    return f'Error: File with ID "{id}" not found. Use listFiles to get valid file IDs.'


def _parent_fault(here: Here, id: str) -> str | None:
    if not id:
        return None
    try:
        parent = here.call("get_file_by_id", file_id=id, project_id=here.project_id)
    except ArgumentValidation:
        return f'Error: Invalid parentId "{id}". Use listFiles to get valid folder IDs, or "" for the root.'
    if parent is None:
        return f'Error: Parent folder with ID "{id}" not found. Use listFiles to get valid folder IDs.'
    if parent["type"] != "folder":
        return f'Error: The ID "{id}" is a file, not a folder. Use a folder ID as parentId.'
    return None
