"""`python -m tests.load`: puts a load on a local cloud of its own, and says what came of it.

With the usual options, what it prints goes into docs/load.md too; with several rates, into its table of rates.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from infra.local.workspace import ROOT
from tests.e2e.dev_server import DevServer
from tests.load.options import Options, parsed
from tests.load.report import replace, report
from tests.load.running import Load, loaded
from tests.load.saturation import Call, calls
from tests.support import converse
from tests.support.converse import Answer

DOCUMENT = ROOT / "docs/load.md"


def main(arguments: list[str]) -> int:
    """Run, and return the exit status: whether anything was lost, doubled, wrong or left unanswered."""
    options = parsed(arguments)
    load, made = _run(options)
    told = report(load, made)
    print(told)
    if name := _place(options):
        replace(DOCUMENT, name, told)
    return 1 if load.faults else 0


def _place(options: Options) -> str:
    """Return which part of the document a load is for, or nothing: it is somebody's own."""
    usual = Options()
    if len(options.rates_per_s) > 1:
        return "rates"
    is_usual = options.connections >= usual.connections and options.seconds >= usual.seconds
    return "load" if is_usual else ""


def _run(options: Options) -> tuple[Load, list[Call]]:
    with TemporaryDirectory() as folder, converse.serving(lambda _: Answer(text=("It ", "is ", "done."))) as model:
        settings = {"POLARIS_MODEL_ID": "scripted.model-v1:0", "POLARIS_MODEL_ENDPOINT": model.url}
        server = DevServer(Path(folder), settings=settings)
        server.start()
        try:
            load = asyncio.run(loaded(server, options))
            return load, calls(Path(folder) / "functions.log")
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
