"""The limits of AWS that grow nearer with every function."""

from __future__ import annotations

import json
import re
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
"""Resources of a stack; CloudFormation takes 500."""
MOST_BYTES = 1_000_000
"""What CloudFormation takes as one template."""
MOST_POLICY = 10_240
"""Characters of all inline policies of a role, besides white space."""
MOST_ROUTES = 300
"""Routes and integrations of an HTTP API."""


def largest(templates: Templates) -> int:
    return max(len(template["Resources"]) for template in templates.stacks.values())


def longest_bytes(templates: Templates) -> int:
    return max(path.stat().st_size for path in templates.folder.glob("*.template.json"))


def longest_policy(templates: Templates) -> int:
    """Return the length of the longest role's policies, with names of functions and regions at their longest."""
    texts = [json.dumps(role["Policies"], separators=(",", ":")) for role in templates.resources("AWS::IAM::Role")]
    arn = re.compile(r'\{"Fn::GetAtt":\["[^"]*","Arn"\]\}')
    longest = f'"arn:aws:lambda:ap-southeast-1:111122223333:function:{"x" * 64}"'
    return max(len(arn.sub(longest, text).replace("eu-central-1", "ap-southeast-1")) for text in texts)


def routes(templates: Templates) -> int:
    return len(templates.resources("AWS::ApiGatewayV2::Route"))


def more(count: int, module: str) -> list[Function[Any]]:
    return [
        declare(mutation(reads=[Project], writes=[File]), module, f"do_something_more_{number}")
        for number in range(count)
    ]


def test_every_stack_is_well_below_the_limit(of_product: Deployment) -> None:
    assert largest(of_product.templates) < MOST // 2
    assert longest_bytes(of_product.templates) < MOST_BYTES // 2
    assert longest_policy(of_product.templates) < MOST_POLICY


def test_fifty_more_functions_fit_even_into_the_largest_module(synthesize: Synthesize) -> None:
    registry = discover(functions)
    module = max(by_module(registry.values()).items(), key=lambda entry: len(entry[1]))[0]
    grown = synthesize(registry | registry_of(*more(50, module.replace("-", "."))), discover_doors(functions))
    assert largest(grown) < MOST
    assert longest_bytes(grown) < MOST_BYTES
    assert longest_policy(grown) < MOST_POLICY
    assert routes(grown) < MOST_ROUTES


def test_a_stack_that_has_outgrown_its_limit_is_noticed(synthesize: Synthesize) -> None:
    with pytest.raises(RuntimeError, match="TooManyResourcesInStack"):
        synthesize(registry_of(*more(80, "projects")), DOORS)
