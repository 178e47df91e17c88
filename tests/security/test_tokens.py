"""Proofs of who somebody is, and what must not be told apart, guessed or run."""

from __future__ import annotations

import ast
import json
import re
import time
from uuid import UUID

import pytest

from infra.local.workspace import ROOT
from shared.auth.providers import Provider
from shared.auth.verifier import TokenVerifier
from shared.errors import Unauthorized
from shared.operations.log_lines import Wanted
from shared.operations.logs import _query
from tests.auth.issuer import ISSUER, JWKS_URL, RSA_PROVIDER, Clock, Web, jwk, jwks, segment, token
from tests.functions.rows import furnish
from tests.support.backend import Backend

HEADER = {"alg": "RS256", "kid": "first"}
HOSTILE = {
    "a header nested without end": (b'{"alg":' + b"[" * 2900 + b"]" * 2900 + b"}", {"iss": ISSUER}),
    "claims nested without end": (HEADER, b'{"iss":' + b"[" * 2900 + b"]" * 2900 + b"}"),
    "a number of 5,000 digits": (HEADER, b'{"iss":"x","exp":' + b"9" * 5000 + b"}"),
    "a key id that climbs": ({"alg": "RS256", "kid": "../../dev/null"}, {"iss": ISSUER, "aud": "convex"}),
    "a key id that is a statement": ({"alg": "RS256", "kid": "' OR 1=1 --"}, {"iss": ISSUER, "aud": "convex"}),
    "a key id that is none": ({"alg": "RS256", "kid": ["first"]}, {"iss": ISSUER, "aud": "convex"}),
    "a key set of its own": ({**HEADER, "jku": "https://evil.example/jwks.json"}, {"iss": ISSUER, "aud": "convex"}),
    "an algorithm that is none": ({"alg": None, "kid": "first"}, {"iss": ISSUER, "aud": "convex"}),
    "claims that are a list": (HEADER, []),
    "a detached payload": ({**HEADER, "b64": False, "crit": ["b64"]}, b""),
    "an issuer that is no address": (HEADER, {"iss": "https://[", "aud": "convex"}),
    "half a character": (HEADER, b'{"iss":"\\ud800","aud":"convex"}'),
    "no claims at all": (HEADER, {}),
}


@pytest.mark.parametrize("header, claims", HOSTILE.values(), ids=HOSTILE)  # noqa: PT006 - as the table has them
def test_a_hostile_token_is_refused_as_such(header: object, claims: object) -> None:
    web = Web(**{JWKS_URL: jwks(jwk("RS256"))})
    verifier = TokenVerifier([RSA_PROVIDER], web, Clock())
    signature = token().rpartition(".")[2]
    began = time.process_time()
    with pytest.raises(Unauthorized):
        verifier.verify(f"{segment(header)}.{segment(claims)}.{signature}")
    assert {*web.asked} <= {JWKS_URL}
    assert time.process_time() - began < 10


def test_a_token_of_one_provider_is_none_of_another_with_the_same_key_id() -> None:
    other = Provider("https://other.example", "https://other.example/jwks", ("RS256",), "convex", "oidc")
    web = Web(
        **{JWKS_URL: jwks(jwk("RS256")), "https://other.example/jwks": jwks(jwk("RS256", "second", kid="first"))}
    )
    verifier = TokenVerifier([RSA_PROVIDER, other], web, Clock())
    assert verifier.verify(token()).issuer == ISSUER
    with pytest.raises(Unauthorized, match="Signature"):
        verifier.verify(token(iss="https://other.example"))


def test_secrets_are_compared_in_constant_time() -> None:
    tree = ast.parse((ROOT / "shared/secrets.py").read_text())
    named = {node.name: ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert all("hmac.compare_digest(" in named[name] for name in ("accepts", "verify"))
    assert "break" not in named["_any"]
    assert "any(" not in named["_any"].partition("\n")[2]


def test_addresses_of_files_cannot_be_guessed() -> None:
    backend = Backend()
    rows = furnish(backend.environment, "ada", "one", files=1)
    ada = backend.as_user("ada")
    before = {row["uuid"] for row in backend.rows("_storage")}
    for _ in range(20):
        backend.post(ada.call("files:generateUploadUrl", projectId=rows.project), b"x")
    uuids = [UUID(row["uuid"]) for row in backend.rows("_storage") if row["uuid"] not in before]
    assert {uuid.version for uuid in uuids} == {4}
    assert len({uuid.hex[:8] for uuid in uuids}) == len(uuids) == 20


def test_the_console_writes_no_html_of_its_own() -> None:
    sources = [*(ROOT / "infra/console/src").rglob("*.ts"), *(ROOT / "infra/console/src").rglob("*.tsx")]
    assert len(sources) > 20
    dangerous = re.compile(
        r"dangerouslySetInnerHTML|\.innerHTML|\.outerHTML|insertAdjacentHTML|\beval\(|new Function\("
    )
    assert [path.name for path in sources if dangerous.search(path.read_text())] == []


@pytest.mark.parametrize("value", ['x" | delete', "x' or 1=1", 'x\\" | fields @message', "x\n| limit 1"])
def test_a_filter_of_the_log_stays_a_value(value: str) -> None:
    query = _query(Wanted(0.0, value, "DEBUG", value), 10)
    assert f"filter function = {json.dumps(value)} | " in query
    assert "\n" not in query
    assert query.replace(json.dumps(value), "…").count("|") == 5
