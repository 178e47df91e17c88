"""`polaris codegen` and `polaris function-spec`: what frontends and tools are told of the functions."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from infra.cli.failures import Failure
from infra.cli.output import write

Url = Annotated[str, typer.Option(help="The deployment, as descriptions name it.")]
DEFAULT_URL = "http://127.0.0.1:3210"


def codegen(
    out: Annotated[Path, typer.Option(help="The folder, such as `../frontend/convex/_generated`.")],
    url: Url = DEFAULT_URL,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail when a file is stale.")] = False,
) -> None:
    """Write a frontend's `convex/_generated`: types for every function, and descriptions of the API."""
    import functions
    from shared.codegen.__main__ import frontend, stale_files, write_files

    files = frontend(functions, url)
    stale = stale_files(out, files)
    if not check:
        write_files(out, {name: files[name] for name in stale})
    elif stale:
        raise Failure(f"{out}: {', '.join(stale)} would change; run `polaris codegen --out {out}`")


def function_spec(url: Url = DEFAULT_URL) -> None:
    """Print the function specification as JSON, as `npx convex function-spec` does."""
    import functions
    from shared.codegen.function_spec import function_spec as spec
    from shared.runtime.registry import discover

    write(spec(discover(functions), url).rstrip("\n"))
