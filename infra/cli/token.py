"""`polaris token`: a user's token of the local identity provider, or an administrator's of any stage."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Annotated, Final

import typer

from infra.cli.failures import Failure, Misused, Unreachable
from infra.cli.options import LOCAL, Prod, Stage, chosen, opened
from infra.cli.output import write

if TYPE_CHECKING:
    from infra.cli.deployment import Deployment

ADMIN_LIFETIME_S: Final = 12 * 3600
"""A long day of work; whoever may read the secret can make another."""


def token(
    context: typer.Context,
    subject: Annotated[str | None, typer.Argument(help="The user's id, such as `ada`.")] = None,
    email: Annotated[
        str | None, typer.Option(help="The user's email address; SUBJECT@example.com unless given.")
    ] = None,
    admin: Annotated[
        bool, typer.Option("--admin", help="Make an administrator's token, valid for 12 hours.")
    ] = False,
    stage: Stage = LOCAL,
    prod: Prod = False,
) -> None:
    """Print a token: a user's of the local identity provider, or an administrator's.

    An administrator's token opens the console. Making one takes the right to read the stage's signing secret.
    """
    if admin == bool(subject):
        raise Misused("Name the SUBJECT whose token you want, or say --admin")
    if admin:
        write(admin_token(opened(context, stage, prod=prod)))
        return
    if chosen(stage, prod=prod) != LOCAL:
        raise Misused("Tokens of users of a deployed stage come from its identity provider; see docs/frontend.md")
    write(_users_token(str(subject), email or f"{subject}@example.com"))


def admin_token(deployment: Deployment) -> str:
    """Return a new token of an administrator, who is called as AWS calls the owner of these credentials."""
    from infra.cli.deployment import caller
    from shared.auth.admin import issue
    from shared.secrets import SecretKeys, SigningKey, secrets_manager

    fetch = secrets_manager(partial(deployment.client, "secretsmanager"), deployment.settings.signing_key_secret)
    signer = SigningKey(SecretKeys(fetch, time.time))
    try:
        return issue(signer, caller(deployment), int(time.time()) + ADMIN_LIFETIME_S)
    except RuntimeError:
        raise Failure("The stage has no signing secret; `polaris env set signing-key` makes one") from None


def local_origin() -> str:
    """Return the origin of the running local cloud.

    Raises:
        Unreachable: none is running.
    """
    from infra.cli.deployment import local_workspace

    try:
        lines = (local_workspace().state / "local.env").read_text().splitlines()
    except FileNotFoundError:
        raise Unreachable("The local cloud is not running; start it with `make dev`") from None
    return dict(line.split("=", 1) for line in lines)["POLARIS_URL"]


def _users_token(subject: str, email: str) -> str:
    from urllib.error import URLError
    from urllib.parse import urlencode
    from urllib.request import ProxyHandler, build_opener

    try:
        url = f"{local_origin()}/dev/token?{urlencode({'subject': subject, 'email': email})}"
        with build_opener(ProxyHandler({})).open(url) as answer:  # no proxy leads to loopback
            return str(answer.read().decode())
    except URLError:
        raise Unreachable("The local cloud is not running; start it with `make dev`") from None
