from __future__ import annotations

import json
from typing import Any

import pytest

from shared.auth.identity import Identity
from shared.errors import Conflict, Forbidden, IdempotencyKeyReused, UnsupportedValue, ValueTooLarge
from shared.runtime.admission import Caller, digest
from shared.runtime.call import Result, run
from shared.runtime.environment import Environment
from shared.runtime.function import Function
from shared.schema.platform import COMMITS
from tests.runtime import sample
from tests.runtime.backend import INTERNAL_KEY, NamedTokens, make_environment
from tests.support.memory_engine import MemoryEngine

ADA = NamedTokens().verify("token-of-ada")
BOB = NamedTokens().verify("token-of-bob")
FAR = 1e15


@pytest.fixture
def deployment() -> Environment:
    return make_environment()


def engine(deployment: Environment) -> MemoryEngine:
    door = deployment.database.store.door
    assert isinstance(door, MemoryEngine)
    return door


def rows(deployment: Environment, table: str) -> list[dict[str, Any]]:
    return [*engine(deployment).tables.get(table, {}).values()]


def call(
    deployment: Environment,
    function: Function[Any],
    args: dict[str, Any],
    identity: Identity | None = ADA,
    *,
    key: str | None = None,
    trusted: bool = False,
    deadline_ms: float = FAR,
) -> Result:
    return run(function, args, Caller(identity, deadline_ms, trusted, key), deployment)


def test_a_mutation_is_committed_and_then_readable(deployment: Environment) -> None:
    committed = call(deployment, sample.create_project, {"name": "Apollo"})
    found = json.loads(call(deployment, sample.get_project, {"id": json.loads(committed.value)}).value)
    assert (found["name"], found["ownerId"]) == ("Apollo", "ada")


def test_a_mutation_tells_when_it_was_committed(deployment: Environment) -> None:
    first = call(deployment, sample.create_project, {"name": "a"})
    second = call(deployment, sample.create_project, {"name": "b"})
    assert 0 < first.timestamp_ns < second.timestamp_ns < 2**63


def test_a_call_with_the_same_key_is_applied_once_and_answered_alike(deployment: Environment) -> None:
    first = call(deployment, sample.create_project, {"name": "Apollo"}, key="key/1")
    again = call(deployment, sample.create_project, {"name": "Apollo"}, key="key/1")
    assert (again.value, again.timestamp_ns, again.replayed) == (first.value, first.timestamp_ns, True)
    assert len(rows(deployment, "projects")) == 1


def test_calls_without_a_key_are_applied_each_time(deployment: Environment) -> None:
    for _ in range(2):
        call(deployment, sample.create_project, {"name": "Apollo"})
    assert len(rows(deployment, "projects")) == 2


@pytest.mark.parametrize(
    ("function", "args", "identity"),
    [
        (sample.create_project, {"name": "Gemini"}, ADA),
        (sample.create_project, {"name": "Apollo"}, BOB),
        (sample.create_oversized, {"size": 1}, ADA),
    ],
)
def test_a_key_belongs_to_one_call(
    deployment: Environment, function: Function[Any], args: dict[str, Any], identity: Identity
) -> None:
    call(deployment, sample.create_project, {"name": "Apollo"}, key="key/1")
    with pytest.raises(IdempotencyKeyReused):
        call(deployment, function, args, identity, key="key/1")


def test_the_order_of_arguments_and_the_internal_key_are_no_part_of_what_a_key_belongs_to() -> None:
    assert digest({"a": 1, "b": 2, "internalKey": "old"}) == digest({"b": 2.0, "a": 1, "internalKey": "new"})
    assert digest({"a": 1}) != digest({"a": 2})


def test_the_internal_key_is_not_stored(deployment: Environment) -> None:
    call(deployment, sample.create_for, {"owner": "eve", "internalKey": INTERNAL_KEY}, None, key="key/1")
    assert rows(deployment, COMMITS.name)
    assert INTERNAL_KEY not in repr(engine(deployment).tables)


@pytest.mark.parametrize(
    ("function", "identity", "trusted", "subject"),
    [
        (sample.create_project, ADA, False, "https://id.example|ada"),
        (sample.create_oversized, None, False, "anonymous"),
        (sample.create_oversized, None, True, "internal"),
        (sample.create_for, None, False, "internal"),
        (sample.create_for, ADA, False, "internal"),
    ],
)
def test_a_commit_says_on_whose_behalf_it_was_made(
    deployment: Environment, function: Function[Any], identity: Identity | None, trusted: bool, subject: str
) -> None:
    every: dict[str, Any] = {"name": "a", "size": 1, "owner": "a", "internalKey": INTERNAL_KEY}
    args = {name: every[name] for name in function.arguments.validator.fields}
    call(deployment, function, args, identity, trusted=trusted)
    assert [row["caller"]["subject"] for row in rows(deployment, COMMITS.name)] == [subject]


def test_the_internal_key_is_checked_before_anything_is_replayed(deployment: Environment) -> None:
    call(deployment, sample.create_for, {"owner": "eve", "internalKey": INTERNAL_KEY}, None, key="key/1")
    with pytest.raises(Forbidden, match="Invalid internal key"):
        call(deployment, sample.create_for, {"owner": "eve", "internalKey": "wrong"}, None, key="key/1")


def test_a_trusted_caller_needs_no_internal_key_and_may_pass_any(deployment: Environment) -> None:
    for extra in ({}, {"internalKey": "whatever"}):
        call(deployment, sample.create_for, {"owner": "eve", **extra}, None, trusted=True)
    assert len(rows(deployment, "projects")) == 2


def test_a_result_too_large_to_send_is_refused_before_the_commit(deployment: Environment) -> None:
    with pytest.raises(ValueTooLarge, match="Function runtime:createOversized return value is too large"):
        call(deployment, sample.create_oversized, {"size": 6_000_000})
    assert rows(deployment, "projects") == []


def test_large_text_is_filled_in_wherever_a_query_returns_it(deployment: Environment) -> None:
    project_id = json.loads(call(deployment, sample.create_project, {"name": "a"}).value)
    text = "é" * 100_000
    args = {"projectId": project_id, "name": "large.txt", "content": text}
    file_id = json.loads(call(deployment, sample.write_file, args).value)
    assert isinstance(rows(deployment, "files")[0]["content"], dict)
    found = json.loads(call(deployment, sample.get_files, {"ids": [file_id]}).value)
    assert found["files"][0]["content"] == text


def test_a_bulk_mutation_commits_each_step(deployment: Environment) -> None:
    result = call(deployment, sample.create_projects, {"names": ["a", "b", "c"]})
    value = json.loads(result.value)
    assert (len(set(value["ids"])), value["count"], value["hurried"]) == (3, 3, False)
    assert len(rows(deployment, COMMITS.name)) == 3


def test_a_bulk_mutation_sent_again_repeats_no_step(deployment: Environment) -> None:
    first = call(deployment, sample.create_projects, {"names": ["a", "b"]}, key="key/1")
    again = call(deployment, sample.create_projects, {"names": ["a", "b"]}, key="key/1")
    assert (again.value, again.timestamp_ns, again.replayed) == (first.value, first.timestamp_ns, True)
    assert {row["key"] for row in rows(deployment, COMMITS.name)} == {"key/1/0", "key/1/1"}


def test_a_bulk_mutation_interrupted_between_steps_goes_on_where_it_was(deployment: Environment) -> None:
    call(deployment, sample.create_projects, {"names": ["a", "b"]}, key="key/1")
    commits = engine(deployment).tables[COMMITS.name]
    del commits["key/1/1", None]
    result = call(deployment, sample.create_projects, {"names": ["a", "b"]}, key="key/1")
    assert not result.replayed
    assert json.loads(result.value)["count"] == 3


def test_a_bulk_mutation_without_steps_is_committed_when_it_began(deployment: Environment) -> None:
    result = call(deployment, sample.create_projects, {"names": []})
    assert result.timestamp_ns > 0
    assert not result.replayed


def test_a_step_that_returns_a_document_is_a_mistake_of_the_author(deployment: Environment) -> None:
    with pytest.raises(UnsupportedValue, match="Project is not a Convex value"):
        call(deployment, sample.return_document_from_step, {}, None, trusted=True)


def test_a_bulk_mutation_knows_how_much_time_is_left(deployment: Environment) -> None:
    deadline_ms = deployment.database.store.clock.now_ms() + 500
    assert json.loads(call(deployment, sample.create_projects, {"names": []}, deadline_ms=deadline_ms).value)[
        "hurried"
    ]


def test_a_querys_timestamp_is_when_it_began(deployment: Environment) -> None:
    before = deployment.database.store.clock.now_ns()
    result = call(deployment, sample.greet, {"name": "Ada"})
    assert before < result.timestamp_ns < deployment.database.store.clock.now_ns()


def test_an_application_error_reaches_the_door_as_it_is(deployment: Environment) -> None:
    with pytest.raises(Conflict, match="File already exists"):
        call(deployment, sample.refuse, {})
