"""Compares the records of guarded indexes and unique keys with the documents, and follows every reference.

Reads only. Writers may go on meanwhile: a difference counts only if it is still there, unchanged, a second later.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from shared.db.ranges import Range
from shared.db.store import Store
from shared.db.survey import census, documents, kept_indexes, records
from shared.schema.index import BoundIndex
from shared.schema.platform import CLAIMS, RANGES
from shared.schema.tables import Conversation, Deletion, File, GenerationEvent, Job, Message, Project

Findings = dict[str, str]
"""What is wrong, by where."""


def audit(store: Store) -> list[str]:
    """Return a line for each difference that a second look confirms."""
    checks: list[Callable[[], Findings]] = [lambda: _orphans(store)]
    for index in kept_indexes():
        if index.guarded:
            checks.append(lambda index=index: _ranges(store, index))  # type: ignore[misc]  # mypy and lambda defaults
        if index.unique:
            checks.append(lambda index=index: _claims(store, index))  # type: ignore[misc]
    return [line for check in checks for line in _confirmed(store, check)]


def _confirmed(store: Store, check: Callable[[], Findings]) -> Iterator[str]:
    first = check()
    if first:
        store.clock.sleep(1)
        second = check()
        yield from (f"{place}: {first[place]}" for place in sorted(first) if second.get(place) == first[place])


def _ranges(store: Store, index: BoundIndex[Any]) -> Findings:
    recorded = records(store.engine, RANGES, index)
    counted = census(store.engine, index)
    findings: Findings = {}
    for name in recorded.keys() | counted.keys():
        truth = counted.get(name)
        expected = (truth.count, truth.fingerprint) if truth else (0, 0)
        record = recorded.get(name, {"count": 0, "fingerprint": 0, "version": None})
        if (record["count"], record["fingerprint"]) != expected:
            findings[name] = f"the record {record} should have count and fingerprint {expected}"
    return findings


def _claims(store: Store, index: BoundIndex[Any]) -> Findings:
    claimed = {name: item["id"] for name, item in records(store.engine, CLAIMS, index).items()}
    held: dict[str, list[str]] = {}
    for document in documents(store.engine, index.document):
        values = index.values_of(document)
        if values is not None:
            held.setdefault(Range(index, values).name, []).append(document.id)
    return {
        name: f"claimed by {claimed.get(name)}, held by {held.get(name, [])}"
        for name in claimed.keys() | held.keys()
        if held.get(name, []) != ([claimed[name]] if name in claimed else [])
    }


def _orphans(store: Store) -> Findings:
    """Find rows whose project, folder or conversation is gone, apart from those a deletion is still removing."""
    projects = {document.id for document in documents(store.engine, Project)}
    files = {str(file.id): file for file in documents(store.engine, File) if isinstance(file, File)}
    conversations = {document.id for document in documents(store.engine, Conversation)}
    removing = {d.root for d in documents(store.engine, Deletion) if isinstance(d, Deletion)}
    findings: Findings = {}
    for document in (File, Conversation, Message, GenerationEvent, Job):
        for row in documents(store.engine, document):
            if row.project_id not in projects | removing:  # type: ignore[attr-defined]  # each of them has a project
                findings[row.id] = f"its project {row.project_id} does not exist"  # type: ignore[attr-defined]
            elif isinstance(row, Message) and row.conversation_id not in conversations and row.project_id in projects:
                findings[row.id] = f"its conversation {row.conversation_id} does not exist"
    for file in files.values():
        above: str | None = file.id
        while above in files:
            above = files[above].parent_id
        if above is not None and above not in removing and file.project_id in projects:
            findings[file.id] = f"the folder {above} above it does not exist"
    return findings
