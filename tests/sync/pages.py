"""A function that reads in pages."""

from __future__ import annotations

from shared.db.page import PaginationOptions, PaginationResult
from shared.runtime.context import QueryContext
from shared.runtime.function import query
from shared.schema.tables import Project


@query(reads=[Project])
def list_(ctx: QueryContext, *, pagination_opts: PaginationOptions) -> PaginationResult[Project]:
    """Return a page of the caller's projects, in the order of their creation."""
    return ctx.db.query(Project.by_owner, owner_id=ctx.user.subject).paginate(pagination_opts)


@query(reads=[Project])
def twice(ctx: QueryContext, *, pagination_opts: PaginationOptions) -> PaginationResult[Project]:
    """Read two pages, of which only one could be kept live."""
    list_.body(ctx, pagination_opts=pagination_opts)
    return list_.body(ctx, pagination_opts=pagination_opts)
