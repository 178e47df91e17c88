"""The functions' code as Lambda takes it."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

from infra.bundle import NOT_RUN, PACKAGES


def package(root: Path) -> bytes:
    """Return a ZIP file of what functions run, as `infra.bundle` copies it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in PACKAGES:
            for path in sorted(_files(root / name)):
                archive.write(path, path.relative_to(root))
    return buffer.getvalue()


def _files(folder: Path) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        left_out = NOT_RUN(place, [*folders, *names])
        folders[:] = [name for name in folders if name not in left_out]
        yield from (Path(place) / name for name in names if name not in left_out)
