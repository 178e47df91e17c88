"""All commands, in the order in which `polaris --help` lists them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import typer

from infra.cli.archive import export, import_
from infra.cli.codegen import codegen, function_spec
from infra.cli.command_line import CommandLine
from infra.cli.completion import complete_paths_in_bash
from infra.cli.console import console
from infra.cli.data import data
from infra.cli.deploy import deploy
from infra.cli.dev import dev
from infra.cli.env import env
from infra.cli.logs import logs
from infra.cli.ranges_check import ranges_check
from infra.cli.run import run
from infra.cli.token import token

app = typer.Typer(
    cls=CommandLine,
    help=(
        "Look after a Polaris backend: look at its data, run its functions, watch its logs, manage its settings and "
        "deploy it.\n\nCommands work on the local cloud unless you name another stage with `--stage` or `--prod`; "
        "then they need AWS credentials."
    ),
    epilog="Exit status: 0 done, 1 refused or failed, 2 wrong usage, 3 not reachable. More in docs/cli.md.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["--help", "-h"]},
)

_PANELS: Final[dict[str, tuple[Callable[..., Any], ...]]] = {
    "Every day": (dev, deploy, run, data, logs),
    "Settings and rights": (token, console),
    "Archives and repair": (export, import_, ranges_check),
    "For frontends": (codegen, function_spec),
}
"""The commands by the part of the help that they are listed in."""

for panel, commands in _PANELS.items():
    for command in commands:
        app.command(command.__name__.rstrip("_").replace("_", "-"), rich_help_panel=panel)(command)
complete_paths_in_bash()
app.add_typer(env, name="env", rich_help_panel="Settings and rights")
