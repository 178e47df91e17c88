"""The origin that clients use, which is known only once the edge in front of the functions is deployed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from shared.errors import TransientError


class PublicUrl:
    """The origin, such as `https://api.example.com`, fetched once per process.

    Args:
        fetch: fetches it; raises TransientError.
    """

    def __init__(self, fetch: Callable[[], str]) -> None:
        self._fetch = fetch
        self._url = ""

    def __call__(self) -> str:
        """Return the origin without a trailing slash.

        Raises:
            TransientError: it cannot be fetched, or is not known yet.
        """
        if not self._url:
            self._url = self._fetch().strip().rstrip("/")
        if not self._url:
            raise TransientError("The public URL is empty; deploy the edge, which sets it")
        return self._url


def parameter_store(client: Callable[[], Any], name: str) -> Callable[[], str]:
    """Return a fetch of the SSM parameter `name`.

    Args:
        client: returns a botocore SSM client; called at the first fetch.
        name: the parameter's name.
    """

    def fetch() -> str:
        try:
            value: str = client().get_parameter(Name=name)["Parameter"]["Value"]
        except ClientError as error:
            raise TransientError(f"SSM did not give {name}: {error.response['Error']['Code']}") from error
        except BotoCoreError as error:
            raise TransientError(f"SSM did not give {name}: {type(error).__name__}") from error
        return value

    return fetch
