"""What the doors may that are fed by other sources than HTTP, besides what any door may."""

from __future__ import annotations

from typing import Any

import pytest

from infra.names import Names
from infra.source_grants import source_grants
from infra.stage import Stage
from shared.runtime.door import Door
from shared.runtime.function import Function
from shared.schema.platform import ALLOWANCES
from tests.infra.conftest import Deployment
from tests.infra.roles import rights_of
from tests.infra.sample import CLOCK, CONNECT, DISCONNECT, GATEWAY, ON_CHANGE, RECEIVE, REGISTRY, SESSION, SWEEP
from tests.infra.templates import names_of

REGION = "eu-central-1:111122223333"
MAILBOX = f"arn:aws:sqs:{REGION}:polaris-dev-mailbox-0.fifo"
SWEEPS = f"arn:aws:sqs:{REGION}:polaris-dev-sweeps"
CONNECTIONS = f"arn:aws:dynamodb:{REGION}:table/polaris-dev-connections"
SUBSCRIPTIONS = f"arn:aws:dynamodb:{REGION}:table/polaris-dev-subscriptions"
POSTING = f"arn:aws:execute-api:{REGION}:*/polaris-dev/POST/@connections/*"
CLOSING = f"arn:aws:execute-api:{REGION}:*/polaris-dev/DELETE/@connections/*"


@pytest.fixture
def names() -> Names:
    return names_of(Stage())


def pairs(names: Names, *sources: str) -> set[tuple[str, str]]:
    return {(a, r) for grant in source_grants(sources, names) for a in grant.actions for r in grant.resources}


def test_a_door_that_greets_sockets_may_only_put_rows_of_sockets_and_count_them(names: Names) -> None:
    assert pairs(names, "websocket:$connect") == {
        ("dynamodb:PutItem", CONNECTIONS),
        ("dynamodb:UpdateItem", names.table_arn(ALLOWANCES)),
        ("secretsmanager:GetSecretValue", names.secret_arn("polaris-dev-edge-key")),
    }


def test_a_door_that_hears_that_a_socket_is_closed_may_only_tell_its_mailbox(names: Names) -> None:
    assert pairs(names, "websocket:$disconnect") == {("sqs:SendMessage", MAILBOX)}


def test_a_door_that_takes_messages_may_only_tell_mailboxes_and_close_sockets(names: Names) -> None:
    assert pairs(names, "websocket:$default") == {
        ("sqs:SendMessage", MAILBOX),
        ("execute-api:ManageConnections", CLOSING),
    }


def test_a_door_behind_a_queue_takes_from_it_and_from_no_other(names: Names) -> None:
    found = {right for right in pairs(names, "queue:mailbox") if right[0].startswith("sqs:")}
    actions = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
    assert found == {(action, MAILBOX) for action in actions}


def test_a_door_behind_a_stream_reads_it_and_finds_and_tells_who_is_subscribed(names: Names) -> None:
    found = pairs(names, "stream:commits")
    stream = f"arn:aws:dynamodb:{REGION}:table/polaris-dev-commits/stream/*"
    assert {a for a, r in found if r == stream} == {
        f"dynamodb:{action}" for action in ("DescribeStream", "GetRecords", "GetShardIterator", "ListStreams")
    }
    assert {("dynamodb:Query", SUBSCRIPTIONS), ("sqs:SendMessage", MAILBOX)} < found
    assert ("sqs:SendMessage", f"arn:aws:sqs:{REGION}:polaris-dev-commits-failed") in found


def test_an_actor_keeps_rows_of_sockets_and_subscriptions_and_posts(names: Names) -> None:
    found = {right for right in pairs(names, "queue:mailbox") if not right[0].startswith("sqs:")}
    rights = ("GetItem", "BatchGetItem", "Query", "PutItem", "UpdateItem", "DeleteItem")
    kept = {(f"dynamodb:{action}", CONNECTIONS) for action in rights}
    subscribed = {(f"dynamodb:{action}", SUBSCRIPTIONS) for action in ("PutItem", "DeleteItem")}
    managed = {("execute-api:ManageConnections", sockets) for sockets in (POSTING, CLOSING)}
    assert found == kept | subscribed | managed


def test_the_clock_may_only_put_off(names: Names) -> None:
    assert pairs(names, "schedule:cron(* * * * ? *)") == {("sqs:SendMessage", SWEEPS)}


def test_the_sweep_looks_through_sockets_posts_and_tells(names: Names) -> None:
    assert pairs(names, "delay:sweeps") == {
        *((f"sqs:{action}", SWEEPS) for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")),
        ("dynamodb:Query", f"{CONNECTIONS}/index/by_shard"),
        ("dynamodb:BatchGetItem", CONNECTIONS),
        ("dynamodb:UpdateItem", CONNECTIONS),
        ("execute-api:ManageConnections", POSTING),
        ("execute-api:ManageConnections", CLOSING),
        ("sqs:SendMessage", MAILBOX),
    }


def test_nobody_but_actors_and_the_sweep_changes_rows_of_sockets(of_sample: Deployment) -> None:
    others: list[Function[Any] | Door] = [*REGISTRY.values(), GATEWAY, DISCONNECT, RECEIVE, ON_CHANGE, CLOCK]
    for declared in others:
        touched = {r for _, r in rights_of(of_sample.templates, declared)}
        assert CONNECTIONS not in touched
    for door in (CONNECT, SESSION, SWEEP):
        assert CONNECTIONS in {r for _, r in rights_of(of_sample.templates, door)}


def test_an_actor_may_what_the_gateway_may(of_sample: Deployment) -> None:
    gateway, session = (rights_of(of_sample.templates, door) for door in (GATEWAY, SESSION))
    assert {right for right in gateway if not right[0].startswith("logs:")} < session


def test_every_mailbox_there_is_can_be_told() -> None:
    names = names_of(Stage(mailboxes=3))
    told = {r for a, r in pairs(names, "websocket:$default") if a == "sqs:SendMessage"}
    assert told == {MAILBOX.replace("-0.", f"-{number}.") for number in range(3)}


@pytest.mark.parametrize("source", ["carrier-pigeon:home", "stream:nothing"])
def test_a_source_that_there_is_not_is_refused(names: Names, source: str) -> None:
    with pytest.raises(KeyError):
        source_grants([source], names)


def test_every_grant_with_a_wildcard_says_why(names: Names) -> None:
    sources = ["websocket:$default", "queue:mailbox", "stream:commits", "delay:sweeps"]
    wild = [g for g in source_grants(sources, names) if any("*" in r for r in g.resources)]
    assert wild
    assert all(grant.why for grant in wild)
