"""Warm calls of Lambda handlers, each beside its own requests to DynamoDB sent by a bare client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import functions.conversations
import functions.files
import functions.projects
import functions.system.messages
from tests.bench.deployment import BenchDeployment
from tests.bench.figure import Figure
from tests.bench.measure import compare
from tests.bench.replay import Replay

FILES = 20
MESSAGES = 10


def warm_figures(there: BenchDeployment, *, rounds: int = 400) -> Iterator[Figure]:
    """Measure, with a quarter of the rounds for writes."""
    for name, call in _calls(there).items():
        writes = name.partition(":")[2] in ("rename", "createFile", "updateFile", "create")
        call()  # what is looked up once a minute is no part of it
        floor = Replay(call)
        measured = compare(call, floor, rounds=rounds // 4 if writes else rounds, warm_up=max(2, rounds // 10))
        yield Figure("warm", "Warm calls", name, measured, f"{floor.count} requests")


def _calls(there: BenchDeployment) -> dict[str, Callable[[], object]]:
    """Return what a person who edits does all the time, by function."""
    project, numbers = there.project, count()

    def add_file(text: str = "x = 1\n" * 100) -> str:
        new = {"projectId": project, "name": f"file{next(numbers)}.py", "content": text}
        return str(there.call(functions.files.create_file, **new))

    file, *_ = [add_file() for _ in range(FILES)]
    folder = there.call(functions.files.create_folder, projectId=project, name="src")
    conversation = there.call(functions.conversations.create, projectId=project)
    for number in range(MESSAGES):
        message = {"conversationId": conversation, "projectId": project, "role": "user", "content": f"Say {number}"}
        there.call_internal(functions.system.messages.create_message, **message)

    def add_to_folder() -> object:
        new = {"projectId": project, "parentId": folder, "name": f"file{next(numbers)}.py", "content": "x = 1\n"}
        return there.call(functions.files.create_file, **new)

    def save() -> object:
        return there.call(functions.files.update_file, id=file, content=f"x = {next(numbers)}\n" * 1000)

    return {
        "projects:getById": lambda: there.call(functions.projects.get_by_id, id=project),
        "projects:get": lambda: there.call(functions.projects.get),
        "files:getFile": lambda: there.call(functions.files.get_file, id=file),
        "files:getFolderContents": lambda: there.call(functions.files.get_folder_contents, projectId=project),
        "conversations:getMessages": lambda: there.call(
            functions.conversations.get_messages, conversationId=conversation
        ),
        "files:updateFile": save,
        "projects:rename": lambda: there.call(functions.projects.rename, id=project, name=f"Name {next(numbers)}"),
        "files:createFile": add_to_folder,
    }
