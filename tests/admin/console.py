"""An administrator's browser, and everybody else who tries the same doors."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from functions.admin.gateway import administration, call
from shared.auth.admin import Admin, issue
from shared.auth.administrators import identity_of_admin
from shared.errors import ApplicationError
from shared.runtime.environment import Environment, use
from tests.functions.callers import Client
from tests.runtime.backend import INTERNAL_KEY, LAMBDA, http_event, told
from tests.support.backend import Backend
from tests.support.stores import START_NS

NAME: Final = "arn:aws:iam::123456789012:user/grace"
EXPIRES_AT_S: Final = START_NS / 1e9 + 12 * 3600


def admin_token(environment: Environment, name: str = NAME, expires_at_s: float = EXPIRES_AT_S) -> str:
    """Return a token of an administrator of a deployment."""
    return issue(environment.database.store.signer, name, expires_at_s)


def intruders(environment: Environment) -> dict[str, dict[str, str]]:
    """Return the headers of those to whom nothing of the administrators' opens, by who they are."""
    token = admin_token(environment)
    return {
        "nobody": {},
        "a user": {"authorization": "Bearer token-of-ada"},
        "a user of the name of an administrator": {"authorization": f"Bearer token-of-{NAME}"},
        "the internal key": {"authorization": f"Bearer {INTERNAL_KEY}"},
        "a forged token": {"authorization": f"Bearer {token[:-6]}AAAAAA"},
        "an expired token": {"authorization": f"Bearer {admin_token(environment, expires_at_s=1.0)}"},
    }


@dataclass(frozen=True)
class Console:
    """An administrator of a deployment."""

    environment: Environment

    @classmethod
    def of(cls, backend: Backend) -> Console:
        """Return an administrator of `backend`."""
        return cls(backend.environment)

    def call(self, name: str, /, **arguments: Any) -> Any:
        """Call a function for administrators and return its value, or raise its error."""
        identity = identity_of_admin(Admin(NAME, EXPIRES_AT_S))
        return Client(self.environment, identity).run(administration()[f"admin:{name}"], arguments)

    def page(self, name: str, count: int = 100, cursor: str | None = None, /, **arguments: Any) -> Any:
        """Return a page of what a function lists."""
        return self.call(name, paginationOpts={"numItems": count, "cursor": cursor}, **arguments)

    def refusal(self, name: str, /, **arguments: Any) -> dict[str, str]:
        """Return what a function that refuses tells."""
        try:
            self.call(name, **arguments)
        except ApplicationError as error:
            return error.data
        raise AssertionError(f"admin:{name} did not refuse")


def post(environment: Environment, route: str, path: str, args: Any, **headers: str) -> tuple[int, Any]:
    """Post a call to the administrators' door and return the answer's status and JSON body."""
    with use(environment):
        event = http_event(json.dumps({"path": path, "args": args}), f"POST /api/admin/{route}", **headers)
        response = call(event, LAMBDA)
    return response["statusCode"], told(response)
