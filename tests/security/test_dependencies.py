"""What is installed is what was chosen: pinned, with its hash where the registry gives one, and free to use."""

from __future__ import annotations

import json
import re
from email.message import Message
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any, cast

import pytest

from infra.local.workspace import ROOT
from tests.security.vulnerabilities import FOUND, NPM, UNKNOWN, Report, of_npm_audit, of_pip_audit, verdict

REQUIREMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in ROOT.rglob("requirements.txt")
    if not {".venv", ".polaris", ".build", "node_modules", "cdk.out"} & {*path.relative_to(ROOT).parts}
)
PINNED = re.compile(r"([A-Za-z0-9._-]+)(\[[a-z0-9,]+\])?==[0-9][A-Za-z0-9.]*")

REGISTRY = "https://registry.npmjs.org/"
"""Where packages come from that say nothing else."""

PERMISSIVE = {
    "Apache-2.0",
    "0BSD",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "CNRI-Python",
    "ISC",
    "MIT",
    "MIT-0",
    "OFL-1.1",  # of fonts
    "PSF-2.0",
}
WEAK_COPYLEFT = {"MPL-2.0"}
"""Of tools that are not delivered, and of files that are used as they are."""

SPELLINGS = {
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "Dual License": "Apache-2.0",
    "MIT License": "MIT",
    "MIT No Attribution License (MIT-0)": "MIT-0",
}


def lines_of(file: str) -> list[str]:
    lines = (line.partition("#")[0].strip() for line in (ROOT / file).read_text().splitlines())
    return [line for line in lines if line]


def license_of(found: Distribution) -> set[str]:
    """Return the licences of a package, by their SPDX names."""
    metadata = cast("Message", found.metadata)
    classified = [c.rpartition(" :: ")[2] for c in metadata.get_all("Classifier", []) if c.startswith("License :: ")]
    told = metadata.get("License-Expression") or metadata.get("License") or ""
    words = re.split(r" (?:AND|OR) ", told) if told and len(told) < 40 and told != "UNKNOWN" else classified
    return {SPELLINGS.get(word, word) for word in words}


@pytest.mark.parametrize("file", REQUIREMENTS)
def test_every_python_package_is_pinned_exactly(file: str) -> None:
    assert [line for line in lines_of(file) if not PINNED.fullmatch(line)] == []


def test_all_that_functions_need_is_pinned_and_not_only_what_was_chosen() -> None:
    pinned = {_normal(PINNED.fullmatch(line)[1]) for line in lines_of("requirements.txt")}  # type: ignore[index]  # see above
    needed = {_normal(name) for pin in pinned for name in _needs(pin)}
    assert needed - pinned == set()


@pytest.mark.parametrize("folder", NPM)
def test_every_npm_package_has_its_hash_and_comes_from_nowhere_but_the_registry(folder: str) -> None:
    for name, package in _locked(folder).items():
        assert package.get("resolved", REGISTRY).startswith(REGISTRY), name
        assert package["integrity"].startswith("sha512-"), name


@pytest.mark.parametrize("folder", NPM)
def test_a_lock_file_is_of_the_packages_that_are_asked_for(folder: str) -> None:
    asked = json.loads((ROOT / folder / "package.json").read_text())
    locked = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"][""]
    for kind in ("dependencies", "devDependencies"):
        assert asked.get(kind, {}) == locked.get(kind, {})


def test_what_is_delivered_may_be_used_by_everybody() -> None:
    names = [PINNED.fullmatch(line)[1] for line in lines_of("requirements.txt")]  # type: ignore[index]  # see above
    unusual = {name: license_of(distribution(name)) - PERMISSIVE for name in names}
    assert {name: licenses for name, licenses in unusual.items() if licenses} == {}
    assert all(license_of(distribution(name)) for name in names)


@pytest.mark.parametrize("folder", NPM)
def test_npm_packages_may_be_used_by_everybody(folder: str) -> None:
    for name, package in _locked(folder).items():
        allowed = PERMISSIVE | (WEAK_COPYLEFT if package.get("dev") else set())
        assert {*re.split(r" (?:AND|OR) ", package["license"].strip("()"))} <= allowed, name


def test_a_registry_that_does_not_answer_is_no_pass(capsys: pytest.CaptureFixture[str]) -> None:
    silent = of_npm_audit("infra", 1, '{"message": "405"}', "npm error audit endpoint returned an error")
    skipped = {"name": "six", "version": "1.0", "skip_reason": "Dependency not found on PyPI"}
    reports = [silent, of_pip_audit(".venv", 0, json.dumps({"dependencies": [skipped]}), "")]
    assert verdict(reports) == UNKNOWN
    told = capsys.readouterr().out
    assert "NOT complete" in told
    assert "audit endpoint returned an error" in told
    assert "six (Dependency not found on PyPI)" in told


@pytest.mark.parametrize("output", ["", "[]", "{}", '{"dependencies": []}', "not JSON"])
def test_an_answer_that_says_nothing_is_no_pass(output: str) -> None:
    assert verdict([of_pip_audit(".venv", 0, output, "")]) == UNKNOWN
    assert verdict([of_npm_audit("infra", 0, output, "")]) == UNKNOWN


def test_a_vulnerability_is_told_with_what_mends_it(capsys: pytest.CaptureFixture[str]) -> None:
    vulnerable = {"name": "six", "version": "1.0", "vulns": [{"id": "PYSEC-1", "fix_versions": ["1.1"]}]}
    of_npm = {"vulnerabilities": {"left-pad": {"range": "<2", "severity": "high", "fixAvailable": True}}}
    reports = [
        of_pip_audit(".venv", 1, json.dumps({"dependencies": [vulnerable]}), ""),
        of_npm_audit("infra", 1, json.dumps(of_npm), ""),
    ]
    assert verdict(reports) == FOUND
    told = capsys.readouterr().out
    assert "six 1.0: PYSEC-1, mended in 1.1" in told
    assert "left-pad <2: high, mended: yes" in told


def test_nothing_found_everywhere_is_a_pass() -> None:
    assert verdict([Report([], [])]) == 0


def _locked(folder: str) -> dict[str, dict[str, Any]]:
    packages = json.loads((ROOT / folder / "package-lock.json").read_text())["packages"]
    return {name: package for name, package in packages.items() if name}


def _needs(name: str) -> list[str]:
    """Return what a package needs wherever it runs, besides its extras."""
    required = distribution(name).requires or []
    return [
        re.split(r"[ ;<>=!~\[(]", line)[0] for line in required if "extra ==" not in line and "; python" not in line
    ]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_this_file_looks_at_all_requirements() -> None:
    assert {"requirements.txt", "infra/requirements.txt", "tests/requirements.txt"} <= {*REQUIREMENTS}
    assert {path.parent.relative_to(ROOT).as_posix() for path in _lock_files()} == {*NPM}


def _lock_files() -> list[Path]:
    return [path for path in ROOT.rglob("package-lock.json") if "node_modules" not in path.parts]
