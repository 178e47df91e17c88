"""How much owners may have: measured by indexes, trusted for a while."""

from __future__ import annotations

import base64
import hashlib
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from shared.errors import LimitReached
from shared.limit_settings import Limits
from shared.limits.allowances import Allowances
from shared.limits.usage import TRUSTED, Usage
from tests.functions.callers import Client
from tests.support.backend import Backend
from tests.support.counting_engine import CountingEngine

HOUR_S = 3600.0


def measuring(backend: Backend, limits: Limits) -> Usage:
    """Return what a process measures with that has measured nothing."""
    return Usage(backend.store, limits, Allowances(backend.store, limits))


def deployment(backend: Backend | None = None, **limits: int) -> Backend:
    backend = backend or Backend()
    backend.environment = replace(backend.environment, usage=measuring(backend, Limits(**limits)))
    return backend


def another_process(backend: Backend) -> Client:
    usage = measuring(backend, backend.environment.usage.limits)
    return Client(replace(backend.environment, usage=usage), backend.as_user("ada").identity)


def filled(ada: Client, project: str, count: int) -> list[str]:
    return [
        ada.call("files:createFile", projectId=project, name=f"{number}.py", content="") for number in range(count)
    ]


def test_a_project_has_only_so_many_files_and_the_refusal_says_so() -> None:
    ada = deployment(files=3).as_user("ada")
    project = ada.call("projects:create", name="Apollo")
    with pytest.raises(LimitReached, match="There are at most 3 files and folders in a project"):
        filled(ada, project, 4)
    assert len(ada.call("files:getFiles", projectId=project)) == 3


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("files:createFolder", {"name": "new"}),
        ("files:create", {"name": "new", "path": "a/b/new"}),
        ("files:writeFile", {"name": "new", "content": ""}),
    ],
)
def test_every_way_of_adding_to_a_project_is_bounded(path: str, more: dict[str, Any]) -> None:
    ada = deployment(files=2).as_user("ada")
    project = ada.call("projects:create", name="Apollo")
    filled(ada, project, 2)
    with pytest.raises(LimitReached):
        ada.call(path, projectId=project, **more)


def test_a_file_of_a_full_project_can_still_be_saved_and_renamed() -> None:
    ada = deployment(files=1).as_user("ada")
    project = ada.call("projects:create", name="Apollo")
    (file,) = filled(ada, project, 1)
    ada.call("files:updateFile", id=file, content="print()")
    ada.call("files:renameFile", id=file, newName="other.py")


def test_another_project_is_not_full_for_that() -> None:
    ada = deployment(files=1).as_user("ada")
    for name in ("Apollo", "Gemini"):
        filled(ada, ada.call("projects:create", name=name), 1)


def test_what_other_processes_have_added_counts() -> None:
    backend = deployment(files=3)
    ada = backend.as_user("ada")
    project = ada.call("projects:create", name="Apollo")
    filled(ada, project, 3)
    with pytest.raises(LimitReached):
        another_process(backend).call("files:createFile", projectId=project, name="more.py", content="")


def test_a_deletion_makes_room_at_once_in_the_process_that_is_full_of_its_own_additions() -> None:
    ada = deployment(files=2).as_user("ada")
    project = ada.call("projects:create", name="Apollo")
    first, _ = filled(ada, project, 2)
    ada.call("files:deleteFile", id=first)
    ada.call("files:createFile", projectId=project, name="new.py", content="")


def test_a_process_that_found_a_project_full_looks_again_after_some_seconds() -> None:
    backend = deployment(files=1)
    ada, other = backend.as_user("ada"), another_process(backend)
    project = ada.call("projects:create", name="Apollo")
    (file,) = filled(ada, project, 1)
    new = {"projectId": project, "name": "new.py", "content": ""}
    with pytest.raises(LimitReached):
        other.call("files:createFile", **new)
    ada.call("files:deleteFile", id=file)
    other.wait(10)
    other.call("files:createFile", **new)


def test_a_process_passes_the_limit_by_what_it_trusts_its_measure_for_and_no_further() -> None:
    backend = deployment(files=TRUSTED + 10)
    ada, other = backend.as_user("ada"), another_process(backend)
    project = ada.call("projects:create", name="Apollo")
    other.call("files:createFile", projectId=project, name="first.py", content="")  # measured: next to nothing
    filled(ada, project, TRUSTED + 9)
    with suppress(LimitReached):
        for number in range(2 * TRUSTED):
            other.call("files:createFile", projectId=project, name=f"more{number}.py", content="")
    assert len(ada.call("files:getFiles", projectId=project)) <= 2 * TRUSTED + 10


def test_an_addition_costs_one_look_at_the_index_in_ten_minutes() -> None:
    engine = CountingEngine()
    backend = deployment(Backend(engine), files=1000)
    ada = backend.as_user("ada")
    project = ada.call("projects:create", name="Apollo")
    filled(ada, project, 2)
    calls = []
    for number, client in enumerate([ada, another_process(backend)]):
        engine.reset()
        client.call("files:createFile", projectId=project, name=f"more{number}.py", content="")
        calls.append(engine.cost.calls)
    assert calls == [calls[0], calls[0] + 1]


def test_a_project_has_only_so_many_conversations() -> None:
    ada = deployment(conversations=1).as_user("ada")
    project = ada.call("projects:create", name="Apollo")
    ada.call("conversations:create", projectId=project)
    with pytest.raises(LimitReached, match="at most 1 conversations about a project"):
        ada.call("conversations:create", projectId=project)


def test_a_conversation_has_only_so_many_messages() -> None:
    ada = deployment(messages=2).as_user("ada")
    project = ada.call("projects:create", name="Apollo")
    conversation = ada.call("conversations:create", projectId=project)
    ada.call("messages:send", conversationId=conversation, message="Hi")
    with pytest.raises(LimitReached, match="at most 2 messages in a conversation"):
        ada.call("messages:send", conversationId=conversation, message="And now?")


def post(backend: Backend, ada: Client, project: str, size: int) -> tuple[int, Any]:
    return backend.post(ada.call("files:generateUploadUrl", projectId=project), b"x" * size, content_type="image/png")


def test_uploads_come_to_only_so_much() -> None:
    backend = deployment(stored_mb=1)
    ada = backend.as_user("ada")
    project = ada.call("projects:create", name="Apollo")
    assert [post(backend, ada, project, 400_000)[0] for _ in range(3)] == [200, 200, 403]
    status, answer = post(backend, ada, project, 400_000)
    assert (status, answer["code"]) == (403, "LIMIT_REACHED")
    assert "Your uploads come to at most 1 MB" in answer["message"]


def test_large_uploads_count_before_they_begin() -> None:
    ada = deployment(stored_mb=1).as_user("ada")
    project = ada.call("projects:create", name="Apollo")
    with pytest.raises(LimitReached):
        begin(ada, project, 1_000_001.0)


def test_uploads_of_others_do_not_count() -> None:
    backend = deployment(stored_mb=1)
    for subject in ("ada", "bob"):
        user = backend.as_user(subject)
        assert post(backend, user, user.call("projects:create", name="Apollo"), 900_000)[0] == 200


def test_a_limit_of_0_is_none() -> None:
    ada = deployment(files=0).as_user("ada")
    filled(ada, ada.call("projects:create", name="Apollo"), 5)


def begin(ada: Client, project: str, size: float) -> None:
    sha256 = base64.b64encode(hashlib.sha256().digest()).decode()
    ada.call("files:beginLargeUpload", projectId=project, size=size, contentType="video/mp4", sha256=sha256)


def test_large_uploads_that_are_begun_and_never_finished_are_bounded_by_the_day() -> None:
    backend = deployment(announced_mb=10, stored_mb=0)
    ada = backend.as_user("ada")
    project = ada.call("projects:create", name="Apollo")
    begin(ada, project, 6e6)
    with pytest.raises(LimitReached, match="at most 10 are allowed within 86,400 s"):
        begin(another_process(backend), project, 6e6)
    begin(ada, project, 4e6)
    ada.wait(86_400)
    begin(ada, project, 10e6)
