"""The edge serves the console, and a token of an administrator to this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.local.edge import Administration
from tests.local.served import Answer, ask

SECRET = "a file beside the console"


@pytest.fixture
def built(tmp_path: Path) -> Path:
    dist = tmp_path / "dist"
    (dist / "assets").mkdir(parents=True)
    (dist / "index.html").write_text("<title>Console</title>")
    (dist / "assets" / "index-5f.js").write_text("let a")
    (dist / "assets" / "inter.woff2").write_bytes(b"w")
    (dist / ".env.txt").write_text(SECRET)
    (tmp_path / "secret.txt").write_text(SECRET)
    (dist / "link.txt").symlink_to(tmp_path / "secret.txt")
    return dist


def get(path: str, built: Path, **options: str) -> Answer:
    return ask("GET", path, administration=Administration(lambda: "polaris-admin.x", built), headers=options)


@pytest.mark.parametrize("path", ["/", "/data", "/data/files", "/jobs/", "/?a=b"])
def test_every_path_without_an_extension_is_the_page(built: Path, path: str) -> None:
    answer = get(path, built)
    assert (answer.status, answer.body) == (200, b"<title>Console</title>")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(("file", "kind"), [("index-5f.js", "text/javascript"), ("inter.woff2", "font/woff2")])
def test_its_files_have_their_types_and_are_kept(built: Path, file: str, kind: str) -> None:
    answer = get(f"/assets/{file}", built)
    assert answer.headers["Content-Type"].startswith(kind)
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_the_page_runs_its_own_scripts_only_and_is_in_no_frame(built: Path) -> None:
    headers = get("/", built).headers
    assert "script-src 'self'" in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/assets/../../secret.txt",
        "/..%2Fsecret.txt",
        "/%2e%2e/secret.txt",
        "/.env.txt",
        "/link.txt",
        "/assets//etc/passwd.txt",
        "/missing.js",
        "/two%0Alines",
    ],
)
def test_nothing_else_is_served(built: Path, path: str) -> None:
    answer = get(path, built)
    assert (answer.status, answer.json["code"]) == (404, "NotFound")


def test_a_console_that_has_not_been_built_says_how(tmp_path: Path) -> None:
    answer = get("/", tmp_path / "nowhere")
    assert answer.status == 200
    assert b"make console" in answer.body


def test_the_backend_is_still_reached(built: Path) -> None:
    assert get("/api/query", built).json["path"] == "/http-api/api/query"


def test_only_this_machine_is_given_a_token(built: Path) -> None:
    assert get("/dev/admin-token", built).body == b"polaris-admin.x"
    answer = get("/dev/admin-token", built, Host="evil.example")
    assert (answer.status, answer.json["code"]) == (403, "Forbidden")


def test_no_page_elsewhere_may_read_the_token(built: Path) -> None:
    answer = get("/dev/admin-token", built, Origin="https://evil.example")
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", ["/sync", "/", "/data"])
def test_no_socket_opens_at_a_path_of_the_console(path: str, built: Path) -> None:
    assert get(path, built, Connection="Upgrade", Upgrade="websocket").status == 404
