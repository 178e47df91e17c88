"""The jobs that users begin, besides messages: generating a project, importing one from GitHub, exporting one.

Each is decided on in one transaction with what shows it, so a job is either begun and seen, or neither.
"""

from __future__ import annotations

from typing import Any, Final, Literal, cast

from shared.domain.job_ends import end_job, set_export_status, set_import_status
from shared.domain.jobs import running_in, start_job
from shared.domain.ownership import project_of
from shared.domain.projects import add_project
from shared.errors import Conflict, InvalidArgument
from shared.github.url import name_of_repository, repository_named
from shared.runtime.context import MutationContext
from shared.schema.document import Id
from shared.schema.record import Record
from shared.schema.tables import JobKind, Project, User
from shared.schema.wire import plain
from shared.sealing import seal_token

SHORTEST_DESCRIPTION: Final = 10
LONGEST_DESCRIPTION: Final = 20_000
"""In characters; a description is kept in the job's row, which has to fit into the event of a stream."""

LONGEST_ABOUT: Final = 350
"""The longest description of a repository that GitHub takes."""

LONGEST_COMMIT_MESSAGE: Final = 2000


class BegunJob(Record):
    """A project that a job fills, and the job."""

    project_id: Id[Project]
    job_id: str


class Export(Record):
    """Where an export goes.

    `create`: to a new repository of the user's, `repo_name`. `push`: on top of what is in `owner`/`repo`, which is
    made if that is wanted.
    """

    mode: Literal["create", "push"]
    repo_name: str | None = None
    owner: str | None = None
    repo: str | None = None
    private: bool = True
    description: str | None = None
    commit_message: str | None = None
    create_if_missing: bool = False

    def checked(self) -> Export:
        """Return it without the space around what it says.

        Raises:
            InvalidArgument: GitHub would refuse a part of it, or one is missing.
        """
        if self.mode == "create":
            name_of_repository(self.repo_name or "")
        else:
            repository_named(self.owner or "", self.repo or "")
        said = {
            "description": _short(self.description, "Repository description", LONGEST_ABOUT),
            "commit_message": _short(self.commit_message, "Commit message", LONGEST_COMMIT_MESSAGE),
        }
        return self.model_copy(update=said)

    def as_input(self) -> dict[str, Any]:
        """Return what the job's steps are told."""
        return cast("dict[str, Any]", plain(self))


def begin_generation(ctx: MutationContext, owner: User, description: str, name: str | None) -> BegunJob:
    """Create a project and let the assistant write its files.

    Args:
        ctx: the mutation's context.
        owner: whose it is.
        description: what the assistant is to make.
        name: of the project, or None: one that tells when it was made.

    Raises:
        InvalidArgument: the description is too short or too long, or the name is no title.
        LimitReached: the owner's plan does not allow another project.
    """
    wanted = description.strip()
    if not SHORTEST_DESCRIPTION <= len(wanted) <= LONGEST_DESCRIPTION:
        raise InvalidArgument(
            f"Description must have {SHORTEST_DESCRIPTION} to {LONGEST_DESCRIPTION} characters (it has {len(wanted)})"
        )
    project = _added(ctx, owner, f"Generated Project {ctx.now_ms:.0f}" if name is None else name)
    job_id = _new_id(ctx)
    start_job(ctx, "generate-project", job_id, project, input={"description": wanted})
    return BegunJob(project_id=project.id, job_id=job_id)


def begin_import(ctx: MutationContext, owner: User, name: str, source: tuple[str, str], token: str) -> BegunJob:
    """Create a project and fill it with what is in a repository.

    Args:
        ctx: the mutation's context.
        owner: whose the project is.
        name: of the project.
        source: the repository's owner and name at GitHub.
        token: the user's GitHub token; it is kept sealed until the job ends.

    Raises:
        InvalidArgument: the project cannot be called that, nor any repository.
        LimitReached: the owner's plan does not allow another project.
    """
    repository = repository_named(*source)
    project = _added(ctx, owner, name)
    job_id = _new_id(ctx)
    start_job(
        ctx,
        "import-github-repo",
        job_id,
        project,
        input={"owner": repository.owner, "repo": repository.name},
        sealed_token=seal_token(ctx.signer, project.owner_id, token),
    )
    set_import_status(ctx, project, "importing")
    return BegunJob(project_id=project.id, job_id=job_id)


def begin_export(ctx: MutationContext, project: Project, export: Export, token: str) -> str:
    """Export a project, and return the job's id; where the last export went is known until this one ends.

    Args:
        ctx: the mutation's context.
        project: the project.
        export: where it goes.
        token: the user's GitHub token; it is kept sealed until the job ends.

    Raises:
        InvalidArgument: it cannot go there.
        Conflict: the project is being exported.
    """
    checked = export.checked()
    if running_in(ctx, project.id, "export-to-github") is not None:
        raise Conflict("This project is already being exported")
    job_id = _new_id(ctx)
    sealed = seal_token(ctx.signer, project.owner_id, token)
    start_job(ctx, "export-to-github", job_id, project, input=checked.as_input(), sealed_token=sealed)
    set_export_status(ctx, project, "exporting", project.export_repo_url)
    return job_id


def cancel_job(ctx: MutationContext, project: Project, kind: JobKind) -> str | None:
    """Cancel the job of this kind that is running in a project, and return its id, or None: none is."""
    job = running_in(ctx, project.id, kind)
    if job is None:
        return None
    end_job(ctx, job, "cancelled")
    return job.job_id


def forget_export(ctx: MutationContext, project: Project) -> None:
    """Let a project look as if it had never been exported.

    Raises:
        Conflict: it is being exported.
    """
    if project.export_status == "exporting":
        raise Conflict("This project is being exported; cancel the export first")
    ctx.db.patch(project.id, export_status=None, export_repo_url=None, updated_at=ctx.now_ms)


def _added(ctx: MutationContext, owner: User, name: str) -> Project:
    return project_of(ctx, add_project(ctx, owner, name))


def _new_id(ctx: MutationContext) -> str:
    return ctx.entropy(16).hex()


def _short(text: str | None, what: str, limit: int) -> str | None:
    said = (text or "").strip()
    if len(said) > limit:
        raise InvalidArgument(f"{what} cannot be longer than {limit} characters (it has {len(said)})")
    return said or None
