"""Outcome records: what they hold, and the errors they give back."""

from __future__ import annotations

import pytest

from shared.db.clock import timestamp_of
from shared.db.engine import Item, Key
from shared.db.operations import Operations
from shared.db.outcome import KEPT_S, KEPT_WITH_KEY_S, MutationRequest, Outcome, answer, record
from shared.db.store import Store
from shared.errors import Conflict, FunctionNotFound, LimitReached, NotFound, PolarisError
from shared.schema.platform import COMMITS
from tests.db.sample import add_file, add_project, call, mutate, new_project, new_user, outcomes

REQUEST = MutationRequest("projects:create", "ada", "hash", "key/ada/1")


def recorded(store: Store, outcome: Outcome, request: MutationRequest = REQUEST) -> Item:
    return record("key/ada/1", request, store.unique(), outcome, Operations(), store.content).item


def test_a_record_says_who_sent_what(store: Store) -> None:
    item = recorded(store, Outcome("ok", "1"))
    assert item["caller"] == {"subject": "ada", "function": "projects:create", "arguments": "hash"}


def test_a_record_with_a_key_is_kept_for_14_days(store: Store) -> None:
    item = recorded(store, Outcome("ok", "1"))
    assert item["expiresAt"] == timestamp_of(item["commit"]) // 10**9 + KEPT_WITH_KEY_S
    assert KEPT_WITH_KEY_S == 14 * 24 * 3600


def test_a_record_without_a_key_is_kept_for_a_day(store: Store) -> None:
    item = recorded(store, Outcome("ok", "1"), REQUEST._replace(key=None))
    assert item["expiresAt"] == timestamp_of(item["commit"]) // 10**9 + KEPT_S
    assert KEPT_S == 24 * 3600


def test_a_record_stands_under_the_callers_key(store: Store) -> None:
    call(store, new_project, key="key/ada/7")
    assert store.engine.get(Key(COMMITS, "key/ada/7")) is not None


def test_a_record_names_the_documents_and_the_ranges_that_changed(store: Store) -> None:
    project = add_project(store)
    file = add_file(store, project)
    item = outcomes(store)[-1]
    assert item["documents"] == [file]
    assert set(item["ranges"]) == {
        f'files.by_project/["{project}"]',
        f'files.by_project_parent/["{project}","-"]',
        f'files.sibling_name/["{project}","-","a"]',
    }


def test_a_record_names_the_old_and_the_new_unique_key(store: Store) -> None:
    ada = mutate(store, new_user)
    mutate(store, lambda db: db.patch(ada, stack_user_id="bob"))
    assert {'users.by_stack_user/["ada"]', 'users.by_stack_user/["bob"]'} <= set(outcomes(store)[-1]["ranges"])


def test_a_save_of_content_names_its_document_and_no_range(store: Store) -> None:
    file = add_file(store, add_project(store))
    mutate(store, lambda db: db.patch(file, content="new"))
    item = outcomes(store)[-1]
    assert (item["documents"], item["ranges"]) == ([file], [])


def test_a_failure_names_nothing(store: Store) -> None:
    def body(db):  # type: ignore[no-untyped-def]  # the body of a mutation
        new_project(db)
        raise NotFound("no")

    with pytest.raises(NotFound):
        call(store, body, key="k")
    item = outcomes(store)[-1]
    assert (item["status"], item["documents"], item["ranges"]) == ("error", [], [])


def test_a_result_of_16_kib_is_in_the_record_and_a_larger_one_is_not(store: Store) -> None:
    small, large = "a" * 16_384, "a" * 16_385
    assert recorded(store, Outcome("ok", small))["value"] == small
    assert set(recorded(store, Outcome("ok", large))["value"]) == {"key", "sha256", "bytes"}


def test_a_large_result_is_answered_whole(store: Store) -> None:
    item = recorded(store, Outcome("ok", "é" * 20_000))
    assert answer(item, REQUEST, store.content).value == "é" * 20_000


@pytest.mark.parametrize("error", [Conflict("taken"), LimitReached("10"), FunctionNotFound("a:b"), PolarisError("?")])
def test_an_error_comes_back_as_its_class_with_its_message(store: Store, error: PolarisError) -> None:
    item = recorded(store, Outcome("error", error=error))
    with pytest.raises(PolarisError) as raised:
        answer(item, REQUEST, store.content)
    assert (type(raised.value), raised.value.message) == (type(error), error.message)


def test_an_error_of_a_code_that_is_no_longer_known_is_still_an_error(store: Store) -> None:
    item = recorded(store, Outcome("error", error=Conflict("old")))
    item["error"]["code"] = "OF_AN_OLDER_RELEASE"
    with pytest.raises(PolarisError, match="old") as raised:
        answer(item, REQUEST, store.content)
    assert type(raised.value) is PolarisError


def test_a_very_long_message_is_cut(store: Store) -> None:
    item = recorded(store, Outcome("error", error=Conflict("x" * 10_000)))
    assert len(item["error"]["message"]) == 4096


def test_an_answer_carries_the_time_of_its_commit(store: Store) -> None:
    item = recorded(store, Outcome("ok", "1"))
    assert answer(item, REQUEST, store.content) == ("1", timestamp_of(item["commit"]), True)
