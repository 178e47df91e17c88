"""What many callers at once may not break, on a database whose indexes lag two seconds and whose calls fail."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.db.audit import audit
from shared.db.clock import system_clock
from shared.db.store import Store
from shared.errors import Conflict, LimitReached, NotFound, PolarisError
from tests.faults.weather import Faults
from tests.functions.callers import Client, identity
from tests.runtime.backend import make_environment
from tests.support.memory_objects import MemoryObjects
from tests.support.stores import HashSigner, mark_ready
from tests.support.unreliable_engine import UnreliableEngine

LAG_S = 2.0
FAULT_RATE = 0.04
FAULTS = Faults(throttled=FAULT_RATE, conflict=FAULT_RATE, unheard=FAULT_RATE)
WORLDS = {
    "sound": (0.0, Faults()),
    "lagging": (LAG_S, Faults()),
    "faulty": (0.0, FAULTS),
    "lagging and faulty": (LAG_S, FAULTS),
}


@pytest.fixture(params=WORLDS, ids=lambda name: name.replace(" ", "_"))
def server(request: pytest.FixtureRequest) -> Client:
    """The app's own server on one of the worlds."""
    lag_s, faults = WORLDS[request.param]
    seed = random.SystemRandom().randrange(2**32)
    print(f"seed {seed}")
    engine = UnreliableEngine(lag_s, seed)
    mark_ready(engine)
    engine.faults = faults
    store = Store(engine, MemoryObjects(), system_clock(os.urandom), HashSigner())
    return Client(make_environment(store), internal=True)


def as_user(server: Client, subject: str) -> Client:
    return Client(server.environment, identity(subject))


def at_once(calls: list[Callable[[], Any]]) -> list[Any]:
    """Make all calls in threads of their own; each result is a value or the error."""

    def outcome(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except PolarisError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return [*pool.map(outcome, calls)]


def failures(results: list[Any], expected: type[PolarisError]) -> int:
    """Count the expected errors; any other is a failure of the test."""
    errors = [result for result in results if isinstance(result, PolarisError)]
    assert all(isinstance(error, expected) for error in errors), errors
    return len(errors)


def test_of_eight_creators_of_one_name_one_succeeds(server: Client) -> None:
    ada = as_user(server, "ada")
    project = ada.call("projects:create", name="Race")
    call = {"projectId": project, "name": "same.txt", "content": "x"}
    results = at_once([lambda: ada.call("files:createFile", **call)] * 8)
    assert failures(results, Conflict) == 7
    assert len(ada.call("files:getFiles", projectId=project)) == 1


def test_of_twelve_projects_at_a_limit_of_ten_exactly_ten_exist(server: Client) -> None:
    ada = as_user(server, "ada")
    results = at_once([lambda: ada.call("projects:create", name="P")] * 12)
    assert failures(results, LimitReached) == 2
    assert len(ada.call("projects:get")) == ada.call("users:getProjectCount") == 10


@pytest.mark.parametrize("children", [4, 60], ids=["small", "large"])
def test_a_folder_deleted_while_children_are_created_leaves_nothing_reachable(server: Client, children: int) -> None:
    ada = as_user(server, "ada")
    project = ada.call("projects:create", name="Orphans")
    folder = ada.call("files:createFolder", projectId=project, name="folder")
    inside = ada.call("files:createFolder", projectId=project, parentId=folder, name="inside")
    names = [{"name": f"before{number}", "content": "x"} for number in range(children)]
    server.call("system:createFiles", projectId=project, parentId=inside, files=names)

    def create(number: int) -> Any:
        time.sleep(number * 0.004)
        file = {"projectId": project, "parentId": inside, "name": f"during{number}", "content": "x"}
        return server.call("system:createFile", **file)

    creations: list[Callable[[], Any]] = [lambda number=number: create(number) for number in range(8)]  # type: ignore[misc]
    results = at_once([*creations, lambda: ada.call("files:deleteFile", id=folder)])
    failures(results, NotFound)
    assert not isinstance(results[-1], PolarisError)
    assert ada.call("files:getFiles", projectId=project) == []
    for created in results[:-1]:
        if isinstance(created, str):
            with pytest.raises(NotFound):
                ada.call("files:getFile", id=created)


def test_records_agree_with_the_documents_after_a_busy_time(server: Client) -> None:
    ada = as_user(server, "ada")
    project = ada.call("projects:create", name="Busy")

    def edit(number: int) -> Any:
        file = ada.call("files:createFile", projectId=project, name=f"file{number % 5}", content="x" * 20_000)
        ada.call("files:renameFile", id=file, newName=f"renamed{number}")
        ada.call("files:updateFile", id=file, content="y")
        return ada.call("files:deleteFile", id=file) if number % 2 else file

    results = at_once([lambda number=number: edit(number) for number in range(12)])  # type: ignore[misc]
    failures(results, Conflict)
    assert audit(server.environment.database.store) == []
