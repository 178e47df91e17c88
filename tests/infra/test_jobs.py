"""The stack of jobs: state machines, and what feeds their starters and watchers."""

from __future__ import annotations

import json

import pytest

from infra.constructs.state_machine import lambdas_of
from infra.stage import Stage
from infra.use_grants import use_grants
from shared.job_settings import JobSettings
from tests.infra.conftest import Deployment
from tests.infra.machines import DEFINITIONS
from tests.infra.templates import Resource, names_of, plain

MACHINE = "AWS::StepFunctions::StateMachine"
REGION = "eu-central-1:111122223333"


def machines(deployment: Deployment) -> list[Resource]:
    return deployment.templates.resources(MACHINE)


def pairs(service: str, jobs: JobSettings | None = None) -> set[tuple[str, str]]:
    granted = use_grants([service], names_of(Stage(jobs=jobs or JobSettings())))
    return {(action, resource) for grant in granted for action in grant.actions for resource in grant.resources}


def test_machines_are_standard_so_that_each_execution_runs_once(of_product: Deployment) -> None:
    assert {machine["StateMachineType"] for machine in machines(of_product)} == {"STANDARD"}


def test_machines_log_what_happens_but_never_what_is_sent(of_product: Deployment) -> None:
    for machine in machines(of_product):
        assert machine["LoggingConfiguration"]["IncludeExecutionData"] is False
        assert machine["LoggingConfiguration"]["Level"] == "ALL"


def test_a_machine_may_call_the_lambdas_it_names_and_no_other(of_product: Deployment) -> None:
    for machine in machines(of_product):
        role = of_product.templates.referred(machine, machine["RoleArn"])
        statements = role["Policies"][0]["PolicyDocument"]["Statement"]
        invoking = [s["Resource"] for s in statements if s["Action"] == "lambda:InvokeFunction"]
        resources = invoking[0] if isinstance(invoking[0], list) else invoking
        assert {*resources} == lambdas_of(json.loads(machine["DefinitionString"]))


@pytest.mark.parametrize("end", ["ExecutionsFailed", "ExecutionsTimedOut"])
def test_jobs_that_end_badly_are_watched_whatever_their_machine(of_product: Deployment, end: str) -> None:
    alarms = of_product.templates.resources("AWS::CloudWatch::Alarm")
    watched = [
        m["MetricStat"]["Metric"] for a in alarms for m in a.properties.get("Metrics", []) if "MetricStat" in m
    ]
    found = [metric["Dimensions"][0]["Value"] for metric in watched if metric["MetricName"] == end]
    prefix = f"arn:aws:states:{REGION}:stateMachine:polaris-dev-"
    assert sorted(plain(value) for value in found) == sorted(f"{prefix}{name}" for name in DEFINITIONS)


@pytest.mark.parametrize("table", ["jobs", "deletions"])
def test_jobs_that_could_not_be_started_are_noticed(of_product: Deployment, table: str) -> None:
    alarm = of_product.templates.only("AWS::CloudWatch::Alarm", AlarmName=f"polaris-dev-{table}-stream-failed")
    assert alarm["Dimensions"] == [{"Name": "QueueName", "Value": f"polaris-dev-{table}-failed"}]


def test_ends_of_executions_reach_who_gives_their_jobs_up(of_product: Deployment) -> None:
    rules = [
        rule for rule in of_product.templates.resources("AWS::Events::Rule") if "EventPattern" in rule.properties
    ]
    (rule,) = rules
    assert rule["EventPattern"]["source"] == ["aws.states"]
    assert rule["EventPattern"]["detail"] == {
        "status": ["FAILED", "TIMED_OUT", "ABORTED"],
        "stateMachineArn": [{"prefix": f"arn:aws:states:{REGION}:stateMachine:polaris-dev-"}],
    }


def test_who_starts_executions_may_start_and_stop_those_of_this_stage_only() -> None:
    assert pairs("executions") == {
        ("states:StartExecution", f"arn:aws:states:{REGION}:stateMachine:polaris-dev-*"),
        ("states:StopExecution", f"arn:aws:states:{REGION}:execution:polaris-dev-*:*"),
    }


@pytest.mark.parametrize(
    ("model_id", "foundation"),
    [
        ("anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
        ("moonshotai.kimi-k2.5", "moonshotai.kimi-k2.5"),
        ("eu.anthropic.claude-sonnet-4-5-20250929-v1:0", "anthropic.claude-sonnet-4-5-20250929-v1:0"),
    ],
)
def test_who_asks_a_model_may_ask_the_chosen_one_directly_or_by_its_profile(model_id: str, foundation: str) -> None:
    resources = {resource for _, resource in pairs("model", JobSettings(model_id=model_id))}
    assert resources == {
        f"arn:aws:bedrock:*::foundation-model/{foundation}",
        f"arn:aws:bedrock:{REGION}:inference-profile/{model_id}",
    }


def test_without_a_model_nobody_may_ask_one() -> None:
    assert pairs("model") == set()


def test_keys_of_outside_services_are_read_only_where_they_are_used() -> None:
    settings = JobSettings(provider_key_secret="clerk", autumn_key_secret="autumn")
    read = "secretsmanager:GetSecretValue"
    secrets = f"arn:aws:secretsmanager:{REGION}:secret"
    assert pairs("tokens", settings) == {(read, f"{secrets}:clerk-??????")}
    assert pairs("billing", settings) == {(read, f"{secrets}:autumn-??????")}
    assert pairs("tokens") == pairs("billing") == set()
