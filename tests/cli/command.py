"""The command line as an operator meets it, on a deployment in memory."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from contextlib import redirect_stdout
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

from typer.testing import CliRunner, Result

import functions
from infra.cli.app import app
from infra.cli.deployment import Deployment
from shared.errors import PolarisError
from shared.runtime.environment import use
from shared.runtime.registry import discover
from shared.settings import settings_from
from tests.runtime.backend import LAMBDA
from tests.support.backend import Backend

VARIABLES = {
    "POLARIS_TABLE_PREFIX": "polaris-test-",
    "POLARIS_CONTENT_BUCKET": "content",
    "POLARIS_STORAGE_BUCKET": "storage",
    "POLARIS_INTERNAL_KEY_SECRET": "polaris-test-internal-key",
    "POLARIS_SIGNING_KEY_SECRET": "polaris-test-signing-key",
    "POLARIS_PUBLIC_URL_PARAMETER": "/polaris/test/public-url",
    "CLERK_JWT_ISSUER_DOMAIN": "https://id.example",
}


class NotThere(Exception):
    """What a client raises for what does not exist."""


class Lambdas:
    """Lambda, with the functions of a backend."""

    exceptions = SimpleNamespace(ResourceNotFoundException=NotThere)

    def __init__(self, backend: Backend) -> None:
        self._environment = replace(backend.environment, settings=settings_from(VARIABLES))
        self._functions = {
            f"polaris-test-{path.replace(':', '-')}": function for path, function in discover(functions).items()
        }

    def invoke(self, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803 - botocore's names
        """Run a function as Lambda does."""
        if FunctionName not in self._functions:
            raise NotThere
        with use(self._environment), redirect_stdout(io.StringIO()):
            try:
                told, failed = self._functions[FunctionName](json.loads(Payload), LAMBDA), {}
            except PolarisError as error:
                told = {"errorType": type(error).__name__, "errorMessage": str(error)}
                failed = {"FunctionError": "Unhandled"}
        return {"Payload": io.BytesIO(json.dumps(told).encode()), **failed}


def deployment_of(backend: Backend, **clients: Any) -> Deployment:
    """Return the stage `test` of a backend in memory, with further clients by the names of their services."""
    made: Mapping[str, Any] = {"lambda": Lambdas(backend), **clients}
    return Deployment("test", VARIABLES, client=made.__getitem__, open_store=lambda _: backend.store)


def polaris(*arguments: str, deployment: Deployment | None = None, **options: Any) -> Result:
    """Run a command, on `deployment` or on what the process's environment leads to."""
    opener = None if deployment is None else lambda _stage: deployment
    return CliRunner().invoke(app, [*arguments], prog_name="polaris", obj=opener, **options)


def lines(text: str) -> list[str]:
    """Return the lines that are not empty, without the space around them."""
    return [line.strip() for line in text.splitlines() if line.strip()]
