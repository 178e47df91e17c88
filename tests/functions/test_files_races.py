"""What happens to a mutation when another one commits just before it: every interleaving of two that matters."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from shared.db.engine import Operation
from shared.errors import Conflict, NotFound, PolarisError
from shared.runtime.admission import Caller
from shared.runtime.call import run
from tests.functions.callers import Client, identity, registry
from tests.support.backend import Backend
from tests.support.memory_engine import MemoryEngine

MANY = 60


class Interrupted(MemoryEngine):
    """A database at which something else happens just before the next transaction."""

    def __init__(self) -> None:
        super().__init__()
        self.meanwhile: Callable[[], object] | None = None
        self.transactions = 0

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        self.transactions += 1
        meanwhile, self.meanwhile = self.meanwhile, None
        if meanwhile is not None:
            meanwhile()
        super().transact(operations, token)


class Race:
    """A project with the folders `top/in`, and two callers."""

    def __init__(self, entries_in_top: int) -> None:
        self.engine = Interrupted()
        self.backend = Backend(self.engine)
        self.ada: Client = self.backend.as_user("ada")
        self.server: Client = self.backend.internal()
        self.project = self.ada.call("projects:create", name="one")
        self.top = self.ada.call("files:createFolder", projectId=self.project, name="top")
        self.inside = self.ada.call("files:createFolder", projectId=self.project, parentId=self.top, name="in")
        files = [{"name": f"f{number}", "content": ""} for number in range(entries_in_top)]
        self.server.call("system:createFiles", projectId=self.project, parentId=self.top, files=files)

    def during(self, first: Callable[[], object], second: Callable[[], object]) -> object:
        """Begin `second`, let `first` happen before its commit, and return what `second` returns or raises."""
        self.engine.meanwhile = first
        try:
            return second()
        except PolarisError as error:
            return error

    def create(self, name: str = "new") -> str:
        place = {"projectId": self.project, "parentId": self.inside}
        id_: str = self.ada.call("files:createFile", **place, name=name, content="")
        return id_

    def delete(self) -> None:
        self.ada.call("files:deleteFile", id=self.top)

    def begin_to_delete(self) -> None:
        """Delete the folder as a call does whose time ends after its first transaction."""
        caller = Caller(identity("ada"), self.backend.store.clock.now_ms())
        run(registry()["files:deleteFile"], {"id": self.top}, caller, self.backend.environment)

    def names(self) -> list[str]:
        return [file["name"] for file in self.ada.call("files:getFiles", projectId=self.project)]


@pytest.fixture(params=[0, MANY], ids=["small", "large"])
def race(request: pytest.FixtureRequest) -> Race:
    return Race(request.param)


def test_a_file_cannot_be_created_below_a_folder_deleted_meanwhile(race: Race) -> None:
    outcome = race.during(race.delete, race.create)
    assert isinstance(outcome, NotFound)
    assert race.backend.rows("files") == []


@pytest.mark.parametrize("function", ["createFile", "createFolder", "writeFile", "updateFile", "renameFile"])
def test_nothing_can_be_done_below_a_folder_whose_deletion_has_begun_meanwhile(race: Race, function: str) -> None:
    place = {"projectId": race.project, "parentId": race.inside, "name": "new"}
    arguments = {
        "createFile": place | {"content": ""},
        "createFolder": place,
        "writeFile": place | {"content": ""},
        "updateFile": {"id": race.create("there"), "content": "x"},
        "renameFile": {"id": race.create("here"), "newName": "x"},
    }
    outcome = race.during(race.begin_to_delete, lambda: race.ada.call(f"files:{function}", **arguments[function]))
    assert isinstance(outcome, NotFound)
    assert race.names() == []
    race.server.call("system:sweepDeletions")
    assert race.backend.rows("files") == []


def test_a_file_created_meanwhile_goes_with_the_folder(race: Race) -> None:
    race.during(race.create, race.delete)
    assert race.backend.rows("files") == []


def test_a_file_written_by_its_path_meanwhile_stands_in_a_new_folder(race: Race) -> None:
    path = {"projectId": race.project, "path": "top/in/new", "content": ""}
    outcome = race.during(race.delete, lambda: race.server.call("system:writeFileByPath", **path))
    assert isinstance(outcome, str)
    assert race.names() == ["top", "in", "new"]


@pytest.mark.parametrize(("function", "more"), [("updateFile", {"content": "x"}), ("renameFile", {"newName": "x"})])
def test_a_file_cannot_be_changed_below_a_folder_deleted_meanwhile(
    race: Race, function: str, more: dict[str, str]
) -> None:
    file = race.create()
    outcome = race.during(race.delete, lambda: race.ada.call(f"files:{function}", id=file, **more))
    assert isinstance(outcome, NotFound)
    assert race.backend.rows("files") == []


def test_a_folder_deleted_twice_at_once_is_deleted(race: Race) -> None:
    assert isinstance(race.during(race.delete, race.delete), NotFound)
    assert race.backend.rows("files") == []
    assert race.backend.rows("deletions") == []


def test_a_subfolder_can_be_deleted_while_the_folder_is(race: Race) -> None:
    outcome = race.during(race.delete, lambda: race.ada.call("files:deleteFile", id=race.inside))
    assert isinstance(outcome, NotFound)
    assert race.backend.rows("files") == []


def test_nothing_can_be_created_in_a_project_deleted_meanwhile(race: Race) -> None:
    outcome = race.during(lambda: race.ada.call("projects:deleteProject", id=race.project), race.create)
    assert isinstance(outcome, NotFound)
    race.server.call("system:deleteProjectBatch", projectId=race.project)
    assert race.backend.rows("files") == []


def test_a_file_created_meanwhile_goes_with_the_project(race: Race) -> None:
    race.during(race.create, lambda: race.ada.call("projects:deleteProject", id=race.project))
    race.server.call("system:deleteProjectBatch", projectId=race.project)
    assert race.backend.rows("files") == []


def test_a_file_created_while_all_are_cleaned_up_stays_in_a_tree(race: Race) -> None:
    race.during(race.create, lambda: race.server.call("system:cleanup", projectId=race.project))
    assert len(race.names()) == len(race.backend.rows("files"))


def test_of_two_that_take_one_name_the_first_gets_it(race: Race) -> None:
    outcome = race.during(race.create, race.create)
    assert isinstance(outcome, Conflict)
    assert outcome.message == "File already exists"
    assert race.names().count("new") == 1


def test_a_file_and_a_folder_of_one_name_cannot_both_be_made(race: Race) -> None:
    place = {"projectId": race.project, "parentId": race.inside, "name": "new"}
    outcome = race.during(race.create, lambda: race.ada.call("files:createFolder", **place))
    assert isinstance(outcome, Conflict)
    assert outcome.message == "A file with this name already exists in this location"


def test_of_two_that_write_one_new_file_the_second_replaces_the_text(race: Race) -> None:
    def write(content: str) -> str:
        place = {"projectId": race.project, "parentId": race.inside, "name": "new"}
        id_: str = race.ada.call("files:writeFile", **place, content=content)
        return id_

    first: list[str] = []
    second = race.during(lambda: first.append(write("one")), lambda: write("two"))
    assert first == [second]
    assert race.ada.call("files:getFile", id=second)["content"] == "two"


def test_saves_of_two_files_do_not_make_each_other_run_again(race: Race) -> None:
    one, two = race.create("one"), race.create("two")

    def save(file: str) -> object:
        return race.ada.call("files:updateFile", id=file, content="x")

    race.engine.transactions = 0
    race.during(lambda: save(one), lambda: save(two))
    assert race.engine.transactions == 2


def test_a_rename_of_a_folder_does_not_disturb_what_is_created_in_it(race: Race) -> None:
    race.engine.transactions = 0
    race.during(lambda: race.ada.call("files:renameFile", id=race.inside, newName="out"), race.create)
    assert race.engine.transactions == 2
    assert "new" in race.names()
