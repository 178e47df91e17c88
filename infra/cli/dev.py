"""`polaris dev`: the local cloud."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from infra.cli.failures import Failure


def dev(
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Where clients come in, on loopback.", envvar="PORT")
    ] = 3210,
) -> None:
    """Serve the whole backend on this machine, and what you change in it, until Ctrl-C."""
    os.environ["PORT"] = str(port)
    from infra.cli.deployment import local_workspace
    from infra.local.__main__ import main

    if not local_workspace().ministack_python.exists():
        raise Failure("The local cloud is not installed; run `make setup`")
    raise typer.Exit(main())
