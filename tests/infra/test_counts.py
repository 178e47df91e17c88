"""What a stage has, as the cost model counts it."""

from __future__ import annotations

from tests.capacity.measured import read_measured
from tests.capacity.stage_counts import stage_counts
from tests.infra.conftest import Deployment


def test_a_stage_has_as_much_as_the_cost_model_says(of_product: Deployment) -> None:
    assert stage_counts(of_product.templates) == read_measured()["stage"], "run `make capacity`"
