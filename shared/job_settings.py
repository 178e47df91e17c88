"""The settings of jobs: a frozen view of the environment, read when first asked for, never at import."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Final, Literal, NamedTuple

AgentTools = Literal["ids", "paths"]
ConflictPolicy = Literal["replace", "reject"]


class JobSettings(NamedTuple):
    """What jobs need to know of the deployment; the template sets the variables of all functions.

    Attributes:
        machines: ARN of the state machines without their names.
        model_id: Bedrock's id of the assistant's model or inference profile, or empty: there is none.
        title_model_id: that of the model that finds titles, or empty: the same.
        model_region: where they are, or empty: in the deployment's own region.
        model_endpoint: another URL that speaks Bedrock's Converse API, or empty.
        model_max_tokens: the most tokens of one answer of the model.
        agent_tools: whether the assistant names files by their ids or by their paths.
        conflict_policy: whether a new message replaces one that is being processed, or is refused.
        github_api_url: where GitHub's REST API is; an Enterprise Server has it at `/api/v3`.
        github_requires_pro: whether imports and exports are for paying users.
        provider_key_secret: Secrets Manager id of the identity provider's server key, with which users' GitHub tokens
            are fetched, or empty: callers pass tokens themselves.
        clerk_api_url: where Clerk's backend API is.
        stack_api_url: where Stack Auth's server API is.
        autumn_api_url: where Autumn's API is.
        autumn_key_secret: Secrets Manager id of Autumn's key, or empty: there is no billing.
        monthly_product_id: Autumn's id of the plan that is paid monthly.
        yearly_product_id: Autumn's id of the plan that is paid yearly.
    """

    machines: str = ""
    model_id: str = ""
    title_model_id: str = ""
    model_region: str = ""
    model_endpoint: str = ""
    model_max_tokens: int = 4096
    agent_tools: AgentTools = "paths"
    conflict_policy: ConflictPolicy = "replace"
    github_api_url: str = "https://api.github.com"
    github_requires_pro: bool = False
    provider_key_secret: str = ""
    clerk_api_url: str = "https://api.clerk.com"
    stack_api_url: str = "https://api.stack-auth.com"
    autumn_api_url: str = "https://api.useautumn.com"
    autumn_key_secret: str = ""
    monthly_product_id: str = ""
    yearly_product_id: str = ""


VARIABLES: Final[Mapping[str, str]] = {
    "machines": "POLARIS_MACHINES",
    "model_id": "POLARIS_MODEL_ID",
    "title_model_id": "POLARIS_TITLE_MODEL_ID",
    "model_region": "POLARIS_MODEL_REGION",
    "model_endpoint": "POLARIS_MODEL_ENDPOINT",
    "model_max_tokens": "POLARIS_MODEL_MAX_TOKENS",
    "agent_tools": "POLARIS_AGENT_TOOLS",
    "conflict_policy": "MESSAGE_CONFLICT_POLICY",
    "github_api_url": "GITHUB_API_URL",
    "github_requires_pro": "POLARIS_GITHUB_REQUIRES_PRO",
    "provider_key_secret": "POLARIS_PROVIDER_KEY_SECRET",
    "clerk_api_url": "CLERK_API_URL",
    "stack_api_url": "STACK_API_URL",
    "autumn_api_url": "AUTUMN_API_URL",
    "autumn_key_secret": "POLARIS_AUTUMN_KEY_SECRET",
    "monthly_product_id": "AUTUMN_PRO_MONTHLY_PRODUCT_ID",
    "yearly_product_id": "AUTUMN_PRO_YEARLY_PRODUCT_ID",
}
"""The environment variable of each setting; one that is empty or missing has its default."""

_FROM_TEXT: Final[Mapping[type, Callable[[str], Any]]] = {bool: "true".__eq__, int: int, str: str}


@cache
def job_settings() -> JobSettings:
    """Read the settings of this process from its environment (once)."""
    return settings_from(os.environ)


def settings_from(environment: Mapping[str, str]) -> JobSettings:
    """Read the settings from the variables of an environment."""
    given = {
        name: _FROM_TEXT[type(default)](environment[VARIABLES[name]])
        for name, default in JobSettings._field_defaults.items()
        if environment.get(VARIABLES[name])
    }
    return JobSettings(**given)


def to_environment(settings: JobSettings) -> dict[str, str]:
    """Return the variables that make other processes read these settings."""
    return {VARIABLES[name]: _text(value) for name, value in settings._asdict().items()}


def _text(value: str | int) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
