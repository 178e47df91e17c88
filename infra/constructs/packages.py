"""What every Lambda of a stack runs: the code, and the layer of what it imports. `infra.bundle` builds both."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.stage import Platform

RUNTIME = lambda_.Runtime.PYTHON_3_13
ARCHITECTURE = lambda_.Architecture.ARM_64


@dataclass(frozen=True)
class Packages:
    """The code and the layer, as assets of one stack."""

    code: lambda_.Code
    layer: lambda_.LayerVersion


def add_packages(scope: Construct, build: Path, platform: Platform) -> Packages:
    """Take what `python -m infra.bundle` left in `build`.

    A stack has a layer version of its own: an exported one could not be replaced while other stacks import it.

    Raises:
        FileNotFoundError: it has not been built.
    """
    code, layer = build / "code", build / f"layer-{platform}"
    missing = [str(path) for path in (code, layer) if not path.is_dir()]
    if missing:
        raise FileNotFoundError(f"{', '.join(missing)}: run `python -m infra.bundle --platform {platform}` first")
    return Packages(
        code=lambda_.Code.from_asset(str(code)),
        layer=lambda_.LayerVersion(
            scope,
            "Layer",
            code=lambda_.Code.from_asset(str(layer)),
            compatible_runtimes=[RUNTIME],
            compatible_architectures=[ARCHITECTURE],
            description="The packages of requirements.txt.",
        ),
    )
