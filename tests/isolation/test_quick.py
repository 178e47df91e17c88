"""Real clients, processes and faults, for some seconds; `make isolation` takes its time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.isolation.mutants import MUTANTS, Mutant
from tests.isolation.recorder import Stage, stage
from tests.isolation.run import run

SEEDS = (1, 2)
TRIES = 30


@pytest.fixture(scope="module")
def where() -> Iterator[Stage]:
    with stage() as made:
        yield made


@pytest.mark.parametrize("seed", SEEDS)
def test_what_clients_see_under_all_faults_at_once_is_serializable(where: Stage, seed: int) -> None:
    for seconds in (4, 12, 36):  # longer where little happens in a short time
        verdict = run(where, "all at once", "everything", seed, seconds=seconds)
        assert verdict.lines() == [], f"python -m tests.isolation --seed {seed} --workload 'all at once'"
        if min(verdict.acknowledged, sum(verdict.struck.values())) > 10:
            return
    pytest.fail(f"{verdict.acknowledged} mutations, {verdict.struck}")


@pytest.mark.parametrize("mutant", MUTANTS[:2], ids=lambda mutant: mutant.without)
def test_a_rule_of_the_data_layer_that_is_broken_is_noticed(where: Stage, mutant: Mutant) -> None:
    verdicts = (run(where, mutant.workload, mutant.faults, seed, 2, mutant.without) for seed in range(TRIES))
    assert any(verdict.violations for verdict in verdicts)
