"""`python -m tests.security.leaks`: look for secrets in all files that git knows; `make check` does.

What looks like one and is none is in `known.json`; `--accept` writes that file anew, to be read before it is kept.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final, NamedTuple

from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

from infra.local.workspace import ROOT

KNOWN: Final = Path(__file__).with_name("known.json")

_HASHES: Final = ("package-lock.json", KNOWN.name)
"""Files that hold little else."""

_MEANINGLESS: Final = {"IPPublicDetector"}
"""Addresses are no secrets here."""


class Leak(NamedTuple):
    """What looks like a secret.

    Attributes:
        file: where it is, from the root of the project.
        kind: of secret.
        digest: of the text, so that a list of leaks holds none.
    """

    file: str
    kind: str
    digest: str


def leaks_in(files: Iterable[str], root: Path = ROOT) -> dict[Leak, int]:
    """Return what looks like a secret in files below a folder, with the line of each."""
    detectors: dict[str, type] = get_mapping_from_secret_type_to_class()
    names = sorted(detector.__name__ for detector in detectors.values())
    plugins = [{"name": name} for name in names if name not in _MEANINGLESS]
    found = SecretsCollection(root=str(root))
    with transient_settings({"plugins_used": plugins}):
        found.scan_files(*[file for file in files if not file.endswith(_HASHES)])
    return {Leak(file, secret.type, secret.secret_hash): secret.line_number for file, secret in found}


def known() -> set[Leak]:
    """Return what looks like a secret and is none."""
    return {Leak(*entry) for entry in json.loads(KNOWN.read_text())}


def main(*arguments: str) -> int:
    """Tell what is new, and return the exit status."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)
    found = leaks_in(file for file in listed.stdout.splitlines() if (ROOT / file).is_file())
    if "--accept" in arguments:
        KNOWN.write_text("[\n" + ",\n".join(map(json.dumps, sorted(found))) + "\n]\n")
        return 0
    new = {leak: line for leak, line in found.items() if leak not in known()}
    for leak, line in sorted(new.items()):
        print(f"{leak.file}:{line}: {leak.kind}")
    if new:
        print("Take secrets out and change them; accept what is none by `python -m tests.security.leaks --accept`")
    return int(bool(new))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
