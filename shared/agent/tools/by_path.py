"""Tools that name files by their paths."""

from __future__ import annotations

from typing import Final

from shared.agent.tools.tool import Arguments, Here, NoArguments, tool

_PREVIEW: Final = 500
_EMPTY: Final = "Project has no files yet."


class Path(Arguments):
    """A path in the project."""

    path: str


class MaybePath(Arguments):
    """A folder of the project; without it, the root."""

    path: str | None = None


class Write(Arguments):
    """Arguments of `writeFile`."""

    path: str
    content: str


@tool("readFile", Path, "reading file")
def read_file(here: Here, given: Path) -> str:
    """Read the file at a path of the project."""
    file = here.call("read_file_by_path", project_id=here.project_id, path=given.path)
    if file is None:
        return f"File not found: {given.path}"
    content: str | None = file.get("content")
    return f"{given.path} is a binary file" if content is None else content


@tool("writeFile", Write, "writing file")
def write_file(here: Here, given: Write) -> str:
    """Write a whole text file at a path of the project, with the folders above it, in place of what is there."""
    here.call("write_file_by_path", here.key(), project_id=here.project_id, path=given.path, content=given.content)
    preview = given.content if len(given.content) <= _PREVIEW else f"{given.content[:_PREVIEW]}…"
    _event(here, f"Wrote {given.path}", given.path, preview)
    return f"Successfully wrote to {given.path}"


@tool("deleteFile", Path, "deleting file")
def delete_file(here: Here, given: Path) -> str:
    """Delete the file or folder at a path of the project, with everything in it."""
    here.call("delete_file_by_path", here.key(), project_id=here.project_id, path=given.path)
    _event(here, f"Deleted {given.path}", given.path)
    return f"Successfully deleted {given.path}"


@tool("listFiles", MaybePath, "listing files")
def list_files(here: Here, given: MaybePath) -> str:
    """List what is in a folder of the project, by default at its root."""
    path = given.path if given.path not in (None, ".", "./") else ""
    entries = here.call("list_files_by_path", project_id=here.project_id, path=path)
    if not entries:
        return f"Directory is empty: {path}" if path and path.strip("/") else _EMPTY
    return "\n".join(f"[{entry['type']}] {entry['name']}" for entry in entries)


@tool("getProjectStructure", NoArguments, "getting project structure")
def get_project_structure(here: Here, _given: NoArguments) -> str:
    """List the paths of all files of the project."""
    return here.call("get_project_structure", project_id=here.project_id) or _EMPTY


def _event(here: Here, message: str, path: str, preview: str | None = None) -> None:
    here.call(
        "append_generation_event",
        here.key("event"),
        project_id=here.project_id,
        type="file",
        message=message,
        file_path=path,
        preview=preview,
    )
