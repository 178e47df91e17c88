"""Imports from GitHub, and exports to it."""

from __future__ import annotations

from typing import Any, Final, Literal

from pydantic import AliasChoices, Field

from functions.github import cancel_export, reset_export
from functions.routes.usage import USAGE, refused_usage
from functions.system.github import start_export, start_import
from functions.users import get_subscription
from shared.domain.new_jobs import Export
from shared.errors import Forbidden, InvalidArgument, LimitReached
from shared.github.client import GitHub
from shared.github.repository import login_of
from shared.github.url import repository_at
from shared.runtime.route import GITHUB_TOKEN, Fields, Json, Request, route
from shared.schema.document import Id
from shared.schema.tables import Project
from shared.service_errors import GitHubNotConnected

_NOT_CONNECTED: Final = "GitHub not connected. Please connect your GitHub account."
_PATIENCE_S: Final = 8.0
"""How long GitHub may take where somebody waits for it; frontends wait 10 s."""


class Source(Fields):
    """A repository; frontends differ in what they call its URL."""

    url: str = Field(validation_alias=AliasChoices("url", "repoUrl"), min_length=1, title="Repository URL")


class Target(Fields):
    """A project, and the repository that is to hold it: a new one, `repo_name`, or the one at `repo_url`."""

    project_id: Id[Project]
    repo_name: str | None = None
    visibility: Literal["public", "private"] = "private"
    description: str | None = None
    repo_url: str | None = None
    commit_message: str | None = None
    create_if_not_exists: bool = False
    is_private: bool = True
    repo_description: str | None = None

    def export(self, api_url: str) -> Export:
        """Return where the export goes.

        Raises:
            InvalidArgument: no repository is named, or the URL is none of a repository.
        """
        if self.repo_url:
            owner, repo = repository_at(self.repo_url, api_url)
            return Export(
                mode="push",
                owner=owner,
                repo=repo,
                private=self.is_private,
                description=self.repo_description,
                commit_message=self.commit_message,
                create_if_missing=self.create_if_not_exists,
            )
        if not self.repo_name:
            raise InvalidArgument("`repoName` or `repoUrl` is required")
        return Export(
            mode="create",
            repo_name=self.repo_name,
            private=self.visibility == "private",
            description=self.description,
            commit_message=self.commit_message,
        )


class OneProject(Fields):
    """A project."""

    project_id: Id[Project]


@route(
    "POST /api/github/import",
    fields=Source,
    calls=(start_import, get_subscription, *USAGE),
    failed="Failed to import repository",
    tells={LimitReached: refused_usage},
    uses=("tokens",),
)
def begin_import(request: Request[Source]) -> Json:
    """Creates a project and imports a repository into it."""
    request.spend("starts")
    _require_plan(request)
    source = repository_at(request.fields.url, request.environment.services.settings.github_api_url)
    begun = request.call(
        start_import,
        owner_id=request.identity.subject,
        name=source.name,
        owner=source.owner,
        repo=source.name,
        github_token=_token(request),
    )
    return {"success": True, "projectId": begun["projectId"], "eventId": begun["jobId"], "runId": begun["jobId"]}


@route(
    "POST /api/github/export",
    fields=Target,
    calls=(start_export, get_subscription),
    failed="Failed to export repository",
    uses=("tokens",),
)
def begin_export(request: Request[Target]) -> Json:
    """Exports a project to a repository."""
    request.spend("starts")
    _require_plan(request)
    target = request.fields.export(request.environment.services.settings.github_api_url)
    job_id = request.call(
        start_export,
        owner_id=request.identity.subject,
        project_id=request.fields.project_id,
        export=target,
        github_token=_token(request),
    )
    return {"success": True, "projectId": request.fields.project_id, "eventId": job_id, "runId": job_id}


@route("POST /api/github/export/cancel", fields=OneProject, calls=(cancel_export,), failed="Failed to cancel export")
def cancel(request: Request[OneProject]) -> Json:
    """Stops the export of a project, if one is running."""
    job_id = request.call(cancel_export, project_id=request.fields.project_id)
    return {"success": True, "projectId": request.fields.project_id, "eventId": job_id}


@route("POST /api/github/export/reset", fields=OneProject, calls=(reset_export,), failed="Failed to reset export")
def reset(request: Request[OneProject]) -> Json:
    """Forgets how the last export of a project ended, and where it went."""
    request.call(reset_export, project_id=request.fields.project_id)
    return {"success": True, "projectId": request.fields.project_id}


@route("GET /api/github/status", fields=Fields, calls=(), failed="Failed to check the connection", uses=("tokens",))
def status(request: Request[Fields]) -> Json:
    """Tells whether the caller has connected a GitHub account, and which one."""
    request.spend("queries")  # though it only asks GitHub
    here = request.environment
    try:
        token = _token(request)
    except GitHubNotConnected:
        return {"connected": False}
    clock = here.database.store.clock
    deadline_ms = clock.now_ms() + _PATIENCE_S * 1000
    github = GitHub(here.services.settings.github_api_url, token, clock, deadline_ms, patience_s=_PATIENCE_S / 2)
    try:
        return {"connected": True, "username": login_of(github)}
    except GitHubNotConnected as error:
        return {"connected": False, "error": error.message}


def _require_plan(request: Request[Any]) -> None:
    """Return if the caller's plan includes GitHub.

    Raises:
        Forbidden: it does not.
    """
    if not request.environment.services.settings.github_requires_pro:
        return
    subscription = request.call(get_subscription)
    if subscription is None or not subscription["isPro"]:
        raise Forbidden("Pro plan required")


def _token(request: Request[Any]) -> str:
    """Return the caller's GitHub token: the one that a frontend's server passes, or the identity provider's.

    Raises:
        GitHubNotConnected: there is none.
        AccountsUnavailable: the identity provider does not answer.
    """
    here = request.environment
    given = request.headers.get(GITHUB_TOKEN)
    token = given or here.services.accounts.github_token(request.identity, here.settings)
    if not token:
        raise GitHubNotConnected(_NOT_CONNECTED)
    request.exchange.sent.append(token)
    return token
