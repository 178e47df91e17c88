"""The app as it is run, with all checks on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_s3 as s3

from infra.app import build_app
from infra.bundle import ROOT, bundle
from tests.infra import sample
from tests.infra.conftest import Deployment
from tests.infra.templates import Templates

CFN_LINT = Path(sys.executable).with_name("cfn-lint")


def test_the_app_passes_cloudformations_rules_and_cdk_nag(tmp_path: Path) -> None:
    bundle("aws")
    environment = {**os.environ, "CDK_OUTDIR": str(tmp_path), "CDK_VALIDATION": "true"}
    done = subprocess.run(
        [sys.executable, "-m", "infra.app"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "polaris-dev-data" in Templates.read(tmp_path).stacks


def with_bucket(build: Path, folder: Path) -> App:
    """Return the app with a bucket that nobody has thought about."""
    app = build_app(sample.REGISTRY, sample.DOORS, build, outdir=folder)
    data = app.node.find_child("polaris-dev-data")
    assert isinstance(data, Stack)
    s3.Bucket(data, "Careless")
    return app


def test_a_finding_of_cdk_nag_fails_the_synthesis(build: Path, tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ValidationFailed"):
        with_bucket(build, tmp_path).synth()
    assert "AwsSolutions-S10" in (tmp_path / "validation-report.json").read_text()


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [CFN_LINT, *folder.glob("*.template.json")], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_cfn_lint_finds_nothing(of_product: Deployment) -> None:
    done = lint(of_product.templates.folder)
    assert done.returncode == 0, done.stdout


def test_cfn_lint_looks(of_sample: Deployment, tmp_path: Path) -> None:
    template = of_sample.templates.folder / "polaris-dev-data.template.json"
    broken = template.read_text().replace("PAY_PER_REQUEST", "PAY_PER_WISH")
    (tmp_path / template.name).write_text(broken)
    assert "PAY_PER_WISH" in lint(tmp_path).stdout


def test_what_has_not_been_bundled_is_said_with_the_command_that_does(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"python -m infra\.bundle --platform aws"):
        build_app(sample.REGISTRY, sample.DOORS, tmp_path)
