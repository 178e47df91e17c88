"""Thousands of random histories of the data layer, each explained by a serial order; and broken systems, all noticed.

`tests.db.model` says what a history is. A failure names its seed, and `python -m tests.db.model --seed N` tells it.
"""

from __future__ import annotations

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.db.model.breakage import Breakage
from tests.db.model.breakages import BREAKAGES, REDUNDANT
from tests.db.model.run import STEPS, run
from tests.db.model.specification import apply

HISTORIES = 4_000
PORTION = 50
NOTICED_WITHIN = 400
"""Histories in which a broken system has to be noticed; most are within ten."""
UNNOTICED_FOR = 40
"""Histories in which a system without a redundant rule must look like the whole one."""


def portion(first_seed: int) -> list[str]:
    """Run some histories and return what was wrong, a line each."""
    lines = []
    for seed in range(first_seed, first_seed + PORTION):
        try:
            history = run(seed)
        except Exception as error:
            error.add_note(f"python -m tests.db.model --seed {seed}")
            raise
        found = [*history.violations, *history.corruption]
        lines += [f"{line}\n    python -m tests.db.model --seed {seed}" for line in found]
    return lines


def noticed(seed: int, breakage: Breakage) -> list[str]:
    """Return what is noticed of a broken system in one history."""
    history = run(seed, breakage)
    return history.corruption if breakage.is_hidden else history.violations


def test_every_history_is_explained_by_a_serial_order() -> None:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=spawn) as pool:
        wrong = [line for lines in pool.map(portion, range(0, HISTORIES, PORTION)) for line in lines]
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.name)
def test_a_system_without_one_of_its_rules_is_noticed(breakage: Breakage) -> None:
    assert any(noticed(seed, breakage) for seed in range(NOTICED_WITHIN))


@pytest.mark.parametrize(
    ("why", "breakage"),
    [(why, breakage) for why, breakages in REDUNDANT.items() for breakage in breakages],
    ids=lambda value: value.name if isinstance(value, Breakage) else "",
)
def test_a_rule_that_another_one_covers_is_not_missed(why: str, breakage: Breakage) -> None:
    missed = {seed: found for seed in range(UNNOTICED_FOR) if (found := noticed(seed, breakage))}
    assert missed == {}, f"this was thought redundant, because {why}"


def test_the_same_seed_gives_the_same_history() -> None:
    first, second = run(7), run(7)
    assert [call.answers for call in first.calls] == [call.answers for call in second.calls]
    assert first.last == second.last


def test_every_kind_of_mutation_is_specified() -> None:
    assert {*STEPS} <= {*apply.registry}
