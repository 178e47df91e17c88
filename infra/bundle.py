"""Builds what Lambdas run, without Docker: `python -m infra.bundle [--platform aws|local]`.

    .build/code             functions/ and shared/, compiled for Lambda if a Python of its version is here
    .build/layer-aws        the packages of requirements.txt, for Lambda
    .build/layer-local      a pointer to packages-local: the local cloud would unpack a full layer for every function
    .build/packages-local   the packages of requirements.txt, for this machine

What is up to date is left alone.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

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

_ENDPOINTS: Final = SERVICES | {"execute-api", "bedrock", "monitoring", "states"}
"""Under which names `endpoints.json` lists them: some differ."""

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
_READ_WITH_TEXTS: Final = frozenset({"clientContextParams"})
"""Of a description: botocore demands the texts in here, which S3's has, with the first request."""

_LAYER_PATH: Final = Path("/opt/python")
_CODE_PATH: Final = Path("/var/task")


def bundle(platform: str, build: Path = ROOT / ".build") -> None:
    """Bring the code and the layer of `platform` in `build` up to date."""
    if platform == "aws":
        interpreter = _lambda_python()
        bundle_code(build / "code", interpreter)
        layer = build / "layer-aws"
        _bundle_packages(layer, layer / "python", _FOR_LAMBDA, interpreter, _LAYER_PATH)
    else:
        bundle_code(build / "code", None)
        packages = build / "packages-local"
        _bundle_packages(packages, packages, (), sys.executable, packages)
        _point(build / "layer-local", packages)


def bundle_code(target: Path, interpreter: str | None) -> None:
    """Copy the sources that Lambdas run to `target`; the same sources give the same files.

    Args:
        target: the folder, which is replaced.
        interpreter: what compiles them, or None.
    """
    fresh = target.with_suffix(".new")
    shutil.rmtree(fresh, ignore_errors=True)
    for package in PACKAGES:
        shutil.copytree(ROOT / package, fresh / package, ignore=NOT_RUN)
    _compile(fresh, interpreter, _CODE_PATH)
    shutil.rmtree(target, ignore_errors=True)
    fresh.rename(target)


def strip(packages: Path) -> None:
    """Remove from installed packages what functions never use; what is left loads faster."""
    data = packages / "botocore" / "data"
    services = [path for path in data.iterdir() if path.is_dir()]
    for path in [packages / "bin", *(path for path in services if path.name not in SERVICES)]:
        shutil.rmtree(path, ignore_errors=True)
    for path in data.rglob("service-2.json.gz"):
        path.write_bytes(
            gzip.compress(_dumped(_undocumented(json.loads(gzip.decompress(path.read_bytes())))), mtime=0)
        )
    endpoints = json.loads((data / "endpoints.json").read_bytes())
    for partition in endpoints["partitions"]:
        partition["services"] = {name: it for name, it in partition["services"].items() if name in _ENDPOINTS}
    (data / "endpoints.json").write_bytes(_dumped(endpoints))


def _undocumented(described: Any) -> Any:
    """Return a description of a service without its texts; a member that is called `documentation` stays."""
    match described:
        case dict():
            kept = {k: v for k, v in described.items() if k != "documentation" or not isinstance(v, str)}
            return {k: v if k in _READ_WITH_TEXTS else _undocumented(v) for k, v in kept.items()}
        case list():
            return [_undocumented(value) for value in described]
    return described


def _dumped(content: Any) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


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
    _compile(target, interpreter, runs_at)
    stamp.write_text(digest)


def _compile(folder: Path, interpreter: str | None, runs_at: Path) -> None:
    """Compile all modules in a folder that is loaded from `runs_at`, where nothing that is compiled can be kept."""
    if interpreter is None:
        return
    # Unlike time stamps, hashes stay valid when the files are packed and unpacked.
    compile_all = [interpreter, "-m", "compileall", "-q", "--invalidation-mode", "unchecked-hash"]
    subprocess.run([*compile_all, "-s", folder, "-p", runs_at, folder], check=True)


def _lambda_python() -> str | None:
    """Find a Python of Lambda's version; Lambda cannot keep what it compiles, and would do so at every cold start."""
    found = shutil.which(f"python{PYTHON}")
    if found is not None:
        answer = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
        if answer.stdout.startswith(f"Python {PYTHON}."):
            return found
    sys.stderr.write(f"No Python {PYTHON} here to compile with: cold starts on Lambda will be slower.\n")
    return None


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
