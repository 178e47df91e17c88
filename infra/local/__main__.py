"""`make dev`: starts the local cloud and serves until it is told to stop.

Standard output gets one line, when it is ready; everything else goes to standard error and `.polaris/dev.log`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from aiohttp import web

from infra.local.cloud import Cloud, Deployed
from infra.local.deployment import Deployment
from infra.local.edge import Administration, Backend, Edge
from infra.local.failure import LocalCloudFailure
from infra.local.gate import Gate
from infra.local.identity import IdentityProvider, load_key
from infra.local.ministack import MiniStack
from infra.local.watch import watch
from infra.local.websocket_api import lifetime_from
from infra.local.workspace import Workspace, workspace_from
from shared.auth.admin import issue

if TYPE_CHECKING:
    from shared.db.cursor import Signer

_DEVELOPER: Final = "local"
"""What the audit log calls whoever works on this machine."""

_ADMIN_LIFETIME_S: Final = 12 * 3600

log = logging.getLogger("infra.local")


def main() -> int:
    """Serve, and return the exit status."""
    logging.basicConfig(level=logging.WARNING, format="%(message)s", stream=sys.stderr)
    log.setLevel(logging.INFO)
    try:
        workspace = workspace_from(os.environ)
        with workspace.locked(), _reserved(workspace.port) as door:
            log.addHandler(logging.FileHandler(workspace.log, mode="w"))
            asyncio.run(_run(workspace, door))
    except LocalCloudFailure as failure:
        log.error("%s", failure)
        return 1
    return 0


def _reserved(port: int) -> socket.socket:
    """Take the port before anything is started; nobody can connect until it is served."""
    door = socket.socket()
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind(("127.0.0.1", port))
    except OSError as error:
        raise LocalCloudFailure(f"Port {port} is in use; choose another: make dev PORT={port + 1}") from error
    return door


async def _run(workspace: Workspace, door: socket.socket) -> None:
    serving = asyncio.ensure_future(_serve(workspace, door))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    try:
        await serving
    except asyncio.CancelledError:
        log.info("Stopped")


async def _serve(workspace: Workspace, door: socket.socket) -> None:
    ministack = MiniStack(workspace)
    try:
        log.info("Starting MiniStack")
        await ministack.start()
        gate = Gate()
        cloud = Cloud(ministack.endpoint)
        deployment = Deployment(workspace, cloud, gate, ministack.functions_apis)
        deployed = await deployment.bring_up_to_date()
        await asyncio.to_thread(cloud.strike_clocks, datetime.now(UTC))
        identity = IdentityProvider(workspace.origin, load_key(workspace.state / "identity.pem"), time.time)
        administration = Administration(partial(_admin_token, cloud.signer()), workspace.root / "infra/console/dist")
        backend = _backend(ministack, deployed)
        edge = Edge(backend, identity, gate, lifetime_from(os.environ), administration=administration)

        async def follow() -> None:
            edge.backend = _backend(ministack, await deployment.bring_up_to_date())
            # Live queries have to run again, and what functions were about when they were exchanged is lost.
            edge.sockets.close_all()

        async with _opened(edge, door):
            _write_environment(workspace, deployed)
            sys.stdout.write(f"Polaris is ready at {workspace.origin}\n")
            sys.stdout.flush()
            await asyncio.gather(watch(workspace.root, follow), ministack.ended())
    finally:
        ministack.stop()


def _admin_token(signer: Signer) -> str:
    return issue(signer, _DEVELOPER, int(time.time()) + _ADMIN_LIFETIME_S)


def _backend(ministack: MiniStack, deployed: Deployed) -> Backend:
    return Backend(
        api=f"{ministack.apis}/{deployed.api_id}/$default",
        sync=f"{ministack.apis}/{deployed.sync}",
        bucket=f"{ministack.endpoint}/{deployed.storage_bucket}",
    )


@asynccontextmanager
async def _opened(edge: Edge, door: socket.socket) -> AsyncIterator[None]:
    runner = edge.runner()
    await runner.setup()
    try:
        await web.SockSite(runner, door).start()
        yield
    finally:
        await runner.cleanup()


def _write_environment(workspace: Workspace, deployed: Deployed) -> None:
    file = workspace.state / "local.env"
    file.touch(mode=0o600)
    file.write_text(f"POLARIS_URL={workspace.origin}\nPOLARIS_CONVEX_INTERNAL_KEY={deployed.internal_key}\n")


if __name__ == "__main__":
    sys.exit(main())
