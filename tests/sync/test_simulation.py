"""Thousands of random histories of live queries, after each of which all that was promised holds; and broken systems.

`tests.sync.simulation` says what a history is. A failure names its seed, and `python -m tests.sync.simulation`
tells it.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.sync.simulation.breakage import Breakage
from tests.sync.simulation.breakages import BREAKAGES, REDUNDANT
from tests.sync.simulation.run import run

HISTORIES = 2_000
PORTION = 50
NOTICED_WITHIN = 300
"""Histories in which a broken system has to be noticed; most are within ten."""
UNNOTICED_FOR = 30
"""Histories in which a system without a redundant rule must look like the whole one."""


def portion(first_seed: int) -> list[str]:
    """Run some histories and return what was wrong, a line each."""
    logging.disable()  # in a process of its own: what fails on purpose is logged
    lines = []
    for seed in range(first_seed, first_seed + PORTION):
        try:
            found = run(seed).wrong
        except Exception as error:
            error.add_note(f"python -m tests.sync.simulation --seed {seed}")
            raise
        lines += [f"{line}\n    python -m tests.sync.simulation --seed {seed}" for line in found]
    return lines


def test_after_every_history_all_that_was_promised_holds() -> None:
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(os.cpu_count(), mp_context=spawn) as pool:
        wrong = [line for lines in pool.map(portion, range(0, HISTORIES, PORTION)) for line in lines]
    assert wrong == [], "\n".join(wrong)


@pytest.mark.parametrize("breakage", BREAKAGES, ids=lambda breakage: breakage.name)
def test_a_system_without_one_of_its_rules_is_noticed(breakage: Breakage) -> None:
    assert any(run(seed, breakage).wrong for seed in range(NOTICED_WITHIN))


@pytest.mark.parametrize(
    ("why", "breakage"),
    [(why, breakage) for why, breakages in REDUNDANT.items() for breakage in breakages],
    ids=lambda value: value.name if isinstance(value, Breakage) else "",
)
def test_a_rule_that_another_one_covers_is_not_missed(why: str, breakage: Breakage) -> None:
    missed = {seed: found for seed in range(UNNOTICED_FOR) if (found := run(seed, breakage).wrong)}
    assert missed == {}, f"this was thought redundant, because {why}"


def test_the_same_seed_gives_the_same_history() -> None:
    first, second = run(7, tell=True), run(7, tell=True)
    assert len(first.told) > 50
    assert [line.partition("Request ID")[0] for line in first.told] == [
        line.partition("Request ID")[0] for line in second.told
    ]
