"""What each role may do, worked out here from the declarations again, by another way than `infra.grants` does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from infra.grants import Grant, counting, grants
from infra.names import Names
from infra.source_grants import source_grants
from infra.use_grants import use_grants
from shared.db.access import Access, union
from shared.runtime.door import Door
from shared.runtime.function import Function, mutation
from shared.schema.document import DOCUMENTS, Document
from shared.schema.platform import CHANGES, CLAIMS, COMMITS, RANGES, SUBSCRIPTIONS
from shared.schema.table import Table
from shared.schema.tables import Conversation, Project
from tests.infra.conftest import Deployment, Synthesize
from tests.infra.roles import Rights, of_service, rights_of
from tests.infra.sample import DOORS, GATEWAY, REGISTRY, STORAGE, declare, registry_of

ON_ITEMS = ("GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem", "ConditionCheckItem")
WRITES = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}
SPILLING = {"files": "content", "messages": "content"}
"""Tables of which a field may be too large for a row, with such a field."""


def everything(deployment: Deployment) -> Iterator[tuple[Function[Any] | Door, Access, bool, Rights]]:
    """Yield what is declared, its access, whether it runs mutations, and its role's rights."""
    whole = union(function.access for function in deployment.registry.values())
    for function in deployment.registry.values():
        mutates = function.kind == "mutation"
        yield function, function.access, mutates, rights_of(deployment.templates, function)
    for door in deployment.doors:
        access = door.access or whole
        yield door, access, door.access is None or bool(access.writes), rights_of(deployment.templates, door)


def without_sources(declared: Function[Any] | Door, rights: Rights, names: Names) -> Rights:
    """Leave out what a door may for the sake of what feeds it and what it calls; other tests look at that."""
    if not isinstance(declared, Door):
        return rights
    access, runs_functions = declared.access or Access(), declared.access is None
    mutates = runs_functions or bool(access.writes)
    own = grants(access, names, mutates=mutates, internal=runs_functions, charges=True)
    others = [*source_grants(declared.sources, names), *use_grants(declared.uses, names)]
    return rights - (_pairs(others) - _pairs(own))


def without_counting(rights: Rights, names: Names) -> Rights:
    """Leave out the right to count busy callers."""
    return rights - _pairs([*counting(names)])


def _pairs(granted: list[Grant]) -> set[tuple[str, str]]:
    return {(action, resource) for grant in granted for action in grant.actions for resource in grant.resources}


def allowed(action: str, document: type[Document], access: Access, *, mutates: bool) -> bool:
    """Whether `action` on rows of a schema table is right for this access."""
    if action in ("GetItem", "BatchGetItem"):
        return document in access.reads or document in access.writes
    if action == "ConditionCheckItem":
        return mutates and (document in access.reads or document in access.writes)
    return document in access.writes


def allowed_on_records(action: str, table: Table, access: Access, *, mutates: bool) -> bool:
    """Whether `action` on rows of one of the engine's tables is right for this access."""
    read = [index for document in access.reads | access.writes for index in document.indexes]
    written = [index for document in access.writes for index in document.indexes]
    rules = {
        ("commits", "GetItem"): mutates,
        ("commits", "PutItem"): mutates,
        ("commits", "ConditionCheckItem"): mutates,
        ("changes", "PutItem"): any(index.has_entries for index in written),
        ("claims", "GetItem"): any(index.unique for index in read),
        ("claims", "ConditionCheckItem"): mutates and any(index.unique for index in read),
        ("claims", "PutItem"): any(index.unique for index in written),
        ("claims", "DeleteItem"): any(index.unique for index in written),
        ("ranges", "GetItem"): any(index.guarded or index.unique for index in read),
        ("ranges", "ConditionCheckItem"): mutates and any(index.guarded for index in read),
        ("ranges", "UpdateItem"): any(index.guarded for index in written),
    }
    return rules.get((table.name, action), False)


def test_a_role_reaches_exactly_the_rows_its_function_declares(deployment: Deployment) -> None:
    names = deployment.names
    for declared, access, mutates, rights in everything(deployment):
        expected = {
            (f"dynamodb:{action}", names.table_arn(document.table()))
            for document in DOCUMENTS.values()
            for action in ON_ITEMS
            if allowed(action, document, access, mutates=mutates)
        } | {
            (f"dynamodb:{action}", names.table_arn(table))
            for table in (CLAIMS, RANGES, CHANGES, COMMITS)
            for action in ON_ITEMS
            if allowed_on_records(action, table, access, mutates=mutates)
        }
        rows = of_service(without_counting(without_sources(declared, rights, names), names), "dynamodb")
        found = {right for right in rows if right[0] != "dynamodb:Query"}
        assert found == expected, declared.handler


def test_a_role_queries_exactly_the_indexes_of_the_tables_it_reads(deployment: Deployment) -> None:
    names = deployment.names
    for declared, access, mutates, rights in everything(deployment):
        tables = [document.table() for document in access.reads | access.writes]
        expected = {f"{names.table_arn(table)}/index/{index.name}" for table in tables for index in table.indexes}
        if expected:
            expected.add(names.table_arn(CHANGES))
        if mutates:
            expected.add(names.table_arn(SUBSCRIPTIONS))
        own = without_sources(declared, rights, names)
        assert {resource for action, resource in own if action == "dynamodb:Query"} == expected, declared.handler


def test_who_serves_users_may_count_them_and_nobody_else(deployment: Deployment) -> None:
    needed = _pairs([*counting(deployment.names)])
    for declared, _, _, rights in everything(deployment):
        serves_users = not declared.internal if isinstance(declared, Function) else _serves_users(declared)
        assert needed & rights == (needed if serves_users else set()), declared.handler


def _serves_users(door: Door) -> bool:
    opens = "websocket:$connect" in door.sources
    return door.access is None or opens or any(" /api/admin/" not in route for route in door.routes)


def test_a_querys_role_writes_nothing(deployment: Deployment) -> None:
    for function in deployment.registry.values():
        rights = without_counting(rights_of(deployment.templates, function), deployment.names)
        actions = {action for action, _ in rights}
        if function.kind == "query":
            assert not actions & (WRITES | {"dynamodb:ConditionCheckItem", "s3:PutObject", "s3:DeleteObject"})


def test_large_fields_are_reached_by_whom_the_table_is(deployment: Deployment) -> None:
    bucket = deployment.names.bucket_arn(deployment.names.settings.content_bucket)
    for declared, access, mutates, rights in everything(deployment):
        results = {f"{bucket}/commits/*"} if mutates else set()
        read = {f"{bucket}/{d.table_name()}/*" for d in access.readable if d.table_name() in SPILLING} | results
        written = {f"{bucket}/{d.table_name()}/*" for d in access.writes if d.table_name() in SPILLING} | results
        expected = {("s3:GetObject", r) for r in read} | {("s3:PutObject", r) for r in written}
        expected |= {("s3:ListBucket", bucket)} if read else set()
        own = without_sources(declared, rights, deployment.names)
        found = {right for right in of_service(own, "s3") if right[1].startswith(bucket)}
        assert found == expected, declared.handler


def test_the_spilling_tables_are_those_of_the_schema() -> None:
    spilling = {d.table_name() for d in DOCUMENTS.values() if any(d.can_spill(field) for field in d.model_fields)}
    assert spilling == {*SPILLING}


def test_binary_files_are_reached_by_declaration_only(deployment: Deployment) -> None:
    objects = f"{deployment.names.bucket_arn(deployment.names.settings.storage_bucket)}/api/storage/*"
    expected = {("s3:GetObject", objects), ("s3:PutObject", objects), ("s3:DeleteObject", objects)}
    for declared, access, _, rights in everything(deployment):
        own = without_sources(declared, rights, deployment.names)
        found = {right for right in of_service(own, "s3") if "-storage-" in right[1]}
        assert found == (expected if access.binary else set()), declared.handler


def test_the_internal_key_is_read_by_those_who_check_it(deployment: Deployment) -> None:
    names = deployment.names
    internal, signing = (
        f"arn:aws:secretsmanager:eu-central-1:111122223333:secret:{secret}-??????"
        for secret in (names.settings.internal_key_secret, names.settings.signing_key_secret)
    )
    for declared, _, _, rights in everything(deployment):
        checks = declared.checks_internal_key if isinstance(declared, Function) else declared.access is None
        expected = {internal, signing} if checks else {signing}
        found = of_service(without_counting(rights, names), "secretsmanager")
        assert found == {("secretsmanager:GetSecretValue", r) for r in expected}


_ON_NOTHING_THAT_HAS_A_NAME = {"logs": "logs:GetQueryResults", "metrics": "cloudwatch:GetMetricData"}
"""What operations for administrators ask of AWS where it knows no resources, by the use that they declare."""


def test_no_action_is_a_wildcard_and_only_tracing_is_allowed_on_everything(deployment: Deployment) -> None:
    for declared, _, _, rights in everything(deployment):
        assert not [action for action, _ in rights if "*" in action]
        everywhere = {action for action, resource in rights if resource == "*"}
        uses = () if isinstance(declared, Function) else declared.uses
        asked = {_ON_NOTHING_THAT_HAS_A_NAME[use] for use in uses if use in _ON_NOTHING_THAT_HAS_A_NAME}
        assert everywhere == {"xray:PutTraceSegments", "xray:PutTelemetryRecords"} | asked


def test_a_role_has_no_rights_but_those_tested_here(deployment: Deployment) -> None:
    services = {"dynamodb", "s3", "secretsmanager", "ssm", "logs", "xray"}
    for declared, _, mutates, rights in everything(deployment):
        own = without_sources(declared, rights, deployment.names)
        told = {("sqs:SendMessage", deployment.names.queue_arn("polaris-dev-mailbox-0.fifo"))} if mutates else set()
        assert of_service(own, "sqs") == told, declared.handler
        assert {action.partition(":")[0] for action, _ in own - told} <= services
        assert of_service(rights, "ssm") == {
            ("ssm:GetParameter", "arn:aws:ssm:eu-central-1:111122223333:parameter/polaris/dev/public-url")
        }


def test_a_role_writes_to_its_own_log_only(deployment: Deployment) -> None:
    for declared, _, _, rights in everything(deployment):
        name = declared.path.replace(":", "-") if isinstance(declared, Function) else declared.name
        group = f"arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/polaris-dev-{name}"
        streams = f"{group}:log-stream:*"
        asked = {"logs:StartQuery", "logs:GetQueryResults"} if "logs" in getattr(declared, "uses", ()) else set()
        written = {right for right in of_service(rights, "logs") if right[0] not in asked}
        assert written == {("logs:CreateLogStream", streams), ("logs:PutLogEvents", streams)}


def test_the_gateway_may_what_any_function_may(of_sample: Deployment) -> None:
    gateway = rights_of(of_sample.templates, GATEWAY)
    for function in REGISTRY.values():
        own = {right for right in rights_of(of_sample.templates, function) if not right[0].startswith("logs:")}
        assert own <= gateway


def test_the_storage_door_may_less_than_the_gateway(of_sample: Deployment) -> None:
    storage, gateway = (rights_of(of_sample.templates, door) for door in (STORAGE, GATEWAY))
    assert {r for _, r in storage if ":table/" in r} < {r for _, r in gateway if ":table/" in r}


@pytest.mark.parametrize("written", [[Conversation, Project], [Project], []])
def test_a_right_too_many_or_too_few_is_noticed(synthesize: Synthesize, written: list[type[Document]]) -> None:
    other = declare(mutation(reads=[Project], writes=written), "conversations", "create")
    templates = synthesize(REGISTRY | registry_of(other), DOORS)
    with pytest.raises(AssertionError, match=r"functions\.conversations\.create"):
        test_a_role_reaches_exactly_the_rows_its_function_declares(Deployment(REGISTRY, (), templates))
