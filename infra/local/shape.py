"""What of the functions' declarations the template is made of: `python -m infra.local.shape` prints a hash of it.

A process of its own imports the functions, so that it sees the files as they are now and a broken one breaks nothing.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
import traceback
from dataclasses import fields, is_dataclass
from typing import Any, Final

_TOLD_FRAMES: Final = 3


def declared(thing: Any) -> Any:
    """Reduce a declaration to plain values: what stands in it, and not the code it stands on."""
    if is_dataclass(thing) and not isinstance(thing, type):
        parts = {field.name: declared(getattr(thing, field.name)) for field in fields(thing) if field.name != "body"}
        return parts | {name: getattr(thing, name) for name in ("handler", "description") if hasattr(thing, name)}
    if isinstance(thing, frozenset | set):
        return sorted(str(declared(one)) for one in thing)
    if isinstance(thing, tuple):
        return [declared(one) for one in thing]
    if isinstance(thing, type):
        return thing.__qualname__
    if isinstance(thing, str | int | None):
        return thing
    raise TypeError(f"A declaration holds {thing!r}; say in infra/local/shape.py how it is told from others")


def main() -> int:
    """Print the hash, or what is wrong with the functions."""
    try:
        functions, declarations = map(importlib.import_module, ("functions", "shared.runtime.registry"))
        registry, doors = declarations.discover(functions), declarations.discover_doors(functions)
    except Exception as error:  # noqa: BLE001  # whatever a module may raise while it is imported
        report = traceback.TracebackException.from_exception(error)
        frames = [frame for frame in report.stack if not frame.filename.startswith("<")]
        report.stack = traceback.StackSummary.from_list(frames[-_TOLD_FRAMES:])
        sys.stderr.writelines(report.format(chain=False))
        return 1
    shape = [
        *((path, declared(function)) for path, function in sorted(registry.items())),
        *sorted((door.handler, declared(door)) for door in doors),
    ]
    sys.stdout.write(hashlib.sha256(repr(shape).encode()).hexdigest())
    return 0


if __name__ == "__main__":
    sys.exit(main())
