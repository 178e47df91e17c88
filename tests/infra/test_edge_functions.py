"""The JavaScript that runs on CloudFront, run here by node."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest

from infra.constructs.edge_function import edge_code
from infra.guards import RUNNING

UUID = "8d7c9a52-0f0f-4c39-9b3e-0d6f2f6ad0b1"
NODE = shutil.which("node")


def run(code: str, method: str, uri: str, headers: dict[str, Any] | None = None) -> Any:
    """Return what the function makes of a request: the request it passes on, or the response it gives."""
    event = {
        "request": {"method": method, "uri": uri, "querystring": {"a": {"value": "1"}}, "headers": headers or {}},
        "viewer": {"ip": "203.0.113.7"},
    }
    script = f"{code}\nconsole.log(JSON.stringify(handler({json.dumps(event)})));"
    assert NODE, "node runs these tests, as it runs CDK"
    done = subprocess.run([NODE, "-e", script], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def api(uri: str, stage: str | None = None) -> Any:
    return run(edge_code("api_request.js", WEBSOCKET_STAGE=stage), "POST", uri)


def file(uri: str, method: str = "GET", **headers: str) -> Any:
    told = {name.replace("_", "-"): {"value": value} for name, value in headers.items()}
    return run(edge_code("file_request.js", RUNNING=RUNNING), method, uri, told)


@pytest.mark.parametrize("uri", ["/api/query", "/api/run/projects/getById", "/api/run/a/sync", "/api/syncs", "/"])
def test_a_request_of_the_api_passes_unchanged(uri: str) -> None:
    assert api(uri)["uri"] == uri
    assert api(uri)["querystring"] == {"a": {"value": "1"}}


@pytest.mark.parametrize("uri", ["/api/query", "/api/storage/upload", "/api/1.48.0/sync"])
def test_the_api_is_told_the_clients_address_and_not_what_the_client_says_of_it(uri: str) -> None:
    claimed = {"x-polaris-viewer": {"value": "198.51.100.1"}}
    request = run(edge_code("api_request.js", WEBSOCKET_STAGE="live"), "POST", uri, claimed)
    assert request["headers"]["x-polaris-viewer"] == {"value": "203.0.113.7"}


@pytest.mark.parametrize("uri", ["//api/query", "///api/query"])
def test_slashes_from_an_address_that_ends_in_one_are_dropped(uri: str) -> None:
    assert api(uri)["uri"] == "/api/query"


def test_an_upload_reaches_its_function_as_bytes_whatever_its_type() -> None:
    headers = {"content-type": {"value": "text/plain"}}
    request = run(edge_code("api_request.js", WEBSOCKET_STAGE=None), "POST", "/api/storage/upload", headers)
    assert request["headers"]["content-type"] == {"value": "application/octet-stream"}
    assert request["headers"]["x-content-type"] == {"value": "text/plain"}


@pytest.mark.parametrize("uri", ["/api/1.48.0/sync", "/api/sync", "//api/1.48.0/sync"])
def test_a_socket_is_not_implemented_while_there_is_no_websocket_api(uri: str) -> None:
    answer = api(uri)
    assert answer["statusCode"] == 501
    assert json.loads(answer["body"]["data"])["code"] == "NotImplemented"
    assert answer["headers"]["access-control-allow-origin"] == {"value": "*"}


def test_a_socket_goes_to_the_stage_with_the_clients_version() -> None:
    request = api("/api/1.48.0/sync", stage="live")
    assert request["uri"] == "/live"
    assert request["querystring"]["v"] == {"value": "1.48.0"}
    assert request["querystring"]["a"] == {"value": "1"}


def test_a_socket_without_a_version_goes_to_the_stage() -> None:
    request = api("/api/sync", stage="live")
    assert request["uri"] == "/live"
    assert "v" not in request["querystring"]


def test_a_files_path_passes() -> None:
    assert file(f"/api/storage/{UUID}")["uri"] == f"/api/storage/{UUID}"


@pytest.mark.parametrize(
    "uri", ["/api/storage/", "/api/storage/a", f"/api/storage/{UUID}/..", f"/api/storage/../{UUID}"]
)
def test_a_path_that_is_no_files_is_refused(uri: str) -> None:
    answer = file(uri)
    assert answer["statusCode"] == 400
    assert json.loads(answer["body"]["data"])["code"] == "InvalidStoragePath"


@pytest.mark.parametrize("destination", RUNNING)
def test_no_page_of_this_origin_runs_a_stored_file(destination: str) -> None:
    answer = file(f"/api/storage/{UUID}", sec_fetch_site="same-origin", sec_fetch_dest=destination)
    assert answer["statusCode"] == 403
    assert json.loads(answer["body"]["data"])["code"] == "FileNotRunnable"


@pytest.mark.parametrize(("site", "destination"), [("same-origin", "image"), ("cross-site", "script")])
def test_files_are_shown_here_and_loaded_elsewhere(site: str, destination: str) -> None:
    request = file(f"/api/storage/{UUID}", sec_fetch_site=site, sec_fetch_dest=destination)
    assert request["uri"] == f"/api/storage/{UUID}"


PATHS_THAT_CLIMB = ["..", "%2e%2e", "%2E%2E%2F", "..%2f", "%252e%252e", ";x=/..", "..\\", "%5c..", "\u0000", "%00"]


@pytest.mark.parametrize("climb", PATHS_THAT_CLIMB)
def test_no_path_leads_from_the_files_to_other_objects(climb: str) -> None:
    for uri in (f"/api/storage/{climb}/{UUID}", f"/api/storage/{UUID}/{climb}/_console/index.html"):
        assert file(uri)["statusCode"] == 400


@pytest.mark.parametrize("climb", PATHS_THAT_CLIMB)
def test_no_path_leads_from_the_console_to_stored_files(climb: str) -> None:
    # S3 takes a key as it is: whatever begins like this is below the console's folder.
    assert console(f"/_console/{climb}/api/storage/{UUID}")["uri"].startswith("/_console/")


@pytest.mark.parametrize("climb", PATHS_THAT_CLIMB)
def test_no_path_of_the_api_is_taken_for_a_socket(climb: str) -> None:
    for uri in (f"/api/{climb}/sync", f"/api/sync/{climb}", f"/api/1.0/{climb}/sync"):
        assert api(uri, "live")["uri"] == uri


def test_a_preflight_of_a_file_is_answered() -> None:
    answer = file(f"/api/storage/{UUID}", method="OPTIONS")
    assert answer["statusCode"] == 204
    assert answer["headers"]["access-control-allow-methods"] == {"value": "GET,POST,PUT,DELETE,OPTIONS"}
    assert answer["headers"]["access-control-max-age"] == {"value": "86400"}


@pytest.mark.parametrize("source", ["api_request.js", "file_request.js"])
def test_a_function_is_below_cloudfronts_10_kb(source: str) -> None:
    assert len(edge_code(source, WEBSOCKET_STAGE="live", RUNNING=RUNNING).encode()) < 10_240


def console(uri: str) -> Any:
    return run(edge_code("console_request.js"), "GET", uri)


@pytest.mark.parametrize("uri", ["/_console/", "/_console/data/files", "/_console/jobs"])
def test_paths_of_the_console_are_its_page(uri: str) -> None:
    assert console(uri)["uri"] == "/_console/index.html"


def test_files_of_the_console_are_themselves() -> None:
    assert console("/_console/assets/index-5f.js")["uri"] == "/_console/assets/index-5f.js"


def test_the_console_is_found_without_its_last_slash() -> None:
    answer = console("/_console")
    assert (answer["statusCode"], answer["headers"]["location"]["value"]) == (301, "/_console/")


def test_a_route_that_ends_like_that_of_live_queries_stays_a_route() -> None:
    assert api("/api/autumn/sync", "live")["uri"] == "/api/autumn/sync"
