"""The functions' code as Lambda takes it."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Final

_PACKAGES: Final = ("functions", "shared")


def package(root: Path) -> bytes:
    """Return a ZIP file of the packages that functions run."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in _PACKAGES:
            for path in sorted((root / name).rglob("*.py")):
                archive.write(path, path.relative_to(root))
    return buffer.getvalue()
