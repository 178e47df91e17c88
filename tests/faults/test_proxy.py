"""What botocore, and the data layer, make of each fault is what they would make of it on AWS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config

from shared.db.dynamo import DynamoEngine
from shared.db.engine import Condition, EngineError, Item, Key, Put, Throttled, TransactionCanceled, Unanswered
from shared.schema.platform import CLAIMS
from tests.faults.proxy import Proxy, proxied
from tests.faults.weather import CALM, Fault, Faults, Weather
from tests.support.ministack import ministack


@pytest.fixture(scope="module")
def shared_proxy() -> Iterator[Proxy]:
    with ministack() as endpoint, proxied(endpoint) as proxy:
        yield proxy


@pytest.fixture
def proxy(shared_proxy: Proxy) -> Iterator[Proxy]:
    shared_proxy.set(CALM)
    shared_proxy.struck.clear()
    yield shared_proxy
    shared_proxy.set(CALM)


PATIENCE_S = 1.5


def client(proxy: Proxy, service: str, patience_s: float = PATIENCE_S, path: str = "") -> Any:
    """A client that asks once."""
    once: Any = {"total_max_attempts": 1}
    config = Config(retries=once, read_timeout=patience_s, proxies={}, s3={"addressing_style": "path"})
    return boto3.client(service, endpoint_url=proxy.endpoint + path, config=config)  # type: ignore[call-overload]


class Database:
    """The table of claims, behind the proxy."""

    def __init__(self, proxy: Proxy, prefix: str) -> None:
        self.proxy = proxy
        self._prefix = prefix
        self.engine = DynamoEngine(client(proxy, "dynamodb"), lambda name: prefix + name)
        client(proxy, "dynamodb", patience_s=60).create_table(
            TableName=prefix + CLAIMS.name,
            KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def transact(self, key: str, faults: Faults) -> EngineError | None:
        """Put an item that must not be there, in this weather."""
        self.proxy.set(Weather(database=faults))
        put = Put(CLAIMS, {"key": key}, (Condition("key", "absent"),))
        try:
            self.engine.transact([put], f"{self._prefix}{key}")
        except EngineError as error:
            return error
        finally:
            self.proxy.set(CALM)
        return None

    def get(self, key: str) -> Item | None:
        return self.engine.get(Key(CLAIMS, key))


@pytest.fixture
def database(proxy: Proxy, request: pytest.FixtureRequest) -> Database:
    return Database(proxy, f"polaris-{abs(hash(request.node.name)) % 10**9}-")


@pytest.mark.parametrize(
    ("fault", "raised", "is_applied"),
    [
        (Fault.THROTTLED, Throttled, False),
        (Fault.CONFLICT, TransactionCanceled, False),
        (Fault.IN_PROGRESS, Unanswered, True),
        (Fault.FAILED, Unanswered, False),
        (Fault.FAILED_APPLIED, Unanswered, True),
        (Fault.LOST, Unanswered, False),
        (Fault.UNHEARD, Unanswered, True),
        (Fault.HUNG, Unanswered, True),
        (Fault.SLOW, type(None), True),
        (Fault.DOUBLED, type(None), True),
    ],
)
def test_a_transaction_meets_a_fault(
    database: Database, fault: Fault, raised: type[EngineError], is_applied: bool
) -> None:
    error = database.transact("a", Faults(**{fault.value: 1.0}, hung_s=PATIENCE_S + 0.2, slow_s=0.05, late_s=0.05))
    database.proxy.settle()
    assert (type(error), database.get("a") is not None) == (raised, is_applied)
    assert database.proxy.struck == {("database", fault.value): 1}
