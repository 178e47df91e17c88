"""Options that several commands have."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Final

import typer

from infra.cli.failures import Misused

if TYPE_CHECKING:
    from infra.cli.deployment import Deployment

LOCAL: Final = "local"
DEFAULT_DEPLOYED: Final = "dev"
PROD: Final = "prod"


def complete_stages(incomplete: str) -> list[str]:
    """Return the stages that `cdk.json` names, and the local one."""
    from infra.local.workspace import ROOT

    declared = json.loads((ROOT / "cdk.json").read_text())["context"]["stages"]
    return [stage for stage in (LOCAL, *declared) if stage.startswith(incomplete)]


Stage = Annotated[
    str, typer.Option("--stage", "-s", help="The stage, such as `local` or `prod`.", autocompletion=complete_stages)
]
Prod = Annotated[bool, typer.Option("--prod", help="Short for `--stage prod`.")]


def chosen(stage: str, *, prod: bool, default: str = LOCAL) -> str:
    """Return the name of the stage that the two options choose.

    Args:
        stage: the one named with `--stage`, or the default.
        prod: whether `--prod` was given.
        default: the command's default.

    Raises:
        Misused: they contradict each other.
    """
    if prod and stage not in (default, PROD):
        raise Misused(f"--prod and --stage {stage} are two stages; name one")
    return PROD if prod else stage


def opened(context: typer.Context, stage: str, *, prod: bool) -> Deployment:
    """Return the deployment of the stage that the two options choose; errors as of `deployment.open_stage`.

    A caller of the whole command line may pass another way to open stages as the context's `obj`.
    """
    from infra.cli.deployment import open_stage

    return (context.obj or open_stage)(chosen(stage, prod=prod))
