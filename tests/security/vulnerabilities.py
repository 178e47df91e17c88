"""`python -m tests.security.vulnerabilities AUDITOR`: ask PyPI and npm about every package that is installed here.

0  none is known to be vulnerable
1  some are; a line says which, by what, and what mends it
3  a registry did not answer for some, so nothing is known of them
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from infra.local.workspace import ROOT

FOUND: Final = 1
UNKNOWN: Final = 3

PYTHON: Final = (".venv", ".polaris/ministack-venv")
"""The environments: what functions run with, and what the local cloud does."""

NPM: Final = ("infra", "infra/console", "tests/e2e/clients")
"""The folders with a lock file."""

_PATIENCE_S: Final = 300
_SHOWN: Final = 300


class Report(NamedTuple):
    """What a registry says: a line for each vulnerability, and a line for what it does not answer."""

    vulnerable: list[str]
    unanswered: list[str]


def of_pip_audit(where: str, status: int, output: str, errors: str) -> Report:
    """Read what pip-audit has printed of an environment.

    Args:
        where: the environment.
        status: of the process.
        output: its standard output: JSON.
        errors: its standard error.
    """
    told = _json_of(output)
    if not isinstance(told, dict) or not told.get("dependencies"):
        return Report([], [f"{where}: pip-audit ended with {status}: {_last(errors or output)}"])
    skipped = [f"{d['name']} ({d['skip_reason']})" for d in told["dependencies"] if "skip_reason" in d]
    unanswered = [f"{where}: {len(skipped)} packages, such as {skipped[0]}"] if skipped else []
    return Report([*_of_python(where, told["dependencies"])], unanswered)


def _of_python(where: str, dependencies: list[dict[str, Any]]) -> Iterator[str]:
    for dependency in dependencies:
        for found in dependency.get("vulns", ()):
            mended = f"mended in {', '.join(found['fix_versions'])}" if found["fix_versions"] else "not mended yet"
            yield f"{where}: {dependency['name']} {dependency['version']}: {found['id']}, {mended}"


def of_npm_audit(where: str, status: int, output: str, errors: str) -> Report:
    """Read what `npm audit --json` has printed of a lock file (arguments as of `of_pip_audit`)."""
    told = _json_of(output)
    if not isinstance(told, dict) or "vulnerabilities" not in told:
        return Report([], [f"{where}: npm ended with {status}: {_last(errors or output)}"])
    lines = [
        f"{where}: {name} {found['range']}: {found['severity']}, mended: {'yes' if found['fixAvailable'] else 'no'}"
        for name, found in sorted(told["vulnerabilities"].items())
    ]
    return Report(lines, [])


def verdict(reports: list[Report]) -> int:
    """Print what was found, and return the exit status."""
    vulnerable = [line for report in reports for line in report.vulnerable]
    unanswered = [line for report in reports for line in report.unanswered]
    print("\n".join(vulnerable) or ("" if unanswered else "No vulnerability is known of any package."))
    if unanswered:
        print("The audit is NOT complete; a registry did not answer for these. Try again where it can be reached:")
        print("\n".join(unanswered))
    return FOUND if vulnerable else UNKNOWN if unanswered else 0


def main(auditor: str) -> int:
    """Audit everything with the pip-audit at `auditor`, and return the exit status."""
    reports = []
    for folder in PYTHON:
        (packages,) = (ROOT / folder).glob("lib/python3*/site-packages")
        asked = [auditor, "--path", str(packages), "--format", "json", "--progress-spinner", "off"]
        reports.append(of_pip_audit(folder, *_ran(asked, ROOT)))
    for folder in NPM:
        asked = ["npm", "audit", "--json", "--package-lock-only"]
        reports.append(of_npm_audit(folder, *_ran(asked, ROOT / folder)))
    return verdict(reports)


def _ran(command: list[str], folder: Path) -> tuple[int, str, str]:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=_PATIENCE_S, check=False)
    except subprocess.TimeoutExpired:
        return -1, "", f"no answer within {_PATIENCE_S} s"
    return done.returncode, done.stdout, done.stderr


def _json_of(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _last(text: str) -> str:
    lines = [line for line in text.strip().splitlines() if line.strip() not in ("", "{", "}")]
    return " ".join(lines[-3:])[-_SHOWN:] or "it said nothing"


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
