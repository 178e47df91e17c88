"""`polaris deploy`: shows what would change, asks before anything is lost, deploys, and builds new indexes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Final, NamedTuple

import typer

from infra.cli.changes import losses
from infra.cli.failures import Failure, Misused
from infra.cli.options import DEFAULT_DEPLOYED, LOCAL, Prod, Stage, chosen
from infra.cli.output import note, write

_QUIET: Final = {"JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20", "NODE_NO_WARNINGS": "1"}


class Finished(NamedTuple):
    """How a command ended.

    Attributes:
        status: its exit status.
        text: what it said.
    """

    status: int
    text: str


Run = Callable[[Sequence[str]], Finished]
"""Runs the CDK's command line with such arguments; what it says is shown as it is said."""


def deploy(
    stage: Stage = DEFAULT_DEPLOYED,
    prod: Prod = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing, as in CI.")] = False,
) -> None:
    """Deploy a stage to the AWS account of your credentials, and build the records of new indexes.

    First the difference to what is deployed is shown. If anything would be deleted or replaced, you are asked.
    """
    name = chosen(stage, prod=prod, default=DEFAULT_DEPLOYED)
    if name == LOCAL:
        raise Misused("The local cloud is deployed by `polaris dev`, which serves it")
    require_declared(name)
    note(f"Deploying the stage {name!r} as {_account()}")
    deploy_stage(name, run_cdk, yes=yes)
    _rebuild(name)
    _publish_console(name)


def require_declared(stage: str) -> None:
    """Refuse a stage that `cdk.json` does not know: a slip of the pen would become a deployment of its own.

    Raises:
        Misused: it is not declared.
    """
    from infra.cli.options import complete_stages

    declared = [known for known in complete_stages("") if known != LOCAL]
    if stage not in declared:
        raise Misused(f"cdk.json declares no stage {stage}, but {', '.join(declared)}; write it under `stages` first")


def deploy_stage(stage: str, cdk: Run, *, yes: bool) -> None:
    """Deploy a stage, unless the operator does not want what would be lost.

    Args:
        stage: its name.
        cdk: runs the CDK's command line.
        yes: whether nothing is asked.

    Raises:
        Failure: the CDK failed.
        typer.Abort: the operator said no.
    """
    about = ("--all", "--no-notices", "--context", f"stage={stage}")
    difference = cdk(("diff", "--ci", "--fail-on", "destructive", *about))
    lost = list(losses(difference.text))
    # It ends with 1 both when something would be lost and when it failed.
    if difference.status and not lost:
        raise Failure("`cdk diff` failed; what it said is above. Nothing was deployed")
    to_ask = [loss for loss in lost if not loss.is_harmless]
    if to_ask:
        note(f"\nThis takes away {len(to_ask)} resource{'s' if len(to_ask) > 1 else ''}:")
        for loss in to_ask:
            write(f"  {loss}")
        if not yes:
            typer.confirm("Deploy all the same?", abort=True, err=True)
    approval = "never" if yes else "broadening"
    if cdk(("deploy", "--require-approval", approval, *about)).status:
        raise Failure("`cdk deploy` failed; what it said is above. Deploy again when that is mended")


def run_cdk(arguments: Sequence[str]) -> Finished:
    """Run the CDK's command line, and show what it says."""
    from infra.local.workspace import ROOT

    command = [str(ROOT / "infra/node_modules/.bin/cdk"), *arguments]
    environment = {**os.environ, **_QUIET}
    if arguments[0] != "diff":  # it may ask, and then the terminal is its own
        return Finished(subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode, "")
    colour = ["--color"] if sys.stdout.isatty() else ["--no-color"]
    command += colour
    said = []
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout or ():
            said.append(line)
            sys.stdout.write(line)
            sys.stdout.flush()
    return Finished(process.returncode, "".join(said))


def _account() -> str:
    """Return who these credentials are of, and so where the stage is deployed to."""
    from infra.cli.deployment import take_region
    from shared import aws

    take_region()
    who = aws.client("sts").get_caller_identity()["Arn"]
    return f"{who} in {aws.session().get_config_variable('region')}"


def _rebuild(stage: str) -> None:
    from infra.cli.deployment import open_stage
    from shared.db.rebuild import rebuild

    for line in rebuild(open_stage(stage).store):
        write(line)


def _publish_console(stage: str) -> None:
    from infra.cli.console_upload import upload_console
    from infra.cli.deployment import open_stage
    from infra.local.workspace import ROOT
    from shared import aws

    bucket = open_stage(stage).settings.storage_bucket
    count = upload_console(ROOT / "infra/console/dist", aws.client("s3"), bucket)
    note(f"Uploaded the console ({count} files)" if count else "The console is not built; run `make console` first")
