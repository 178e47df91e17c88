"""Models on Amazon Bedrock, or at another address that speaks its Converse API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from botocore.eventstream import ParserError
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    InvalidEndpointConfigurationError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
)
from urllib3.exceptions import HTTPError

from shared import aws
from shared.job_settings import JobSettings
from shared.model.converse import from_converse, to_converse
from shared.model.port import AUTO, End, Json, ModelEvent, Request
from shared.model.refusals import refusal, unavailable
from shared.service_errors import ModelRefused

_CHOICE: Final = ("toolchoice", "tool choice", "tool_choice")
"""What models that take no choice of a tool call it when they refuse one."""


_MISCONFIGURED: Final = (
    InvalidEndpointConfigurationError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
)

_PATIENCE_S: Final = 120.0
"""A model may think for a while before it says anything."""


def bedrock_client(settings: JobSettings, patience_s: float = _PATIENCE_S) -> Callable[[], Any]:
    """Return what makes the client of the deployment's models; it waits `patience_s` for the next byte."""
    return partial(
        aws.client,
        "bedrock-runtime",
        repeats=False,
        endpoint=settings.model_endpoint or None,
        region=settings.model_region or None,
        patience_s=patience_s,
    )


class BedrockModel:
    """Models, by their ids. A failed request is not repeated here: that is the state machine's.

    Args:
        client: makes the botocore client of `bedrock-runtime`, when it is first needed.
    """

    def __init__(self, client: Callable[[], Any]) -> None:
        self._client = client

    def stream(self, request: Request) -> Iterator[ModelEvent]:
        """Yield the next turn as it comes; see `shared.model.port.Model`."""
        with _told(request.model_id):
            events = self._begin(request)
            try:
                is_whole = False
                for event in from_converse(events):
                    is_whole = isinstance(event, End)
                    yield event
            finally:
                events.close()
            if not is_whole:
                raise unavailable("its answer breaks off")

    def _begin(self, request: Request) -> Any:
        asked = to_converse(request)
        try:
            return self._ask(asked)
        except ClientError as error:
            if request.choice == AUTO or not _is_about_choice(error.response):
                raise
            return self._ask(to_converse(request._replace(choice=AUTO)))

    def _ask(self, asked: Json) -> Any:
        return self._client().converse_stream(**asked)["stream"]


@contextmanager
def _told(model_id: str) -> Iterator[None]:
    """Raise what went wrong in the words of `shared.service_errors`."""
    try:
        yield
    except ClientError as error:
        raise refusal(dict(error.response), model_id) from error
    except _MISCONFIGURED as error:
        raise ModelRefused(
            f"The model {model_id} cannot be asked: {error} Check the backend's credentials, "
            "`model_region` and `model_endpoint`."
        ) from error
    except (BotoCoreError, HTTPError, ParserError, OSError, ValueError) as error:
        raise unavailable(type(error).__name__) from error


def _is_about_choice(answer: Any) -> bool:
    error = answer.get("Error", {})
    said = str(error.get("Message", "")).lower()
    return error.get("Code") == "ValidationException" and any(word in said for word in _CHOICE)
