"""What botocore, and the data layer, make of each fault is what they would make of it on AWS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError

from shared.db.dynamo import DynamoEngine
from shared.db.engine import Condition, EngineError, Item, Key, Put, Throttled, TransactionCanceled, Unanswered
from shared.schema.platform import CLAIMS
from tests.faults.proxy import Proxy, proxied
from tests.faults.small_cloud import SmallCloud
from tests.faults.weather import CALM, Fault, Faults, Weather


@pytest.fixture(scope="module")
def shared_proxy(cloud: SmallCloud) -> Iterator[Proxy]:
    with proxied(cloud.endpoint) as proxy:
        yield proxy


@pytest.fixture
def proxy(shared_proxy: Proxy) -> Iterator[Proxy]:
    shared_proxy.set(CALM)
    shared_proxy.struck.clear()
    yield shared_proxy
    shared_proxy.set(CALM)


PATIENCE_S = 60.0
IMPATIENT_S = 3.0


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
        client(proxy, "dynamodb").create_table(
            TableName=prefix + CLAIMS.name,
            KeySchema=[{"AttributeName": "key", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "key", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )

    def engine(self, patience_s: float = PATIENCE_S) -> DynamoEngine:
        return DynamoEngine(client(self.proxy, "dynamodb", patience_s), lambda name: self._prefix + name)

    def transact(self, key: str, faults: Faults, patience_s: float = PATIENCE_S) -> EngineError | None:
        """Put an item that must not be there, in this weather."""
        self.proxy.set(Weather(database=faults))
        put = Put(CLAIMS, {"key": key}, (Condition("key", "absent"),))
        try:
            self.engine(patience_s).transact([put], f"{self._prefix}{key}")
        except EngineError as error:
            return error
        finally:
            self.proxy.set(CALM)
        return None

    def get(self, key: str) -> Item | None:
        return self.engine().get(Key(CLAIMS, key))


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
    faults = Faults(**{fault.value: 1.0}, hung_s=IMPATIENT_S + 0.2, slow_s=0.05, late_s=0.05)
    error = database.transact("a", faults, IMPATIENT_S if fault is Fault.HUNG else PATIENCE_S)
    database.proxy.settle()
    assert (type(error), database.get("a") is not None) == (raised, is_applied)
    assert database.proxy.struck == {("database", fault.value): 1}


REFUSALS = [
    ("database", Fault.EXPIRED, "ExpiredTokenException"),
    ("database", Fault.UNRECOGNISED, "UnrecognizedClientException"),
    ("objects", Fault.THROTTLED, "SlowDown"),
    ("objects", Fault.CONFLICT, "ConditionalRequestConflict"),
    ("objects", Fault.FAILED, "InternalError"),
    ("objects", Fault.EXPIRED, "ExpiredToken"),
    ("objects", Fault.UNRECOGNISED, "InvalidAccessKeyId"),
    ("queues", Fault.THROTTLED, "RequestThrottled"),
    ("queues", Fault.FAILED, "InternalFailure"),
    ("queues", Fault.EXPIRED, "ExpiredTokenException"),
    ("executions", Fault.THROTTLED, "ThrottlingException"),
    ("executions", Fault.FAILED, "InternalFailure"),
    ("executions", Fault.EXPIRED, "ExpiredTokenException"),
    ("sockets", Fault.GONE, "GoneException"),
    ("sockets", Fault.THROTTLED, "LimitExceededException"),
    ("sockets", Fault.FAILED, "InternalServerErrorException"),
    ("sockets", Fault.EXPIRED, "ExpiredTokenException"),
]


def ask(proxy: Proxy, door: str) -> None:
    """Make a call at a door; none of them would succeed in calm weather, as what they name does not exist."""
    match door:
        case "database":
            client(proxy, "dynamodb").get_item(TableName="none", Key={"key": {"S": "a"}})
        case "objects":
            client(proxy, "s3").put_object(Bucket="none", Key="a/b", Body=b"text", IfNoneMatch="*")
        case "queues":
            client(proxy, "sqs").send_message(QueueUrl=f"{proxy.endpoint}/{'0' * 12}/none", MessageBody="text")
        case "executions":
            arn = f"arn:aws:states:us-east-1:{'0' * 12}:stateMachine:none"
            client(proxy, "stepfunctions").start_execution(stateMachineArn=arn)
        case "sockets":
            sockets = client(proxy, "apigatewaymanagementapi", path="/_aws/execute-api/none/stage")
            sockets.post_to_connection(ConnectionId="none", Data=b"text")


@pytest.mark.parametrize(("door", "fault", "code"), REFUSALS)
def test_a_service_refuses_in_its_own_words(proxy: Proxy, door: str, fault: Fault, code: str) -> None:
    faults: Any = {door: Faults(**{fault.value: 1.0})}
    proxy.set(Weather(**faults))
    with pytest.raises(ClientError) as refused:
        ask(proxy, door)
    assert refused.value.response["Error"]["Code"] == code
    assert proxy.struck == {(door, fault.value): 1}


@pytest.mark.parametrize("door", ["database", "objects", "queues", "executions", "sockets"])
def test_a_lost_request_breaks_the_connection(proxy: Proxy, door: str) -> None:
    faults: Any = {door: Faults(lost=1.0)}
    proxy.set(Weather(**faults))
    with pytest.raises(ConnectionClosedError):
        ask(proxy, door)


def test_objects_pass_as_they_are(proxy: Proxy) -> None:
    s3, text = client(proxy, "s3"), bytes(range(256)) * 8192
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="a b/ü", Body=text)
    assert s3.get_object(Bucket="bucket", Key="a b/ü")["Body"].read() == text
    assert s3.head_object(Bucket="bucket", Key="a b/ü")["ContentLength"] == len(text)
    assert s3.get_object(Bucket="bucket", Key="a b/ü", Range="bytes=0-9")["Body"].read() == text[:10]


def test_a_late_transaction_applies_after_its_sender_was_told_nothing(database: Database) -> None:
    error = database.transact("a", Faults(late=1.0, late_s=0.3))
    assert isinstance(error, Unanswered)
    database.proxy.settle()
    assert database.get("a") is not None


def test_what_deploys_meets_no_faults(proxy: Proxy) -> None:
    proxy.set(Weather(database=Faults(lost=1.0)))
    assert "TableNames" in client(proxy, "dynamodb").list_tables()
