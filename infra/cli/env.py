"""`polaris env`: the settings and secrets of a stage.

Settings of deployed stages are in `cdk.json`, those of the local cloud in the environment of `make dev`; secrets are
in Secrets Manager.
"""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from infra.cli.failures import Misused
from infra.cli.options import LOCAL, Prod, Stage, chosen, opened
from infra.cli.output import console, note, to_json, write

if TYPE_CHECKING:
    from infra.cli.stage_settings import StageSettings

env = typer.Typer(help="List and change the settings and secrets of a stage.", no_args_is_help=True)

_SECRETS: Final = ("internal-key", "signing-key", "provider-key", "autumn-key")


def complete_names(incomplete: str) -> list[str]:
    """Return the settings and secrets whose name begins like this."""
    from infra.cli.stage_settings import defaults

    return [name for name in (*defaults(), *_SECRETS) if name.startswith(incomplete)]


Name = Annotated[
    str, typer.Argument(help="A setting or secret; see `polaris env list`.", autocompletion=complete_names)
]


@env.command("list")
def list_(stage: Stage = LOCAL, prod: Prod = False) -> None:
    """List the settings with their values and where these come from, and the names of the secrets."""
    from infra.cli.stage_secrets import NAMES
    from infra.cli.tables import list_of

    name = chosen(stage, prod=prod)
    lines = _local_lines() if name == LOCAL else _deployed_lines(_settings(name))
    lines += [(secret, "•••", "Secrets Manager", purpose) for secret, purpose in NAMES.items()]
    console().print(list_of(("Setting", "Value", "From", ""), lines))
    if name == LOCAL:
        note(
            "The local cloud takes its settings from the environment of `make dev`; docs/operations.md explains them"
        )
    else:
        note("docs/operations.md explains them; `polaris deploy` applies changes")


@env.command()
def get(
    context: typer.Context,
    name: Name,
    reveal: Annotated[bool, typer.Option("--reveal", help="Print the value of a secret.")] = False,
    stage: Stage = LOCAL,
    prod: Prod = False,
) -> None:
    """Print a setting's value; of a secret, when it was changed, or with --reveal its value."""
    if name in _SECRETS:
        from infra.cli import stage_secrets

        deployment = opened(context, stage, prod=prod)
        if reveal:
            write(stage_secrets.revealed(deployment, name))
            return
        id_, changed = stage_secrets.described(deployment, name)
        when = f"changed {changed:%Y-%m-%d %H:%M}; --reveal prints its value" if changed else "no value yet"
        note(f"{id_}: {when}")
        return
    where = chosen(stage, prod=prod)
    if where == LOCAL:
        write(os.environ.get(_variable(name)) or _text(_defaults()[name]))
        return
    settings = _settings(where)
    _require_known(name)
    write(_text(settings.effective()[name]))


@env.command("set")
def set_(
    context: typer.Context,
    name: Name,
    value: Annotated[
        str | None, typer.Argument(help="The value; a secret's is asked for, or made up if it is a key.")
    ] = None,
    stage: Stage = LOCAL,
    prod: Prod = False,
) -> None:
    """Change a setting in cdk.json, or a secret in Secrets Manager; for the local cloud, print what to export.

    A new internal or signing key leaves the one before valid until the next change.
    """
    if name in _SECRETS:
        _rotate(context, name, value, stage, prod=prod)
        return
    if value is None:
        raise Misused(f"Say which value {name} is to have; `polaris env remove {name}` gives it its default")
    where = chosen(stage, prod=prod)
    if where == LOCAL:
        variable = _variable(name)
        _check(name, value)
        _write_for_dev(f"export {variable}={shlex.quote(value)}")
        return
    _settings(where).put(name, value)
    note(f"cdk.json sets {name} of the stage {where!r}; `polaris deploy --stage {where}` applies it")


@env.command()
def remove(name: Name, stage: Stage = LOCAL, prod: Prod = False) -> None:
    """Let a setting have its default again."""
    if name in _SECRETS:
        raise Misused(f"{name} is a secret: it can be changed with `polaris env set {name}`, and is removed in AWS")
    where = chosen(stage, prod=prod)
    if where == LOCAL:
        _write_for_dev(f"unset {_variable(name)}")
        return
    _settings(where).remove(name)
    note(f"{name} of the stage {where!r} has its default; `polaris deploy --stage {where}` applies it")


def _write_for_dev(command: str) -> None:
    note("Run this in the shell of `make dev`, then start that again:")
    write(command)


def _rotate(context: typer.Context, name: str, value: str | None, stage: str, *, prod: bool) -> None:
    from infra.cli import stage_secrets

    deployment = opened(context, stage, prod=prod)
    stage_secrets.secret_id(deployment, name)
    made_up = stage_secrets.generated(name)
    stage_secrets.rotate(deployment, name, value or made_up or _asked(name))
    if made_up:
        note(f"{name} has another value; the one before stays valid until it is changed again")
        note(f"`polaris env get {name} --reveal --stage {deployment.stage}` prints it")
    else:
        note(f"{name} has another value, which functions take up within five minutes")


def _asked(name: str) -> str:
    """Return a secret that is typed or piped in, so that no shell remembers it."""
    value = typer.prompt(name, hide_input=True) if sys.stdin.isatty() else sys.stdin.readline().strip()
    if not value:
        raise Misused(f"Type the value of {name}, or pipe it in")
    return str(value)


def _settings(stage: str) -> StageSettings:
    from infra.cli.stage_settings import StageSettings
    from infra.local.workspace import ROOT

    return StageSettings(stage, ROOT / "cdk.json")


def _defaults() -> dict[str, Any]:
    from infra.cli.stage_settings import defaults

    return defaults()


def _require_known(name: str) -> None:
    from infra.cli.stage_settings import require_known

    require_known(name)


def _check(name: str, value: str) -> None:
    from infra.cli.stage_settings import check

    check(LOCAL, name, value)


def _variables() -> dict[str, str]:
    """Return the variable of `make dev` for each setting that has one."""
    from infra.local.context import SETTINGS

    return {name: variable for variable, name in SETTINGS.items()} | {"auth_providers": "POLARIS_AUTH_PROVIDERS"}


def _variable(name: str) -> str:
    _require_known(name)
    if name not in _variables():
        raise Misused(f"{name} is decided for the local cloud; name a stage with --stage")
    return _variables()[name]


def _local_lines() -> list[tuple[str, str, str, str]]:
    defaults = _defaults()
    return [
        (
            name,
            os.environ.get(variable) or _text(defaults[name]),
            "this shell" if os.environ.get(variable) else "default",
            variable,
        )
        for name, variable in _variables().items()
    ]


def _deployed_lines(settings: StageSettings) -> list[tuple[str, str, str, str]]:
    declared = settings.declared()
    return [
        (name, _text(value), "cdk.json" if name in declared else "default", "")
        for name, value in settings.effective().items()
    ]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else to_json(value, indent=None)
