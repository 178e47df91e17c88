"""A MiniStack of the test's own, with every table of the backend."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from infra.local.ministack import MiniStack
from infra.local.workspace import ROOT, Workspace


@contextmanager
def ministack() -> Iterator[str]:
    """Run a MiniStack, with AWS's variables of this process pointing at it, and yield its endpoint."""
    with TemporaryDirectory() as folder:
        cloud = MiniStack(Workspace(ROOT, Path(folder), 0))
        asyncio.run(cloud.start())
        settings = {
            "AWS_ENDPOINT_URL": cloud.endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "AWS_DEFAULT_REGION": "us-east-1",
        }
        try:
            with patch.dict(os.environ, settings):
                yield cloud.endpoint
        finally:
            cloud.stop()
