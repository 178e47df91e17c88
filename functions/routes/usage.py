"""How many projects somebody has, and may have, as answers tell it."""

from __future__ import annotations

from typing import Any, Final

from functions.users import get_billing_status, get_project_count
from shared.domain.limits import FREE_PROJECTS, has_room
from shared.errors import LimitReached
from shared.runtime.route import Json, Request

LIMIT_REACHED: Final = "Project limit reached. Please upgrade to Pro for unlimited projects."
"""The text that frontends know."""

USAGE: Final = (get_billing_status, get_project_count)
"""The functions that `usage_of` calls."""


def usage_of(request: Request[Any]) -> Json:
    """Return how many projects the caller has and may have (-1: any number); nobody but us counts them."""
    status = request.call(get_billing_status)
    if status is None:  # before their first call
        return {"currentUsage": request.call(get_project_count), "limit": FREE_PROJECTS}
    return {"currentUsage": status["projectCount"], "limit": status["projectLimit"]}


def refused_usage(request: Request[Any]) -> Json:
    """Return what the answer to `LimitReached` says of the limit."""
    return {"error": LIMIT_REACHED, **usage_of(request), "allowed": False}


def require_room(request: Request[Any]) -> Json:
    """Return the caller's usage, if another project is within it.

    Raises:
        LimitReached: it is not.
    """
    usage = usage_of(request)
    if not has_room(usage["limit"], usage["currentUsage"]):
        raise LimitReached(LIMIT_REACHED)
    return usage
