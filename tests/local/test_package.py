from __future__ import annotations

import io
import zipfile
from pathlib import Path

from infra.bundle import ROOT, bundle_code
from infra.local.package import package


def test_what_is_exchanged_is_what_is_bundled(tmp_path: Path) -> None:
    bundle_code(tmp_path / "code", None)
    bundled = {str(path.relative_to(tmp_path / "code")) for path in (tmp_path / "code").rglob("*") if path.is_file()}
    with zipfile.ZipFile(io.BytesIO(package(ROOT))) as archive:
        assert {*archive.namelist()} == bundled


def test_texts_that_functions_read_are_part_of_it() -> None:
    with zipfile.ZipFile(io.BytesIO(package(ROOT))) as archive:
        assert "shared/agent/prompts/title.md" in archive.namelist()
