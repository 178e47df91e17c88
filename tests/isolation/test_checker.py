"""The checker knows each anomaly by a history that has it, and finds nothing in those that are serializable."""

from __future__ import annotations

import random

import pytest

from tests.isolation.anomalies import check
from tests.isolation.bad_histories import BAD, add, append, did, held, listed, remove, saw
from tests.isolation.history import FOREVER_NS, Action, History, Operation, Read, Write, decode, encode
from tests.isolation.minimise import minimal

CASES = [pytest.param(kind, history, id=f"{kind}: {name}") for kind, cases in BAD.items() for name, history in cases]


@pytest.mark.parametrize(("kind", "history"), CASES)
def test_a_bad_history_is_known_for_what_it_is(kind: str, history: History) -> None:
    assert kind in {anomaly.kind for anomaly in check(history)}


@pytest.mark.parametrize(("kind", "history"), CASES)
def test_a_bad_history_is_bad_in_any_order_of_its_lines(kind: str, history: History) -> None:
    assert kind in {anomaly.kind for anomaly in check(history[::-1])}


@pytest.mark.parametrize(
    "history",
    [
        pytest.param([], id="nothing"),
        pytest.param([did("1", outcome="fail"), did("2", saw("x", None))], id="a failure that left nothing"),
        pytest.param([did("1", at=(0, FOREVER_NS), outcome="unknown")], id="a call that nobody heard of again"),
        pytest.param(
            [
                did("1", add("r", "1")),
                did("2", remove("r", "1")),
                did("3", held("r", "")),
            ],
            id="an absence that may be before or after",
        ),
        pytest.param(
            [
                did("1", add("r", "1"), at=(0, 5)),
                did("2", add("r", "2"), at=(6, 7)),
                did("3", held("r", "2"), at=(1, 9), mutates=False),
            ],
            id="a query that reads a range bit by bit",
        ),
        pytest.param(
            [
                did("1", Write("x", "1"), Write("y", "1"), at=(0, 9)),
                did("q", saw("x", "1"), at=(1, 2), mutates=False),
                did("r", saw("y", None), at=(3, 4), mutates=False),
            ],
            id="queries that see a commit item by item",
        ),
        pytest.param(
            [
                did("1", Write("x", "1"), at=(0, FOREVER_NS), outcome="unknown"),
                did("2", saw("x", None), at=(2, 3)),
                did("3", saw("x", "1"), at=(4, 5)),
            ],
            id="a call without an answer that happens late",
        ),
    ],
)
def test_a_good_history_is_good(history: History) -> None:
    assert check(history) == []


def serial_history(seed: int, length: int) -> History:
    """Return what one client after the other did to lists, registers and ranges, each answered in its turn."""
    dice = random.Random(seed)
    lists: dict[str, list[str]] = {"l1": [], "l2": []}
    registers: dict[str, str | None] = {"x": None, "y": None}
    ranges: dict[str, set[str]] = {"r": set(), "s": set()}
    history = []
    for number in range(length):
        name, actions = str(number), list[Action]()
        for key in dice.sample([*lists, *registers, *ranges], 3):
            if key in lists:
                actions.append(Read(key, tuple(lists[key])))
                actions.append(append(key, name))
                lists[key].append(name)
            elif key in registers:
                actions.append(Read(key, registers[key]))
                actions.append(Write(key, name))
                registers[key] = name
            else:
                actions.append(Read(key, frozenset(ranges[key])))
                gone = dice.choice(sorted(ranges[key])) if len(ranges[key]) > 3 else None
                actions.append(remove(key, gone) if gone else add(key, name))
                ranges[key] ^= {gone or name}
        start = number * 10 + dice.randint(-30, 0)
        history.append(
            Operation(
                name, dice.randint(1, 16), "test", True, start, number * 10 + dice.randint(1, 30), "ok", (*actions,)
            )
        )
    return history


@pytest.mark.parametrize("seed", range(5))
def test_a_long_serial_history_is_good_although_its_times_overlap(seed: int) -> None:
    assert check(serial_history(seed, 500)) == []


def stale(history: History) -> History:
    """Let the 500th operation see what the 490th saw of a register."""
    key = next(a.key for a in history[500].actions if isinstance(a, Read) and isinstance(a.value, str))
    earlier = [a for o in history[:480] for a in o.actions if isinstance(a, Read) and a.key == key][-1]
    operation = history[500]
    actions = tuple(earlier if isinstance(a, Read) and a.key == key else a for a in operation.actions)
    changed = Operation(
        operation.id, operation.client, "test", True, operation.started_ns, operation.ended_ns, "ok", actions
    )
    return [*history[:500], changed, *history[501:]]


def test_one_stale_read_among_hundreds_of_operations_is_found_and_made_short() -> None:
    history = stale(serial_history(7, 600))
    anomalies = check(history)
    assert anomalies
    for anomaly in anomalies:
        short = minimal(history, anomaly)
        assert len(short) <= len(anomaly.operations) + 3
        assert {*anomaly.operations} <= {operation.id for operation in short}


@pytest.mark.parametrize(("kind", "history"), CASES)
def test_a_history_made_short_shows_the_same(kind: str, history: History) -> None:
    noise = [did(f"n{n}", saw("noise", None), Write(f"noise{n}", f"n{n}")) for n in range(20)]
    long = [*history, *noise]
    anomaly = next(anomaly for anomaly in check(long) if anomaly.kind == kind)
    short = minimal(long, anomaly)
    assert len(short) <= len(history)
    assert kind in {found.kind for found in check(short)}


@pytest.mark.parametrize(
    "action",
    [saw("x", None), saw("x", "1", "v"), listed("x", "1 2"), held("x", "1 2"), append("x", "1"), remove("x", "1")],
)
def test_actions_go_through_json(action: Action) -> None:
    assert decode(encode(action)) == action
