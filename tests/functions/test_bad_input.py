"""Whatever is sent: a clear error with the right status, and nothing changes. Through HTTP, for every function."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shared.db.page import PaginationOptions, PaginationResult
from shared.runtime.context import QueryContext
from shared.runtime.environment import use
from shared.runtime.function import Function, query
from shared.schema.ids import mint
from shared.schema.tables import Message, Project, User
from tests.functions.callers import registry
from tests.functions.calls import SAMPLES, Sample
from tests.functions.rows import Rows, furnish
from tests.functions.state import stored
from tests.runtime.backend import INTERNAL_KEY, LAMBDA, http_event, told
from tests.support.backend import Backend

ADA = {"authorization": "Bearer token-of-ada"}
LONG = "x" * 1000
"""A name of a thousand characters."""


@pytest.fixture
def rows(backend: Backend) -> Iterator[Rows]:
    rows = furnish(backend.environment, "ada", "one", files=1)
    with use(backend.environment):
        yield rows


def send(function: Function[Any], args: Any) -> tuple[int, Any]:
    """Post to a function's own Lambda as ada; return the status and the body."""
    if function.internal and isinstance(args, dict):
        args = {"internalKey": INTERNAL_KEY} | args
    body = {"path": function.path, "args": args, "format": "convex_encoded_json"}
    response = function(http_event(body, f"POST {function.route}", **ADA), LAMBDA)
    return response["statusCode"], told(response)


def refusal(backend: Backend, path: str, args: Any) -> str:
    """Return the message of an error that has to come with status 200 and change nothing."""
    before = stored(backend)
    status, body = send(registry()[path], args)
    assert stored(backend) == before
    assert (status, body["status"]) == (200, "error"), body
    message: str = body["errorMessage"]
    assert "Server Error\n" in message, f"no reason is given: {message}"
    return message


def samples() -> list[Any]:
    return [pytest.param(sample, id=sample.name) for sample in SAMPLES if sample.path in registry()]


def argument_samples(kind: str, besides: str = "nothing") -> list[Any]:
    """Return (sample, argument) for the arguments whose validator mentions `kind` and does not begin as `besides`."""
    found = []
    for sample in SAMPLES:
        if sample.path in registry():
            fields = registry()[sample.path].arguments.validator.fields
            texts = {name: fields[name].text for name in sample.given}
            names = sorted(n for n, text in texts.items() if kind in text and not text.startswith(besides))
            found += [pytest.param(sample, name, id=f"{sample.name}-{name}") for name in names]
    return found


@pytest.mark.parametrize("sample", samples())
def test_an_unknown_field_is_refused(backend: Backend, rows: Rows, sample: Sample) -> None:
    message = refusal(backend, sample.path, sample.arguments(rows) | {"surprise": 1})
    assert "ArgumentValidationError: Object contains extra field `surprise`" in message


@pytest.mark.parametrize("sample", samples())
def test_a_required_field_that_is_missing_is_named(backend: Backend, rows: Rows, sample: Sample) -> None:
    fields = registry()[sample.path].arguments.validator.fields
    for name in sample.given:
        if not fields[name].text.startswith("v.optional("):
            arguments = {n: value for n, value in sample.arguments(rows).items() if n != name}
            assert f"missing the required field `{name}`" in refusal(backend, sample.path, arguments)


@pytest.mark.parametrize("args", [None, 1, "text", [1], [{}, {}]])
@pytest.mark.parametrize("path", ["projects:getById", "projects:rename", "users:getOrCreateUser"])
def test_arguments_that_are_no_object_are_refused(backend: Backend, rows: Rows, path: str, args: Any) -> None:
    assert "ArgumentValidationError" in refusal(backend, path, args)


NO_IDS = ["", "not-an-id", LONG, "../" * 10, "a\0b", 7, True, [], {}, {"$integer": "AQAAAAAAAAA="}]


@pytest.mark.parametrize(("sample", "name"), argument_samples("v.id(", besides="v.array("))
def test_an_id_has_to_be_one_of_its_table(backend: Backend, rows: Rows, sample: Sample, name: str) -> None:
    fields = registry()[sample.path].arguments.validator.fields
    other = next(d for d in (User, Message) if f'"{d.table_name()}"' not in fields[name].text)
    right = sample.arguments(rows)[name]
    damaged = right[:-1] + ("0" if right[-1] != "0" else "1")
    for wrong in [*NO_IDS, mint(other.number, bytes(16)), mint(99, bytes(16)), right.upper(), damaged]:
        message = refusal(backend, sample.path, sample.arguments(rows) | {name: wrong})
        assert "ArgumentValidationError" in message
        assert f".{name}" in message


@pytest.mark.parametrize(("sample", "name"), argument_samples("v.string()"))
def test_a_text_has_to_be_text(backend: Backend, rows: Rows, sample: Sample, name: str) -> None:
    for wrong in [7, True, ["text"], {"text": "text"}, {"$bytes": "AAAA"}]:
        message = refusal(backend, sample.path, sample.arguments(rows) | {name: wrong})
        assert "ArgumentValidationError" in message


LIMITS = ["projects:getPartial", "projects:getGenerationEvents", "system:getRecentMessages"]


@pytest.mark.parametrize("wrong", ["5", 1.5, True, [], {"$integer": "AQAAAAAAAAA="}, {"$float": "AAAAAAAA+H8="}])
@pytest.mark.parametrize("path", LIMITS)
def test_a_limit_has_to_be_a_whole_number(backend: Backend, rows: Rows, path: str, wrong: Any) -> None:
    sample = next(sample for sample in SAMPLES if sample.path == path)
    assert "ArgumentValidationError" in refusal(backend, path, sample.arguments(rows) | {"limit": wrong})


@pytest.mark.parametrize("limit", [1e308, 2.0**63, -1e308, -1])
@pytest.mark.parametrize("path", LIMITS)
def test_a_huge_limit_is_brought_into_bounds(backend: Backend, rows: Rows, path: str, limit: float) -> None:
    sample = next(sample for sample in SAMPLES if sample.path == path)
    status, body = send(registry()[path], sample.arguments(rows) | {"limit": limit})
    assert (status, body["status"]) == (200, "success")


NAMES = ["name", "newName", "title", "projectName", "conversationTitle"]
TITLED = {"projects:create", "projects:rename", "conversations:create"}


def name_samples(*, of_files: bool) -> list[Any]:
    """Return (sample, argument) for the arguments that name a file, or else a project or conversation."""
    return [
        pytest.param(*case.values, id=case.id)
        for case in argument_samples("v.string()")
        if case.values[1] in NAMES and _names_file(case.values[0]) == of_files
    ]


def _names_file(sample: Sample) -> bool:
    return "File" in sample.path or "Folder" in sample.path or sample.path == "files:create"


@pytest.mark.parametrize(("sample", "name"), name_samples(of_files=False))
@pytest.mark.parametrize("wrong", ["", "   ", "a\0b", "a\nb", LONG])
def test_a_title_that_cannot_be_shown_is_refused(
    backend: Backend, rows: Rows, sample: Sample, name: str, wrong: str
) -> None:
    message = refusal(backend, sample.path, sample.arguments(rows) | {name: wrong})
    assert "Uncaught ConvexError:" in message


@pytest.mark.parametrize(("sample", "name"), name_samples(of_files=True))
@pytest.mark.parametrize("wrong", ["", "a/b", "/", ".", "..", "a\0b", LONG])
def test_a_file_name_that_could_climb_or_break_a_path_is_refused(
    backend: Backend, rows: Rows, sample: Sample, name: str, wrong: str
) -> None:
    message = refusal(backend, sample.path, sample.arguments(rows) | {name: wrong})
    assert "Uncaught ConvexError:" in message


@pytest.mark.parametrize("path", ["system:writeFileByPath"])
@pytest.mark.parametrize("wrong", ["", "/", "../up", "src/../../up", "src/./a", "a\0b", f"src/{LONG}"])
def test_a_path_that_climbs_is_refused(backend: Backend, rows: Rows, path: str, wrong: str) -> None:
    message = refusal(backend, path, {"projectId": rows.project, "path": wrong, "content": ""})
    assert "Uncaught ConvexError:" in message


TOO_LONG = "ü" * (512 * 1024) + "x"
"""A byte more than 1 MiB."""

CONTENTS = [c for c in argument_samples("v.string()") if c.values[1] == "content" and c.values[0].after is None]


@pytest.mark.parametrize(("sample", "name"), CONTENTS)
def test_a_text_above_one_mebibyte_is_refused(backend: Backend, rows: Rows, sample: Sample, name: str) -> None:
    message = refusal(backend, sample.path, sample.arguments(rows) | {name: TOO_LONG})
    assert "too large (1048577 bytes > maximum size 1048576)" in message


@query(reads=[Project])
def page(ctx: QueryContext, *, pagination_opts: PaginationOptions) -> PaginationResult[Project]:
    """Return a page of the caller's projects."""
    return ctx.db.query(Project.by_owner, owner_id=ctx.user.subject).paginate(pagination_opts)


@query(reads=[Project])
def page_backwards(ctx: QueryContext, *, pagination_opts: PaginationOptions) -> PaginationResult[Project]:
    """Return a page of the caller's projects, last ones first."""
    return ctx.db.query(Project.by_owner, owner_id=ctx.user.subject).order("desc").paginate(pagination_opts)


def paged(function: Function[Any], cursor: str | None) -> Any:
    status, body = send(function, {"paginationOpts": {"numItems": 1, "cursor": cursor}})
    assert status == 200
    return body


def test_a_cursor_that_was_not_issued_for_this_query_is_refused(backend: Backend, rows: Rows) -> None:
    furnish(backend.environment, "ada", "two", files=1)
    cursor = paged(page, None)["value"]["continueCursor"]
    assert paged(page, cursor)["status"] == "success"
    for forged in ("", "x", cursor[:-1], f"{cursor}A", cursor.swapcase(), LONG):
        body = paged(page, forged)
        assert body["status"] == "error", forged
        assert body["errorData"] == {"isConvexSystemError": True, "paginationError": "InvalidCursor"}
    assert paged(page_backwards, cursor)["status"] == "error"


@pytest.mark.parametrize("options", [{"numItems": 0}, {"numItems": -1}, {"numItems": 1.5}, {"numItems": 1e9}, {}])
def test_a_page_has_a_size_that_means_something(rows: Rows, options: dict[str, float]) -> None:
    _, body = send(page, {"paginationOpts": {"cursor": None, **options}})
    assert "ArgumentValidationError" in body["errorMessage"]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"args": {', '"text"', "\ufeff{}", '{"args": NaN}'])
def test_a_body_that_is_no_json_object_is_a_bad_request(backend: Backend, rows: Rows, text: str) -> None:
    before = stored(backend)
    function = registry()["projects:rename"]
    response = function(http_event(text, f"POST {function.route}", **ADA), LAMBDA)
    assert response["statusCode"] == 400
    assert told(response)["code"].startswith("Bad")
    assert stored(backend) == before


def test_a_body_of_twenty_megabytes_is_refused(backend: Backend, rows: Rows) -> None:
    before = stored(backend)
    function = registry()["projects:rename"]
    text = '{"args": {"id": "' + rows.project + '", "name": "' + "x" * 20_000_000 + '"}}'
    response = function(http_event(text, f"POST {function.route}", **ADA), LAMBDA)
    assert response["statusCode"] == 413
    assert stored(backend) == before
