"""Live clients in bad weather: whatever is delivered again, refused or broken, each mutation happens once."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from shared.db.access import Access
from shared.db.database import Database
from shared.db.reader import Reader
from shared.schema.tables import Project
from tests.faults.deliveries import Deliverer
from tests.faults.mischief import Mischief
from tests.faults.proxy import Proxy, proxied
from tests.faults.small_cloud import SmallCloud
from tests.faults.socket_api import SocketApi
from tests.faults.weather import CALM, Deliveries, Faults, Weather

EACH = [f"Project {number}" for number in range(5)]
MOST_PEOPLE = 20


@pytest.fixture(scope="module")
def proxy(cloud: SmallCloud) -> Iterator[Proxy]:
    with proxied(cloud.endpoint) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def api(cloud: SmallCloud, proxy: Proxy) -> SocketApi:
    return SocketApi(cloud, proxy)


@pytest.mark.parametrize(
    ("what", "weather"),
    [
        (("queue", "again"), Weather(mailboxes=Deliveries(again=1.0, late_s=0.2))),
        (("sockets", "gone"), Weather(sockets=Faults(gone=0.2))),
        (("sockets", "unheard"), Weather(sockets=Faults(unheard=0.2, slow=0.3, slow_s=0.1))),
        (("database", "unheard"), Weather(database=Faults(unheard=0.1, failed_applied=0.1))),
        (("processes", "killed"), Weather(killed=1.5)),
    ],
)
def test_each_mutation_happens_once(
    cloud: SmallCloud, proxy: Proxy, api: SocketApi, what: tuple[str, str], weather: Weather
) -> None:
    people: list[str] = []
    deliverer = Deliverer(cloud.endpoint)
    mischief = Mischief(deliverer, cloud.pid, proxy.sent, proxy.struck)
    try:
        proxy.set(weather, seed=7)
        mischief.begin(weather, seed=7)
        while not proxy.struck[what] and len(people) < MOST_PEOPLE:
            people.append("-".join((*what, str(len(people)))))
            asyncio.run(api.person(people[-1]).create_projects(EACH))
    finally:
        proxy.set(CALM)
        mischief.end()
        deliverer.close()
    assert [projects(cloud, person) for person in people] == [EACH] * len(people)
    assert proxy.struck[what], proxy.struck


def projects(cloud: SmallCloud, subject: str) -> list[str]:
    def names(db: Reader) -> list[str]:
        return [project.name for project in db.query(Project.by_owner, owner_id=subject).collect()]

    return Database(cloud.store).query(Access(reads=frozenset({Project})), names)
