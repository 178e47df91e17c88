from __future__ import annotations

import json

from tests.infra.templates import Templates


def test_browsers_of_any_origin_may_send_what_clients_send(templates: Templates) -> None:
    assert templates.only("AWS::ApiGatewayV2::Api", ProtocolType="HTTP")["CorsConfiguration"] == {
        "AllowOrigins": ["*"],
        "AllowMethods": ["GET", "POST", "PUT", "DELETE", "OPTIONS"],
        "AllowHeaders": [
            "content-type",
            "convex-client",
            "authorization",
            "digest",
            "idempotency-key",
            "x-github-token",
        ],
        "MaxAge": 86_400,
    }


def test_the_api_throttles(templates: Templates) -> None:
    settings = templates.only("AWS::ApiGatewayV2::Stage", StageName="$default")["DefaultRouteSettings"]
    assert 0 < settings["ThrottlingRateLimit"] <= settings["ThrottlingBurstLimit"]


def test_the_access_log_expires(templates: Templates) -> None:
    stage = templates.only("AWS::ApiGatewayV2::Stage", StageName="$default")
    arn = stage["AccessLogSettings"]["DestinationArn"]
    assert arn.endswith(":log-group:/aws/vendedlogs/polaris-dev-http-api")
    group = templates.only("AWS::Logs::LogGroup", LogGroupName="/aws/vendedlogs/polaris-dev-http-api")
    assert group["RetentionInDays"] == 30
    assert group.id in stage.body["DependsOn"]


def test_the_access_log_holds_no_paths_tokens_or_query_strings(templates: Templates) -> None:
    stage = templates.only("AWS::ApiGatewayV2::Stage", StageName="$default")
    logged = json.loads(stage["AccessLogSettings"]["Format"])
    assert "$context.requestId" in logged.values()
    assert not [value for value in logged.values() if "path" in value or "authorizer" in value]


def test_what_the_local_cloud_and_operators_need_is_an_output(templates: Templates) -> None:
    outputs = templates.outputs()
    assert outputs["StageName"] == "dev"
    assert outputs["TablePrefix"] == "polaris-dev-"
    assert outputs["InternalKeySecret"] == "polaris-dev-internal-key"
    assert outputs["SigningKeySecret"] == "polaris-dev-signing-key"
    assert outputs["PublicUrlParameter"] == "/polaris/dev/public-url"
    assert outputs["ContentBucket"].startswith("polaris-dev-content-")
    assert outputs["StorageBucket"].startswith("polaris-dev-storage-")
    assert {"HttpApiId", "HttpApiUrl", "PublicUrl"} <= outputs.keys()
