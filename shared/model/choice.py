"""Which models a deployment has chosen."""

from __future__ import annotations

from shared.job_settings import JobSettings
from shared.service_errors import ModelNotConfigured


def assistant_model(settings: JobSettings) -> str:
    """Return the id of the assistant's model.

    Raises:
        ModelNotConfigured: there is none.
    """
    if not settings.model_id:
        raise ModelNotConfigured(
            "The assistant is not configured: no model is chosen. Whoever runs this backend has to set `model_id` of "
            "the stage in cdk.json to the id of a model or inference profile on Amazon Bedrock and deploy it; for "
            "`make dev`, the environment variable POLARIS_MODEL_ID."
        )
    return settings.model_id


def title_model(settings: JobSettings) -> str:
    """Return the id of the model that finds titles (errors as of `assistant_model`)."""
    return settings.title_model_id or assistant_model(settings)
