"""The deployment's settings: a frozen view of the environment, read when first asked for, never at import."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from functools import cache
from typing import Literal, NamedTuple

from shared.limit_settings import VARIABLE as LIMITS
from shared.limit_settings import Limits, limits_from

ProjectOrder = Literal["created", "updated"]


class Settings(NamedTuple):
    """What a function needs to know of the deployment it runs in; the template sets the variables of all functions.

    Attributes:
        table_prefix: `POLARIS_TABLE_PREFIX`: what precedes each table's name, such as `polaris-dev-`.
        content_bucket: `POLARIS_CONTENT_BUCKET`: bucket of large text fields.
        storage_bucket: `POLARIS_STORAGE_BUCKET`: bucket of binary files.
        internal_key_secret: `POLARIS_INTERNAL_KEY_SECRET`: Secrets Manager id of the internal key.
        signing_key_secret: `POLARIS_SIGNING_KEY_SECRET`: Secrets Manager id of the key that signs cursors and
            upload tokens.
        public_url_parameter: `POLARIS_PUBLIC_URL_PARAMETER`: SSM parameter that holds the origin clients use. A
            parameter, since the distribution is deployed after the functions it fronts.
        clerk_issuer: `CLERK_JWT_ISSUER_DOMAIN`, or empty: Clerk is not used.
        stack_project_id: `STACK_PROJECT_ID`, or empty: Stack Auth is not used.
        auth_providers: `POLARIS_AUTH_PROVIDERS`: JSON list of further providers in Convex's `auth.config` form.
        project_order: `PROJECT_ORDER`: whether lists of projects are by creation (`created`, the default) or by last
            change (`updated`); newest first either way.
        mailboxes: `POLARIS_MAILBOXES`: JSON list of the URLs of the queues that carry what happens to sockets.
        websocket_endpoint: `POLARIS_WEBSOCKET_ENDPOINT`: the URL at which messages are posted to sockets, or empty.
        sweeps: `POLARIS_SWEEPS`: the URL of the queue in which sweeps of the connections wait for their time.
        sweep_segments: `POLARIS_SWEEP_SEGMENTS`: how many Lambdas share a sweep.
        audit_minutes: `POLARIS_AUDIT_MINUTES`: how often each connection's live queries are audited; 0: never.
        edge_key_secret: `POLARIS_EDGE_KEY_SECRET`: Secrets Manager id of the key by which the edge proves itself, or
            empty: there is no edge.
        limits: `POLARIS_LIMITS`: how much one caller may do, and have.
    """

    table_prefix: str
    content_bucket: str
    storage_bucket: str
    internal_key_secret: str
    signing_key_secret: str
    public_url_parameter: str
    clerk_issuer: str = ""
    stack_project_id: str = ""
    auth_providers: str = "[]"
    project_order: ProjectOrder = "created"
    mailboxes: tuple[str, ...] = ()
    websocket_endpoint: str = ""
    sweeps: str = ""
    sweep_segments: int = 1
    audit_minutes: int = 60
    edge_key_secret: str = ""
    limits: Limits = Limits()

    @property
    def stage(self) -> str:
        """The name of the deployment's stage, such as `prod`."""
        return self.table_prefix.removeprefix("polaris-").rstrip("-")

    def table_name(self, table: str) -> str:
        """Return the physical name of the table `table`."""
        return self.table_prefix + table.lstrip("_")


@cache
def settings() -> Settings:
    """Read the settings of this process from its environment (once)."""
    return settings_from(os.environ)


def settings_from(environment: Mapping[str, str]) -> Settings:
    """Read the settings from the variables of an environment.

    Raises:
        RuntimeError: one that every function has is missing.
    """
    return Settings(
        table_prefix=_required(environment, "POLARIS_TABLE_PREFIX"),
        content_bucket=_required(environment, "POLARIS_CONTENT_BUCKET"),
        storage_bucket=_required(environment, "POLARIS_STORAGE_BUCKET"),
        internal_key_secret=_required(environment, "POLARIS_INTERNAL_KEY_SECRET"),
        signing_key_secret=_required(environment, "POLARIS_SIGNING_KEY_SECRET"),
        public_url_parameter=_required(environment, "POLARIS_PUBLIC_URL_PARAMETER"),
        clerk_issuer=environment.get("CLERK_JWT_ISSUER_DOMAIN", ""),
        stack_project_id=environment.get("STACK_PROJECT_ID", ""),
        auth_providers=environment.get("POLARIS_AUTH_PROVIDERS", "[]"),
        project_order="updated" if environment.get("PROJECT_ORDER") == "updated" else "created",
        mailboxes=tuple(json.loads(environment.get("POLARIS_MAILBOXES", "[]"))),
        websocket_endpoint=environment.get("POLARIS_WEBSOCKET_ENDPOINT", ""),
        sweeps=environment.get("POLARIS_SWEEPS", ""),
        sweep_segments=int(environment.get("POLARIS_SWEEP_SEGMENTS", "1")),
        audit_minutes=int(environment.get("POLARIS_AUDIT_MINUTES", "60")),
        edge_key_secret=environment.get("POLARIS_EDGE_KEY_SECRET", ""),
        limits=limits_from(environment.get(LIMITS, "")),
    )


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name)
    if not value:
        raise RuntimeError(f"{name} is not set; the deployment's template sets it for every function")
    return value
