"""Mutations: their answers, and how often their bodies run."""

from __future__ import annotations

from typing import Any

import pytest

from shared.db.audit import audit
from shared.db.engine import Check, TransactionCanceled
from shared.db.mutation import MAX_RUNS
from shared.db.store import Store
from shared.db.writer import Writer
from shared.errors import (
    Conflict,
    IdempotencyKeyReused,
    MutationTimedOut,
    NotFound,
    OptimisticConcurrencyControlFailure,
    OutcomeUnknown,
    Overloaded,
    TooManyReads,
    TooManyWrites,
)
from shared.schema.tables import File, Project
from tests.db.sample import add_project, call, mutate, new_file, new_project, outcomes, reader, row
from tests.db.scripted import ALWAYS_LOST, ScriptedEngine
from tests.support.memory_objects import MemoryObjects
from tests.support.stores import make_store


class Body:
    """Creates a project; counts its runs."""

    def __init__(self, result: Any = None, error: Exception | None = None) -> None:
        self.result, self.error, self.runs = result, error, 0

    def __call__(self, db: Writer) -> Any:
        self.runs += 1
        new_project(db)
        if self.error:
            raise self.error
        return self.result


def projects(store: Store) -> int:
    return reader(store).count(Project.by_owner, owner_id="ada")


def test_a_mutation_answers_its_value_and_the_time_of_its_commit(store: Store) -> None:
    committed = call(store, Body("done"))
    assert (committed.value, committed.replayed) == ('"done"', False)
    assert f"{committed.timestamp:016x}" == outcomes(store)[0]["commit"][:16]


def test_a_mutation_that_reads_nothing_and_writes_nothing_leaves_no_record(store: Store) -> None:
    assert (call(store, lambda _: 1).value, outcomes(store)) == ("1.0", [])


def test_a_mutation_that_only_reads_confirms_its_reads_and_leaves_no_record() -> None:
    engine = ScriptedEngine()
    store = make_store(engine)
    project = add_project(store)
    call(store, lambda db: db.get(Project, project) is None)
    assert [type(operation) for operation in engine.sent[-1]] == [Check]
    assert len(outcomes(store)) == 1


def test_an_error_of_the_body_reaches_the_caller_as_it_was_raised(store: Store) -> None:
    error = Conflict("no")
    with pytest.raises(Conflict) as raised:
        call(store, Body(error=error))
    assert raised.value is error
    assert projects(store) == 0


def test_an_unexpected_error_reaches_the_caller_as_it_was_raised(store: Store) -> None:
    with pytest.raises(ZeroDivisionError):
        call(store, Body(error=ZeroDivisionError()), key="k")
    assert outcomes(store)[0]["error"] == {"code": "INTERNAL", "message": "Server Error"}


def test_a_request_that_is_sent_again_gets_the_same_answer_and_runs_nothing(store: Store) -> None:
    body = Body("done")
    first, second = call(store, body, key="k"), call(store, body, key="k")
    assert second == first._replace(replayed=True)
    assert (body.runs, projects(store)) == (1, 1)


def test_an_error_is_told_again_and_runs_nothing(store: Store) -> None:
    body = Body(error=NotFound("gone"))
    for _ in range(2):
        with pytest.raises(NotFound, match="gone"):
            call(store, body, key="k")
    assert body.runs == 1


@pytest.mark.parametrize("different", [{"subject": "bob"}, {"function": "test:other"}, {"arguments_hash": "other"}])
def test_a_key_of_another_call_is_refused(store: Store, different: dict[str, str]) -> None:
    body = Body("done")
    call(store, body, key="k")
    with pytest.raises(IdempotencyKeyReused, match="use a new key for each call"):
        call(store, body, key="k", **different)
    assert (body.runs, projects(store)) == (1, 1)


def test_calls_without_a_key_are_each_applied(store: Store) -> None:
    body = Body()
    call(store, body)
    call(store, body)
    assert projects(store) == 2


def test_a_large_result_is_kept_outside_its_record_and_told_again(store: Store) -> None:
    text = "é" * 20_000
    first, second = call(store, Body(text), key="k"), call(store, Body(text), key="k")
    assert first.value == second.value
    assert isinstance(store.objects, MemoryObjects)
    assert [key.split("/")[0] for key in store.objects.bodies] == ["commits"]


def test_too_many_reads_are_refused_with_both_numbers(store: Store) -> None:
    ids = [Project.mint_id(number.to_bytes(16, "big")) for number in range(91)]
    with pytest.raises(TooManyReads, match=r"actual: 91, limit: 90"):
        mutate(store, lambda db: len(db.get_all(Project, ids)))


def test_ninety_reads_are_confirmed(store: Store) -> None:
    ids = [Project.mint_id(number.to_bytes(16, "big")) for number in range(90)]
    assert mutate(store, lambda db: len(db.get_all(Project, ids))) == 0


def test_too_many_writes_are_refused_with_both_numbers(store: Store) -> None:
    def body(db: Writer) -> Any:
        project = new_project(db)
        return [new_file(db, project, f"file{number}") for number in range(50)]

    with pytest.raises(TooManyWrites, match=r"actual: 106 items, limit: 99"):
        mutate(store, body)
    assert projects(store) == 0


def test_forty_five_files_fit_into_one_mutation(store: Store) -> None:
    project = add_project(store)
    made = mutate(store, lambda db: [new_file(db, project, f"file{number}") for number in range(45)])
    assert len(made) == 45
    assert audit(store) == []


def test_a_mutation_whose_reads_keep_changing_is_given_up(store: Store) -> None:
    project, runs = add_project(store), []

    def body(db: Writer) -> None:
        runs.append(1)
        db.patch(project, name="x")
        mutate(store, lambda other: other.patch(project, language=str(len(runs))))

    with pytest.raises(OptimisticConcurrencyControlFailure, match="try again"):
        mutate(store, body)
    assert 20 < len(runs) <= MAX_RUNS


def test_a_mutation_in_doubt_that_is_given_up_leaves_a_record_that_a_late_copy_meets() -> None:
    engine = ScriptedEngine(*ALWAYS_LOST)
    store = make_store(engine)
    with pytest.raises(MutationTimedOut, match="has not been applied"):
        call(store, Body())
    assert [item["status"] for item in outcomes(store)] == ["abandoned"]
    with pytest.raises(TransactionCanceled, match="condition"):
        engine.send_late(0)
    assert projects(store) == 0


def test_a_given_up_request_that_is_sent_again_is_told_the_same() -> None:
    engine = ScriptedEngine(*ALWAYS_LOST)
    store = make_store(engine)
    for _ in range(2):
        with pytest.raises(MutationTimedOut):
            call(store, Body(), key="k")
        engine.fates.clear()


def test_a_mutation_that_was_applied_unheard_is_answered_from_its_record() -> None:
    engine = ScriptedEngine("unheard", *ALWAYS_LOST)
    store = make_store(engine)
    committed = call(store, Body("done"))
    assert (committed.value, projects(store)) == ('"done"', 1)


def test_an_outcome_that_cannot_be_found_out_is_unknown() -> None:
    engine = ScriptedEngine(*ALWAYS_LOST)
    store = make_store(engine)
    engine.write_fates = ["lost", "throttled"] * 4
    with pytest.raises(OutcomeUnknown, match="may or may not have been applied"):
        call(store, Body())


def test_a_failing_read_after_a_stale_run_cannot_leave_a_late_copy_behind() -> None:
    engine = ScriptedEngine()
    store = make_store(engine)
    project, runs = add_project(store), []

    def body(db: Writer) -> None:
        runs.append(1)
        if len(runs) > 1:
            raise Overloaded("the database did not answer")
        db.patch(project, name="new")
        mutate(store, lambda other: other.patch(project, language="python"))

    with pytest.raises(Overloaded):
        call(store, body)
    assert outcomes(store)[-1]["status"] == "abandoned"
    assert row(store, Project, project)["name"] == "x"


def test_an_overload_of_the_first_run_is_told_and_not_recorded(store: Store) -> None:
    with pytest.raises(Overloaded):
        call(store, Body(error=Overloaded("busy")), key="k")
    assert outcomes(store) == []


def test_a_call_error_for_its_size_is_recorded_for_whoever_asks_again(store: Store) -> None:
    ids = [File.mint_id(number.to_bytes(16, "big")) for number in range(91)]
    for _ in range(2):
        with pytest.raises(TooManyReads, match="actual: 91"):
            call(store, lambda db: len(db.get_all(File, ids)), key="k")
    assert [item["status"] for item in outcomes(store)] == ["abandoned"]


def test_conflicts_alone_do_not_run_the_body_again() -> None:
    store = make_store(ScriptedEngine("conflict", "throttled", "lost"))
    body = Body("done")
    call(store, body)
    assert (body.runs, projects(store)) == (1, 1)


def test_two_sendings_at_once_apply_once(store: Store) -> None:
    def outer(db: Writer) -> str:
        new_project(db)
        call(store, Body("inner"), key="k")
        return "outer"

    committed = call(store, outer, key="k")
    assert (committed.value, committed.replayed, projects(store)) == ('"inner"', True, 1)


def test_a_replay_waits_until_all_of_its_commit_can_be_seen() -> None:
    engine = ScriptedEngine()
    store = make_store(engine)
    call(store, Body("done"), key="k")
    call(store, Body("done"), key="k")
    (operation,) = engine.sent[-1]
    assert isinstance(operation, Check)
    assert operation.key.partition == "k"
