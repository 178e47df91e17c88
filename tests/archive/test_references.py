"""What documents refer to."""

from __future__ import annotations

from typing import Any

from shared.archive.references import references_of, visit_fields
from shared.schema.document import Document, Id
from shared.schema.record import Record
from shared.schema.tables import File, Job, Project, StoredFile, User


class Inner(Record):
    """A record with an id in it."""

    file: Id[File]


class Outer(Record):
    """A record with ids everywhere."""

    owner: Id[User] | None = None
    many: list[Id[Project]]
    inner: Inner | None = None
    inners: list[Inner]
    by_name: dict[str, Id[StoredFile]]
    text: str
    anything: Any


def test_ids_are_found_wherever_they_are() -> None:
    met: list[tuple[str, type[Document], str]] = []

    def visit(name: str, target: type[Document], id: str) -> str:
        met.append((name, target, id))
        return id.upper()

    fields = {
        "owner": "u",
        "many": ["p", "q"],
        "inner": {"file": "f"},
        "inners": [{"file": "g"}],
        "byName": {"x": "s"},
        "text": "t",
        "anything": {"file": "h"},
    }
    assert visit_fields(Outer, fields, visit) == {
        "owner": "U",
        "many": ["P", "Q"],
        "inner": {"file": "F"},
        "inners": [{"file": "G"}],
        "byName": {"x": "S"},
        "text": "t",
        "anything": {"file": "h"},
    }
    assert [name for name, _, _ in met] == ["owner", "many", "many", "inner.file", "inners.file", "byName.x"]


def test_values_that_do_not_fit_stay_as_they_are() -> None:
    fields = {"owner": 5, "many": {"a": "b"}, "inner": "x", "inners": [3], "byName": [], "text": None, "other": "o"}
    assert visit_fields(Outer, fields, lambda _name, _target, id: id.upper()) == fields


def test_a_document_cannot_be_without_what_it_requires_or_what_it_is_in() -> None:
    binding = {(reference.name, reference.target) for reference in references_of(File) if reference.is_binding}
    assert binding == {("projectId", Project), ("parentId", File)}
    assert [reference.name for reference in references_of(Job) if not reference.is_binding] == ["messageId"]
