"""What a stage has, whoever uses it, counted in its templates."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import functions
from infra.app import build_app
from shared.runtime.registry import discover, discover_doors
from tests.infra.templates import Templates


def stage_counts(templates: Templates) -> dict[str, int]:
    """Return how many there are of what is charged by the month or limited by quotas."""
    alarms = templates.resources("AWS::CloudWatch::Alarm")
    return {
        "lambdas": len(templates.resources("AWS::Lambda::Function")),
        "roles": len(templates.resources("AWS::IAM::Role")),
        "routes": len(templates.resources("AWS::ApiGatewayV2::Route")),
        "tables": len(templates.resources("AWS::DynamoDB::GlobalTable")),
        "secrets": len(templates.resources("AWS::SecretsManager::Secret")),
        "alarms": len(alarms),
        "alarm metrics": sum(max(1, _metrics(alarm.properties)) for alarm in alarms),
        "resources of the largest stack": max(len(stack["Resources"]) for stack in templates.stacks.values()),
    }


def _metrics(alarm: dict[str, Any]) -> int:
    return sum("MetricStat" in metric for metric in alarm.get("Metrics", []))


def synthesised() -> Templates:
    """Return the templates of the default stage."""
    with tempfile.TemporaryDirectory() as made:
        build, out = Path(made, "build"), Path(made, "out")
        for part in ("code", "layer-aws", "layer-local"):
            (build / part).mkdir(parents=True)
            (build / part / "content.txt").write_text(part)
        build_app(discover(functions), discover_doors(functions), build, {}, out).synth()
        return Templates.read(out)
