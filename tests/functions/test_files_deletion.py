"""Deleting trees: in one transaction where they are small, else at once out of reach and then in steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from shared.db.audit import audit
from shared.db.engine import Operation
from shared.domain.sweep import RESERVED_MS
from shared.errors import Forbidden, NotFound
from shared.runtime.admission import Caller
from shared.runtime.call import run
from tests.functions.callers import Client, identity, registry
from tests.runtime.backend import INTERNAL_KEY
from tests.support.backend import Backend
from tests.support.lagging_engine import LaggingEngine

MANY = 90
TRANSACTION_S = 0.001


class Slow(LaggingEngine):
    """A database whose transactions take `TRANSACTION_S`. Its indexes show everything at once, or nothing ever."""

    def __init__(self, *, lags: bool) -> None:
        super().__init__(lambda: 0, lambda: int(lags))
        self.sleep: Callable[[float], None] = lambda _: None

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        self.sleep(TRANSACTION_S)
        super().transact(operations, token)


@pytest.fixture(params=["prompt", "lagging"])
def backend(request: pytest.FixtureRequest) -> Backend:
    engine = Slow(lags=request.param == "lagging")
    backend = Backend(engine)
    engine.sleep = backend.store.clock.sleep
    return backend


@pytest.fixture
def ada(backend: Backend) -> Client:
    return backend.as_user("ada")


@pytest.fixture
def project(ada: Client) -> str:
    id_: str = ada.call("projects:create", name="one")
    return id_


def fill(backend: Backend, project: str, folder: str | None, count: int = MANY) -> list[str]:
    """Create files in a folder and return their ids."""
    files = [{"name": f"f{number}", "content": "x"} for number in range(count)]
    created = backend.internal().call("system:createFiles", projectId=project, parentId=folder, files=files)
    return [answer["fileId"] for answer in created]


def plant(backend: Backend, ada: Client, project: str) -> dict[str, str]:
    """Make `top/{f0..}/in/deep`, large, beside `kept`, and return the ids."""
    top = ada.call("files:createFolder", projectId=project, name="top")
    inside = ada.call("files:createFolder", projectId=project, parentId=top, name="in")
    deep = ada.call("files:createFile", projectId=project, parentId=inside, name="deep", content="")
    kept = ada.call("files:createFile", projectId=project, name="kept", content="")
    first, *_ = fill(backend, project, top)
    return {"top": top, "inside": inside, "deep": deep, "kept": kept, "first": first}


def call_shortly(
    backend: Backend, subject: str, path: str, *, transactions: int = 2, key: str | None = None, **arguments: Any
) -> None:
    """Call a function with time for so many transactions only; `server` calls with the internal key."""
    time_ms = RESERVED_MS + (transactions - 0.5) * TRANSACTION_S * 1000
    caller = Caller(identity(subject), backend.store.clock.now_ms() + time_ms, key=key)
    function = registry()[path]
    with_key = {"internalKey": INTERNAL_KEY} if function.internal else {}
    run(function, arguments | with_key, caller, backend.environment)


def names(files: list[dict[str, Any]]) -> list[str]:
    return [file["name"] for file in files]


def assert_nothing_is_left(backend: Backend) -> None:
    assert [row["name"] for row in backend.rows("files")] in (["kept"], [])
    assert backend.rows("deletions") == []
    assert all("pendingDeletes" not in project for project in backend.rows("projects"))


def test_a_small_folder_goes_in_one_transaction(backend: Backend, ada: Client, project: str) -> None:
    folder = ada.call("files:createFolder", projectId=project, name="src")
    inner = ada.call("files:createFolder", projectId=project, parentId=folder, name="lib")
    fill(backend, project, inner, 30)
    before = len(backend.rows("commits"))
    ada.call("files:deleteFile", id=folder)
    assert len(backend.rows("commits")) == before + 1
    assert_nothing_is_left(backend)


@pytest.mark.parametrize("count", [37, 38, 39, 40, 41, 85, 120, 1001])
def test_a_folder_of_any_size_goes_with_all_that_is_in_it(
    backend: Backend, ada: Client, project: str, count: int
) -> None:
    folder = ada.call("files:createFolder", projectId=project, name="src")
    fill(backend, project, folder, count)
    ada.call("files:deleteFile", id=folder)
    assert_nothing_is_left(backend)


def test_a_folder_of_many_folders_goes_with_all_that_is_in_them(backend: Backend, ada: Client, project: str) -> None:
    top = ada.call("files:createFolder", projectId=project, name="top")
    for number in range(45):
        inner = ada.call("files:createFolder", projectId=project, parentId=top, name=f"d{number}")
        ada.call("files:createFile", projectId=project, parentId=inner, name="a", content="")
    ada.call("files:deleteFile", id=top)
    assert_nothing_is_left(backend)


@pytest.mark.parametrize("levels", [10, 17, 18, 19, 25, 39, 63])
def test_a_deep_tree_goes_whole(backend: Backend, ada: Client, project: str, levels: int) -> None:
    path = "/".join(f"d{number}" for number in range(levels))
    backend.internal().call("system:writeFileByPath", projectId=project, path=f"{path}/a", content="")
    [top] = ada.call("files:getFolderContents", projectId=project)
    ada.call("files:deleteFile", id=top["_id"])
    assert_nothing_is_left(backend)


def test_a_deletion_is_not_finished_while_an_index_hides_what_is_left() -> None:
    engine = Slow(lags=True)
    backend = Backend(engine)
    ada = backend.as_user("ada")
    project = ada.call("projects:create", name="one")
    tree = plant(backend, ada, project)
    ada.wait(300)  # longer than readers look back for changes
    ada.call("files:deleteFile", id=tree["top"])
    server = backend.internal()
    assert server.call("system:sweepDeletions") == {"finished": 0, "remaining": 1}
    with pytest.raises(NotFound):
        ada.call("files:getFile", id=tree["deep"])
    engine.catch_up()
    assert server.call("system:sweepDeletions") == {"finished": 1, "remaining": 0}
    assert_nothing_is_left(backend)


@pytest.mark.parametrize("count", [5, MANY])
def test_records_agree_with_the_documents_after_a_deletion(count: int) -> None:
    backend = Backend()
    ada = backend.as_user("ada")
    project = ada.call("projects:create", name="one")
    folder = ada.call("files:createFolder", projectId=project, name="src")
    fill(backend, project, folder, count)
    ada.call("files:deleteFile", id=folder)
    assert audit(backend.store) == []


def test_only_the_owner_deletes(backend: Backend, ada: Client, project: str) -> None:
    tree = plant(backend, ada, project)
    with pytest.raises(Forbidden):
        backend.as_user("bob").call("files:deleteFile", id=tree["top"])
    assert len(backend.rows("files")) == MANY + 4


def test_what_is_being_deleted_is_out_of_reach_at_once(backend: Backend, ada: Client, project: str) -> None:
    tree = plant(backend, ada, project)
    server = backend.internal()
    call_shortly(backend, "ada", "files:deleteFile", transactions=1, id=tree["top"])
    assert len(backend.rows("files")) == MANY + 3, "the sweep should not have begun"
    for id_ in (tree["top"], tree["inside"], tree["deep"], tree["first"]):
        for function, more in (
            ("files:getFile", {}),
            ("files:getFilePath", {}),
            ("files:getDownloadUrl", {}),
            ("files:updateFile", {"content": ""}),
            ("files:renameFile", {"newName": "b"}),
            ("files:deleteFile", {}),
        ):
            with pytest.raises(NotFound, match="File not found"):
                ada.call(function, id=id_, **more)
        assert server.call("system:getFileById", fileId=id_) is None
    for function in ("files:getFiles", "files:list", "system:getProjectFiles", "system:getProjectFilesWithUrls"):
        caller = server if function.startswith("system:") else ada
        assert names(caller.call(function, projectId=project)) == ["kept"]
    assert server.call("system:getProjectStructure", projectId=project) == "kept"
    assert names(ada.call("files:getFolderContents", projectId=project)) == ["kept"]
    assert ada.call("files:getFolderContents", projectId=project, parentId=tree["inside"]) == []
    assert ada.call("files:getFile", id=tree["kept"])["name"] == "kept"


@pytest.mark.parametrize("parent", ["top", "inside"])
def test_nothing_can_be_added_to_what_is_being_deleted(
    backend: Backend, ada: Client, project: str, parent: str
) -> None:
    tree = plant(backend, ada, project)
    call_shortly(backend, "ada", "files:deleteFile", id=tree["top"])
    before = len(backend.rows("files"))
    place = {"projectId": project, "parentId": tree[parent]}
    for function, more in (
        ("files:createFile", {"name": "new", "content": ""}),
        ("files:createFolder", {"name": "new"}),
        ("files:writeFile", {"name": "deep", "content": ""}),
        ("system:createFiles", {"files": [{"name": "new", "content": ""}]}),
    ):
        caller = backend.internal() if function.startswith("system:") else ada
        with pytest.raises(NotFound, match="Parent folder not found"):
            caller.call(function, **place, **more)
    assert len(backend.rows("files")) == before


def test_the_name_of_what_is_being_deleted_is_free_at_once(backend: Backend, ada: Client, project: str) -> None:
    tree = plant(backend, ada, project)
    call_shortly(backend, "ada", "files:deleteFile", id=tree["top"])
    server = backend.internal()
    new = server.call("system:writeFileByPath", projectId=project, path="top/in/deep", content="new")
    assert names(ada.call("files:getFiles", projectId=project)) == ["kept", "top", "in", "deep"]
    assert ada.call("files:getFile", id=new)["content"] == "new"
    assert server.call("system:sweepDeletions") == {"finished": 1, "remaining": 0}
    assert names(ada.call("files:getFiles", projectId=project)) == ["kept", "top", "in", "deep"]


def test_an_interrupted_deletion_is_resumed_until_it_is_finished(backend: Backend, ada: Client, project: str) -> None:
    tree = plant(backend, ada, project)
    call_shortly(backend, "ada", "files:deleteFile", id=tree["top"])
    attempts = 0
    while backend.rows("deletions"):
        call_shortly(backend, "server", "system:sweepDeletions", transactions=1)
        attempts += 1
        assert attempts < 20
    assert attempts > 1
    assert_nothing_is_left(backend)


def test_deletions_are_resumed_as_many_as_asked_for(backend: Backend, ada: Client) -> None:
    for name in ("one", "two"):
        project = ada.call("projects:create", name=name)
        tree = plant(backend, ada, project)
        call_shortly(backend, "ada", "files:deleteFile", id=tree["top"])
    server = backend.internal()
    assert server.call("system:sweepDeletions", limit=0) == {"finished": 0, "remaining": 2}
    assert server.call("system:sweepDeletions", limit=1) == {"finished": 1, "remaining": 1}
    assert server.call("system:sweepDeletions") == {"finished": 1, "remaining": 0}
    assert {row["name"] for row in backend.rows("files")} == {"kept"}


def test_two_folders_of_a_project_can_be_in_deletion_at_once(backend: Backend, ada: Client, project: str) -> None:
    outer = ada.call("files:createFolder", projectId=project, name="outer")
    inner = ada.call("files:createFolder", projectId=project, parentId=outer, name="inner")
    fill(backend, project, outer)
    fill(backend, project, inner)
    call_shortly(backend, "ada", "files:deleteFile", id=inner)
    call_shortly(backend, "ada", "files:deleteFile", id=outer)
    [row] = backend.rows("projects")
    assert row["pendingDeletes"] == {"json": f'["{inner}","{outer}"]'}
    assert backend.internal().call("system:sweepDeletions") == {"finished": 2, "remaining": 0}
    assert_nothing_is_left(backend)


def test_a_deletion_sent_again_with_its_key_deletes_once(backend: Backend, ada: Client, project: str) -> None:
    tree = plant(backend, ada, project)
    for transactions in (2, 4, 20):
        call_shortly(backend, "ada", "files:deleteFile", transactions=transactions, key="key/1", id=tree["top"])
    assert_nothing_is_left(backend)


def test_all_files_of_a_project_are_cleaned_up_and_counted(backend: Backend, ada: Client, project: str) -> None:
    plant(backend, ada, project)
    server = backend.internal()
    assert server.call("system:cleanup", projectId=project) == {"deleted": MANY + 4}
    assert ada.call("files:getFiles", projectId=project) == []
    assert server.call("system:cleanup", projectId=project) == {"deleted": 0}
    assert_nothing_is_left(backend)


def test_an_interrupted_cleaning_leaves_a_tree(backend: Backend, ada: Client, project: str) -> None:
    plant(backend, ada, project)
    call_shortly(backend, "server", "system:cleanup", projectId=project)
    left = ada.call("files:getFiles", projectId=project)
    assert 0 < len(left) < MANY + 4
    assert len(left) == len(backend.rows("files"))


def test_a_cleaning_sent_again_with_its_key_is_counted_once(backend: Backend, ada: Client, project: str) -> None:
    plant(backend, ada, project)
    arguments = {"projectId": project, "internalKey": INTERNAL_KEY}
    caller = Caller(None, 1e13, key="key/internal/1")
    first, second = (run(registry()["system:cleanup"], arguments, caller, backend.environment) for _ in range(2))
    assert (first.value, second.value) == (f'{{"deleted":{MANY + 4}.0}}',) * 2
    assert (first.replayed, second.replayed) == (False, True)


def test_a_deleted_project_is_out_of_reach_at_once_and_then_gone(backend: Backend, ada: Client, project: str) -> None:
    server = backend.internal()
    tree = plant(backend, ada, project)
    conversation = ada.call("conversations:create", projectId=project)
    for number in range(100):
        text = {"role": "user", "content": str(number)}
        server.call("system:createMessage", conversationId=conversation, projectId=project, **text)
        server.call("system:appendGenerationEvent", projectId=project, type="step", message="…")
    call_shortly(backend, "ada", "projects:deleteProject", id=project)
    assert len(backend.rows("deletions")) == 1
    assert ada.call("projects:get") == []
    for function, arguments in (
        ("files:getFiles", {"projectId": project}),
        ("files:getFile", {"id": tree["kept"]}),
        ("files:updateFile", {"id": tree["kept"], "content": ""}),
        ("files:createFile", {"projectId": project, "name": "new", "content": ""}),
        ("conversations:getMessages", {"conversationId": conversation}),
    ):
        with pytest.raises(NotFound):
            ada.call(function, **arguments)
    assert server.call("system:getFileById", fileId=tree["kept"]) is None
    assert server.call("system:sweepDeletions") == {"finished": 1, "remaining": 0}
    for table in ("projects", "files", "conversations", "messages", "generationEvents", "jobs", "deletions"):
        assert backend.rows(table) == []


def test_a_project_deleted_with_a_folder_in_deletion_leaves_nothing(
    backend: Backend, ada: Client, project: str
) -> None:
    tree = plant(backend, ada, project)
    call_shortly(backend, "ada", "files:deleteFile", id=tree["top"])
    call_shortly(backend, "ada", "projects:deleteProject", id=project)
    assert backend.internal().call("system:sweepDeletions") == {"finished": 2, "remaining": 0}
    assert backend.rows("files") == []
    assert backend.rows("deletions") == []
