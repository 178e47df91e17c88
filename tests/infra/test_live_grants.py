"""That the roles of the doors behind sockets suffice for what these do, and for little more."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

import functions
from functions import gateway, realtime
from infra.services import service_of_door
from infra.stage import Stage
from shared.db.database import Database
from shared.db.marshal import from_item
from shared.push.notices import Notices
from shared.push.subscriptions import Subscriptions
from shared.runtime.door import Door
from shared.runtime.environment import Environment
from shared.runtime.registry import discover
from shared.sync import ingress
from shared.sync.commits import announce
from shared.sync.connections import Connections
from shared.sync.shards import entries
from shared.sync.slots import SLOT_S, Part
from shared.sync.sweep import LOOK_SLOTS, Sweep
from tests.functions.callers import Client, identity
from tests.infra.guarded import Guard, GuardedEngine, GuardedMailbox, GuardedSockets, Refused
from tests.infra.templates import names_of
from tests.sync.live import Live, Socket, add, authenticate, connect, modify, mutation

NAMES = names_of(Stage())
REGISTRY = discover(functions)


class Roles:
    """A deployment in memory, seen through the roles of its doors."""

    def __init__(self) -> None:
        self.live = Live()
        self.live.environment = self.environment_of(realtime.session)

    def environment_of(self, door: Door) -> Environment:
        """Return the deployment as a door's Lambda may use it."""
        guard = Guard(NAMES, service_of_door(door, REGISTRY, NAMES).grants)
        store = replace(self.live.store, door=GuardedEngine(self.live.store.door, guard))
        mailbox = GuardedMailbox(self.live.mailbox, guard)
        return replace(
            self.live.environment,
            database=Database(store, Notices(Subscriptions(store), mailbox).send),
            mailbox=mailbox,
            sockets=GuardedSockets(self.live.sockets, guard),
        )

    def watcher(self) -> Socket:
        """Return Ada's client, which watches her projects."""
        socket = self.live.socket()
        socket.send(connect(), authenticate("ada"), modify(0, add(0, "projects:get")))
        socket.told()
        return socket

    def commits(self) -> list[dict[str, Any]]:
        """Return the records of the stream of commits."""
        rows = self.live.backend.rows("commits")
        return [{"eventName": "INSERT", "dynamodb": {"NewImage": from_item(row)}} for row in rows]


@pytest.fixture
def roles() -> Roles:
    return Roles()


def event(**context: str) -> dict[str, Any]:
    return {"requestContext": {"connectionId": "socket-9", **context}, "headers": {}, "body": "hello"}


def test_a_socket_may_be_opened(roles: Roles) -> None:
    here = roles.environment_of(realtime.connect)
    assert ingress.open_connection(event(), Connections(here.database.store), here) == {"statusCode": 200}


def test_a_frame_may_be_taken_and_a_socket_closed_that_cannot_go_on(roles: Roles) -> None:
    here = roles.environment_of(realtime.receive)
    ingress.take_frame(event(messageId="m1"), here.mailbox, here.sockets)
    assert len(roles.live.mailbox.waiting) == 1
    here.sockets.close("socket-9")


def test_the_end_of_a_socket_may_be_told(roles: Roles) -> None:
    ingress.close_connection(event(), roles.environment_of(realtime.disconnect).mailbox)
    assert len(roles.live.mailbox.waiting) == 1


def test_an_actor_may_run_everything_and_tell_others(roles: Roles) -> None:
    ada, again = roles.watcher(), roles.watcher()
    ada.send(mutation(0, "projects:create", name="Apollo"))
    assert [message["type"] for message in ada.told()] == ["MutationResponse", "Transition"]
    again.told()
    assert [project["name"] for project in again.results[0]] == ["Apollo"]


def test_an_actor_may_end_its_connection(roles: Roles) -> None:
    ada = roles.watcher()
    ada.send_text("not the protocol")
    ada.told()
    assert ada.closed
    assert not roles.live.backend.rows("connections")


def test_a_commit_over_http_may_be_told(roles: Roles) -> None:
    ada = roles.watcher()
    Client(roles.environment_of(gateway.call), identity("ada")).call("projects:create", name="Apollo")
    ada.told()
    assert [project["name"] for project in ada.results[0]] == ["Apollo"]


def test_the_feed_of_commits_may_be_told(roles: Roles) -> None:
    roles.watcher()
    untold = replace(roles.live.environment, database=Database(roles.live.store))
    Client(untold, identity("ada")).call("projects:create", name="Apollo")
    announce({"Records": roles.commits()}, roles.environment_of(realtime.on_change))
    assert roles.live.mailbox.waiting


def test_the_sweep_may_look_post_and_tell(roles: Roles) -> None:
    ada, gone = roles.watcher(), roles.watcher()
    roles.live.sockets.closed.add(gone.id)
    crashed = roles.watcher()
    store = roles.live.store
    Connections(store).claim(crashed.id, "99", 0)
    here = roles.environment_of(realtime.sweep)
    first = int(store.clock.now_ms() / 1000) // SLOT_S
    for slot in range(first, first + LOOK_SLOTS):
        store.clock.sleep(max(0, slot * SLOT_S - store.clock.now_ms() / 1000))
        Sweep(here.database.store, here.sockets, here.mailbox).run(Part(slot, 0, 1))
    assert {message["type"] for message in ada.receive()} == {"Ping"}
    assert roles.live.mailbox.waiting
    assert crashed.closed


@pytest.mark.parametrize("door", [realtime.connect, realtime.disconnect, realtime.receive, realtime.on_change])
def test_a_door_that_passes_things_on_may_not_read_who_is_connected(roles: Roles, door: Door) -> None:
    store = roles.environment_of(door).database.store
    with pytest.raises(Refused, match="Query"):
        list(entries(store.engine, "js", 0))


def test_a_function_may_not_post_to_sockets(roles: Roles) -> None:
    with pytest.raises(Refused, match="ManageConnections"):
        roles.environment_of(gateway.call).sockets.post("socket-1", "hello")
