from __future__ import annotations

from pathlib import Path
from typing import Any

from infra.cli.console_upload import upload_console


class Puts:
    """Notes what is put into a bucket."""

    def __init__(self) -> None:
        self.put: list[dict[str, Any]] = []

    def put_object(self, **request: Any) -> None:
        self.put.append(request)


def built(folder: Path) -> Path:
    (folder / "assets").mkdir()
    (folder / "index.html").write_text("<title>Console</title>")
    (folder / "assets" / "index-5f.js").write_text("let a")
    return folder


def test_the_page_is_replaced_once_all_that_it_names_is_there(tmp_path: Path) -> None:
    s3 = Puts()
    assert upload_console(built(tmp_path), s3, "bucket") == 2
    assert [request["Key"] for request in s3.put] == ["_console/assets/index-5f.js", "_console/index.html"]


def test_browsers_keep_what_is_named_by_its_content_and_ask_for_the_page_again(tmp_path: Path) -> None:
    s3 = Puts()
    upload_console(built(tmp_path), s3, "bucket")
    assert [(request["ContentType"], request["CacheControl"]) for request in s3.put] == [
        ("text/javascript", "public, max-age=31536000, immutable"),
        ("text/html; charset=utf-8", "no-cache"),
    ]


def test_without_a_build_nothing_is_uploaded(tmp_path: Path) -> None:
    assert upload_console(tmp_path / "dist", Puts(), "bucket") == 0
