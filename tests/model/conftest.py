"""A scripted model, and what asks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared import aws
from shared.job_settings import JobSettings
from shared.model.bedrock import BedrockModel, bedrock_client
from tests.support.converse import Endpoint, in_order, serving


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Credentials that mean nothing."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    aws.client.cache_clear()
    yield
    aws.client.cache_clear()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with serving(in_order()) as endpoint:
        yield endpoint


@pytest.fixture
def model(endpoint: Endpoint, credentials: None) -> BedrockModel:
    return model_at(endpoint)


def model_at(endpoint: Endpoint, patience_s: float = 60.0) -> BedrockModel:
    settings = JobSettings(model_endpoint=endpoint.url, model_region="eu-central-1")
    return BedrockModel(bedrock_client(settings, patience_s))
