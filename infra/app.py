"""The CDK app: `python -m infra.app` writes the templates of one stage to `cdk.out` (or `CDK_OUTDIR`).

polaris-{stage}-data      tables, buckets, keys
                api       the HTTP API and the doors
                live      the WebSocket API, its queues, and the doors that these feed
                jobs      the state machines, and the doors that these and their tables' streams feed
                {module}  the functions of one module of `functions/`, such as `projects` and `system-files`
                edge      CloudFront, and the parameter that tells functions their public URL
                alarms    who is told when something is wrong
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from aws_cdk import App, DefaultStackSynthesizer, Environment, Tags, Validations
from cdk_nag import AwsSolutionsChecks

import functions
from infra.acknowledged import acknowledge
from infra.constructs.job_alarms import job_alarms
from infra.constructs.live_alarms import live_alarms
from infra.machines.catalogue import definitions
from infra.names import Names
from infra.services import by_module, service_of, service_of_door
from infra.stacks.alarms import AlarmsStack
from infra.stacks.api import ApiStack
from infra.stacks.data import DataStack
from infra.stacks.edge import EdgeStack
from infra.stacks.functions import FunctionsStack
from infra.stacks.jobs import JobsStack
from infra.stacks.live import LiveStack
from infra.stage import stage_from
from shared.runtime.door import Door
from shared.runtime.registry import Registry, discover, discover_doors

ROOT: Final = Path(__file__).parent.parent


def build_app(
    registry: Registry,
    doors: Iterable[Door],
    build: Path,
    context: dict[str, Any] | None = None,
    outdir: Path | None = None,
) -> App:
    """Return the app of the stage that the context describes.

    Args:
        registry: the functions.
        doors: the doors.
        build: where `infra.bundle` left what Lambdas run.
        context: CDK context besides that of `cdk.json`, which the CDK command line overrides.
        outdir: where the templates go, if not to CDK's own choice.

    Raises:
        ValueError: a setting of the stage cannot work.
        FileNotFoundError: nothing has been built.
    """
    declared: dict[str, Any] = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = App(context=declared | (context or {}), outdir=None if outdir is None else str(outdir))
    _add_stacks(app, registry, doors, build)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app, verbose=True))
    acknowledge(app, "L1", "python3.13 is what the layer's wheels are built for; a newer one comes with new wheels")
    return app


def _add_stacks(app: App, registry: Registry, doors: Iterable[Door], build: Path) -> None:
    names = Names(stage_from(app.node.try_get_context))
    Tags.of(app).add("application", "polaris")
    Tags.of(app).add("stage", names.stage.name)

    def options(name: str) -> dict[str, Any]:
        return {"id": f"{names.prefix}-{name}", "names": names, **_options()}

    data = DataStack(app, termination_protection=not names.stage.removable, **options("data"))
    services = [service_of_door(door, registry, names) for door in doors]
    of_jobs = [service for service in services if service.is_of_jobs]
    fed = [service for service in services if service.sources and not service.is_of_jobs]
    api = ApiStack(app, doors=[door for door in services if not door.sources], build=build, **options("api"))
    api.add_stack_dependency(data)
    machines = definitions(names)
    if of_jobs:
        jobs = JobsStack(app, doors=of_jobs, machines=machines, streams=data.streams, build=build, **options("jobs"))
        jobs.add_stack_dependency(data)
    live = None
    if fed:
        live = LiveStack(app, doors=fed, streams=data.streams, http_api_id=api.api_id, build=build, **options("live"))
        live.add_stack_dependency(data)
    for module, declared in by_module(registry.values()).items():
        functions_ = [service_of(function, names) for function in declared]
        stack = FunctionsStack(app, services=functions_, api_id=api.api_id, build=build, **options(module))
        stack.add_stack_dependency(data)
    route_keys = [route_key for service in services for route_key in service.routes]
    origin = live.origin if live else None
    EdgeStack(app, api_url=api.api_url, route_keys=route_keys, websocket_origin=origin, **options("edge"))
    if names.stage.alarms:
        of_live = live_alarms(names, live.api_id, fed) if live else ()
        more = job_alarms(names, machines, of_jobs) if of_jobs else ()
        AlarmsStack(app, api_id=api.api_id, more=[*of_live, *more], **options("alarms"))


def _options() -> dict[str, Any]:
    """Return what is said of every stack; the account and region are those of the CDK command line, if it is used."""
    return {
        "description": "The Polaris backend.",
        "env": Environment(
            account=os.environ.get("CDK_DEFAULT_ACCOUNT"), region=os.environ.get("CDK_DEFAULT_REGION")
        ),
        "synthesizer": DefaultStackSynthesizer(generate_bootstrap_version_rule=False),
        "suppress_template_indentation": True,  # which is half of a template, and a megabyte is the limit
    }


if __name__ == "__main__":
    outdir = None if "CDK_OUTDIR" in os.environ else ROOT / "cdk.out"
    build_app(discover(functions), discover_doors(functions), ROOT / ".build", outdir=outdir).synth()
