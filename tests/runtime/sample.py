"""Functions for tests, of every kind."""

from __future__ import annotations

from typing import Any, Literal

from shared.errors import Conflict, InvalidCursor, Overloaded, TransientError
from shared.runtime.arguments import ABSENT, Absent
from shared.runtime.context import BulkContext, MutationContext, QueryContext
from shared.runtime.function import (
    bulk_mutation,
    internal_bulk_mutation,
    internal_mutation,
    internal_query,
    mutation,
    query,
)
from shared.schema.document import Id
from shared.schema.tables import File, Project, ProjectSettings


@query()
def greet(ctx: QueryContext, *, name: str) -> str:
    """Greet somebody."""
    return f"Hello {name}"


@query()
def echo(ctx: QueryContext, *, value: Any = None) -> Any:
    """Return the argument."""
    return value


@query()
def configure(
    ctx: QueryContext,
    *,
    limit: int = 200,
    share: float = 0.5,
    role: Literal["user", "assistant"] = "user",
    settings: ProjectSettings | None = None,
    ends_at: float | Absent | None = ABSENT,
    parent_id: Id[File] | None = None,
    tags: list[str] | None = None,
    weights: dict[str, float] | None = None,
) -> str:
    """Return what the arguments became in Python."""
    return repr((limit, share, role, settings, ends_at, parent_id, tags, weights))


@query()
def who_am_i(ctx: QueryContext) -> dict[str, Any]:
    """Return what the context knows."""
    return {
        "subject": ctx.user.subject,
        "now": ctx.now_ms,
        "origin": ctx.public_url,
        "order": ctx.settings.project_order,
    }


@query(reads=[Project])
def get_project(ctx: QueryContext, *, id: Id[Project]) -> Project | None:
    """Return a project."""
    return ctx.db.get(Project, id)


@query(reads=[File])
def get_files(ctx: QueryContext, *, ids: list[Id[File]]) -> dict[str, list[File]]:
    """Return files, large ones too."""
    return {"files": [*ctx.db.get_all(File, ids).values()]}


@query()
def get_undeclared(ctx: QueryContext, *, id: Id[Project]) -> Project | None:
    """Read a table that is not declared."""
    return ctx.db.get(Project, id)


@mutation(writes=[Project])
def create_project(ctx: MutationContext, *, name: str) -> Id[Project]:
    """Insert a project."""
    return ctx.db.insert(Project, name=name, owner_id=ctx.user.subject, updated_at=ctx.now_ms)


@mutation(writes=[File])
def write_file(ctx: MutationContext, *, project_id: Id[Project], name: str, content: str) -> Id[File]:
    """Insert a file."""
    return ctx.db.insert(File, project_id=project_id, name=name, type="file", content=content, updated_at=ctx.now_ms)


@mutation(writes=[Project])
def create_oversized(ctx: MutationContext, *, size: int) -> str:
    """Insert a project and return a value of `size` characters."""
    ctx.db.insert(Project, name="oversized", owner_id="ada", updated_at=ctx.now_ms)
    return "x" * size


@query()
def refuse(ctx: QueryContext) -> None:
    """Refuse."""
    raise Conflict("File already exists")


@query()
def lose_cursor(ctx: QueryContext) -> None:
    """Refuse a cursor."""
    raise InvalidCursor("the cursor is of another query")


@query()
def be_overloaded(ctx: QueryContext) -> None:
    """Be throttled."""
    raise Overloaded("The database is throttling; try again.")


@query()
def lose_connection(ctx: QueryContext) -> None:
    """Fail because of another service."""
    raise TransientError("Secrets Manager did not give arn:of:a:secret")


@query()
def explode(ctx: QueryContext, *, secret: str) -> None:
    """Fail in a way nobody expected."""
    raise RuntimeError(f"cannot cope with {secret}")


@query()
def return_set(ctx: QueryContext) -> set[str]:
    """Return what is no Convex value."""
    return {"a"}


@internal_query()
def read_secret(ctx: QueryContext, *, name: str) -> str:
    """Answer the app's own servers."""
    return f"secret of {name}"


@internal_mutation(writes=[Project])
def create_for(ctx: MutationContext, *, owner: str) -> Id[Project]:
    """Insert a project for somebody."""
    return ctx.db.insert(Project, name="given", owner_id=owner, updated_at=ctx.now_ms)


def _insert(ctx: MutationContext, owner: str, name: str) -> str:
    return ctx.db.insert(Project, name=name, owner_id=owner, updated_at=ctx.now_ms)


@bulk_mutation(writes=[Project])
def create_projects(ctx: BulkContext, *, names: list[str]) -> dict[str, Any]:
    """Insert projects, one in each step."""
    owner = ctx.user.subject
    ids = [ctx.step(lambda step, name=name: _insert(step, owner, name)) for name in names]  # type: ignore[misc]  # mypy cannot infer a lambda's default
    count = ctx.read(lambda read: len(read.db.query(Project.by_owner, owner_id=owner).collect()))
    return {"ids": ids, "count": count, "hurried": ctx.time_left_ms < 1000}


@internal_bulk_mutation(writes=[Project])
def return_document_from_step(ctx: BulkContext) -> None:
    """Return a document from a step."""

    def step(step: MutationContext) -> Project | None:
        return step.db.get(Project, step.db.insert(Project, name="a", owner_id="ada", updated_at=0))

    ctx.step(step)
