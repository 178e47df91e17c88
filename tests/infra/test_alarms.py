from __future__ import annotations

import json
from typing import Any

import pytest

from shared.runtime.call_log import Call, CallLog
from shared.schema.platform import all_tables
from tests.infra import sample
from tests.infra.conftest import Synthesize
from tests.infra.templates import Templates

ALARM = "AWS::CloudWatch::Alarm"


def metrics(templates: Templates) -> list[tuple[dict[str, Any], str]]:
    """Return (metric, statistic) of every alarm, those within sums too."""
    found = []
    for alarm in templates.resources(ALARM):
        parts = [m["MetricStat"] for m in alarm.properties.get("Metrics", []) if "MetricStat" in m]
        found += [(part["Metric"], part["Stat"]) for part in parts]
        if "MetricName" in alarm.properties:
            found.append((alarm.properties, alarm.properties.get("Statistic") or alarm["ExtendedStatistic"]))
    return found


def named(templates: Templates, namespace: str, name: str) -> list[dict[str, Any]]:
    return [m for m, _ in metrics(templates) if (m["Namespace"], m["MetricName"]) == (namespace, name)]


def test_failures_throttles_and_latency_are_watched(templates: Templates) -> None:
    assert len(named(templates, "AWS/ApiGateway", "5xx")) == 1
    assert len(named(templates, "AWS/Lambda", "Throttles")) == 1
    assert len(named(templates, "polaris-dev", "UnansweredCalls")) == 1
    assert len(named(templates, "AWS/DynamoDB", "SystemErrors")) == 2
    assert [s for m, s in metrics(templates) if m["MetricName"] == "Latency"] == ["p99"]


def test_throttles_of_every_table_are_watched(templates: Templates) -> None:
    expected = sorted(f"polaris-dev-{table.name.lstrip('_')}" for table in all_tables())
    for metric in ("ReadThrottleEvents", "WriteThrottleEvents"):
        found = [m["Dimensions"][0]["Value"] for m in named(templates, "AWS/DynamoDB", metric)]
        assert sorted(found) == expected


def test_every_door_that_is_fed_by_other_sources_than_http_is_watched(templates: Templates) -> None:
    expected = {f"polaris-dev-{door.name}" for door in sample.DOORS if door.sources}
    assert {m["Dimensions"][0]["Value"] for m in named(templates, "AWS/Lambda", "Errors")} == expected


def test_what_waits_too_long_and_what_failed_for_good_is_noticed(templates: Templates) -> None:
    waiting = [m["Dimensions"][0]["Value"] for m in named(templates, "AWS/SQS", "ApproximateAgeOfOldestMessage")]
    failed = [m["Dimensions"][0]["Value"] for m in named(templates, "AWS/SQS", "ApproximateNumberOfMessagesVisible")]
    behind = [m["Dimensions"][0]["Value"] for m in named(templates, "AWS/Lambda", "IteratorAge")]
    assert waiting == ["polaris-dev-mailbox-0.fifo"]
    assert sorted(failed) == [
        "polaris-dev-commits-failed",
        "polaris-dev-mailbox-failed.fifo",
        "polaris-dev-sweeps-failed",
    ]
    assert behind == [f"polaris-dev-{sample.ON_CHANGE.name}"]


def test_sweeps_that_stop_are_noticed_also_when_nothing_is_measured(templates: Templates) -> None:
    alarm = templates.only(ALARM, AlarmName="polaris-dev-sweeps-missing")
    assert (alarm["MetricName"], alarm["Dimensions"][0]["Value"]) == (
        "Invocations",
        f"polaris-dev-{sample.SWEEP.name}",
    )
    assert (alarm["ComparisonOperator"], alarm["TreatMissingData"]) == ("LessThanThreshold", "breaching")
    assert alarm["Threshold"] < 15, "the slots of five minutes"
    others = [a for a in templates.resources(ALARM) if a["TreatMissingData"] != "notBreaching"]
    assert [a.id for a in others] == [alarm.id]


def test_an_audit_that_finds_something_wrong_is_noticed(
    templates: Templates, capsys: pytest.CaptureFixture[str]
) -> None:
    (alarmed,) = named(templates, "polaris-dev", "errors")
    CallLog().write(Call("audit", "audit", "1", 0.0, ValueError()))
    line = json.loads(capsys.readouterr().out)
    (written,) = line["_aws"]["CloudWatchMetrics"]
    dimensions = {dimension["Name"]: dimension["Value"] for dimension in alarmed["Dimensions"]}
    assert [*dimensions] in written["Dimensions"]
    assert {name: line[name] for name in dimensions} == dimensions == {"function": "audit"}
    assert line["errors"] == [1]


def test_messages_that_the_websocket_api_cannot_pass_on_are_counted(templates: Templates) -> None:
    for name in ("IntegrationError", "ExecutionError"):
        (found,) = named(templates, "AWS/ApiGateway", name)
        assert {"Name": "Stage", "Value": "polaris-dev"} in found["Dimensions"]


def test_no_alarm_takes_more_than_ten_metrics(templates: Templates) -> None:
    for alarm in templates.resources(ALARM):
        assert sum("MetricStat" in metric for metric in alarm.properties.get("Metrics", [])) <= 10


def test_every_alarm_tells_the_one_topic(templates: Templates) -> None:
    (topic,) = templates.resources("AWS::SNS::Topic")
    for alarm in templates.resources(ALARM):
        assert [templates.referred(alarm, action).id for action in alarm["AlarmActions"]] == [topic.id]
        assert alarm["AlarmDescription"]


def test_calls_that_no_function_answered_are_counted_in_the_access_log(templates: Templates) -> None:
    metric = templates.only("AWS::Logs::MetricFilter")
    assert metric["LogGroupName"] == "/aws/vendedlogs/polaris-dev-http-api"
    assert metric["FilterPattern"] == '{ $.integrationError != "-" }'


def test_an_address_is_told_of_alarms(synthesize: Synthesize, templates: Templates) -> None:
    told = synthesize(sample.REGISTRY, sample.DOORS, alarm_email="ops@example.com")
    assert told.only("AWS::SNS::Subscription")["Endpoint"] == "ops@example.com"
    assert not templates.resources("AWS::SNS::Subscription")


def test_the_local_cloud_has_no_alarms(synthesize: Synthesize) -> None:
    local = synthesize(sample.REGISTRY, sample.DOORS, platform="local", public_url="http://127.0.0.1:3210")
    assert not local.resources(ALARM)
