"""How many resources a stack has; CloudFormation takes 500 in one."""

from __future__ import annotations

from typing import Any

import pytest

import functions
from infra.services import by_module
from shared.runtime.function import Function, mutation
from shared.runtime.registry import discover, discover_doors
from shared.schema.tables import File, Project
from tests.infra.conftest import Deployment, Synthesize
from tests.infra.sample import DOORS, declare, registry_of
from tests.infra.templates import Templates

MOST = 400


def largest(templates: Templates) -> int:
    return max(len(template["Resources"]) for template in templates.stacks.values())


def more(count: int, module: str) -> list[Function[Any]]:
    return [
        declare(mutation(reads=[Project], writes=[File]), module, f"do_something_more_{number}")
        for number in range(count)
    ]


def test_every_stack_is_well_below_the_limit(of_product: Deployment) -> None:
    assert largest(of_product.templates) < MOST // 2


def test_fifty_more_functions_fit_even_into_the_largest_module(synthesize: Synthesize) -> None:
    registry = discover(functions)
    module = max(by_module(registry.values()).items(), key=lambda entry: len(entry[1]))[0]
    grown = synthesize(registry | registry_of(*more(50, module.replace("-", "."))), discover_doors(functions))
    assert largest(grown) < MOST


def test_a_stack_that_has_outgrown_its_limit_is_noticed(synthesize: Synthesize) -> None:
    with pytest.raises(RuntimeError, match="TooManyResourcesInStack"):
        synthesize(registry_of(*more(80, "projects")), DOORS)
