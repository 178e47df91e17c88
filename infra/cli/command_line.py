"""The root of all commands: it ends each of them as `failures.py` says."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import typer
from typer import _click
from typer.core import TyperGroup

from infra.cli.failures import FAILED, MISUSED, explained


class CommandLine(TyperGroup):
    """The group of all commands."""

    def main(self, *args: Any, **options: Any) -> NoReturn:
        """Run what the arguments say, and exit."""
        try:
            status = super().main(*args, **(options | {"standalone_mode": False}))
        except typer.Abort:
            _fail("Stopped: nothing was confirmed", FAILED)
        except _click.exceptions.NoArgsIsHelpError as error:
            error.show()
            sys.exit(MISUSED)
        except _click.exceptions.UsageError as error:
            where = error.ctx.command_path if error.ctx else "polaris"
            _fail(f"{error.format_message().rstrip('.')}; see `{where} --help`", MISUSED)
        except BrokenPipeError:
            sys.stdout = None  # whoever read it has gone, and nobody is to be told
            sys.exit(FAILED)
        except Exception as error:
            told = explained(error)
            if told is None:
                raise
            _fail(*told)
        sys.exit(status or 0)


def _fail(message: str, status: int) -> NoReturn:
    sys.stderr.write(" ".join(message.split()) + "\n")
    sys.exit(status)
