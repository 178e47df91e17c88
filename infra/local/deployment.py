"""Brings what is deployed in MiniStack up to date with the sources."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from infra.local.cloud import ACCOUNT, REGION, Cloud, Deployed
from infra.local.command import run
from infra.local.context import context
from infra.local.failure import LocalCloudFailure
from infra.local.fingerprint import Fingerprint, Step
from infra.local.gate import Gate
from infra.local.ministack import environment
from infra.local.plan import plan
from infra.local.workspace import Workspace

_DRAIN_S: Final = 1.0
"""How long calls may go on before their code is exchanged under them."""

log = logging.getLogger(__name__)


class Deployment:
    """The template and the code that are deployed for one workspace."""

    def __init__(self, workspace: Workspace, cloud: Cloud, gate: Gate, apis: str) -> None:
        self._workspace = workspace
        self._cloud = cloud
        self._gate = gate
        self._context = context(workspace.origin, apis, os.environ)

    async def bring_up_to_date(self) -> Deployed:
        """Do what it takes for the sources to be what is deployed, and return what is.

        Raises:
            LocalCloudFailure: the sources are broken; what was deployed still is.
        """
        try:
            return await self._bring_up_to_date()
        except (BotoCoreError, ClientError) as error:
            raise LocalCloudFailure(f"MiniStack does not do what it is asked: {error}") from error

    async def _bring_up_to_date(self) -> Deployed:
        record = self._cloud.record()
        action, now, code = await plan(self._workspace.root, json.dumps(self._context), record, self._shape)
        if action is not Step.NOTHING and record.get("schema") == now.schema:
            await self._exchange(code)
        if action is Step.DEPLOY:
            await self._deploy(is_first=not record)
            self._cloud.repair_keys()
            self._cloud.answer_keep_alives()
            # Again: CloudFormation, which does not know what was exchanged before, may have kept what is there.
            await self._exchange(code)
        self._cloud.keep_record({**asdict(now), "rebuilt": record.get("rebuilt")})
        deployed = self._cloud.deployed()
        if record.get("rebuilt") != now.schema:
            await self._rebuild(deployed, now)
        return deployed

    async def _shape(self) -> str:
        return await self._run(sys.executable, "-m", "infra.local.shape")

    async def _deploy(self, *, is_first: bool) -> None:
        cdk = self._workspace.root / "infra/node_modules/.bin/cdk"
        log.info("Bundling the code")
        # With the developer's own environment, which may say where packages come from.
        bundle = (sys.executable, "-m", "infra.bundle", "--platform", "local")
        await run(bundle, self._workspace.root, os.environ, self._workspace.log)
        if is_first:
            # Not where cdk.json is: bootstrapping would build what it names.
            command = (cdk, "bootstrap", f"aws://{ACCOUNT}/{REGION}")
            await run(command, self._workspace.scratch, self._environment(), self._workspace.log)
        log.info("Deploying")
        settings = [part for name, value in self._context.items() for part in ("--context", f"{name}={value}")]
        app = f"{sys.executable} -m infra.app"
        output = self._workspace.state / "cdk.out"
        flags = ("--all", "--method", "direct", "--require-approval", "never", "--concurrency", "4", "--no-notices")
        await self._run(cdk, "deploy", *flags, "--build", "true", "--app", app, "--output", output, *settings)
        artifacts = json.loads((output / "manifest.json").read_text())["artifacts"]
        stacks = {name for name, artifact in artifacts.items() if artifact["type"] == "aws:cloudformation:stack"}
        self._cloud.delete_stacks_except(stacks)

    async def _exchange(self, code: bytes) -> None:
        async with self._gate.closed(_DRAIN_S):
            await asyncio.to_thread(self._cloud.exchange_code, code)
        log.info("The functions run the code as it is now")

    async def _rebuild(self, deployed: Deployed, now: Fingerprint) -> None:
        log.info("Building the indexes")
        try:
            await self._run(sys.executable, "-m", "shared.db", "rebuild", **deployed.environment)
        except LocalCloudFailure as failure:
            log.error("The indexes are not ready; some mutations fail until `make rebuild` works. %s", failure)
        else:
            self._cloud.keep_record({**asdict(now), "rebuilt": now.schema})

    async def _run(self, *command: str | Path, **variables: str) -> str:
        return await run(command, self._workspace.root, self._environment() | variables, self._workspace.log)

    def _environment(self) -> dict[str, str]:
        return environment(self._workspace) | {
            "AWS_ENDPOINT_URL": self._cloud.endpoint,
            "AWS_ENDPOINT_URL_S3": self._cloud.endpoint,
            "CDK_DISABLE_CLI_TELEMETRY": "true",
            "CDK_VALIDATION": "false",
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20",
            "NODE_NO_WARNINGS": "1",
            "PYTHONUTF8": "1",
        }
