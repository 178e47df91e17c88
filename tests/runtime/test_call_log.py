from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aws_lambda_powertools.metrics.provider.cloudwatch_emf.cloudwatch import AmazonCloudWatchEMFProvider

from shared.runtime.call_log import redacted
from shared.runtime.environment import Environment
from shared.runtime.function import Function
from tests.runtime import sample
from tests.runtime.backend import INTERNAL_KEY, LAMBDA, REQUEST_ID, backend, http_event

SECRET = "hush-hush"
RFC_3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)"


@pytest.fixture(autouse=True)
def deployment() -> Iterator[Environment]:
    with backend() as environment:
        yield environment


@pytest.fixture
def lines(capsys: pytest.CaptureFixture[str]) -> Any:
    def read() -> list[dict[str, Any]]:
        captured = capsys.readouterr()
        assert captured.err == ""
        return [json.loads(line) for line in captured.out.splitlines()]

    return read


def post(function: Function[Any], args: Any, **headers: str) -> None:
    function(http_event({"args": args}, **headers), LAMBDA)


def test_a_call_writes_one_line_that_says_how_it_went(lines: Any) -> None:
    post(sample.greet, {"name": "Ada"})
    (line,) = lines()
    assert (line["level"], line["message"], line["service"]) == ("INFO", "call", "polaris")
    assert (line["function"], line["kind"], line["outcome"]) == ("runtime:greet", "query", "OK")
    assert line["requestId"] == REQUEST_ID
    assert 0 < line["durationMs"][0] < 10_000


def test_the_line_has_what_lambdas_filter_of_levels_reads(lines: Any) -> None:
    before = datetime.now(UTC)
    post(sample.greet, {"name": "Ada"})
    (line,) = lines()
    assert re.fullmatch(RFC_3339, line["timestamp"])
    assert timedelta(milliseconds=-1) <= datetime.fromisoformat(line["timestamp"]) - before < timedelta(seconds=10)


def test_the_line_leads_to_its_trace(lines: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(
        "_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0"
    )
    post(sample.greet, {"name": "Ada"})
    (line,) = lines()
    assert line["xray_trace_id"] == "1-5759e988-bd862e3fe1be46a994272793"


def test_the_line_is_a_metric_in_embedded_format(lines: Any) -> None:
    post(sample.greet, {"name": "Ada"})
    (line,) = lines()
    (metrics,) = line["_aws"]["CloudWatchMetrics"]
    assert metrics["Namespace"] == "Polaris"
    assert metrics["Dimensions"] == [["function"], ["service"]]
    assert metrics["Metrics"] == [{"Name": "durationMs", "Unit": "Milliseconds"}]
    assert (line["calls"], line["errors"]) == ([1], [0])


def test_the_metrics_are_written_as_powertools_would(lines: Any) -> None:
    post(sample.greet, {"name": "Ada"})
    (line,) = lines()
    provider = AmazonCloudWatchEMFProvider(namespace="Polaris", service="polaris")
    provider.add_dimensions(service="polaris")
    metric = {"Unit": "Milliseconds", "Value": line["durationMs"], "StorageResolution": 60}
    written = provider.serialize_metric_set({"durationMs": metric}, {"function": "runtime:greet"})
    assert abs(written["_aws"]["Timestamp"] - line["_aws"]["Timestamp"]) < 10_000
    written["_aws"]["Timestamp"] = line["_aws"]["Timestamp"]
    assert line | written == line


def test_errors_are_a_metric_only_where_there_are_some(lines: Any) -> None:
    post(sample.be_overloaded, {})
    (line,) = lines()
    (metrics,) = line["_aws"]["CloudWatchMetrics"]
    assert [metric["Name"] for metric in metrics["Metrics"]] == ["durationMs", "errors"]
    assert line["errors"] == [1]


@pytest.mark.parametrize(
    ("function", "outcome", "level", "errors"),
    [
        (sample.refuse, "CONFLICT", "INFO", 0),
        (sample.greet, "ARGUMENT_VALIDATION", "INFO", 0),
        (sample.be_overloaded, "Overloaded", "ERROR", 1),
        (sample.return_set, "UNSUPPORTED_VALUE", "INFO", 0),
    ],
)
def test_the_line_has_the_errors_code(
    lines: Any, function: Function[Any], outcome: str, level: str, errors: int
) -> None:
    post(function, {})
    (line,) = lines()
    assert (line["outcome"], line["level"], line["errors"]) == (outcome, level, [errors])
    assert ("stack" in line) == bool(errors)


def test_an_unexpected_error_is_logged_with_its_stack(lines: Any) -> None:
    post(sample.explode, {"secret": SECRET})
    (line,) = lines()
    assert (line["outcome"], line["level"], line["errors"]) == ("INTERNAL", "ERROR", [1])
    assert "in explode" in line["stack"]
    assert "RuntimeError: cannot cope with <redacted>" in line["stack"]


@pytest.mark.parametrize(
    "function", [sample.greet, sample.echo, sample.explode, sample.read_secret, sample.configure]
)
@pytest.mark.parametrize("argument", ["name", "value", "secret", SECRET])
def test_no_argument_token_or_key_is_logged(
    function: Function[Any], argument: str, capsys: pytest.CaptureFixture[str]
) -> None:
    args = {argument: SECRET, "internalKey": INTERNAL_KEY}
    post(function, args, authorization="Bearer token-of-ada", idempotency_key="idempotent-by-this")
    post(function, {argument: SECRET}, authorization=f"Bearer {SECRET}")
    post(function, {argument: {"deep": [SECRET]}}, idempotency_key=SECRET + "\n")
    out = capsys.readouterr().out
    assert out.count("\n") == 3
    for sent in (SECRET, INTERNAL_KEY, "token-of-ada", "idempotent-by-this"):
        assert sent not in out


def test_a_direct_invocation_writes_one_line_too(lines: Any) -> None:
    sample.greet({"args": {"name": "Ada"}}, LAMBDA)
    (line,) = lines()
    assert (line["function"], line["outcome"]) == ("runtime:greet", "OK")


def test_a_direct_invocation_that_fails_writes_one_line_without_arguments(lines: Any) -> None:
    with pytest.raises(Exception, match="Server Error"):
        sample.explode({"args": {"secret": SECRET}}, LAMBDA)
    (line,) = lines()
    assert line["outcome"] == "INTERNAL"
    assert SECRET not in json.dumps(line)


def test_a_request_that_cannot_be_read_is_logged_under_its_lambdas_name(lines: Any) -> None:
    sample.greet(http_event("{"), LAMBDA)
    (line,) = lines()
    assert (line["function"], line["outcome"]) == ("runtime:greet", "BadRequest")


def test_text_is_redacted_wherever_it_occurs() -> None:
    sent = ["abcd", {"k": ["efgh", {"x": "abcdefgh"}]}, 5, None, "a"]
    assert redacted("abcd-efgh-abcdefgh-a", sent) == "<redacted>-<redacted>-<redacted>-a"
