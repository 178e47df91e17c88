"""The npm package of the transport: what it is made of, how large it is, and whether it is a WebSocket to clients."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from infra.local.workspace import ROOT
from tests.e2e.node_suite import CLIENTS
from tests.support.code_blocks import code_blocks

PACKAGE = ROOT / "client"
BIN = CLIENTS / "node_modules/.bin"
MOST_BYTES = 3 * 1024

OPTIONS = ["--strict", "--noEmit", "--skipLibCheck", "--pretty", "false", "--target", "es2022"]
OPTIONS += ["--module", "esnext", "--moduleResolution", "bundler", "--lib", "es2022,dom", "--types", ""]

FRONTEND = """
import { ConvexClient } from "convex/browser";
import { ConvexReactClient } from "convex/react";
import { CLOSE_UNANSWERED, PolarisWebSocket, transport, type TransportOptions } from "polaris-transport";

const options: TransportOptions = { url: "wss://api.example/stage", keepAliveMs: 1, answerMs: 1, WebSocket };
new ConvexReactClient("https://polaris.example", { webSocketConstructor: transport(options) });
new ConvexClient("https://polaris.example", { webSocketConstructor: PolarisWebSocket });
const socket: WebSocket = new PolarisWebSocket("wss://api.example");
socket.onclose = ({ code }) => code === CLOSE_UNANSWERED;
"""


def package_json() -> Any:
    return json.loads((PACKAGE / "package.json").read_text())


def run(*command: str | Path, folder: Path, **variables: str) -> str:
    """Run a command and return what it printed, or fail with it."""
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **variables}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def frontend(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the package and the clients are installed."""
    folder = tmp_path_factory.mktemp("frontend")
    modules = folder / "node_modules"
    modules.mkdir()
    for installed in (CLIENTS / "node_modules").iterdir():
        (modules / installed.name).symlink_to(installed)
    package = modules / package_json()["name"]
    run(BIN / "tsc", "--pretty", "false", "--project", PACKAGE, "--outDir", package / "dist", folder=folder)
    shutil.copy(PACKAGE / "package.json", package)
    return folder


def test_it_has_a_version_a_licence_and_types_and_depends_on_nothing() -> None:
    package = package_json()
    assert {"name", "version", "license", "description"} <= package.keys()
    assert not package.keys() & {"dependencies", "peerDependencies", "optionalDependencies", "bundledDependencies"}
    assert (package["type"], package["exports"]["."]["types"]) == ("module", "./dist/index.d.ts")


def test_what_it_exports_is_built_and_nothing_else_is_in_it(frontend: Path) -> None:
    package = frontend / "node_modules" / package_json()["name"]
    for file in package_json()["exports"]["."].values():
        assert (package / file).is_file()
    (packed,) = json.loads(run("npm", "pack", "--dry-run", "--json", "--offline", folder=package))
    files = ["dist/index.d.ts", "dist/index.js", "dist/parts.d.ts", "dist/parts.js", "package.json"]
    assert sorted(file["path"] for file in packed["files"]) == files


def test_its_bundle_is_below_3_kb(frontend: Path) -> None:
    bundle = ["--bundle", "--minify", "--format=esm", "--log-level=error"]
    text = run(BIN / "esbuild", "node_modules/polaris-transport/dist/index.js", *bundle, folder=frontend)
    assert 1000 < len(gzip.compress(text.encode())) < MOST_BYTES


def test_clients_take_it_for_a_websocket(frontend: Path) -> None:
    (frontend / "page.ts").write_text(FRONTEND)
    run(BIN / "tsc", *OPTIONS, "page.ts", folder=frontend)


@pytest.mark.parametrize("document", ["docs/frontend.md", "client/README.md"])
def test_what_documents_say_of_it_compiles(frontend: Path, document: str) -> None:
    (block,) = code_blocks(document, "ts")
    (frontend / "told.ts").write_text(block)
    run(BIN / "tsc", *OPTIONS, "told.ts", folder=frontend)


def test_the_command_that_frontends_are_told_installs_it(frontend: Path, tmp_path: Path) -> None:
    (command,) = (command for command in code_blocks("docs/frontend.md", "sh") if "make client" in command)
    make, _, install = command.partition(" && ")
    assert make == "make client"  # which builds where the sources are
    shutil.copytree(frontend / "node_modules" / package_json()["name"], tmp_path / "client")
    (tmp_path / "frontend").mkdir()
    offline = {"npm_config_offline": "true", "npm_config_audit": "false"}
    told = install.replace("../frontend", "frontend")
    run("sh", "-c", told, folder=tmp_path, PWD=str(tmp_path), **offline)
    script = "import('polaris-transport').then(({ transport }) => console.log(typeof transport()))"
    assert run("node", "--eval", script, folder=tmp_path / "frontend") == "function\n"


def test_it_behaves_like_a_websocket(frontend: Path) -> None:
    suite = "transport.test.mjs"
    shutil.copy(Path(__file__).parent / suite, frontend)
    run("node", "--test", "--test-reporter=spec", suite, folder=frontend)
