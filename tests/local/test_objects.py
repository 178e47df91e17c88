from __future__ import annotations

import re

import pytest
from aiohttp import web

from tests.local.served import Answer, ask

_FILE = "/api/storage/0f9619ff-8b86-4d01-b42d-00cf4fc964ff"
_CONTENT = b"0123456789"


async def _bucket(request: web.Request) -> web.StreamResponse:
    if request.path != f"/bucket{_FILE}":
        return web.Response(status=404, text="<Error><Code>NoSuchKey</Code></Error>")
    asked = re.fullmatch(r"bytes=(\d+)-(\d+)", request.headers.get("Range", ""))
    if asked and int(asked[1]) >= len(_CONTENT):
        return web.Response(status=416, headers={"Content-Range": f"bytes */{len(_CONTENT)}"})
    if asked:
        part = _CONTENT[int(asked[1]) : int(asked[2]) + 1]
        extent = f"bytes {asked[1]}-{asked[2]}/{len(_CONTENT)}"
        return web.Response(status=206, body=part, content_type="image/png", headers={"Content-Range": extent})
    return web.Response(body=_CONTENT, content_type="image/png", headers={"ETag": '"e"', "x-amz-meta-owner": "ada"})


def _get(path: str = _FILE, method: str = "GET", **headers: str) -> Answer:
    return ask(method, path, _bucket, headers=headers)


def test_a_stored_file_is_served_whole() -> None:
    answer = _get()
    assert (answer.status, answer.body) == (200, _CONTENT)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Length"] == "10"


def test_a_stored_file_may_be_kept_and_may_do_nothing() -> None:
    headers = _get().headers
    assert headers["Cache-Control"] == "private, max-age=2592000"
    assert headers["Accept-Ranges"] == "bytes"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@pytest.mark.parametrize("destination", ["script", "worker", "serviceworker"])
def test_no_page_of_this_origin_runs_a_stored_file(destination: str) -> None:
    answer = _get(**{"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": destination})
    assert (answer.status, answer.json["code"]) == (403, "FileNotRunnable")


@pytest.mark.parametrize("destination", ["image", "document", "empty"])
def test_pages_of_this_origin_show_stored_files(destination: str) -> None:
    assert _get(**{"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": destination}).status == 200


def test_nothing_else_the_bucket_says_gets_out() -> None:
    assert "x-amz-meta-owner" not in _get().headers


def test_head_tells_the_size_and_sends_nothing() -> None:
    answer = _get(method="HEAD")
    assert (answer.status, answer.headers["Content-Length"], answer.body) == (200, "10", b"")


def test_a_range_is_served_alone() -> None:
    answer = _get(Range="bytes=2-4")
    assert (answer.status, answer.body) == (206, b"234")
    assert answer.headers["Content-Range"] == "bytes 2-4/10"


@pytest.mark.parametrize("asked", ["bytes=0-1,3-4", "bytes=20-30"])
def test_several_ranges_and_a_range_beyond_the_end_are_refused(asked: str) -> None:
    answer = _get(Range=asked)
    assert (answer.status, answer.json["code"]) == (416, "RangeNotSatisfiable")


def test_a_name_that_is_no_uuid_is_refused() -> None:
    answer = _get("/api/storage/..%2Fsecrets")
    assert (answer.status, answer.json["code"]) == (400, "InvalidStoragePath")


def test_a_file_that_does_not_exist_is_not_found() -> None:
    answer = _get(_FILE[:-1] + "0")
    assert (answer.status, answer.json["code"]) == (404, "NotFound")
