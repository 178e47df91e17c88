"""`polaris run`: one function of the app, invoked directly as its own Lambda."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from infra.cli.failures import Failure, Misused
from infra.cli.options import LOCAL, Prod, Stage, opened
from infra.cli.output import write_json

if TYPE_CHECKING:
    from infra.cli.deployment import Deployment


def complete_functions(incomplete: str) -> list[tuple[str, str]]:
    """Return the functions whose path begins like this, with what they do."""
    return [(path, function.description) for path, function in _registry() if path.startswith(incomplete)]


def run(
    context: typer.Context,
    function: Annotated[
        str,
        typer.Argument(help="Its path, such as `projects:create`.", autocompletion=complete_functions),
    ],
    arguments: Annotated[str, typer.Argument(help='A JSON object, such as \'{"name": "x"}\'.')] = "{}",
    identity: Annotated[
        str | None,
        typer.Option(help='Run as this user: JSON such as \'{"subject": "ada", "email": "ada@example.com"}\'.'),
    ] = None,
    as_: Annotated[
        str | None,
        typer.Option("--as", help="Run as the user with this subject: short for --identity '{\"subject\"…}'."),
    ] = None,
    stage: Stage = LOCAL,
    prod: Prod = False,
) -> None:
    """Run a function of the app and print its result as JSON.

    Internal functions need no key here: IAM admits you. Public functions run as the user you name, else as nobody.

    Example: `polaris run projects:create '{"name": "Apollo"}' --as ada`
    """
    if identity and as_:
        raise Misused("--identity and --as are two users; name one")
    path = _path(function)
    event: dict[str, Any] = {"args": _object(arguments, "ARGUMENTS")}
    if identity:
        event["identity"] = _object(identity, "--identity")
    elif as_:
        event["identity"] = {"subject": as_}
    write_json(invoke(opened(context, stage, prod=prod), path, event))


def invoke(deployment: Deployment, path: str, event: dict[str, Any]) -> Any:
    """Invoke the Lambda of a function and return what it returns.

    Raises:
        Failure: it raised; the message begins with the error's code.
    """
    client = deployment.client("lambda")
    name = deployment.function_name(path)
    try:
        answer = client.invoke(FunctionName=name, Payload=json.dumps(event).encode())
    except client.exceptions.ResourceNotFoundException:
        raise Failure(f"The stage {deployment.stage!r} does not have {path} yet; deploy it") from None
    told = json.loads(answer["Payload"].read() or b"null")
    if answer.get("FunctionError"):
        raise Failure(f"{_code(told.get('errorType', ''))}: {told.get('errorMessage', 'the function failed')}")
    return told


def _path(given: str) -> str:
    from shared.errors import PolarisError
    from shared.runtime.function_path import canonical

    try:
        path = canonical(given)
    except PolarisError as error:
        raise Misused(error.message) from None
    known = dict(_registry())
    if path not in known:
        from difflib import get_close_matches

        close = get_close_matches(path, known, n=3)
        raise Misused(f"There is no function {path}; {_meant(close)}")
    return path


def _meant(close: list[str]) -> str:
    return f"did you mean {' or '.join(close)}?" if close else "docs/functions.md lists them all"


def _object(text: str, what: str) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except ValueError as error:
        raise Misused(f"{what}: not valid JSON ({error})") from None
    if not isinstance(value, dict):
        raise Misused(f"{what}: not a JSON object; write one such as {{}}")
    return value


def _registry() -> Iterator[tuple[str, Any]]:
    import functions
    from shared.runtime.registry import discover

    yield from sorted(discover(functions).items())


def _code(name: str) -> str:
    """Return the code of the error class called `name`, under which Lambda tells what was raised."""
    from shared import errors, service_errors

    for module in (errors, service_errors):
        if isinstance(found := getattr(module, name, None), type) and issubclass(found, errors.PolarisError):
            return found.code
    return name or "INTERNAL"
