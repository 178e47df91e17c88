"""What must hold in the end (invariants I1-I7 of the design)."""

from __future__ import annotations

import json
from collections import Counter
from typing import TYPE_CHECKING, Any

from shared import values
from shared.auth.identity import Identity
from shared.db.clock import timestamp_of
from shared.errors import PolarisError
from shared.runtime.admission import Caller
from shared.runtime.call import run
from tests.sync.simulation.calls import Call
from tests.sync.simulation.client import Client
from tests.sync.simulation.javascript import JavaScript
from tests.sync.simulation.notes import REGISTRY
from tests.sync.simulation.view import Query, Result

if TYPE_CHECKING:
    from tests.sync.simulation.world import World

_FOREVER_MS = 1e14


def check_agreement(world: World, clients: list[Client]) -> None:
    """Check, once all has been calm for a while, that everybody knows everything."""
    world.engine.catch_up()
    for client in clients:
        for call in client.calls.values():
            if call.state not in {"done", "failed"}:
                world.blame(f"{client.name}: {call.tag} is never settled ({call.state})")
        if client.view.results.keys() != client.queries.keys():
            world.blame(f"{client.name} has results of {sorted(client.view.results)} of {sorted(client.queries)}")
        for number, result in client.view.results.items():
            if number in client.queries:
                _check_fresh(world, client, client.queries[number], result)


def check_effects(world: World, clients: list[Client]) -> None:
    """Check that each mutation that was told to be done was done once, and that none was done that had failed."""
    commits = Counter(
        json.loads(row["value"])["tag"] for row in world.rows("commits") if row["status"] == "ok" and row["documents"]
    )
    titles = [row["title"] for row in world.rows("conversations")]
    words = Counter(word for title in titles for word in title.split())
    by_client = {call.tag: client for client in clients for call in client.calls.values()}
    for call in world.calls:
        client = by_client.get(call.tag)
        times = commits[call.tag]
        if times > 1 and (client is None or client.expects_once(call)):
            world.blame(f"{call.tag} was done {times} times")
        if call.state == "done" and call.kind != "look" and not times:
            world.blame(f"{call.tag} was told to be done, and was not")
        if call.state == "failed" and times and _is_plain(call, client):
            world.blame(f"{call.tag} was told to have failed, and was done: {call.why}")
        if words[call.tag] > max(times, 0):
            world.blame(f"{call.tag} is written {words[call.tag]} times, and was done {times} times")
    keys = {row["key"] for row in world.rows("commits")}
    for client in clients:
        for number, call in client.calls.items():
            is_refused = call.state == "failed" and "ConvexError" in call.why
            if client.family == "js" and is_refused and f"session/{client.session()}/{number}" not in keys:
                world.blame(f"{client.name}: {call.tag} was told to have failed, and that is not recorded")
        if isinstance(client, JavaScript) and all(map(client.is_timely, client.sockets[1:])):
            _check_order(world, client)


def check_remains(world: World) -> None:
    """Check that nothing is left of closed connections but rows that expire, after crashes and late writes."""
    may_remain = world.has_crashed or world.weather.database.late
    for row in world.rows("connections"):
        if row["row"] == "main" and not (may_remain and row["state"] == "dead"):
            world.blame(f"{row['connectionId']} is {row['state']} after its socket was closed")
        elif not may_remain and row["row"] not in {"attempts", "main"}:
            world.blame(f"a row of {row['connectionId']} is left: {row['row']}")
        if "expiresAt" not in row:
            world.blame(f"a row stays for ever: {row}")
    for row in world.rows("subscriptions"):
        if not may_remain:
            world.blame(f"{row['connectionId']} is still subscribed to {row['topic'][:20]}")


def check_numbers(world: World) -> None:
    """Check that the number of messages is bounded by what happened."""
    commits = len(world.rows("commits"))
    for socket in world.gateway.sockets.values():
        most = 10 + 4 * socket.frames + 4 * commits + world.now_s / 5
        if socket.posted > most:
            world.blame(f"{socket.posted} messages on {socket.id} for {socket.frames} frames and {commits} commits")
    frames = sum(socket.frames for socket in world.gateway.sockets.values())
    most = 200 * len(world.gateway.sockets) + 2 * frames + 2 * commits * len(world.gateway.sockets)
    if world.queue.sent > most:
        world.blame(f"{world.queue.sent} messages in the queue")


def _check_fresh(world: World, client: Client, query: Query, result: Result) -> None:
    identity = client.user and Identity(
        client.user, "https://id.example", f"https://id.example|{client.user}", None, None, None, {}, 2e9
    )
    caller = Caller(identity or None, _FOREVER_MS)
    fresh: Any = None
    try:
        fresh = values.loads(run(REGISTRY[query.path], query.args, caller, world.undisturbed(query.journal)).value)
    except PolarisError as error:
        if result.value is not None or error.message not in result.failure:
            world.blame(f"{client.name} shows {query.watched} as {_short(result.value)} instead of {error!r}")
        return
    if result.value != fresh:
        world.blame(f"{client.name} shows {query.watched} as {_short(result.value)} instead of {_short(fresh)}")


def _check_order(world: World, client: JavaScript) -> None:
    """Check that a session's mutations were done in the order in which they were called."""
    by_key = {row["key"]: row for row in world.rows("commits")}
    last = ""
    for number, call in client.calls.items():
        row = by_key.get(f"session/{client.session()}/{number}")
        if row is None or not row["documents"]:
            continue
        if row["commit"] <= last and not call.may_overtake:
            world.blame(f"{client.name}: {call.tag} was done at {timestamp_of(row['commit'])}, before an earlier one")
        last = max(last, row["commit"])


def _is_plain(call: Call, client: Client | None) -> bool:
    """Tell whether nobody else than who sent it first has sent a mutation again, who would be refused its answer."""
    return len(call.askers) == 1 and (client is None or client.expects_once(call))


def _short(value: Any) -> str:
    return json.dumps(value)[:300]
