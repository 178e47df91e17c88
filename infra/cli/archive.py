"""`polaris export` and `polaris import`: all that a stage's users have, as one file, and back."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from infra.cli.failures import Misused
from infra.cli.options import LOCAL, Prod, Stage, opened
from infra.cli.output import console, note, write

if TYPE_CHECKING:
    from infra.cli.deployment import Deployment
    from shared.archive.counts import Counts, Progress
    from shared.archive.deployment import Deployment as Data
    from shared.archive.moment import Moment


def export(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="The archive to write, such as `polaris.zip`.")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    at: Annotated[
        datetime | None,
        typer.Option(
            help="A moment of the last 35 days, in UTC: write what was there then, from tables restored to it.",
            formats=["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S"],
        ),
    ] = None,
    stage: Stage = LOCAL,
    prod: Prod = False,
) -> None:
    """Write all documents and stored files of a stage to a ZIP in the layout of Convex's snapshot export.

    The file appears when it is complete. Writers may go on meanwhile.
    """
    from shared.archive.exporting import export_archive

    if path.is_dir() or (path.exists() and not force):
        raise Misused(f"{path} is there already; name another file, or say --force")
    if not path.resolve().parent.is_dir():
        raise Misused(f"There is no folder {path.resolve().parent}")
    deployment = opened(context, stage, prod=prod)
    with _progress() as progress:
        if at is None:
            counts = export_archive(_data(deployment), path, progress)
        else:
            then = _then(deployment, at)
            then.restore(progress)
            counts = export_archive(then.deployment(deployment.stage), path, progress)
            then.remove()
    note(f"{path}: {_told(counts)}")


def import_(
    context: typer.Context,
    path: Annotated[Path, typer.Argument(help="An archive of Polaris or of Convex, such as `polaris.zip`.")],
    leave_out: Annotated[
        list[str] | None,
        typer.Option(help="A table (`openFiles`), field (`users.clerkId`) or entry that is not wanted."),
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Say what is in the archive, and change nothing.")] = False,
    abandon: Annotated[
        bool, typer.Option("--abandon", help="Forget an import that was not finished, and do nothing else.")
    ] = False,
    stage: Stage = LOCAL,
    prod: Prod = False,
) -> None:
    """Write what an archive holds into a stage that has no data yet.

    All of the archive is checked first; if anything is wrong with it, nothing is changed. An import that was
    interrupted goes on where it was when you run it again.
    """
    from shared.archive.checking import check_archive
    from shared.archive.import_row import abandon as forget
    from shared.archive.importing import import_archive

    if not path.is_file():
        raise Misused(f"There is no file {path}")
    if check:
        with _progress() as progress:
            report = check_archive(path, leave_out or (), progress)
        write(f"{path} can be imported: {_told(report.counts)}")
        return
    deployment = opened(context, stage, prod=prod)
    if abandon:
        forget(deployment.store)
        note("The unfinished import is forgotten; `polaris ranges-check --repair` lets what it has written be used")
        return
    with _progress() as progress:
        try:
            counts = import_archive(_data(deployment), path, leave_out or (), progress)
        except KeyboardInterrupt:
            note("Stopped; run it again and it goes on where it was, or say --abandon to forget it")
            raise
    note(f"{path}: {_told(counts)}")


def _data(deployment: Deployment) -> Data:
    from shared.archive.deployment import Deployment as Data
    from shared.storage import StorageBucket

    bucket = StorageBucket(deployment.client("s3"), deployment.settings.storage_bucket)
    return Data(deployment.stage, deployment.store, bucket)


def _then(deployment: Deployment, at: datetime) -> Moment:
    import time

    from shared.archive.moment import Moment

    then = Moment(deployment.settings, at.replace(tzinfo=UTC), deployment.client, deployment.open_store, time.sleep)
    note(f"Tables of then are {then.prefix}…; if this is interrupted, run it again and it goes on")
    return then


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show a bar for each thing that is done, if somebody watches; the last words stay either way."""
    if not sys.stderr.isatty():
        from shared.archive.counts import silent

        yield silent
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description:24}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(errors=True)) as bars:
        tasks = {}

        def progress(doing: str, done: int, total: int | None) -> None:
            if doing not in tasks:
                tasks[doing] = bars.add_task(doing, total=total)
            bars.update(tasks[doing], completed=done, total=total)

        yield progress


def _told(counts: Counts) -> str:
    documents = sum(counts.documents.values())
    left_out = sum(counts.left_out.values())
    more = f"; {left_out:,} documents left out" if left_out else ""
    files = "1 stored file" if counts.objects == 1 else f"{counts.objects:,} stored files"
    return f"{documents:,} documents, {files} of {counts.object_bytes:,} bytes{more}"
