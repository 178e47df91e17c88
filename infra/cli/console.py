"""`polaris console`: the way into the web page for administrators."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.options import LOCAL, Prod, Stage, opened
from infra.cli.output import write
from infra.cli.token import admin_token

if TYPE_CHECKING:
    from infra.cli.deployment import Deployment


def console(
    context: typer.Context,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only print the URL.")] = False,
    stage: Stage = LOCAL,
    prod: Prod = False,
) -> None:
    """Print the URL of the console, which signs you in as an administrator, and open it in a browser.

    Whoever has the URL is an administrator for 12 hours: do not pass it on.
    """
    url = console_url(opened(context, stage, prod=prod))
    write(url)
    if not no_browser and sys.stdout.isatty():
        typer.launch(url)


def console_url(deployment: Deployment) -> str:
    """Return the console's URL with a new token in its fragment, which browsers send to nobody."""
    from shared.public_url import PublicUrl, parameter_store

    parameter = deployment.settings.public_url_parameter
    origin = PublicUrl(parameter_store(partial(deployment.client, "ssm"), parameter))()
    page = "/" if deployment.workspace else "/_console"
    return f"{origin}{page}#token={admin_token(deployment)}"
