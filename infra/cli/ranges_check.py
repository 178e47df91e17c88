"""`polaris ranges-check`: whether the records of all indexes agree with the documents."""

from __future__ import annotations

from typing import Annotated

import typer

from infra.cli.failures import FAILED
from infra.cli.options import LOCAL, Prod, Stage, opened
from infra.cli.output import write


def ranges_check(
    context: typer.Context,
    repair: Annotated[
        bool, typer.Option("--repair", help="Build the records anew instead, as after a restore or for a new index.")
    ] = False,
    stage: Stage = LOCAL,
    prod: Prod = False,
) -> None:
    """Compare the records of guarded indexes and unique keys with the documents, and follow every reference.

    A line is printed for each difference that is still there a second later; then the status is 1.
    """
    from shared.db.audit import audit
    from shared.db.rebuild import rebuild

    store = opened(context, stage, prod=prod).store
    lines = rebuild(store) if repair else audit(store)
    for line in lines or ["Everything agrees."]:
        write(line)
    if lines and not repair:
        raise typer.Exit(FAILED)
