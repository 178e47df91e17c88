"""Imports from GitHub and exports to it, for the app's own servers, which know their users' GitHub tokens."""

from __future__ import annotations

from typing import Annotated

from shared.domain.new_jobs import BegunJob, Export, begin_export, begin_import
from shared.domain.ownership import project_of
from shared.domain.users import Subject, ensured_user
from shared.errors import Forbidden
from shared.runtime.context import MutationContext
from shared.runtime.function import internal_mutation
from shared.schema.document import Id
from shared.schema.rules import Rule
from shared.schema.tables import Job, Project, User

GitHubToken = Annotated[str, Rule(min_length=1, max_length=1000)]


@internal_mutation(writes=[Project, User, Job])
def start_import(
    ctx: MutationContext, *, owner_id: Subject, name: str, owner: str, repo: str, github_token: GitHubToken
) -> BegunJob:
    """Create a project and import a repository into it.

    Raises:
        InvalidArgument: the name is no title, or no repository is called that.
        LimitReached: the owner's plan does not allow another project.
    """
    return begin_import(ctx, ensured_user(ctx, owner_id), name, (owner, repo), github_token)


@internal_mutation(writes=[Project, Job])
def start_export(
    ctx: MutationContext, *, owner_id: Subject, project_id: Id[Project], export: Export, github_token: GitHubToken
) -> str:
    """Export a project to a repository of its owner's, and return the job's id.

    Raises:
        NotFound: there is no such project.
        Forbidden: it is not the owner's.
        InvalidArgument: no repository is called that, or a text is too long.
        Conflict: the project is being exported.
    """
    project = project_of(ctx, project_id)
    if project.owner_id != owner_id:
        raise Forbidden
    return begin_export(ctx, project, export, github_token)
