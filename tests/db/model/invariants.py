"""What must hold of the tables when everything is quiet, and of every transaction that was applied."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from shared.db.engine import Check, Delete, Item, Put
from shared.schema.document import DOCUMENTS
from shared.schema.index import BoundIndex
from tests.db.model.history import Call
from tests.db.model.world import Ledger, Transaction, World


def contradictions(calls: list[Call]) -> list[str]:
    """Return the calls whose sendings were not all told the same."""
    told = {call.tag: [answer for _, answer in call.answers] for call in calls}
    return [f"{tag} was told {answers}" for tag, answers in told.items() if any(a != answers[0] for a in answers)]


def corruption(world: World, calls: list[Call]) -> list[str]:
    """Return what is wrong, a line each."""
    found = [f"version went back: {text}" for text in world.engine.regressions]
    found += [line for transaction in world.engine.transactions for line in _of_transaction(transaction)]
    found += [*_of_contents(world), *_of_outcomes(world, calls)]
    return [*found, *_of_records(world.engine)] if world.is_built else found


def _of_records(engine: Ledger) -> Iterator[str]:
    """Claims and range records say what the documents say, and no unique key is held twice."""
    claims, counts, sums = defaultdict[str, list[str]](list), Counter[str](), Counter[str]()
    for document in DOCUMENTS.values():
        for item in engine.tables.get(document.table_name(), {}).values():
            for index in document.indexes:
                name = _range_name(index, item)
                if name and index.unique:
                    claims[name].append(item["_id"])
                if name and index.guarded:
                    counts[name] += 1
                    sums[name] += _fingerprint(item)
    kept = {key: [row["id"]] for (key, _), row in engine.tables["claims"].items()}
    if kept != claims:
        yield f"claims are {kept}, but documents hold {dict(claims)}"
    rows = {key: row for (key, _), row in engine.tables["ranges"].items() if "count" in row}
    for name in rows.keys() | counts.keys():
        record = rows.get(name, {})
        if (record.get("count"), record.get("fingerprint")) != (counts[name], sums[name]):
            yield f"the record of {name} is {record}, but it has {counts[name]} entries"


def _range_name(index: BoundIndex[Any], item: Item) -> str | None:
    """Return the name of the range of `index` that a document is in."""
    if any(item.get(name) != value for name, value in index.where):
        return None
    absent = [index.document.stored_name(field) for field in index.found_absent]
    names = [index.document.stored_name(field) for field in index.fields]
    values = [item.get(name, "-" if name in absent else None) for name in names]
    return None if None in values else f"{index.label}/{json.dumps(values, separators=(',', ':'))}"


def _fingerprint(item: Item) -> int:
    text = json.dumps([float(item["_creationTime"]), item["_id"]])
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=9).digest(), "big")


def _of_transaction(transaction: Transaction) -> Iterator[str]:
    """Whoever writes documents leaves one record that names them, and one row per index range that changed."""
    operations = [operation for operation, _ in transaction]
    written = {o.key.partition for o in operations if o.key.table.name in DOCUMENTS and not isinstance(o, Check)}
    records = [o.item for o in operations if isinstance(o, Put) and o.key.table.name == "commits"]
    if not written:
        return
    if len(records) != 1 or set(records[0]["documents"]) != written:
        yield f"a transaction that writes {written} has the records {records}"
        return
    rows = [o.item for o in operations if isinstance(o, Put) and o.key.table.name == "changes"]
    told = {row["range"]: set(row["ids"]) for row in rows}
    if told != (moved := dict(_moved(transaction))) or any(row["commit"] != records[0]["commit"] for row in rows):
        yield f"{records[0]['commit']} moves {moved}, but its rows in `changes` are {rows}"
    claimed = {o.key.partition for o in operations if isinstance(o, Put | Delete) and o.key.table.name == "claims"}
    if set(records[0]["ranges"]) != told.keys() | claimed:
        yield f"the record names the ranges {records[0]['ranges']}, but {told.keys() | claimed} changed"


def _moved(transaction: Transaction) -> dict[str, set[str]]:
    """Return which documents went into or out of which index ranges."""
    moved = defaultdict[str, set[str]](set)
    for operation, before in transaction:
        if operation.key.table.name in DOCUMENTS and isinstance(operation, Put | Delete):
            after = operation.item if isinstance(operation, Put) else None
            for index in DOCUMENTS[operation.key.table.name].indexes:
                names = {_range_name(index, item) if item else None for item in (before, after)}
                if index.has_entries and len(names) > 1:
                    for name in names - {None}:
                        moved[str(name)].add(operation.key.partition)
    return moved


def _of_contents(world: World) -> Iterator[str]:
    """What a document or a record refers to is in the bucket, as it was written."""
    for rows in world.engine.tables.values():
        for item in rows.values():
            for value in item.values():
                pointer = value.get("spilled", value) if isinstance(value, dict) else {}
                if "sha256" in pointer:
                    body = world.objects.bodies.get(pointer["key"])
                    if body is None or hashlib.sha256(body).hexdigest() != pointer["sha256"]:
                        yield f"{item} refers to an object that is {'missing' if body is None else 'another'}"


def _of_outcomes(world: World, calls: list[Call]) -> Iterator[str]:
    """What a call with a key was told is what its record says."""
    for call in calls:
        if call.has_key and call.answer is not None:
            record = world.engine.tables["commits"].get((f"key/{call.tag}", None))
            status = {"value": "ok", "error": "error", "not applied": "abandoned"}[call.answer.kind]
            if record is None or record["status"] != status:
                yield f"{call.tag} was told {call.answer}, but its record is {record}"
