"""Builds what Lambdas run, without Docker: `python -m infra.bundle [--platform aws|local]`.

    .build/code             functions/ and shared/, sources only
    .build/layer-aws        the packages of requirements.txt, for Lambda
    .build/layer-local      a pointer to packages-local: the local cloud would unpack a full layer for every function
    .build/packages-local   the packages of requirements.txt, for this machine

What is up to date is left alone.
"""

from __future__ import annotations

import argparse
import hashlib
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
PYTHON: Final = "3.13"
SERVICES: Final = frozenset(
    {
        "apigatewaymanagementapi",
        "bedrock-runtime",
        "cloudwatch",
        "dynamodb",
        "dynamodbstreams",
        "lambda",
        "logs",
        "s3",
        "secretsmanager",
        "sqs",
        "ssm",
        "stepfunctions",
        "sts",
    }
)
"""The services that functions may make clients of; what botocore knows of the 400 others is half of a layer."""

PACKAGES: Final = ("functions", "shared")
"""What of the sources Lambdas run, with the texts that stand beside the code."""

NOT_RUN: Final = shutil.ignore_patterns("__pycache__", "*.pyc", ".*")

_FOR_LAMBDA: Final = (
    "--platform=manylinux2014_aarch64",
    "--platform=manylinux_2_28_aarch64",
    "--implementation=cp",
    f"--python-version={PYTHON}",
    "--only-binary=:all:",
)
_LAMBDA_PATH: Final = Path("/opt/python")


def bundle(platform: str, build: Path = ROOT / ".build") -> None:
    """Bring the code and the layer of `platform` in `build` up to date."""
    bundle_code(build / "code")
    if platform == "aws":
        layer = build / "layer-aws"
        _bundle_packages(layer, layer / "python", _FOR_LAMBDA, _lambda_python(), _LAMBDA_PATH)
    else:
        packages = build / "packages-local"
        _bundle_packages(packages, packages, (), sys.executable, packages)
        _point(build / "layer-local", packages)


def bundle_code(target: Path) -> None:
    """Copy the sources that Lambdas run to `target`; the same sources give the same files."""
    fresh = target.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, fresh / package, ignore=NOT_RUN)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def strip(packages: Path) -> None:
    """Remove from installed packages what functions never load."""
    services = [path for path in (packages / "botocore" / "data").iterdir() if path.is_dir()]
    for path in [packages / "bin", *(path for path in services if path.name not in SERVICES)]:
        shutil.rmtree(path, ignore_errors=True)


def _bundle_packages(
    folder: Path, target: Path, options: Sequence[str], interpreter: str | None, runs_at: Path
) -> None:
    """Fill `folder` by installing requirements.txt to `target` within it.

    Args:
        folder: what is emptied first, and remembered to be up to date.
        target: where imports start.
        options: of pip.
        interpreter: what compiles the modules, or None.
        runs_at: where they are loaded from.
    """
    requirements = ROOT / "requirements.txt"
    inputs = (requirements.read_text(), Path(__file__).read_text(), sys.version, options, interpreter, str(target))
    digest = hashlib.sha256(repr(inputs).encode()).hexdigest()
    stamp = folder.with_suffix(".stamp")
    if target.is_dir() and stamp.is_file() and stamp.read_text() == digest:
        return
    shutil.rmtree(folder, ignore_errors=True)
    pip = [sys.executable, "-m", "pip", "install", "-qq", "--disable-pip-version-check", "--no-compile"]
    subprocess.run([*pip, "--target", target, *options, "--requirement", requirements], check=True)
    strip(target)
    if interpreter is None:
        sys.stderr.write(
            f"No Python {PYTHON} here to compile the layer with: cold starts on Lambda will be slower.\n"
        )
    else:
        # Unlike time stamps, hashes stay valid when the files are packed and unpacked.
        compile_all = [interpreter, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
        subprocess.run([*compile_all, "-s", target, "-p", runs_at, target], check=True)
    stamp.write_text(digest)


def _lambda_python() -> str | None:
    """Find a Python of Lambda's version; Lambda cannot keep what it compiles, and would do so at every cold start."""
    found = shutil.which(f"python{PYTHON}")
    if found is None:
        return None
    answer = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    return found if answer.stdout.startswith(f"Python {PYTHON}.") else None


def _point(layer: Path, packages: Path) -> None:
    """Make a layer that puts `packages` first on the path of a Python that treats layers as site directories."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    pointer = layer / "python" / "lib" / version / "site-packages" / "packages.pth"
    pointer.parent.mkdir(parents=True, exist_ok=True)
    pointer.write_text(f"import sys; sys.path.insert(0, {str(packages)!r})\n")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m infra.bundle", description="Build what Lambdas run.")
    parser.add_argument("--platform", choices=("aws", "local"), default="aws")
    bundle(parser.parse_args().platform)
