"""The rows of the people who sign in. `stack_user_id` is unique, so two first calls at once make one row."""

from __future__ import annotations

from typing import Annotated

from shared.domain.limits import FREE_PROJECTS
from shared.errors import Forbidden, NotFound
from shared.runtime.context import MutationContext, QueryContext
from shared.schema.rules import Rule
from shared.schema.tables import User

Subject = Annotated[str, Rule(min_length=1, max_length=255)]
"""An argument that holds the subject of a sign-in token."""


def user_of(ctx: QueryContext | MutationContext, subject: str) -> User | None:
    """Return the row of whoever signs in as `subject`, or None before their first call."""
    return ctx.db.lookup(User.by_stack_user, stack_user_id=subject)


def existing_user(ctx: QueryContext | MutationContext, subject: str) -> User:
    """Return the row of whoever signs in as `subject`.

    Raises:
        NotFound: there is none.
    """
    user = user_of(ctx, subject)
    if user is None:
        raise NotFound("User not found")
    return user


def ensured_user(ctx: MutationContext, subject: str, email: str = "") -> User:
    """Return the row of whoever signs in as `subject`; if there is none, make it, on the free plan.

    Args:
        ctx: the mutation's context.
        subject: of the sign-in token.
        email: for a new row.
    """
    user = user_of(ctx, subject)
    if user is not None:
        return user
    ctx.db.insert(
        User,
        stack_user_id=subject,
        email=email,
        subscription_status="free",
        subscription_tier="free",
        project_limit=FREE_PROJECTS,
        created_at=ctx.now_ms,
        updated_at=ctx.now_ms,
    )
    return existing_user(ctx, subject)


def require_self_or_internal(ctx: QueryContext, subject: str, internal_key: str | None) -> None:
    """Let only the app's own servers and the person concerned pass.

    Raises:
        Unauthenticated: neither a key is given nor is anybody signed in.
        Forbidden: the key is wrong, or somebody else is signed in.
    """
    if internal_key is not None:
        ctx.require_internal_key(internal_key)
    elif ctx.user.subject != subject:
        raise Forbidden
