"""Sending a transaction until it is known what became of it."""

from __future__ import annotations

import pytest

from shared.db.commit import Applied, Recorded, Stale, Undecided, send
from shared.db.engine import Condition, Operation, Put
from shared.errors import TooManyWrites
from shared.schema.platform import CLAIMS, COMMITS
from tests.db.scripted import ALWAYS_LOST, Fate, ScriptedEngine
from tests.support.stores import START_NS, make_clock

RECORD = Put(COMMITS, {"key": "call", "status": "ok"}, (Condition("key", "absent"),))
WRITE = Put(CLAIMS, {"key": "name", "id": "x"}, (Condition("key", "absent"),))
SECOND_NS = 10**9


def sent(
    engine: ScriptedEngine, *operations: Operation, has_record: bool = True, seconds: int = 10
) -> Applied | Recorded | Stale:
    given = operations or (RECORD, WRITE)
    return send(engine, make_clock(), given, has_record=has_record, deadline_ns=START_NS + seconds * SECOND_NS)


def test_what_is_answered_is_applied() -> None:
    engine = ScriptedEngine()
    assert sent(engine) == Applied()
    assert len(engine.rows(CLAIMS)) == 1


@pytest.mark.parametrize("fate", ["lost", "unheard"])
def test_what_is_not_answered_is_sent_again_with_the_same_token(fate: Fate) -> None:
    engine = ScriptedEngine(fate, fate)
    assert sent(engine) == Applied()
    assert (len(engine.tokens), len(set(engine.tokens)), len(set(map(repr, engine.sent)))) == (3, 1, 1)


@pytest.mark.parametrize("fate", ["throttled", "conflict"])
def test_what_was_refused_is_sent_again_with_a_new_token(fate: Fate) -> None:
    engine = ScriptedEngine(fate, fate)
    assert sent(engine) == Applied()
    assert (len(engine.tokens), len(set(engine.tokens)), len(set(map(repr, engine.sent)))) == (3, 3, 1)


def test_an_existing_record_is_returned() -> None:
    engine = ScriptedEngine()
    engine.write(Put(COMMITS, {"key": "call", "status": "error"}))
    assert sent(engine) == Recorded({"key": "call", "status": "error"})
    assert engine.rows(CLAIMS) == {}


def test_any_other_failed_condition_is_stale() -> None:
    engine = ScriptedEngine()
    engine.write(WRITE)
    assert sent(engine) == Stale()


def test_without_a_record_the_first_condition_is_like_any_other() -> None:
    engine = ScriptedEngine()
    engine.write(WRITE)
    assert sent(engine, WRITE, has_record=False) == Stale()


def test_a_record_counts_more_than_what_is_stale() -> None:
    engine = ScriptedEngine()
    engine.write(RECORD)
    engine.write(WRITE)
    assert isinstance(sent(engine), Recorded)


def test_a_transaction_that_is_too_large_is_refused_with_the_limits() -> None:
    with pytest.raises(TooManyWrites, match="400 KB an item, 4 MB a transaction"):
        sent(ScriptedEngine("too large"))


def test_after_the_deadline_it_is_undecided() -> None:
    engine = ScriptedEngine(*ALWAYS_LOST)
    with pytest.raises(Undecided):
        sent(engine, seconds=10)
    assert 20 < len(engine.tokens) < 200


def test_it_is_sent_at_least_once() -> None:
    assert sent(ScriptedEngine(), seconds=-10) == Applied()
