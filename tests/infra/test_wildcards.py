"""No policy of any template allows more than can be named, but for a short list with a reason each."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

import functions
from infra.use_grants import FED_BY_STREAMS
from shared.runtime.registry import discover_doors
from tests.infra.conftest import Deployment, Synthesize
from tests.infra.sample import DOORS, REGISTRY
from tests.infra.templates import Resource, Templates

Statement = dict[str, Any]

ON_EVERYTHING = {
    "cloudwatch:GetMetricData": "CloudWatch knows no rights of single metrics",
    "logs:GetQueryResults": "a query of Logs Insights has no ARN",
    **dict.fromkeys(
        ("xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets"),
        "X-Ray has no resources to name",
    ),
    **dict.fromkeys(
        (
            "logs:CreateLogDelivery",
            "logs:GetLogDelivery",
            "logs:UpdateLogDelivery",
            "logs:DeleteLogDelivery",
            "logs:ListLogDeliveries",
            "logs:PutResourcePolicy",
            "logs:DescribeResourcePolicies",
            "logs:DescribeLogGroups",
        ),
        "a state machine's log delivery has no resources to name",
    ),
}
"""Actions that may be on the resource `*`."""

STREAMS = "a stream's name holds the time at which it was switched on"
OBJECTS = "keys of objects are made at run time; the bucket, and but for the collector the folder, is named"
EXECUTIONS = "executions are named at run time; the machines are the stage's"
QUEUES = "the queues of the stage, by their names"
GROUPS = "the log groups of the stage's functions"

ON_SOME = {
    ("dynamodb:*", "arn:aws:dynamodb:*:table/polaris-dev-[a-z]*/stream/[*]"): STREAMS,
    ("s3:[GPD]*Object", "arn:aws:s3:::polaris-dev-content-*/[*]"): OBJECTS,
    ("s3:[GPD]*Object", "arn:aws:s3:::polaris-dev-content-*/[a-z]*/[*]"): OBJECTS,
    ("s3:[GPD]*Object", "arn:aws:s3:::polaris-dev-storage-*/[*]"): OBJECTS,
    ("s3:[GPD]*Object", "arn:aws:s3:::polaris-dev-storage-*/api/storage/[*]"): OBJECTS,
    ("execute-api:ManageConnections", "arn:aws:execute-api:*/polaris-dev/*/@connections/[*]"): "sockets come and go",
    ("states:[SDGL]*", "arn:aws:states:*:stateMachine:polaris-dev-[*]"): EXECUTIONS,
    ("states:[SDGL]*", "arn:aws:states:*:execution:polaris-dev-[*]:[*]"): EXECUTIONS,
    ("sqs:ListQueues", "arn:aws:sqs:*:[*]"): "SQS lists the queues of an account",
    ("sqs:[CGRDS]*", "arn:aws:sqs:*:polaris-dev-[*]"): QUEUES,
    ("logs:StartQuery", "arn:aws:logs:*:log-group:/aws/lambda/polaris-dev-[*]*"): GROUPS,
    ("logs:*LogStream", "arn:aws:logs:*:log-group:/aws/lambda/polaris-dev-[A-Za-z_-]*:log-stream:[*]"): GROUPS,
    ("logs:PutLogEvents", "arn:aws:logs:*:log-group:/aws/lambda/polaris-dev-[A-Za-z_-]*:log-stream:[*]"): GROUPS,
    (
        "bedrock:InvokeModel*",
        "arn:aws:bedrock:[*]::foundation-model/[a-z]*",
    ): "a profile sends calls to other regions",
}
"""Pairs of an action and a resource with a `*` in it that roles may have, as patterns; `[*]` is the character."""

NAMING = {"AWS::S3::BucketPolicy": "Bucket", "AWS::SQS::QueuePolicy": "Queues", "AWS::SNS::TopicPolicy": "Topics"}
"""How policies name what they guard."""

SERVICES = {"apigateway", "events", "lambda", "states"}
"""Who may take a role."""


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements(templates: Templates, *types: str) -> Iterator[tuple[Resource, Statement]]:
    for type_ in types:
        for resource in templates.resources(type_):
            policies = resource.properties.get("Policies", [resource.properties])
            for policy in policies:
                yield from ((resource, statement) for statement in policy["PolicyDocument"]["Statement"])


def of_roles(templates: Templates) -> Iterator[tuple[Resource, str, str]]:
    kinds = ("AWS::IAM::Role", "AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
    for resource, statement in statements(templates, *kinds):
        for action in listed(statement["Action"]):
            for reached in listed(statement["Resource"]):
                yield resource, action, reached if isinstance(reached, str) else json.dumps(reached)


def unlisted(templates: Templates) -> set[tuple[str, str, str]]:
    found = set()
    for resource, action, reached in of_roles(templates):
        if "*" not in action + reached:
            continue
        fits = any(fnmatchcase(action, a) and fnmatchcase(reached, r) for a, r in ON_SOME)
        if "*" in action or not ((reached == "*" and action in ON_EVERYTHING) or fits):
            found.add((f"{resource.stack}/{resource.id}", action, reached))
    return found


@pytest.fixture(scope="module")
def with_models(synthesize: Synthesize) -> Templates:
    """Return the product's templates with a model, whose inference profile spans regions."""
    doors = [*DOORS, *(door for door in discover_doors(functions) if "model" in door.uses)]
    return synthesize(REGISTRY, doors, model_id="eu.anthropic.claude-sonnet-4-5-20250929-v1:0")


def test_no_role_may_do_what_cannot_be_named_or_is_not_on_the_list(of_product: Deployment) -> None:
    assert unlisted(of_product.templates) == set()


def test_a_stage_with_models_has_no_wider_roles(with_models: Templates) -> None:
    assert unlisted(with_models) == set()


def test_what_is_on_the_list_is_needed(of_product: Deployment, with_models: Templates) -> None:
    both = (of_product.templates, with_models)
    rights = {(action, reached) for templates in both for _, action, reached in of_roles(templates)}
    assert ON_EVERYTHING.keys() <= {action for action, reached in rights if reached == "*"}
    idle = [p for p in ON_SOME if not any(fnmatchcase(a, p[0]) and fnmatchcase(r, p[1]) for a, r in rights)]
    assert idle == []


def test_functions_that_streams_feed_are_known_by_name() -> None:
    fed = {door.name for door in discover_doors(functions) if any(s.startswith("stream:") for s in door.sources)}
    assert fed == {*FED_BY_STREAMS}


@pytest.mark.parametrize(
    ("action", "reached"),
    [
        ("dynamodb:*", "arn:aws:dynamodb:eu-central-1:111122223333:table/polaris-dev-files"),
        ("dynamodb:GetItem", "*"),
        ("dynamodb:GetItem", "arn:aws:dynamodb:eu-central-1:111122223333:table/polaris-dev-*"),
        ("s3:GetObject", "arn:aws:s3:::*"),
        ("secretsmanager:GetSecretValue", "*"),
        ("lambda:InvokeFunction", "arn:aws:lambda:eu-central-1:111122223333:function:polaris-dev-*"),
        ("iam:PassRole", "*"),
    ],
)
def test_a_right_that_is_too_wide_is_noticed(action: str, reached: str) -> None:
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {"Policies": [{"PolicyDocument": {"Statement": [{"Action": action, "Resource": reached}]}}]},
    }
    templates = Templates(Path(), {"stack": {"Resources": {"Role": role}}})
    assert unlisted(templates) == {("stack/Role", action, reached)}


def test_no_role_changes_rights_passes_roles_or_has_a_policy_that_is_made_elsewhere(of_product: Deployment) -> None:
    actions = {action for _, action, _ in of_roles(of_product.templates)}
    assert not [action for action in actions if action.partition(":")[0] in {"iam", "sts", "kms", "organizations"}]
    assert not [r for r in of_product.templates.resources("AWS::IAM::Role") if "ManagedPolicyArns" in r.properties]
    assert not of_product.templates.resources("AWS::IAM::User")
    assert not of_product.templates.resources("AWS::IAM::AccessKey")


def test_roles_are_taken_by_the_services_that_run_things_here_and_nobody_else(of_product: Deployment) -> None:
    for role in of_product.templates.resources("AWS::IAM::Role"):
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Action"] == "sts:AssumeRole"
        (service,) = [statement["Principal"]["Service"]]
        assert service.removesuffix(".amazonaws.com") in SERVICES, role.id


def test_nothing_is_open_to_everybody(of_product: Deployment) -> None:
    kinds = ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy", "AWS::SNS::TopicPolicy")
    for resource, statement in statements(of_product.templates, *kinds):
        if statement["Effect"] == "Deny":
            continue
        assert statement["Principal"].keys() == {"Service"}, resource.id
        assert "Condition" in statement, resource.id
        assert "*" not in "".join(listed(statement["Action"])), resource.id


def test_buckets_queues_and_topics_take_nothing_that_is_not_encrypted_on_the_way(of_product: Deployment) -> None:
    templates = of_product.templates
    guarded = {
        (resource.stack, name["Ref"])
        for kind, key in NAMING.items()
        for resource, statement in statements(templates, kind)
        if statement["Effect"] == "Deny" and statement["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
        for name in listed(resource[key])
    }
    kinds = ("AWS::S3::Bucket", "AWS::SQS::Queue", "AWS::SNS::Topic")
    assert guarded == {(r.stack, r.id) for kind in kinds for r in templates.resources(kind)}


def test_everything_that_is_kept_is_encrypted_and_no_bucket_is_public(of_product: Deployment) -> None:
    templates = of_product.templates
    for bucket in templates.resources("AWS::S3::Bucket"):
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
        assert bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert bucket["OwnershipControls"] == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    for queue in templates.resources("AWS::SQS::Queue"):
        assert queue["SqsManagedSseEnabled"] is True
    for table in templates.resources("AWS::DynamoDB::GlobalTable"):
        assert table["SSESpecification"]["SSEEnabled"] is True


def test_only_apis_machines_and_schedules_of_this_account_invoke_functions(of_product: Deployment) -> None:
    for permission in of_product.templates.resources("AWS::Lambda::Permission"):
        assert permission["Principal"] != "*"
        assert "SourceArn" in permission.properties or "SourceAccount" in permission.properties
    assert not of_product.templates.resources("AWS::Lambda::Url")


def test_no_function_is_told_a_secret_by_its_environment(of_product: Deployment) -> None:
    for function in of_product.templates.resources("AWS::Lambda::Function"):
        names = {*function["Environment"]["Variables"]}
        told = [name for name in names if name.endswith(("_TOKEN", "_PASSWORD", "_KEY"))]
        assert told == [], function.id
