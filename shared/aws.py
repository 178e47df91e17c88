"""Clients of AWS services, made once per process, on botocore itself (boto3's resource layer is not needed here)."""

from __future__ import annotations

from functools import cache
from threading import Lock
from typing import Any, Final

import botocore.session
from botocore.config import Config

_CONNECTIONS: Final = 16

ONE_ATTEMPT: Final[Any] = {"total_max_attempts": 1}
"""For callers that decide themselves what may be repeated: the data layer, and posts to sockets."""

USUAL_ATTEMPTS: Final[Any] = {"total_max_attempts": 4, "mode": "standard"}


_MAKING: Final = Lock()
"""Clients may be used by several threads at once, but not made."""


@cache
def session() -> botocore.session.Session:
    """Return this process's session."""
    return botocore.session.get_session()


@cache
def client(
    service: str,
    *,
    repeats: bool = True,
    endpoint: str | None = None,
    region: str | None = None,
    patience_s: float | None = None,
) -> Any:
    """Return this process's client of `service`, such as `s3`.

    Args:
        service: botocore's name of the service.
        repeats: whether botocore may repeat a failed call.
        endpoint: where the service is, when it is not where its name says.
        region: where it is, when that is not the deployment's own region.
        patience_s: how long to wait for the next byte, when that is not some seconds.
    """
    config = Config(
        retries=USUAL_ATTEMPTS if repeats else ONE_ATTEMPT,
        connect_timeout=2,
        read_timeout=patience_s or (10 if repeats else 5),
        max_pool_connections=_CONNECTIONS,
        tcp_keepalive=True,
        # Three hundredths of a call; what the data layer asks for is well-formed, and DynamoDB looks again.
        parameter_validation=service != "dynamodb",
        s3={"addressing_style": "path"},
        # Left to itself botocore presigns for S3 with version 2, which does not sign an upload's size.
        signature_version="s3v4" if service == "s3" else None,
    )
    with _MAKING:
        return session().create_client(service, region, config=config, endpoint_url=endpoint)


def late_client(service: str) -> Any:
    """Return what becomes this process's client of `service` when it is first used: making one takes 30 ms."""
    return _LateClient(service)


class _LateClient:
    def __init__(self, service: str) -> None:
        self._service = service

    def __getattr__(self, operation: str) -> Any:
        return getattr(client(self._service), operation)
