"""The settings of a stage, one deployment of the backend; several stages live in one account.

They come from the CDK context: `-c name=value`, else the stage's entry in `stages` of `cdk.json`, else the default.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, fields
from typing import Any, Final, Literal, get_args

from shared.job_settings import AgentTools, ConflictPolicy, JobSettings
from shared.limit_settings import limits_from
from shared.settings import ProjectOrder
from shared.sync.shards import SHARDS

Platform = Literal["aws", "local"]

_NAME: Final = re.compile(r"[a-z][a-z0-9]{0,11}")
"""Short enough for names of buckets and functions; no hyphen, so no stage's names begin with another's."""

LOG_RETENTION_DAYS: Final = (1, 7, 14, 30, 90, 180, 365)
"""A choice among what CloudWatch Logs accepts."""

MOST_MAILBOXES: Final = 8
"""Every function's environment and role names each of them."""

CONCURRENCY: Final = range(2, 1001)
"""What a queue may be given of Lambda's concurrent executions."""


@dataclass(frozen=True)
class Stage:
    """What differs between deployments.

    Attributes:
        name: part of every physical name; up to 12 lower-case letters and digits.
        platform: which layer the functions load: Lambda's, or this machine's for the embedded local cloud.
        edge: whether CloudFront stands in front; without it, as on `local`, `public_url` says where clients come in.
        alarms: whether there are alarms and their topic; not on `local`.
        removable: whether deleting the stack deletes the data, as only a throw-away stage should.
        public_url: the origin clients use when there is no CloudFront.
        domain_name: a host name of one's own for CloudFront, or empty.
        certificate_arn: its certificate, in us-east-1 as CloudFront demands.
        alarm_email: who is told of alarms, or empty: the topic has no subscriber yet.
        log_retention_days: how long logs are kept.
        clerk_issuer: see `shared.settings.Settings`, as for the following ones.
        stack_project_id: the Stack Auth project, or empty.
        auth_providers: JSON list of further identity providers.
        project_order: `created` or `updated`.
        mailboxes: how many queues carry what happens to sockets. One does on AWS; the local cloud handles one batch
            of a queue at a time.
        actors: how many connections are worked for at once; the rest of the account's concurrent executions are left
            to what takes in frames and serves HTTP.
        sweep_segments: how many Lambdas share a sweep of the connections; see docs/realtime.md.
        audit_minutes: how often each connection's live queries are audited, or 0: never.
        limits: JSON object of how much one caller may do, and have; see `shared.limit_settings.Limits`.
        execute_api_url: what stands for AWS's own addresses of APIs, before `/{id}/{stage}`, in the local cloud.
        jobs: what jobs are told, each under its own name in the context; see `shared.job_settings.JobSettings`.
    """

    name: str = "dev"
    platform: Platform = "aws"
    edge: bool = True
    alarms: bool = True
    removable: bool = False
    public_url: str = ""
    domain_name: str = ""
    certificate_arn: str = ""
    alarm_email: str = ""
    log_retention_days: int = 30
    clerk_issuer: str = ""
    stack_project_id: str = ""
    auth_providers: str = "[]"
    project_order: ProjectOrder = "created"
    mailboxes: int = 1
    actors: int = 500
    sweep_segments: int = 1
    audit_minutes: int = 60
    limits: str = "{}"
    execute_api_url: str = ""
    jobs: JobSettings = field(default_factory=JobSettings)

    def __post_init__(self) -> None:
        _require(bool(_NAME.fullmatch(self.name)), f"stage {self.name!r}: use 1-12 lower-case letters and digits")
        _require_one("platform", self.platform, get_args(Platform))
        _require_one("project_order", self.project_order, get_args(ProjectOrder))
        _require_one("log_retention_days", self.log_retention_days, LOG_RETENTION_DAYS)
        _require(self.edge or bool(self.public_url), "edge=false needs public_url, the origin clients use instead")
        _require(not self.public_url.endswith("/"), f"public_url {self.public_url!r}: leave out the trailing slash")
        _require(1 <= self.mailboxes <= MOST_MAILBOXES, f"mailboxes {self.mailboxes}: use 1 to {MOST_MAILBOXES}")
        _require(self.actors in CONCURRENCY, f"actors {self.actors}: use 2 to 1000")
        _require(1 <= self.sweep_segments <= SHARDS, f"sweep_segments {self.sweep_segments}: use 1 to {SHARDS}")
        _require(self.audit_minutes >= 0, f"audit_minutes {self.audit_minutes}: use 0 (never) or more")
        _require(bool(self.domain_name) == bool(self.certificate_arn), "domain_name and certificate_arn go together")
        _require(isinstance(json.loads(self.auth_providers), list), "auth_providers must be a JSON list")
        limits_from(self.limits)
        _require_one("agent_tools", self.jobs.agent_tools, get_args(AgentTools))
        _require_one("conflict_policy", self.jobs.conflict_policy, get_args(ConflictPolicy))
        _require(not self.jobs.machines, "machines: follow from the stage's name, they are no setting")


def stage_from(context: Callable[[str], Any]) -> Stage:
    """Read the stage that the CDK context names (`stage`, else `dev`).

    Raises:
        ValueError: a setting is unknown or has a value that cannot work.
    """
    name = context("stage") or "dev"
    declared: dict[str, Any] = (context("stages") or {}).get(name, {})
    own = {known.name: str(known.type) for known in fields(Stage) if known.name != "jobs"}
    of_jobs = {key: type(default).__name__ for key, default in JobSettings._field_defaults.items()}
    known = own | of_jobs
    unknown = sorted(declared.keys() - known.keys())
    _require(not unknown, f"stage {name!r} has unknown settings: {', '.join(unknown)}")
    given = {key: value for key in known if (value := context(key)) is not None}
    merged: dict[str, Any] = {**declared, **given, "name": name}
    if merged.get("platform") == "local":
        merged = {"edge": False, "alarms": False, **merged}
    settings = {key: _converted(value, known[key]) for key, value in merged.items()}
    jobs = JobSettings(**{key: value for key, value in settings.items() if key in of_jobs})
    return Stage(**{key: value for key, value in settings.items() if key in own}, jobs=jobs)


def _converted(value: Any, kind: str) -> Any:
    """Context values from the command line are text."""
    if kind == "bool" and isinstance(value, str):
        _require(value in {"true", "false"}, f"{value!r}: use true or false")
        return value == "true"
    if kind == "int":
        return int(value)
    return json.dumps(value) if isinstance(value, list | dict) else value


def _require_one(name: str, value: object, allowed: tuple[object, ...]) -> None:
    _require(value in allowed, f"{name} {value!r}: use one of {', '.join(map(str, allowed))}")


def _require(holds: bool, message: str) -> None:
    if not holds:
        raise ValueError(message)
