"""`polaris logs`: what the functions say, as it happens."""

from __future__ import annotations

import re
import time
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final

import typer

from infra.cli.failures import Misused
from infra.cli.options import LOCAL, Prod, Stage, opened
from infra.cli.output import console, write
from infra.cli.run import complete_functions

if TYPE_CHECKING:
    from infra.cli.deployment import Deployment
    from infra.cli.log_sources import Source

_MS_OF: Final = {"s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}


class Level(StrEnum):
    """The least level that is shown."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


def logs(
    context: typer.Context,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Wait for more, until Ctrl-C.")] = False,
    function: Annotated[
        str,
        typer.Option(
            help="Calls of this function, such as `projects:create` or `projects:*`.",
            autocompletion=complete_functions,
            show_default=False,
        ),
    ] = "",
    level: Annotated[Level, typer.Option(help="The least level.")] = Level.DEBUG,
    request_id: Annotated[
        str, typer.Option(help="The request with this id, or whose id begins with this.", show_default=False)
    ] = "",
    since: Annotated[str, typer.Option(help="How far back: `90s`, `10m`, `2h` or `1d`.")] = "1h",
    raw: Annotated[bool, typer.Option("--json", help="Write the lines as they were logged.")] = False,
    stage: Stage = LOCAL,
    prod: Prod = False,
) -> None:
    """Show what the functions log: time, level, function, outcome, duration, request id.

    Example: `polaris logs --follow --level error --prod`
    """
    from shared.operations.log_lines import Wanted

    wanted = Wanted(time.time() * 1000 - _duration_ms(since), function, level.value.upper(), request_id)
    terminal = console()
    for record in _source(opened(context, stage, prod=prod)).read(wanted, follow=follow):
        if not record.is_wanted(wanted):
            continue
        if raw:
            write(record.text)
        elif not record.is_noise:
            terminal.print(record.shown(), soft_wrap=True)


def _source(deployment: Deployment) -> Source:
    from infra.cli.log_sources import CloudWatch, LogFile

    if deployment.workspace:
        return LogFile(deployment.workspace.functions_log, time.sleep)
    prefix = f"/aws/lambda/{deployment.function_name('')}"
    return CloudWatch(deployment.client("logs"), prefix, lambda: time.time() * 1000, time.sleep)


def _duration_ms(text: str) -> int:
    found = re.fullmatch(r"(\d+)([smhd])", text)
    if not found:
        raise Misused(f"--since {text}: write a number and s, m, h or d, such as 10m")
    return int(found[1]) * _MS_OF[found[2]]
