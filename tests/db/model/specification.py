"""What each mutation does, one at a time, on plain dictionaries. Nothing here knows the data layer.

A state maps (table, tag) to a row, a dictionary that is never changed in place. Rows have the stored names;
references are tags; the content `<big>` stands for a large text.
"""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from tests.db.model import file_steps as files
from tests.db.model import project_steps as projects
from tests.db.model.steps import Step, number_of

Row = dict[str, Any]
State = dict[tuple[str, str], Row]


class Refused(Exception):
    """A mutation's error: (code, message)."""


@singledispatch
def apply(step: Step, state: State, tag: str) -> Any:
    """Change `state` as the mutation does and return its result.

    Raises:
        Refused: the mutation ends with an error; the caller drops the changes.
    """
    raise NotImplementedError(step)


def _row(state: State, table: str, tag: str) -> Row:
    row = state.get((table, tag))
    if row is None:
        raise Refused("NOT_FOUND", tag)
    return row


def _set(state: State, table: str, tag: str, **fields: Any) -> None:
    row = {**state[table, tag], **fields}
    state[table, tag] = {name: value for name, value in row.items() if value is not None}


def _tags(state: State, table: str, **fields: Any) -> list[str]:
    return [
        tag
        for (found, tag), row in state.items()
        if found == table and all(row.get(name) == value for name, value in fields.items())
    ]


def _file(state: State, tag: str, project: str, folder: str | None, name: str, content: str) -> None:
    """Put a file in its place, which nobody else may hold."""
    if any(other != tag for other in _tags(state, "files", projectId=project, parentId=folder, name=name)):
        raise Refused("CONFLICT", "taken")
    row = {"projectId": project, "parentId": folder, "name": name, "type": "file", "content": content}
    state["files", tag] = state.get(("files", tag), {"updatedAt": 0.0})
    _set(state, "files", tag, **row)


def _place(state: State, tag: str, **changed: Any) -> None:
    """Rename or move a file, to where nobody else may be."""
    row = {**_row(state, "files", tag), **changed}
    _file(state, tag, row["projectId"], row.get("parentId"), row["name"], row["content"])


def _message(state: State, tag: str, project: str) -> None:
    row = {"conversationId": "c1", "projectId": project, "role": "assistant", "content": tag}
    state["messages", tag] = {**row, "status": "processing"}


@apply.register
def _(step: projects.CreateProject, state: State, tag: str) -> Any:
    count = len(_tags(state, "projects", ownerId=step.owner))
    if count >= step.limit:
        raise Refused("LIMIT_REACHED", f"{count} of {step.limit}")
    state["projects", tag] = {"name": tag, "ownerId": step.owner, "updatedAt": 0.0, "language": "0"}
    return float(count)


@apply.register
def _(step: projects.DeleteProject, state: State, tag: str) -> Any:
    _row(state, "projects", step.project)
    del state["projects", step.project]
    return state.get(("files", step.file), {}).get("content")


@apply.register
def _(step: projects.Transfer, state: State, tag: str) -> Any:
    text = _row(state, "projects", step.other_project).get("description")
    owner = _row(state, "projects", step.project)["ownerId"]
    _set(state, "projects", step.project, ownerId=step.owner)
    return [owner, text]


@apply.register
def _(step: projects.Describe, state: State, tag: str) -> Any:
    text = _row(state, "projects", step.project).get("description")
    _set(state, "projects", step.project, description=(text or "") + tag)
    return text


@apply.register
def _(step: projects.Touch, state: State, tag: str) -> Any:
    owner = _row(state, "projects", step.project)["ownerId"]
    _set(state, "projects", step.project, updatedAt=number_of(tag))
    return owner


@apply.register
def _(step: projects.RelyOnOwner, state: State, tag: str) -> Any:
    owner = _row(state, "projects", step.project)["ownerId"]
    if step.touches:
        _set(state, "projects", step.project, updatedAt=number_of(tag))
    text = _row(state, "projects", step.other_project).get("description")
    _set(state, "projects", step.other_project, description=owner)
    return text


@apply.register
def _(step: projects.SetPair, state: State, tag: str) -> Any:
    for one in (step.project, step.other_project):
        _row(state, "projects", one)
        _set(state, "projects", one, language=tag)


@apply.register
def _(step: projects.CheckPair, state: State, tag: str) -> Any:
    one = _row(state, "projects", step.project)["language"]
    other = _row(state, "projects", step.other_project)["language"]
    if one != other:
        raise Refused("CONFLICT", f"{step.project} and {step.other_project} differ: {one}, {other}")
    return one


@apply.register
def _(step: projects.CountTwice, state: State, tag: str) -> Any:
    count = len(_tags(state, "projects", ownerId=step.owner))
    _row(state, "projects", step.project)
    _set(state, "projects", step.project, description=f"{count} {count}")
    return [float(count), float(count)]


@apply.register
def _(step: projects.SignAll, state: State, tag: str) -> Any:
    owned = _tags(state, "projects", ownerId=step.owner)
    for project in owned:
        _set(state, "projects", project, description=tag)
    return sorted(owned)


@apply.register
def _(step: projects.UpsertUser, state: State, tag: str) -> Any:
    found = _tags(state, "users", stackUserId=step.subject)
    if not found:
        times = {"projectLimit": 1.0, "createdAt": 0.0, "updatedAt": 0.0}
        state["users", tag] = {"stackUserId": step.subject, "email": tag, **times}
        return None
    email = state["users", found[0]]["email"]
    _set(state, "users", found[0], email=email + tag)
    return email


@apply.register
def _(step: projects.BeginMessage, state: State, tag: str) -> Any:
    _row(state, "projects", step.project)
    if _tags(state, "messages", projectId=step.project, status="processing"):
        raise Refused("CONFLICT", "busy")
    _message(state, tag, step.project)


@apply.register
def _(step: projects.NextMessage, state: State, tag: str) -> Any:
    found = _tags(state, "messages", projectId=step.project, status="processing")
    for message in found:
        _set(state, "messages", message, status="completed")
    _message(state, tag, step.project)
    return found[0] if found else None


@apply.register
def _(step: projects.FinishMessage, state: State, tag: str) -> Any:
    found = _tags(state, "messages", projectId=step.project, status="processing")
    if not found:
        raise Refused("NOT_FOUND", "idle")
    _set(state, "messages", found[0], status="completed")
    return found[0]


@apply.register
def _(step: files.CreateFile, state: State, tag: str) -> Any:
    owner = _row(state, "projects", step.project)["ownerId"]
    holders = _tags(state, "files", projectId=step.project, parentId=step.folder, name=step.name)
    if step.looks and holders:
        raise Refused("CONFLICT", f"taken by {holders[0]}")
    _file(state, tag, step.project, step.folder, step.name, "<big>" if step.large else "")
    _set(state, "projects", step.project, updatedAt=number_of(tag))
    return owner


@apply.register
def _(step: files.Attach, state: State, tag: str) -> Any:
    _row(state, "projects", step.project)
    content = _row(state, "files", step.file)["content"]
    _set(state, "files", step.file, content=tag)
    return content


@apply.register
def _(step: files.DeleteFile, state: State, tag: str) -> Any:
    _row(state, "files", step.file)
    del state["files", step.file]


@apply.register
def _(step: files.Replace, state: State, tag: str) -> Any:
    row = _row(state, "files", step.file)
    del state["files", step.file]
    _file(state, tag, row["projectId"], row.get("parentId"), row["name"], row["content"])
    return row["content"]


@apply.register
def _(step: files.Rename, state: State, tag: str) -> Any:
    content = _row(state, "files", step.other_file)["content"]
    name = _row(state, "files", step.file)["name"]
    _place(state, step.file, name=step.name)
    return [name, content]


@apply.register
def _(step: files.Move, state: State, tag: str) -> Any:
    _place(state, step.file, parentId=step.folder)


@apply.register
def _(step: files.Swap, state: State, tag: str) -> Any:
    name, other_name = (_row(state, "files", file)["name"] for file in (step.file, step.other_file))
    if step.file != step.other_file:
        _place(state, step.file, name=tag)
        _place(state, step.other_file, name=name)
        _place(state, step.file, name=other_name)


@apply.register
def _(step: files.SwapAtOnce, state: State, tag: str) -> Any:
    name, other_name = (_row(state, "files", file)["name"] for file in (step.file, step.other_file))
    _place(state, step.file, name=other_name)
    _place(state, step.other_file, name=name)


@apply.register
def _(step: files.Append, state: State, tag: str) -> Any:
    content = _row(state, "files", step.file)["content"]
    _set(state, "files", step.file, content=content + ("<big>" if step.large else tag))
    return content


@apply.register
def _(step: files.Tally, state: State, tag: str) -> Any:
    _row(state, "projects", step.project)
    found = _names_in(state, step.project, step.folder)
    _set(state, "projects", step.project, description=",".join(found))
    return [float(len(found)), *found]


@apply.register
def _(step: files.Fill, state: State, tag: str) -> Any:
    text = _row(state, "projects", step.project).get("description")
    count = len(_tags(state, "files", projectId=step.project, parentId=step.folder))
    if count >= step.limit:
        raise Refused("LIMIT_REACHED", f"{count} of {step.limit}")
    _file(state, tag, step.project, step.folder, tag, "")
    return [float(count), text]


@apply.register
def _(step: files.Mark, state: State, tag: str) -> Any:
    holders = _tags(state, "files", projectId=step.project, parentId=step.folder, name=step.name)
    text = holders[0] if holders else "free"
    _row(state, "files", step.file)
    _set(state, "files", step.file, content=text)
    return text


@apply.register
def _(step: files.RefuseLate, state: State, tag: str) -> Any:
    text = _row(state, "projects", step.project).get("description")
    _file(state, tag, step.project, step.folder, step.name, "")
    raise Refused("CONFLICT", f"refused: {text}")


@apply.register
def _(step: files.Survey, state: State, tag: str) -> Any:
    text = _row(state, "projects", step.project).get("description")
    count = float(len(_tags(state, "projects", ownerId=step.owner)))
    holders = _tags(state, "files", projectId=step.project, parentId=step.folder, name=step.name)
    return [text, count, holders[0] if holders else None, *_names_in(state, step.project, step.folder)]


def _names_in(state: State, project: str, folder: str | None) -> list[str]:
    return sorted(state["files", tag]["name"] for tag in _tags(state, "files", projectId=project, parentId=folder))
