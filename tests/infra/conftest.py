"""Templates of sample functions and of the real ones, each synthesised once."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

# Read by CDK's process, which the first import starts. CloudFormation's own rules take seconds and are checked once,
# in `test_app`; cdk-nag looks at every synthesis.
os.environ.setdefault("CDK_VALIDATION", "false")
os.environ.setdefault("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20")

import functions
from infra.app import build_app
from infra.names import Names
from infra.stage import Stage
from shared.runtime.door import Door
from shared.runtime.registry import Registry, discover, discover_doors
from tests.infra import sample
from tests.infra.templates import Templates, names_of

Synthesize = Callable[..., Templates]


@dataclass(frozen=True)
class Deployment:
    """What was declared, and the templates of it."""

    registry: Registry
    doors: tuple[Door, ...]
    templates: Templates

    @property
    def names(self) -> Names:
        return names_of(Stage())


@pytest.fixture(scope="session")
def build(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What Lambdas would run, as far as a template shows it."""
    folder = tmp_path_factory.mktemp("build")
    for part in ("code", "layer-aws", "layer-local"):
        (folder / part).mkdir()
        (folder / part / "content.txt").write_text(part)
    return folder


@pytest.fixture(scope="session")
def synthesize(build: Path, tmp_path_factory: pytest.TempPathFactory) -> Synthesize:
    def synthesize(registry: Registry, doors: Iterable[Door], **context: Any) -> Templates:
        folder = tmp_path_factory.mktemp("cdk.out")
        build_app(registry, doors, build, context, folder).synth()
        return Templates.read(folder)

    return synthesize


@pytest.fixture(scope="session")
def of_sample(synthesize: Synthesize) -> Deployment:
    """The default stage with sample functions and doors."""
    return Deployment(sample.REGISTRY, sample.DOORS, synthesize(sample.REGISTRY, sample.DOORS))


@pytest.fixture(scope="session")
def of_product(synthesize: Synthesize) -> Deployment:
    """The default stage with the product's functions."""
    registry, doors = discover(functions), discover_doors(functions)
    return Deployment(registry, doors, synthesize(registry, doors))


@pytest.fixture(scope="session", params=["of_sample", "of_product"])
def deployment(request: pytest.FixtureRequest) -> Deployment:
    """Both, one after the other."""
    found: Deployment = request.getfixturevalue(request.param)
    return found


@pytest.fixture(scope="session")
def templates(of_sample: Deployment) -> Templates:
    """For what functions have no part in."""
    return of_sample.templates
