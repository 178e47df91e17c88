"""That every source a door declares leads to its Lambda."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from infra.stage import MOST_MAILBOXES
from shared.runtime.door import Door
from tests.infra import sample
from tests.infra.conftest import Deployment, Synthesize
from tests.infra.roles import lambda_of
from tests.infra.templates import Resource, Templates, integration_of, invoked_by

MAPPING = "AWS::Lambda::EventSourceMapping"
QUEUE = "AWS::SQS::Queue"
COLD_START_S = 10


def sources(deployment: Deployment, kind: str) -> Iterator[tuple[str, Door, Resource]]:
    """Yield the name of every source of a kind, its door and its door's Lambda."""
    for door in deployment.doors:
        for source in door.sources:
            if source.startswith(f"{kind}:"):
                yield source.partition(":")[2], door, lambda_of(deployment.templates, door)


def mappings(deployment: Deployment, function: Resource) -> list[Resource]:
    found = deployment.templates.resources(MAPPING)
    return [m for m in found if deployment.templates.referred(m, m["FunctionName"]).id == function.id]


def source_queue(templates: Templates, mapping: Resource) -> Resource:
    return templates.referred(mapping, mapping["EventSourceArn"])


def test_every_websocket_route_leads_to_the_lambda_that_declared_it(deployment: Deployment) -> None:
    templates = deployment.templates
    expected = {route: function.id for route, _, function in sources(deployment, "websocket")}
    found = {}
    for route in templates.resources("AWS::ApiGatewayV2::Route"):
        if route["RouteKey"].startswith("$"):
            integration = integration_of(templates, route)
            found[route["RouteKey"]] = invoked_by(templates, integration).id
            assert integration["IntegrationType"] == "AWS_PROXY"
    assert found == expected


def test_nothing_that_a_function_returns_is_sent_to_the_client(templates: Templates) -> None:
    answered = [templates.referred(r, r["RouteId"]) for r in templates.resources("AWS::ApiGatewayV2::RouteResponse")]
    kinds = [integration_of(templates, route)["IntegrationType"] for route in answered]
    assert kinds == ["MOCK"]


def test_a_keep_alive_is_answered_by_the_api_itself_with_what_clients_know(templates: Templates) -> None:
    route = templates.only("AWS::ApiGatewayV2::Route", RouteKey="keepAlive")
    api = templates.only("AWS::ApiGatewayV2::Api", ProtocolType="WEBSOCKET")
    assert (route["ApiId"], api["RouteSelectionExpression"]) == ({"Ref": api.id}, "$request.body.action")
    integration = integration_of(templates, route)
    assert (integration["IntegrationType"], "IntegrationUri" in integration.properties) == ("MOCK", False)
    answer = templates.only("AWS::ApiGatewayV2::IntegrationResponse", IntegrationId={"Ref": integration.id})
    assert json.loads(answer["ResponseTemplates"]["$default"]) == {"type": "Ping", "answer": True}
    response = templates.only("AWS::ApiGatewayV2::RouteResponse", RouteId={"Ref": route.id})
    assert response["RouteResponseKey"] == route["RouteResponseSelectionExpression"] == "$default"


def test_the_template_of_the_local_cloud_has_no_responses_which_that_does_not_know(synthesize: Synthesize) -> None:
    local = synthesize(sample.REGISTRY, sample.DOORS, platform="local", public_url="http://127.0.0.1:3210")
    assert integration_of(local, local.only("AWS::ApiGatewayV2::Route", RouteKey="keepAlive"))["ApiId"]
    assert not local.resources("AWS::ApiGatewayV2::RouteResponse")
    assert not local.resources("AWS::ApiGatewayV2::IntegrationResponse")


def test_sockets_are_served_at_one_throttled_stage_that_is_named_like_the_deployment(templates: Templates) -> None:
    api = templates.only("AWS::ApiGatewayV2::Api", ProtocolType="WEBSOCKET")
    (stage,) = (s for s in templates.resources("AWS::ApiGatewayV2::Stage") if s["ApiId"] == {"Ref": api.id})
    assert (stage["StageName"], stage["AutoDeploy"]) == ("polaris-dev", True)
    assert stage["DefaultRouteSettings"]["ThrottlingRateLimit"] > 0


def test_every_queue_feeds_its_door_at_once_and_hears_of_each_message_that_failed(deployment: Deployment) -> None:
    for name, _, function in sources(deployment, "queue"):
        found = mappings(deployment, function)
        queues = [source_queue(deployment.templates, mapping)["QueueName"] for mapping in found]
        assert queues == [f"polaris-dev-{name}-0.fifo"]
        for mapping in found:
            assert (mapping["BatchSize"], mapping["FunctionResponseTypes"]) == (10, ["ReportBatchItemFailures"])
            assert "MaximumBatchingWindowInSeconds" not in mapping.properties
            assert mapping["ScalingConfig"] == {"MaximumConcurrency": 500}


def test_messages_of_a_group_keep_their_order_and_groups_do_not_wait_for_each_other(deployment: Deployment) -> None:
    for _, _, function in sources(deployment, "queue"):
        for mapping in mappings(deployment, function):
            queue = source_queue(deployment.templates, mapping)
            assert queue["FifoQueue"]
            assert queue["DeduplicationScope"] == "messageGroup"
            assert queue["FifoThroughputLimit"] == "perMessageGroupId"
            assert function["Timeout"] + COLD_START_S < queue["VisibilityTimeout"] <= 60


def test_a_message_that_always_fails_is_kept_aside_in_order(deployment: Deployment) -> None:
    for name, _, function in sources(deployment, "queue"):
        for mapping in mappings(deployment, function):
            queue = source_queue(deployment.templates, mapping)
            failed = deployment.templates.referred(queue, queue["RedrivePolicy"]["deadLetterTargetArn"])
            assert queue["RedrivePolicy"]["maxReceiveCount"] == 5
            assert (failed["QueueName"], failed["FifoQueue"]) == (f"polaris-dev-{name}-failed.fifo", True)
            assert failed["MessageRetentionPeriod"] > queue["MessageRetentionPeriod"]


def test_a_delay_queue_invokes_its_door_with_one_message_at_once_and_keeps_failures_aside(
    deployment: Deployment,
) -> None:
    for name, _, function in sources(deployment, "delay"):
        (mapping,) = mappings(deployment, function)
        queue = source_queue(deployment.templates, mapping)
        assert queue["QueueName"] == f"polaris-dev-{name}"
        assert "FifoQueue" not in queue.properties, "FIFO queues know no delays"
        assert (mapping["BatchSize"], mapping["ScalingConfig"]) == (1, {"MaximumConcurrency": 2})
        assert function["Timeout"] + COLD_START_S < queue["VisibilityTimeout"]
        assert queue["MessageRetentionPeriod"] >= 900, "the longest delay"
        failed = deployment.templates.referred(queue, queue["RedrivePolicy"]["deadLetterTargetArn"])
        assert failed["QueueName"] == f"polaris-dev-{name}-failed"
        assert failed["MessageRetentionPeriod"] > queue["MessageRetentionPeriod"]


def test_a_sweep_may_be_shared_by_several_lambdas_which_the_clock_is_told(synthesize: Synthesize) -> None:
    templates = synthesize(sample.REGISTRY, sample.DOORS, sweep_segments="4", audit_minutes="30", actors="40")
    variables = lambda_of(templates, sample.CLOCK)["Environment"]["Variables"]
    assert (variables["POLARIS_SWEEP_SEGMENTS"], variables["POLARIS_AUDIT_MINUTES"]) == ("4", "30")
    assert variables["POLARIS_SWEEPS"].endswith("/polaris-dev-sweeps")
    limits = [
        m["ScalingConfig"]["MaximumConcurrency"]
        for m in templates.resources(MAPPING)
        if "ScalingConfig" in m.properties
    ]
    assert sorted(limits) == [8, 40]


@pytest.mark.parametrize(
    ("setting", "value"),
    [("sweep_segments", "0"), ("sweep_segments", "9"), ("actors", "1"), ("actors", "1001"), ("audit_minutes", "-1")],
)
def test_a_setting_of_live_queries_that_cannot_work_is_refused(
    synthesize: Synthesize, setting: str, value: str
) -> None:
    with pytest.raises(ValueError, match=setting):
        synthesize(sample.REGISTRY, sample.DOORS, **{setting: value})


def test_every_queue_is_encrypted_and_takes_no_unencrypted_call(templates: Templates) -> None:
    policies = templates.resources("AWS::SQS::QueuePolicy")
    closed = {templates.referred(policy, queue).id for policy in policies for queue in policy["Queues"]}
    for queue in templates.resources(QUEUE):
        assert queue["SqsManagedSseEnabled"]
        assert queue.id in closed


def test_a_stream_feeds_its_door_with_new_rows_until_they_are_handled_or_kept_aside(deployment: Deployment) -> None:
    for table, _, function in sources(deployment, "stream"):
        (mapping,) = mappings(deployment, function)
        assert f"{table}" in json.dumps(mapping["EventSourceArn"])
        (criterion,) = mapping["FilterCriteria"]["Filters"]
        assert json.loads(criterion["Pattern"]) == {"eventName": ["INSERT", "MODIFY"]}
        assert mapping["StartingPosition"] == "TRIM_HORIZON"
        assert mapping["BisectBatchOnFunctionError"]
        assert mapping["ParallelizationFactor"] == 10
        assert mapping["MaximumRetryAttempts"] > 0
        assert 0 < mapping["MaximumRecordAgeInSeconds"] <= 600
        destination = mapping["DestinationConfig"]["OnFailure"]["Destination"]
        assert deployment.templates.referred(mapping, destination)["QueueName"] == f"polaris-dev-{table}-failed"


def test_a_stream_does_not_rely_on_reports_of_single_failures(deployment: Deployment) -> None:
    for _, _, function in sources(deployment, "stream"):
        assert all("FunctionResponseTypes" not in mapping.properties for mapping in mappings(deployment, function))


def test_a_clock_starts_its_door_and_tries_again(deployment: Deployment) -> None:
    templates = deployment.templates
    for expression, door, function in sources(deployment, "schedule"):
        rule = templates.only("AWS::Events::Rule", Name=f"polaris-dev-{door.name}")
        (target,) = rule["Targets"]
        assert rule["ScheduleExpression"] == expression
        assert templates.referred(rule, target["Arn"]).id == function.id
        assert target["RetryPolicy"] == {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 60}
        config = templates.only("AWS::Lambda::EventInvokeConfig", FunctionName={"Ref": function.id})
        assert (config["MaximumRetryAttempts"], config["MaximumEventAgeInSeconds"]) == (1, 120)


def test_a_clock_and_an_event_may_start_their_doors_and_nobody_elses(deployment: Deployment) -> None:
    found = deployment.templates.resources("AWS::Lambda::Permission")
    called = [function.id for kind in ("schedule", "executions") for _, _, function in sources(deployment, kind)]
    assert sorted(deployment.templates.referred(p, p["FunctionName"]).id for p in found) == sorted(called)
    assert all("SourceArn" in permission.properties for permission in found)


def test_every_lambda_knows_the_mailboxes(deployment: Deployment) -> None:
    url = "https://sqs.eu-central-1.amazonaws.com/111122223333/polaris-dev-mailbox-0.fifo"
    for resource in deployment.templates.resources("AWS::Lambda::Function"):
        assert json.loads(resource["Environment"]["Variables"]["POLARIS_MAILBOXES"]) == [url]


def test_doors_behind_sockets_know_where_to_post_and_nobody_else_does(of_sample: Deployment) -> None:
    api = of_sample.templates.only("AWS::ApiGatewayV2::Api", ProtocolType="WEBSOCKET")
    for door in of_sample.doors:
        endpoint = lambda_of(of_sample.templates, door)["Environment"]["Variables"]["POLARIS_WEBSOCKET_ENDPOINT"]
        if door.sources:
            scheme, id, *rest = endpoint["Fn::Join"][1]
            assert (scheme, id) == ("https://", {"Ref": api.id})
            assert "".join(rest) == ".execute-api.eu-central-1.amazonaws.com/polaris-dev"
        else:
            assert endpoint == ""


def test_the_local_cloud_has_mailboxes_and_an_address_of_its_own(synthesize: Synthesize) -> None:
    templates = synthesize(
        sample.REGISTRY,
        sample.DOORS,
        platform="local",
        public_url="http://127.0.0.1:3210",
        mailboxes=str(MOST_MAILBOXES),
        execute_api_url="http://127.0.0.1:4566/_aws/execute-api",
    )
    variables = lambda_of(templates, sample.SESSION)["Environment"]["Variables"]
    urls = json.loads(variables["POLARIS_MAILBOXES"])
    names = [queue["QueueName"] for queue in templates.resources(QUEUE)]
    assert len({*urls}) == MOST_MAILBOXES
    assert {url.rpartition("/")[2] for url in urls} <= {*names}
    _, (prefix, _, stage) = variables["POLARIS_WEBSOCKET_ENDPOINT"]["Fn::Join"]
    assert (prefix, stage) == ("http://127.0.0.1:4566/_aws/execute-api/", "/polaris-dev")


@pytest.mark.parametrize("count", ["0", str(MOST_MAILBOXES + 1)])
def test_a_number_of_mailboxes_that_cannot_be_is_refused(synthesize: Synthesize, count: str) -> None:
    with pytest.raises(ValueError, match="mailboxes"):
        synthesize(sample.REGISTRY, sample.DOORS, mailboxes=count)


def test_without_doors_behind_sockets_there_is_no_websocket_api(synthesize: Synthesize) -> None:
    templates = synthesize(sample.REGISTRY, sample.HTTP_DOORS)
    assert not [api for api in templates.resources("AWS::ApiGatewayV2::Api") if api["ProtocolType"] == "WEBSOCKET"]
    assert "polaris-dev-live" not in templates.stacks
