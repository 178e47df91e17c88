"""Who is told of commits, by the committer and by the stream."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from shared.db.database import Database
from shared.db.marshal import from_item
from shared.db.outcome import Change
from shared.push.mailbox import Event
from shared.push.notices import MOST_AT_ONCE, Notices
from shared.push.subscriptions import Subscriptions, topic_key
from shared.sync.commits import announce
from tests.faults.deliveries import poison
from tests.functions.callers import Client, identity
from tests.support.counting_engine import CountingEngine
from tests.support.memory_mailbox import MemoryMailbox
from tests.support.stores import make_store
from tests.sync.live import Live, Socket, add, authenticate, connect, modify, mutation
from tests.sync.runs import Runs


@pytest.fixture
def live() -> Live:
    return Live()


@pytest.fixture
def ada(live: Live) -> Socket:
    socket = live.socket()
    socket.send(connect(), authenticate("ada"), modify(0, add(0, "projects:get")))
    socket.told()
    return socket


def over_http(live: Live, *, told: bool) -> Client:
    """Return a caller whose commits are told at once, or not."""
    database = live.telling() if told else Database(live.store)
    return Client(replace(live.environment, database=database), identity("ada"))


def stream(live: Live) -> None:
    """Let the stream deliver all commits."""
    commits: list[dict[str, Any]] = live.backend.rows("commits")
    records = [{"eventName": "INSERT", "dynamodb": {"NewImage": from_item(commit)}} for commit in commits]
    assert announce({"Records": records}, live.environment) == {}


def test_a_change_over_http_is_shown_at_once(live: Live, ada: Socket) -> None:
    over_http(live, told=True).call("projects:create", name="Apollo")
    (transition,) = ada.told()
    assert [project["name"] for project in transition["modifications"][0]["value"]] == ["Apollo"]


def test_the_stream_tells_of_a_change_that_its_committer_did_not(live: Live, ada: Socket) -> None:
    over_http(live, told=False).call("projects:create", name="Apollo")
    assert ada.told() == []
    stream(live)
    assert len(ada.told()) == 1


def test_a_record_of_the_stream_that_makes_no_sense_holds_up_no_other(
    live: Live, ada: Socket, capsys: pytest.CaptureFixture[str]
) -> None:
    over_http(live, told=False).call("projects:create", name="Apollo")
    told = {"eventName": "INSERT", "dynamodb": {"NewImage": from_item(live.backend.rows("commits")[-1])}}
    garbage = [*poison("stream", told)]
    assert announce({"Records": [*garbage, told]}, live.environment) == {}
    assert len(ada.told()) == 1
    assert '"function":"changes"' in capsys.readouterr().out


def test_what_is_told_twice_is_shown_once(live: Live, ada: Socket) -> None:
    over_http(live, told=True).call("projects:create", name="Apollo")
    stream(live)
    assert len(live.mailbox.waiting) == 1
    assert len(ada.told()) == 1
    stream(live)
    assert ada.told() == []


def test_a_client_is_not_told_of_its_own_commit_again(live: Live, ada: Socket) -> None:
    ada.send(mutation(0, "projects:create", name="Apollo"))
    assert len(ada.told()) == 2
    stream(live)
    assert live.mailbox.waiting == []


def test_another_client_of_the_same_user_is_told_of_it(live: Live, ada: Socket) -> None:
    other = live.socket()
    other.send(connect(session=other.id), authenticate("ada"), modify(0, add(0, "projects:get")))
    other.told()
    ada.send(mutation(0, "projects:create", name="Apollo"))
    ada.told()
    live.replace(MemoryMailbox(), live.sockets)
    stream(live)
    assert [record["attributes"]["MessageGroupId"] for record in live.mailbox.waiting] == [other.id]


def test_a_change_that_leaves_a_result_as_it_was_is_not_sent(live: Live, ada: Socket) -> None:
    Notices(Subscriptions(live.store), live.mailbox).send(
        Change(live.store.unique(), tuple(row["topic"] for row in live.backend.rows("subscriptions")))
    )
    assert len(live.mailbox.waiting) == 1
    assert ada.told() == []


def test_many_watchers_are_told_by_the_stream_only(live: Live) -> None:
    subscriptions = Subscriptions(live.store)
    for number in range(MOST_AT_ONCE + 20):
        subscriptions.put(f"c{number}", ["topic"], 2_000_000_000, gen=1)
    notices = Notices(subscriptions, live.mailbox)
    notices.send(Change("a" * 32, ("topic",)), most=MOST_AT_ONCE)
    assert len(live.mailbox.waiting) == MOST_AT_ONCE
    notices.send(Change("a" * 32, ("topic",)))
    assert len(live.mailbox.waiting) == MOST_AT_ONCE + 20


class BrokenMailbox:
    """Queues that fail."""

    def send(self, events: Iterable[Event]) -> None:
        raise RuntimeError(f"no queue takes {[*events]}")


def test_a_failing_notice_does_not_fail_the_commit(live: Live, ada: Socket) -> None:
    notices = Notices(Subscriptions(live.store), BrokenMailbox())
    change = Change("a" * 32, tuple(row["topic"] for row in live.backend.rows("subscriptions")))
    with pytest.raises(RuntimeError):
        notices.send(change)
    notices.try_to_send(change)


def test_an_actor_whose_own_commit_cannot_be_told_at_once_goes_on(live: Live, ada: Socket) -> None:
    bob = live.socket()
    bob.send(connect(session="bob"), authenticate("ada"), modify(0, add(0, "projects:get")))
    bob.told()
    queues, live.environment = live.environment, replace(live.environment, mailbox=BrokenMailbox())
    ada.send(mutation(0, "projects:create", name="Apollo"))
    assert [message["type"] for message in ada.told()] == ["MutationResponse", "Transition"]
    assert not ada.closed
    live.environment = queues
    stream(live)
    assert len(bob.told()) == 1


def test_a_burst_of_commits_is_folded_into_one_run_and_one_transition_for_each_batch(live: Live) -> None:
    runs = Runs()
    live.environment = replace(live.environment, log=runs)
    project = over_http(live, told=False).call("projects:create", name="0")
    socket = live.socket()
    socket.send(connect(), authenticate("ada"), modify(0, add(0, "projects:get")))
    socket.told()
    for number in range(1, 100):
        over_http(live, told=False).call("projects:rename", id=project, name=str(number))
    stream(live)
    assert len(live.mailbox.waiting) == 100
    runs.taken()
    transitions = socket.told()
    assert (len(runs.taken()), len(transitions)) == (10, 1)
    assert [project["name"] for project in socket.results[0]] == ["99"]


def test_a_burst_that_goes_on_is_shown_in_few_steps_and_to_its_end(live: Live, ada: Socket) -> None:
    caller = over_http(live, told=True)
    project = caller.call("projects:create", name="0")
    shown = []
    for number in range(1, 100):
        caller.call("projects:rename", id=project, name=str(number))
        if number % 10 == 8:
            shown += ada.told()
    shown += ada.told()
    assert len(shown) <= 11
    assert ada.results[0] == Client(live.environment, identity("ada")).call("projects:get")


def test_a_batch_of_commits_looks_up_each_topic_once(live: Live) -> None:
    engine = CountingEngine()
    subscriptions = Subscriptions(make_store(engine))
    for number in range(50):
        subscriptions.put(f"c{number}", ["list"], 2_000_000_000, gen=1)
    mailbox = MemoryMailbox()
    engine.reset()
    changes = [Change(f"{number:032x}", ("list", f"document {number}")) for number in range(100)]
    Notices(subscriptions, mailbox).send(*changes)
    assert len(mailbox.waiting) == 100 * 50
    assert (engine.cost.calls, engine.cost.depth) == (101, 1)


def test_long_topics_have_short_keys_and_different_topics_different_ones() -> None:
    long = ["x" * 3000, "x" * 3001, "€" * 1000]
    keys = [topic_key(topic) for topic in long]
    assert len(set(keys)) == 3
    assert all(len(key.encode()) <= 256 for key in keys)
    assert [topic_key(key) for key in keys] == keys
    assert topic_key('files.by_project/["p"]') == 'files.by_project/["p"]'


def test_a_notice_for_a_connection_that_has_ended_removes_what_is_left_of_its_subscription(live: Live) -> None:
    Subscriptions(live.store).put("gone", ["topic"], 2_000_000_000, gen=1)
    Notices(Subscriptions(live.store), live.mailbox).send(Change("a" * 32, ("topic",)))
    live.run()
    assert live.backend.rows("subscriptions") == []
