from __future__ import annotations

import functools
import operator
from typing import Any

import pytest

from infra.stage import Stage, stage_from
from tests.infra import sample
from tests.infra.conftest import Synthesize
from tests.infra.templates import Templates


def stage_of(**context: Any) -> Stage:
    return stage_from(context.get)


def test_the_stage_is_dev_unless_told_otherwise() -> None:
    assert stage_of() == Stage("dev")


def test_settings_come_from_the_stages_entry() -> None:
    stages = {"prod": {"log_retention_days": 90, "alarm_email": "ops@example.com"}}
    assert stage_of(stage="prod", stages=stages) == Stage(
        "prod", log_retention_days=90, alarm_email="ops@example.com"
    )
    assert stage_of(stage="dev", stages=stages) == Stage("dev")


def test_the_command_line_comes_first_and_is_text() -> None:
    stages = {"prod": {"log_retention_days": 90, "removable": True}}
    found = stage_of(stage="prod", stages=stages, log_retention_days="7", removable="false")
    assert found == Stage("prod", log_retention_days=7)


def test_providers_may_be_written_as_a_list() -> None:
    providers = [{"domain": "https://id.example", "applicationID": "polaris"}]
    found = stage_of(stages={"dev": {"auth_providers": providers}})
    assert found.auth_providers == '[{"domain": "https://id.example", "applicationID": "polaris"}]'


def test_the_local_platform_has_neither_edge_nor_alarms() -> None:
    found = stage_of(platform="local", public_url="http://127.0.0.1:3210")
    assert (found.edge, found.alarms) == (False, False)


@pytest.mark.parametrize(
    ("context", "told"),
    [
        ({"stage": "Prod"}, "1-12 lower-case letters"),
        ({"stage": "a-b"}, "1-12 lower-case letters"),
        ({"stage": "abcdefghijklm"}, "1-12 lower-case letters"),
        ({"platform": "gcp"}, "aws, local"),
        ({"edge": "no"}, "true or false"),
        ({"edge": "false"}, "needs public_url"),
        ({"edge": "false", "public_url": "http://127.0.0.1/"}, "trailing slash"),
        ({"domain_name": "api.example.com"}, "go together"),
        ({"log_retention_days": "2"}, "1, 7, 14"),
        ({"project_order": "name"}, "created, updated"),
        ({"auth_providers": "{}"}, "JSON list"),
        ({"auth_providers": "x"}, "Expecting value"),
        ({"stages": {"dev": {"colour": "red"}}}, "unknown settings: colour"),
    ],
)
def test_a_setting_that_cannot_work_is_refused(context: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        stage_of(**context)


NAMES = {
    "AWS::ApiGatewayV2::Api": ("Name",),
    "AWS::CloudFront::Function": ("Name",),
    "AWS::CloudFront::OriginAccessControl": ("OriginAccessControlConfig", "Name"),
    "AWS::CloudFront::ResponseHeadersPolicy": ("ResponseHeadersPolicyConfig", "Name"),
    "AWS::CloudWatch::Alarm": ("AlarmName",),
    "AWS::DynamoDB::GlobalTable": ("TableName",),
    "AWS::Events::Rule": ("Name",),
    "AWS::Lambda::Function": ("FunctionName",),
    "AWS::Logs::LogGroup": ("LogGroupName",),
    "AWS::S3::Bucket": ("BucketName",),
    "AWS::SecretsManager::Secret": ("Name",),
    "AWS::SNS::Topic": ("TopicName",),
    "AWS::SQS::Queue": ("QueueName",),
    "AWS::SSM::Parameter": ("Name",),
}
NAMED_BY_THEIR_STACK = {
    "AWS::ApiGatewayV2::Integration",
    "AWS::ApiGatewayV2::IntegrationResponse",
    "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::RouteResponse",
    "AWS::ApiGatewayV2::Stage",
    "AWS::CloudFront::Distribution",
    "AWS::IAM::Role",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::LayerVersion",
    "AWS::Lambda::Permission",
    "AWS::Logs::MetricFilter",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
}


def physical_names(templates: Templates) -> set[str]:
    """Return every name that is given to something in the account."""
    return {
        str(functools.reduce(operator.getitem, path, resource.properties))
        for type, path in NAMES.items()
        for resource in templates.resources(type)
    }


def test_it_is_known_of_every_type_how_it_is_named(templates: Templates) -> None:
    types = {r["Type"] for template in templates.stacks.values() for r in template["Resources"].values()}
    assert types == {*NAMES, *NAMED_BY_THEIR_STACK}


def test_stages_share_no_name(synthesize: Synthesize, templates: Templates) -> None:
    other = synthesize(sample.REGISTRY, sample.DOORS, stage="prod")
    assert len(physical_names(templates)) == len(physical_names(other)) > 40
    assert not physical_names(templates) & physical_names(other)
    assert not templates.stacks.keys() & other.stacks.keys()


def test_every_name_carries_its_stage(templates: Templates) -> None:
    marks = ("polaris-dev", "polaris/dev", "polarisdev")
    assert not [name for name in physical_names(templates) if not any(mark in name for mark in marks)]


def test_every_resource_that_takes_tags_names_its_stage(templates: Templates) -> None:
    for type in ("AWS::Lambda::Function", "AWS::S3::Bucket", "AWS::IAM::Role", "AWS::CloudFront::Distribution"):
        for resource in templates.resources(type):
            assert {"Key": "stage", "Value": "dev"} in resource["Tags"]
