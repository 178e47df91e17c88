"""The settings of jobs: a frozen view of the environment, read when first asked for, never at import."""

from __future__ import annotations

import os
from functools import cache
from typing import Literal, NamedTuple

AgentTools = Literal["ids", "paths"]
ConflictPolicy = Literal["replace", "reject"]


class JobSettings(NamedTuple):
    """What jobs need to know of the deployment; the template sets the variables of all functions.

    Attributes:
        machines: `POLARIS_MACHINES`: ARN of the state machines without their names.
        model_id: `POLARIS_MODEL_ID`: Bedrock's id of the assistant's model or inference profile, or empty: none.
        title_model_id: `POLARIS_TITLE_MODEL_ID`: that of the model that finds titles, by default the same.
        model_region: `POLARIS_MODEL_REGION`: where they are, by default in the deployment's own region.
        model_endpoint: `POLARIS_MODEL_ENDPOINT`: another URL that speaks Bedrock's Converse API, or empty.
        model_max_tokens: `POLARIS_MODEL_MAX_TOKENS`: the most tokens of one answer of the model.
        agent_tools: `POLARIS_AGENT_TOOLS`: whether the assistant names files by their ids or by their paths.
        conflict_policy: `MESSAGE_CONFLICT_POLICY`: whether a new message replaces one that is being processed.
        github_api_url: `GITHUB_API_URL`: where GitHub's REST API is; an Enterprise Server has it at `/api/v3`.
        github_requires_pro: `POLARIS_GITHUB_REQUIRES_PRO`: whether imports and exports are for paying users.
        provider_key_secret: `POLARIS_PROVIDER_KEY_SECRET`: Secrets Manager id of the identity provider's server key,
            with which users' GitHub tokens are fetched, or empty: callers pass tokens themselves.
        clerk_api_url: `CLERK_API_URL`: where Clerk's backend API is.
        stack_api_url: `STACK_API_URL`: where Stack Auth's server API is.
        autumn_api_url: `AUTUMN_API_URL`: where Autumn's API is.
        autumn_key_secret: `POLARIS_AUTUMN_KEY_SECRET`: Secrets Manager id of Autumn's key, or empty: no billing.
        monthly_product_id: `AUTUMN_PRO_MONTHLY_PRODUCT_ID`.
        yearly_product_id: `AUTUMN_PRO_YEARLY_PRODUCT_ID`.
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


@cache
def job_settings() -> JobSettings:
    """Read the settings of this process from its environment (once)."""
    default = JobSettings()

    def text(name: str, otherwise: str = "") -> str:
        return os.environ.get(name) or otherwise

    return JobSettings(
        machines=text("POLARIS_MACHINES"),
        model_id=text("POLARIS_MODEL_ID"),
        title_model_id=text("POLARIS_TITLE_MODEL_ID", text("POLARIS_MODEL_ID")),
        model_region=text("POLARIS_MODEL_REGION"),
        model_endpoint=text("POLARIS_MODEL_ENDPOINT"),
        model_max_tokens=int(text("POLARIS_MODEL_MAX_TOKENS", str(default.model_max_tokens))),
        agent_tools="ids" if text("POLARIS_AGENT_TOOLS") == "ids" else "paths",
        conflict_policy="reject" if text("MESSAGE_CONFLICT_POLICY") == "reject" else "replace",
        github_api_url=text("GITHUB_API_URL", default.github_api_url).rstrip("/"),
        github_requires_pro=text("POLARIS_GITHUB_REQUIRES_PRO") == "true",
        provider_key_secret=text("POLARIS_PROVIDER_KEY_SECRET"),
        clerk_api_url=text("CLERK_API_URL", default.clerk_api_url).rstrip("/"),
        stack_api_url=text("STACK_API_URL", default.stack_api_url).rstrip("/"),
        autumn_api_url=text("AUTUMN_API_URL", default.autumn_api_url).rstrip("/"),
        autumn_key_secret=text("POLARIS_AUTUMN_KEY_SECRET"),
        monthly_product_id=text("AUTUMN_PRO_MONTHLY_PRODUCT_ID"),
        yearly_product_id=text("AUTUMN_PRO_YEARLY_PRODUCT_ID"),
    )
