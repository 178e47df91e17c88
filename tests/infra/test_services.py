from __future__ import annotations

import importlib
from collections.abc import Iterator
from typing import Any

import pytest

from infra.bundle import PYTHON
from infra.stage import Stage
from shared import settings
from shared.runtime.door import Door
from shared.runtime.function import Function
from tests.infra import sample
from tests.infra.conftest import Deployment, Synthesize
from tests.infra.templates import Resource, Templates, integration_of, invoked_by, names_of

LAMBDA = "AWS::Lambda::Function"


def last_name(declared: Function[Any] | Door) -> str:
    return declared.path.replace(":", "-") if isinstance(declared, Function) else declared.name


def declared(deployment: Deployment) -> list[Function[Any] | Door]:
    return [*deployment.registry.values(), *deployment.doors]


def lambdas(deployment: Deployment) -> Iterator[tuple[Function[Any] | Door, Resource]]:
    for one in declared(deployment):
        name = f"polaris-dev-{last_name(one)}"
        yield one, deployment.templates.only(LAMBDA, FunctionName=name)


def test_there_is_one_lambda_for_everything_declared(deployment: Deployment) -> None:
    assert len(deployment.templates.resources(LAMBDA)) == len(declared(deployment))
    assert all(resource["Handler"] == one.handler for one, resource in lambdas(deployment))


def test_every_lambda_runs_what_was_bundled(deployment: Deployment) -> None:
    for _, resource in lambdas(deployment):
        layer = deployment.templates.referred(resource, resource["Layers"][0])
        assert resource["Runtime"] == f"python{PYTHON}"
        assert layer["CompatibleRuntimes"] == [resource["Runtime"]]
        assert layer["CompatibleArchitectures"] == resource["Architectures"] == ["arm64"]


def test_every_lambda_ends_before_the_api_gives_up_on_it(deployment: Deployment) -> None:
    answering = [lambda_ for one, lambda_ in lambdas(deployment) if isinstance(one, Function) or one.routes]
    assert {lambda_["Timeout"] for lambda_ in answering} == {29}


def test_every_other_lambda_has_the_time_that_it_declares(deployment: Deployment) -> None:
    for one, resource in lambdas(deployment):
        if isinstance(one, Door):
            assert resource["Timeout"] == (one.timeout_s or 29)


def test_every_lambda_logs_json_to_a_group_of_its_own(deployment: Deployment) -> None:
    groups = set()
    for _, resource in lambdas(deployment):
        group = deployment.templates.referred(resource, resource["LoggingConfig"]["LogGroup"])
        groups.add((group.stack, group.id))
        assert group["LogGroupName"] == f"/aws/lambda/{resource['FunctionName']}"
        assert group["RetentionInDays"] == 30
        assert resource["LoggingConfig"]["LogFormat"] == "JSON"
    assert len(groups) == len(declared(deployment))


def test_lambda_writes_no_lines_of_its_own_about_calls_that_went_well(deployment: Deployment) -> None:
    for _, resource in lambdas(deployment):
        levels = {key: resource["LoggingConfig"][key] for key in ("ApplicationLogLevel", "SystemLogLevel")}
        assert levels == {"ApplicationLogLevel": "INFO", "SystemLogLevel": "WARN"}


def test_traces_begin_where_functions_run(deployment: Deployment) -> None:
    for one, resource in lambdas(deployment):
        begins = isinstance(one, Function) or one.access is None or not one.sources or "workflows" in one.handler
        assert resource["TracingConfig"] == {"Mode": "Active" if begins else "PassThrough"}


def test_every_lambda_has_a_role_of_its_own(deployment: Deployment) -> None:
    roles = [deployment.templates.referred(resource, resource["Role"]) for _, resource in lambdas(deployment)]
    assert len({(role.stack, role.id) for role in roles}) == len(roles)


def test_every_route_leads_to_the_lambda_that_declared_it(deployment: Deployment) -> None:
    templates = deployment.templates
    expected: dict[str, str] = {}
    for one, resource in lambdas(deployment):
        routes = [f"POST {one.route}"] if isinstance(one, Function) else one.routes
        expected |= dict.fromkeys(routes, resource["FunctionName"])
    found = {}
    for route in templates.resources("AWS::ApiGatewayV2::Route"):
        if " " in route["RouteKey"]:
            found[route["RouteKey"]] = invoked_by(templates, integration_of(templates, route))["FunctionName"]
    assert found == expected


def test_an_api_may_invoke_exactly_the_lambdas_that_its_routes_lead_to(deployment: Deployment) -> None:
    templates = deployment.templates
    led_to: dict[tuple[str, str], list[str]] = {}
    for integration in templates.resources("AWS::ApiGatewayV2::Integration"):
        if integration["IntegrationType"] == "MOCK":
            continue
        role = templates.referred(integration, integration["CredentialsArn"])
        led_to.setdefault((role.stack, role.id), []).append(invoked_by(templates, integration).id)
    for role in templates.resources("AWS::IAM::Role"):
        if (role.stack, role.id) in led_to:
            (statement,) = role["Policies"][0]["PolicyDocument"]["Statement"]
            listed = statement["Resource"] if isinstance(statement["Resource"], list) else [statement["Resource"]]
            invocable = sorted(templates.referred(role, arn).id for arn in listed)
            assert statement["Action"] == "lambda:InvokeFunction"
            assert invocable == sorted(led_to.pop((role.stack, role.id)))
    assert not led_to


def test_functions_read_their_settings_from_the_environment_they_are_given(
    synthesize: Synthesize, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage = {
        "clerk_issuer": "https://clerk.example",
        "stack_project_id": "1b2c",
        "auth_providers": '[{"domain": "https://id.example", "applicationID": "polaris"}]',
        "project_order": "updated",
    }
    templates = synthesize(sample.REGISTRY, sample.DOORS, **stage)
    for name, value in a_lambda(templates)["Environment"]["Variables"].items():
        monkeypatch.setenv(name, value)
    settings.settings.cache_clear()
    try:
        assert settings.settings() == names_of(Stage(**stage)).settings  # type: ignore[arg-type]  # project_order
    finally:
        settings.settings.cache_clear()


def a_lambda(templates: Templates) -> Resource:
    return templates.resources(LAMBDA)[0]


def test_every_lambda_has_the_same_environment_but_for_where_it_posts(deployment: Deployment) -> None:
    variables = [resource["Environment"]["Variables"] for _, resource in lambdas(deployment)]
    assert variables[0]["POLARIS_METRICS_NAMESPACE"] == "polaris-dev"
    elsewhere = {"POLARIS_WEBSOCKET_ENDPOINT": ""}
    assert all(each | elsewhere == variables[0] | elsewhere for each in variables)


def test_every_handler_of_the_product_can_be_imported(of_product: Deployment) -> None:
    for one, resource in lambdas(of_product):
        module, _, name = resource["Handler"].rpartition(".")
        assert getattr(importlib.import_module(module), name) is one
