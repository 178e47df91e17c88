"""No function for administrators runs for anybody else, by whatever door; and their tokens open nothing else."""

from __future__ import annotations

import pytest

import functions
from functions.admin.gateway import administration
from functions.gateway import call as gateway
from functions.gateway import registry
from functions.realtime import session
from shared.auth.admin import Admin
from shared.auth.administrators import identity_of_admin
from shared.auth.identity import ADMIN_ISSUER
from shared.errors import Forbidden, FunctionNotFound
from shared.runtime.admission import Caller
from shared.runtime.call import run
from shared.runtime.environment import use
from shared.runtime.registry import discover_admin, discover_doors
from tests.admin.console import Console, admin_token, intruders, post
from tests.functions.callers import identity
from tests.functions.rows import furnish
from tests.runtime.backend import INTERNAL_KEY, LAMBDA, http_event, told
from tests.support.backend import Backend

FUNCTIONS = sorted(administration())
INTRUDERS = sorted(intruders(Backend().environment))
FRONTENDS = {
    key: door
    for door in discover_doors(functions)
    for key in door.routes
    if door.body.__module__.startswith("functions.routes.") and key != "GET /api/health"
}
"""The routes of users that are not for Convex's clients."""

PROVEN_NOBODY = {"the internal key", "a forged token", "an expired token"}


def snapshot(backend: Backend) -> str:
    return repr(sorted(backend.store.door.tables.items()))  # type: ignore[attr-defined]  # the engine in memory has them


def test_every_function_for_administrators_is_behind_their_door() -> None:
    assert administration() == discover_admin(functions)
    assert not administration().keys() & registry().keys()


@pytest.mark.parametrize("who", INTRUDERS)
@pytest.mark.parametrize("path", [*FUNCTIONS, "admin:nothing"])
def test_to_anybody_else_a_function_looks_as_if_it_were_not_there(path: str, who: str) -> None:
    backend = Backend()
    furnish(backend.environment, "ada", "Apollo", files=1)
    before = snapshot(backend)
    for route in ("query", "mutation"):
        status, answer = post(backend.environment, route, path, {}, **intruders(backend.environment)[who])
        if who in PROVEN_NOBODY:
            assert (status, answer["code"]) in {(401, "InvalidAuthHeader"), (401, "TokenExpired")}
        else:
            assert status == 200
            assert answer["errorMessage"].endswith(f"Could not find public function for '{path}'.")
    assert snapshot(backend) == before


@pytest.mark.parametrize("path", FUNCTIONS)
def test_the_doors_of_users_do_not_know_it(path: str) -> None:
    backend = Backend()
    for headers in ({}, {"authorization": "Bearer token-of-ada"}):
        for route in ("query", "mutation", "action", "function", "query_at_ts"):
            body = {"path": path, "args": {"internalKey": INTERNAL_KEY}, "ts": "AAAAAAAAAAA="}
            with use(backend.environment):
                answer = told(gateway(http_event(body, f"POST /api/{route}", **headers), LAMBDA))
            assert answer["errorMessage"].endswith(f"Could not find public function for '{path}'.")


@pytest.mark.parametrize("path", FUNCTIONS)
@pytest.mark.parametrize("trusted", [False, True])
def test_the_runtime_itself_admits_administrators_only(path: str, *, trusted: bool) -> None:
    environment = Backend().environment
    for who in (None, identity("ada")):
        with pytest.raises(FunctionNotFound):
            run(administration()[path], {}, Caller(who, 1e13, trusted=trusted), environment)


@pytest.mark.parametrize("path", sorted(registry()))
def test_a_token_of_an_administrator_opens_no_function_of_the_app(path: str) -> None:
    backend = Backend()
    headers = {"authorization": f"Bearer {admin_token(backend.environment)}"}
    with use(backend.environment):
        body = {"path": path, "args": {"internalKey": INTERNAL_KEY}}
        answer = told(gateway(http_event(body, "POST /api/function", **headers), LAMBDA))
        alone = told(registry()[path](http_event(body, f"POST {registry()[path].route}", **headers), LAMBDA))
    assert answer["errorData"]["code"] == alone["errorData"]["code"] == "FORBIDDEN"
    assert "administrator" in answer["errorData"]["message"]


@pytest.mark.parametrize("key", sorted(FRONTENDS))
def test_a_token_of_an_administrator_opens_no_route_of_frontends(key: str) -> None:
    backend = Backend()
    before = snapshot(backend)
    headers = {"authorization": f"Bearer {admin_token(backend.environment)}"}
    with use(backend.environment):
        response = FRONTENDS[key](http_event({}, key, **headers), LAMBDA)
    assert response["statusCode"] == 403
    assert "administrator" in told(response)["error"]
    assert snapshot(backend) == before


def test_an_administrator_is_let_in() -> None:
    backend = Backend()
    headers = {"authorization": f"Bearer {admin_token(backend.environment)}"}
    status, answer = post(backend.environment, "query", "admin:describe", {}, **headers)
    assert (status, answer["status"]) == (200, "success")


def test_a_user_of_the_reserved_issuer_cannot_be_assumed() -> None:
    backend = Backend()
    event = {"args": {}, "identity": {"subject": "ada", "issuer": ADMIN_ISSUER}}
    with use(backend.environment), pytest.raises(Exception, match="administrator"):
        registry()["projects:get"](event, LAMBDA)


def test_an_administrator_runs_nothing_of_users_in_process_either() -> None:
    console = Console.of(Backend())
    with pytest.raises(Forbidden):
        run(registry()["projects:get"], {}, Caller(identity_of_admin(Admin("x", 2e9)), 1e13), console.environment)


def test_the_live_door_is_the_one_of_users_and_administrators() -> None:
    assert session.access is None
    assert "rows" in session.uses
