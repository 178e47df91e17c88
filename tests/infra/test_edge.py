from __future__ import annotations

from typing import Any

import pytest
from aws_cdk import App, assertions

from infra.constructs.distribution import WebSocketOrigin
from infra.names import Names
from infra.stacks.edge import EdgeStack
from infra.stage import Stage
from tests.infra import sample
from tests.infra.conftest import Deployment, Synthesize
from tests.infra.templates import Resource, Templates

DISTRIBUTION = "AWS::CloudFront::Distribution"
CONSOLE = ("/_console/*", "/_console")
ROUTE_KEYS = ["POST /api/storage/upload", "POST /api/query"]


@pytest.fixture
def distribution(templates: Templates) -> Resource:
    return templates.only(DISTRIBUTION)


def behaviours(distribution: Resource) -> dict[str, dict[str, Any]]:
    config = distribution["DistributionConfig"]
    listed = {behaviour["PathPattern"]: behaviour for behaviour in config["CacheBehaviors"]}
    return {**listed, "*": config["DefaultCacheBehavior"]}


def origin_of(distribution: Resource, behaviour: dict[str, Any]) -> dict[str, Any]:
    origins = distribution["DistributionConfig"]["Origins"]
    found: dict[str, Any] = next(o for o in origins if o["Id"] == behaviour["TargetOriginId"])
    return found


def is_bucket(origin: dict[str, Any]) -> bool:
    return "S3OriginConfig" in origin and "OriginAccessControlId" in origin


def test_paths_are_matched_from_the_most_particular_to_the_least(distribution: Resource) -> None:
    expected = ["/api/storage/upload", "/api/storage/*", *CONSOLE, "/api/*/sync", "/api/sync", "*"]
    assert [*behaviours(distribution)] == expected


def test_only_stored_files_and_the_console_come_from_the_bucket(distribution: Resource) -> None:
    found = {path: is_bucket(origin_of(distribution, b)) for path, b in behaviours(distribution).items()}
    assert [path for path, from_bucket in found.items() if from_bucket] == ["/api/storage/*", *CONSOLE]


def test_files_can_be_read_and_asked_about_but_not_changed(distribution: Resource) -> None:
    assert behaviours(distribution)["/api/storage/*"]["AllowedMethods"] == ["GET", "HEAD", "OPTIONS"]
    assert "POST" in behaviours(distribution)["/api/storage/upload"]["AllowedMethods"]


def test_nothing_of_users_is_cached_and_nothing_goes_unencrypted(distribution: Resource) -> None:
    disabled = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
    for path, behaviour in behaviours(distribution).items():
        assert (behaviour["CachePolicyId"] == disabled) == (path not in CONSOLE)
        assert behaviour["ViewerProtocolPolicy"] == "https-only"


def test_apis_get_every_header_but_host(distribution: Resource) -> None:
    all_but_host = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
    for path, behaviour in behaviours(distribution).items():
        of_bucket = path in {"/api/storage/*", *CONSOLE}
        assert behaviour.get("OriginRequestPolicyId") == (None if of_bucket else all_but_host)


def headers(templates: Templates, distribution: Resource, path: str) -> dict[str, Any]:
    policy = templates.referred(distribution, behaviours(distribution)[path]["ResponseHeadersPolicyId"])
    found: dict[str, Any] = policy["ResponseHeadersPolicyConfig"]
    return found


def test_every_answer_to_clients_lets_browsers_of_any_origin_read_it(
    templates: Templates, distribution: Resource
) -> None:
    for path in behaviours(distribution).keys() - {*CONSOLE}:
        cors = headers(templates, distribution, path)["CorsConfig"]
        assert cors["OriginOverride"]
        assert cors["AccessControlAllowOrigins"] == {"Items": ["*"]}
        assert "idempotency-key" in cors["AccessControlAllowHeaders"]["Items"]


def test_stored_files_cannot_run_in_the_apis_origin(templates: Templates, distribution: Resource) -> None:
    guards = headers(templates, distribution, "/api/storage/*")["SecurityHeadersConfig"]
    policy = guards["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert guards["ContentTypeOptions"] == {"Override": True}


def test_every_answer_is_guarded_whatever_its_origin_says(templates: Templates, distribution: Resource) -> None:
    for path in behaviours(distribution):
        guards = headers(templates, distribution, path)["SecurityHeadersConfig"]
        assert all(guard["Override"] for guard in guards.values())
        assert guards["StrictTransportSecurity"]["AccessControlMaxAgeSec"] >= 31_536_000
        assert guards["ContentTypeOptions"] == {"Override": True}
        assert "default-src 'none'" in guards["ContentSecurityPolicy"]["ContentSecurityPolicy"]


def test_answers_of_the_apis_are_not_kept(templates: Templates, distribution: Resource) -> None:
    for path in behaviours(distribution).keys() - {"/api/storage/*", *CONSOLE}:
        (custom,) = headers(templates, distribution, path)["CustomHeadersConfig"]["Items"]
        assert custom == {"Header": "cache-control", "Override": True, "Value": "no-store"}


def test_functions_learn_the_distributions_origin(templates: Templates, distribution: Resource) -> None:
    parameter = templates.only("AWS::SSM::Parameter", Name="/polaris/dev/public-url")
    assert parameter["Value"] == {"Fn::Join": ["", ["https://", {"Fn::GetAtt": [distribution.id, "DomainName"]}]]}


def test_a_domain_of_ones_own_is_the_public_url(synthesize: Synthesize) -> None:
    templates = synthesize(
        sample.REGISTRY,
        sample.DOORS,
        domain_name="api.example.com",
        certificate_arn="arn:aws:acm:us-east-1:111122223333:certificate/1",
    )
    config = templates.only(DISTRIBUTION)["DistributionConfig"]
    assert templates.only("AWS::SSM::Parameter")["Value"] == "https://api.example.com"
    assert config["Aliases"] == ["api.example.com"]
    assert config["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"


def test_without_an_edge_functions_learn_the_given_origin(synthesize: Synthesize) -> None:
    templates = synthesize(sample.REGISTRY, sample.DOORS, edge="false", public_url="http://127.0.0.1:3210")
    assert not templates.resources(DISTRIBUTION)
    assert templates.only("AWS::SSM::Parameter")["Value"] == "http://127.0.0.1:3210"


def test_sockets_go_to_the_websocket_api_of_the_same_deployment(templates: Templates, distribution: Resource) -> None:
    to_socket = {
        path: origin_of(distribution, behaviours(distribution)[path]) for path in ("/api/*/sync", "/api/sync")
    }
    (api,) = {origin["DomainName"]["Fn::Join"][1][0]["Fn::ImportValue"] for origin in to_socket.values()}
    exported = next(e for e in templates.stacks["polaris-dev-live"]["Outputs"].values() if e.get("Export"))
    assert exported["Export"]["Name"] == api
    socket_api = templates.only("AWS::ApiGatewayV2::Api", ProtocolType="WEBSOCKET")
    assert exported["Value"] == {"Ref": socket_api.id}


def test_sockets_go_to_the_websocket_api_once_there_is_one() -> None:
    socket = WebSocketOrigin("abc.execute-api.eu-central-1.amazonaws.com", "live")
    stack = EdgeStack(
        App(), "edge", Names(Stage()), api_url="https://x.example", route_keys=ROUTE_KEYS, websocket_origin=socket
    )
    template = assertions.Template.from_stack(stack).to_json()
    distribution = Resource("edge", "", next(r for r in template["Resources"].values() if r["Type"] == DISTRIBUTION))
    to_socket = [
        path
        for path, behaviour in behaviours(distribution).items()
        if origin_of(distribution, behaviour)["DomainName"] == socket.domain_name
    ]
    assert to_socket == ["/api/*/sync", "/api/sync"]


def test_the_console_runs_its_own_scripts_only(templates: Templates, distribution: Resource) -> None:
    guards = headers(templates, distribution, "/_console/*")["SecurityHeadersConfig"]
    policy = dict(part.split(" ", 1) for part in guards["ContentSecurityPolicy"]["ContentSecurityPolicy"].split("; "))
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"


def test_the_console_may_not_be_framed_and_tells_nobody_where_it_was(
    templates: Templates, distribution: Resource
) -> None:
    guards = headers(templates, distribution, "/_console/*")["SecurityHeadersConfig"]
    assert guards["FrameOptions"] == {"FrameOption": "DENY", "Override": True}
    assert guards["ReferrerPolicy"] == {"Override": True, "ReferrerPolicy": "no-referrer"}
    assert guards["ContentTypeOptions"] == {"Override": True}


def test_a_route_that_ends_like_that_of_live_queries_leads_to_the_http_api(of_product: Deployment) -> None:
    paths = [*behaviours(of_product.templates.only(DISTRIBUTION))]
    assert paths.index("/api/autumn/sync") < paths.index("/api/*/sync")


def test_both_apis_are_told_that_it_is_the_edge_by_a_key_that_no_template_holds(distribution: Resource) -> None:
    proof = [{"HeaderName": "x-polaris-edge", "HeaderValue": "{{resolve:secretsmanager:polaris-dev-edge-key}}"}]
    origins = {path: origin_of(distribution, behaviour) for path, behaviour in behaviours(distribution).items()}
    for path, origin in origins.items():
        assert origin.get("OriginCustomHeaders", proof if is_bucket(origin) else None) == proof, path
    assert not [path for path, origin in origins.items() if is_bucket(origin) and "OriginCustomHeaders" in origin]


def test_functions_are_told_where_the_key_of_the_edge_is(templates: Templates) -> None:
    environments = [f.properties.get("Environment", {}) for f in templates.resources("AWS::Lambda::Function")]
    told = {e["Variables"]["POLARIS_EDGE_KEY_SECRET"] for e in environments if "POLARIS_TABLE_PREFIX" in str(e)}
    assert told == {"polaris-dev-edge-key"}
