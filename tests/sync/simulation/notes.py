"""The app of the simulation: notes on shelves. What a note says only grows, so whoever sees less has seen the past.

Every result says who asked, so that nobody can be shown what was found for another.
"""

from __future__ import annotations

from typing import Any, Final

from shared.db.page import PaginationOptions
from shared.errors import InvalidArgument
from shared.runtime.context import Context, MutationContext, QueryContext
from shared.runtime.function import Function, mutation, query
from shared.runtime.registry import Registry
from shared.schema.document import Id
from shared.schema.tables import Conversation, Project

Row = dict[str, Any]
BULK: Final = 130_000
"""More than one post carries."""


def _asker(ctx: Context) -> str | None:
    return ctx.identity.subject if ctx.identity else None


def _shown(ctx: Context, notes: list[Conversation]) -> Row:
    return {"asker": _asker(ctx), "notes": {note.id: note.title for note in notes}}


@query(reads=[Conversation])
def all_(ctx: QueryContext, *, shelf: Id[Project]) -> Row:
    return _shown(ctx, ctx.db.query(Conversation.by_project, project_id=shelf).collect())


@query(reads=[Conversation])
def latest(ctx: QueryContext, *, shelf: Id[Project]) -> Row:
    return _shown(ctx, ctx.db.query(Conversation.by_project, project_id=shelf).order("desc").take(2))


@query(reads=[Conversation])
def one(ctx: QueryContext, *, note: Id[Conversation]) -> Row:
    found = ctx.db.get(Conversation, note)
    return _shown(ctx, [found] if found else [])


@query(reads=[Conversation])
def short(ctx: QueryContext, *, note: Id[Conversation]) -> Row:
    """Refuse to show what has become long."""
    found = ctx.db.get(Conversation, note)
    if found and len(found.title.split()) % 3 == 0:
        raise InvalidArgument("too long")
    return _shown(ctx, [found] if found else [])


@query(reads=[Conversation])
def page(ctx: QueryContext, *, shelf: Id[Project], pagination_opts: PaginationOptions) -> Row:
    found = ctx.db.query(Conversation.by_project, project_id=shelf).paginate(pagination_opts)
    return _shown(ctx, found.page) | {"isDone": found.is_done, "continueCursor": found.continue_cursor}


@query(reads=[Conversation])
def bulky(ctx: QueryContext, *, note: Id[Conversation]) -> Row:
    found = ctx.db.get(Conversation, note)
    return _shown(ctx, [found] if found else []) | {"bulk": "x" * BULK}


@query(reads=[Project])
def mine(ctx: QueryContext) -> Row:
    projects = ctx.db.query(Project.by_owner, owner_id=ctx.user.subject).collect()
    return {"asker": ctx.user.subject, "notes": {project.id: project.name for project in projects}}


@query()
def who(ctx: QueryContext) -> Row:
    return {"asker": _asker(ctx), "notes": {}}


@mutation(writes=[Conversation])
def add(ctx: MutationContext, *, shelf: Id[Project], tag: str) -> Row:
    id = ctx.db.insert(Conversation, project_id=shelf, title=tag, updated_at=0.0)
    return {"asker": _asker(ctx), "tag": tag, "note": id}


@mutation(writes=[Conversation])
def append(ctx: MutationContext, *, note: Id[Conversation], tag: str) -> Row:
    found = _existing(ctx, note)
    ctx.db.patch(note, title=f"{found.title} {tag}")
    return {"asker": _asker(ctx), "tag": tag, "note": note}


@mutation(writes=[Conversation])
def move(ctx: MutationContext, *, note: Id[Conversation], shelf: Id[Project], tag: str) -> Row:
    found = _existing(ctx, note)
    ctx.db.patch(note, project_id=shelf, title=f"{found.title} {tag}")
    return {"asker": _asker(ctx), "tag": tag, "note": note}


@mutation(writes=[Conversation])
def drop(ctx: MutationContext, *, note: Id[Conversation], tag: str) -> Row:
    _existing(ctx, note)
    ctx.db.delete(note)
    return {"asker": _asker(ctx), "tag": tag, "note": note}


@mutation(writes=[Project])
def own(ctx: MutationContext, *, tag: str) -> Row:
    id = ctx.db.insert(Project, name=tag, owner_id=ctx.user.subject, updated_at=0.0)
    return {"asker": ctx.user.subject, "tag": tag, "note": id}


@mutation(reads=[Conversation])
def look(ctx: MutationContext, *, note: Id[Conversation], tag: str) -> Row:
    """Write nothing."""
    ctx.db.get(Conversation, note)
    return {"asker": _asker(ctx), "tag": tag, "note": note}


@mutation(writes=[Conversation])
def refuse_even(ctx: MutationContext, *, note: Id[Conversation], tag: str) -> Row:
    """Append, unless the note has an even number of words."""
    found = _existing(ctx, note)
    if len(found.title.split()) % 2 == 0:
        raise InvalidArgument("even")
    ctx.db.patch(note, title=f"{found.title} {tag}")
    return {"asker": _asker(ctx), "tag": tag, "note": note}


def _existing(ctx: MutationContext, note: Id[Conversation]) -> Conversation:
    found = ctx.db.get(Conversation, note)
    if found is None:
        raise InvalidArgument("gone")
    return found


_FUNCTIONS: Final[tuple[Function[Any], ...]] = (
    *(all_, latest, one, short, page, bulky, mine, who),
    *(add, append, move, drop, own, look, refuse_even),
)
REGISTRY: Final[Registry] = {function.path: function for function in _FUNCTIONS}
