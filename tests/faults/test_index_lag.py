"""An index that lags shows what was true within the lag, never anything else, and in the pages asked for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import pytest

from shared import aws
from shared.db.access import Access
from shared.db.aws import BucketObjects
from shared.db.clock import system_clock
from shared.db.database import Database, MutationRequest
from shared.db.dynamo import DynamoEngine
from shared.db.engine import Query
from shared.db.ranges import range_of
from shared.db.reader import Reader
from shared.db.store import Store
from shared.schema.tables import Project
from tests.faults.proxy import Proxy, proxied
from tests.faults.small_cloud import SmallCloud
from tests.faults.weather import Faults, Weather
from tests.support.dynamodb import create_tables
from tests.support.stores import HashSigner, mark_ready

PREFIX = "polaris-lag-"
LAG_S = 60.0
WEATHER = Weather(lag_s=LAG_S)
BY_OWNER = Project.by_owner


class Owner:
    """The projects of one owner, read and written through the proxy."""

    def __init__(self, proxy: Proxy, name: str) -> None:
        self.proxy = proxy
        self.name = name
        client = aws.client("dynamodb", repeats=False, endpoint=proxy.endpoint)
        self.engine = DynamoEngine(client, lambda table: PREFIX + table.lstrip("_"))
        objects = BucketObjects(lambda: pytest.fail("nothing is large here"), "none")
        self.store = Store(self.engine, objects, system_clock(random.randbytes), HashSigner())
        self.range = range_of(BY_OWNER, {"owner_id": name})

    def add(self, project: str) -> None:
        """Insert a project, as functions do."""

        def body(db: Any) -> str:
            db.insert(Project, name=project, owner_id=self.name, updated_at=0.0)
            return "null"

        access = Access(writes=frozenset({Project}))
        Database(self.store).mutate(access, body, MutationRequest("add", self.name, ""))

    def entries(self, **more: Any) -> list[str]:
        """Return the ids of the index's entries, as it shows them now."""
        page = self.engine.query(self.query(**more))
        return [entry["_id"] for entry in page.items]

    def query(self, **more: Any) -> Query:
        return Query(Project.table(), self.range.values, index=BY_OWNER.secondary_index(), **more)


@pytest.fixture(scope="module")
def running(cloud: SmallCloud) -> Iterator[Proxy]:
    with proxied(cloud.endpoint) as proxy:
        create_tables(cloud.client("dynamodb"), PREFIX)
        yield proxy


@pytest.fixture
def owner(running: Proxy, request: pytest.FixtureRequest) -> Iterator[Owner]:
    owner = Owner(running, request.node.name)
    mark_ready(owner.engine)
    running.struck.clear()
    running.set(WEATHER, seed=3)
    yield owner
    running.set(Weather())


def looks(owner: Owner, times: int = 30, **more: Any) -> set[tuple[str, ...]]:
    return {tuple(owner.entries(**more)) for _ in range(times)}


def test_every_state_of_the_past_is_shown_and_no_other(owner: Owner) -> None:
    for number in range(3):
        owner.add(f"Project {number}")
    seen = looks(owner)
    newest = max(seen, key=len)
    assert seen == {newest[:shown] for shown in range(4)}
    assert owner.proxy.struck["database", "lag"]


def test_nothing_older_than_the_lag_is_shown(owner: Owner) -> None:
    owner.add("Project 0")
    owner.proxy.set(Weather(lag_s=0.001))
    assert {len(state) for state in looks(owner)} == {1}


def test_an_index_that_does_not_lag_shows_what_is(owner: Owner) -> None:
    owner.add("Project 0")
    owner.proxy.set(Weather())
    assert {len(state) for state in looks(owner)} == {1}


@pytest.mark.parametrize("descending", [False, True])
def test_pages_of_the_past_are_those_of_the_index(owner: Owner, descending: bool) -> None:
    for number in range(4):
        owner.add(f"Project {number}")
    states = looks(owner, descending=descending)
    for _ in range(20):
        first = owner.engine.query(owner.query(descending=descending, limit=2))
        shown = tuple(entry["_id"] for entry in first.items)
        assert shown in {state[:2] for state in states}
        assert (first.next_key is None) == (len(shown) < 2)
        if first.next_key:
            following = owner.entries(descending=descending, start_key=first.next_key)
            assert tuple(following) in {tuple(id for id in state if _after(id, shown, states)) for state in states}


def _after(id: str, shown: tuple[str, ...], states: set[tuple[str, ...]]) -> bool:
    """Tell whether an entry is behind those that were shown, in the order of the fullest state."""
    order = max(states, key=len)
    return order.index(id) > order.index(shown[-1])


def test_bounds_hold_in_the_past(owner: Owner) -> None:
    for number in range(3):
        owner.add(f"Project {number}")
    owner.proxy.set(Weather())
    entries = owner.engine.query(owner.query()).items
    owner.proxy.set(WEATHER)
    lower = entries[1]["_creationTime"]
    ids = [entry["_id"] for entry in entries]
    assert looks(owner, lower=lower) == {(), (ids[1],), (ids[1], ids[2])}
    assert looks(owner, upper=lower) == {(), (ids[0],), (ids[0], ids[1])}


def test_readers_find_acknowledged_writes_all_the_same(owner: Owner) -> None:

    def found(db: Reader) -> int:
        return len(db.query(BY_OWNER, owner_id=owner.name).collect())

    for number in range(3):
        owner.add(f"Project {number}")
        for _ in range(5):
            assert Database(owner.store).query(Access(reads=frozenset({Project})), found) == number + 1


def test_a_lost_answer_leaves_the_past_as_it_was(owner: Owner) -> None:
    owner.proxy.set(Weather(database=Faults(unheard=0.3), lag_s=LAG_S), seed=5)
    for number in range(3):
        owner.add(f"Project {number}")
    owner.proxy.set(WEATHER)
    assert {len(state) for state in looks(owner)} == {0, 1, 2, 3}
