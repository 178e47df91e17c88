"""What each function costs in DynamoDB, compared with `costs.json`, so that a change that makes one dearer is seen.

    PYTHONPATH=. python -m tests.functions.test_costs      writes costs.json anew; look at its diff before committing

Each sample call is made by the owner of a project with a folder of 20 files, a conversation of ten messages and five
generation events, nothing of which changed in the last minutes.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shared.db.engine import Check, Condition, Key, Put, Query
from shared.schema.document import DOCUMENTS
from shared.schema.tables import File, Project
from tests.functions.callers import Client, identity, registry
from tests.functions.calls import SAMPLES, Sample
from tests.functions.rows import furnish
from tests.runtime.backend import make_environment
from tests.support.counting_engine import Cost, CountingEngine, item_bytes
from tests.support.stores import make_store

EXPECTED = Path(__file__).with_name("costs.json")
FILES_IN_FOLDER = 20
SETTLED_S = 600
"""Longer than readers look back for recent changes."""


def measure(sample: Sample) -> Cost:
    """Return what a sample call costs on the typical rows."""
    engine = CountingEngine()
    store = make_store(engine)
    client = Client(make_environment(store), identity("ada"), internal=True)
    rows = furnish(client.environment, "ada", "one", files=FILES_IN_FOLDER)

    def settle() -> None:
        client.wait(SETTLED_S)
        for document in DOCUMENTS.values():
            for index in document.indexes:
                if index.guarded or index.unique:  # looked up once a minute in each process
                    store.readiness.require(engine, index, store.clock.now_ns())
        engine.reset()

    sample.run(client, rows, before_it=settle)
    return engine.cost


def measure_all() -> dict[str, dict[str, float]]:
    """Return the cost of every sample call, by its name."""
    costs = {sample.name: measure(sample).plain() for sample in SAMPLES if sample.path in registry()}
    return dict(sorted(costs.items()))


def test_every_sample_has_a_name_of_its_own() -> None:
    names = [sample.name for sample in SAMPLES]
    assert len({*names}) == len(names)


def named(path: str, *arguments: str) -> Sample:
    """Return the sample of a function with exactly these arguments."""
    return next(s for s in SAMPLES if s.path == path and s.given == {*arguments})


def test_every_call_costs_what_it_did() -> None:
    assert measure_all() == json.loads(EXPECTED.read_text())


def test_a_project_by_id_is_one_read() -> None:
    assert measure(named("projects:getById", "id")) == Cost(calls=1, depth=1, read_units=1)


def test_saving_a_file_writes_no_index_entry() -> None:
    cost = measure(named("files:updateFile", "id", "content"))
    assert cost.index_units == 0
    assert cost.write_units > 0


def test_listing_a_folder_of_twenty_takes_four_calls_two_deep() -> None:
    cost = measure(named("files:getFolderContents", "projectId", "parentId"))
    assert cost.calls <= 4
    assert cost.depth <= 2


def project_row(**fields: object) -> dict[str, object]:
    return {"_id": "p", "_creationTime": 1.0, "ownerId": "ada", "name": "one", **fields}


def test_reads_are_counted_by_four_kilobytes_and_misses_as_one() -> None:
    engine = CountingEngine()
    engine.inner.write(Put(Project.table(), project_row(name="x" * 4096)))
    engine.get(Key(Project.table(), "p"))
    engine.batch_get([Key(Project.table(), "p"), Key(Project.table(), "missing")])
    assert engine.cost == Cost(calls=2, depth=2, read_units=5)


def test_an_index_is_read_at_half_the_price() -> None:
    engine = CountingEngine()
    engine.query(Query(Project.table(), ("ada",), Project.by_owner.secondary_index()))
    assert engine.cost == Cost(calls=1, depth=1, read_units=0.5)


def test_a_transaction_pays_double_for_the_larger_version_and_for_its_conditions() -> None:
    engine = CountingEngine()
    engine.inner.write(Put(File.table(), {"_id": "f", "_creationTime": 1.0, "content": "x" * 3000}))
    replaced = Put(File.table(), {"_id": "f", "_creationTime": 1.0, "content": ""})
    engine.transact([replaced, Check(Key(File.table(), "g"), (Condition("_id", "absent"),))], "token")
    assert engine.cost == Cost(calls=1, depth=1, items=2, write_units=8)


@pytest.mark.parametrize(
    ("row", "units"), [(project_row(name="two"), 0), (project_row(ownerId="bob"), 2), (project_row(userId="u"), 1)]
)
def test_an_index_pays_for_each_entry_that_changes(row: dict[str, object], units: int) -> None:
    engine = CountingEngine()
    engine.inner.write(Put(Project.table(), project_row()))
    engine.write(Put(Project.table(), row))
    assert engine.cost.index_units == units


def test_reads_side_by_side_count_once_in_depth() -> None:
    engine = CountingEngine()
    key = Key(Project.table(), "p")
    begun = [engine.begin(lambda: engine.get(key)) for _ in range(3)]
    engine.get(key)
    assert (engine.cost.calls, engine.cost.depth) == (4, 1)
    assert [future.result() for future in begun] == [None] * 3
    engine.get(key)
    assert engine.cost.depth == 2


def test_an_item_is_as_large_as_dynamodb_says() -> None:
    assert item_bytes({"text": "ü", "flag": True, "n": -12.5, "list": ["a"]}) == 6 + 5 + 5 + (4 + 3 + 1 + 1)


if __name__ == "__main__":
    lines = [f"{json.dumps(name)}: {json.dumps(cost)}" for name, cost in measure_all().items()]
    EXPECTED.write_text("{\n" + ",\n".join(lines) + "\n}\n")
