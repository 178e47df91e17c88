"""No page that is open in the developer's browser reaches the account that MiniStack plays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

import boto3
import pytest

from tests.support.ministack import ministack

UUID = "0f9619ff-8b86-4d01-b42d-00cf4fc964ff"
BUCKET = "polaris-local-storage-000000000000-us-east-1"
EVIL = {"Origin": "https://evil.example"}
PAGES = [EVIL, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Host": "rebound.example"}]


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with ministack() as endpoint:
        boto3.client("secretsmanager").create_secret(Name="signing-key", SecretString="hush-hush")
        boto3.client("s3").create_bucket(Bucket=BUCKET)
        yield endpoint


def ask(endpoint: str, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str]:
    with closing(HTTPConnection(urlsplit(endpoint).netloc, timeout=10)) as connection:
        connection.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def secret(endpoint: str, **headers: str) -> tuple[int, str]:
    target = {"X-Amz-Target": "secretsmanager.GetSecretValue", "Content-Type": "application/x-amz-json-1.1"}
    return ask(endpoint, "POST", "/", json.dumps({"SecretId": "signing-key"}), **target, **headers)


def test_programs_of_this_machine_are_answered(endpoint: str) -> None:
    status, body = secret(endpoint)
    assert (status, json.loads(body)["SecretString"]) == (200, "hush-hush")


@pytest.mark.parametrize("page", PAGES)
def test_no_page_reads_a_secret(endpoint: str, page: dict[str, str]) -> None:
    status, body = secret(endpoint, **page)
    assert status == 403
    assert "hush-hush" not in body


@pytest.mark.parametrize("path", ["/_ministack/health", f"/{BUCKET}?list-type=2", f"/{BUCKET}/api/storage/{UUID}"])
def test_no_page_reads_anything_else(endpoint: str, path: str) -> None:
    assert ask(endpoint, "GET", path, **EVIL)[0] == 403


def test_no_page_is_let_in_by_a_preflight(endpoint: str) -> None:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-amz-target"}
    assert ask(endpoint, "OPTIONS", "/", **EVIL, **asked)[0] == 403


def test_pages_upload_by_presigned_urls(endpoint: str) -> None:
    params = {"Bucket": BUCKET, "Key": f"api/storage/{UUID}"}
    url = urlsplit(boto3.client("s3").generate_presigned_url("put_object", Params=params))
    assert ask(endpoint, "PUT", f"{url.path}?{url.query}", "a film", Origin="http://localhost:3000")[0] == 200


def test_pages_reach_the_apis(endpoint: str) -> None:
    status, body = ask(
        endpoint, "POST", "/_aws/execute-api/nothing/$default/api/query", Origin="http://localhost:3000"
    )
    assert "not for web pages" not in body
    assert status == 404
