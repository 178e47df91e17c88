"""Calls and rows that the tests of the data layer share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shared import values
from shared.db.access import Access
from shared.db.database import Committed, Database, MutationRequest
from shared.db.engine import Item, Key
from shared.db.reader import Reader
from shared.db.store import Store
from shared.db.writer import Writer
from shared.schema.document import DOCUMENTS, Document, Id
from shared.schema.platform import CHANGES, COMMITS
from shared.schema.table import Table
from shared.schema.tables import File, Project, User

EVERYTHING = Access(writes=frozenset(DOCUMENTS.values()))
NO_ID = bytes(range(16))
"""The random bytes of an id that no document has."""


def call(store: Store, body: Callable[[Writer], Any], key: str | None = None, **request: Any) -> Committed:
    """Run a mutation whose body returns a plain value."""
    given = MutationRequest("test:call", "ada", "none", key)._replace(**request)
    return Database(store).mutate(EVERYTHING, lambda db: values.dumps(body(db)), given)


def mutate(store: Store, body: Callable[[Writer], Any]) -> Any:
    """Run a mutation and return its value."""
    return values.loads(call(store, body).value)


def reader(store: Store) -> Reader:
    """Return a reader that has read nothing yet."""
    return Reader(store, EVERYTHING)


def new_project(db: Writer, owner: str = "ada", **fields: Any) -> Id[Project]:
    return db.insert(Project, **{"name": "x", "owner_id": owner, "updated_at": 1} | fields)


def new_user(db: Writer, subject: str = "ada", **fields: Any) -> Id[User]:
    given = {"stack_user_id": subject, "email": "a@b.c", "project_limit": 10, "created_at": 1, "updated_at": 1}
    return db.insert(User, **given | fields)


def new_file(db: Writer, project: Id[Project], name: str = "a", **fields: Any) -> Id[File]:
    return db.insert(File, **{"project_id": project, "name": name, "type": "file", "updated_at": 1} | fields)


def add_project(store: Store, owner: str = "ada", **fields: Any) -> Id[Project]:
    """Commit a new project."""
    return Id(mutate(store, lambda db: new_project(db, owner, **fields)))


def add_file(store: Store, project: Id[Project], name: str = "a", **fields: Any) -> Id[File]:
    """Commit a new file."""
    return Id(mutate(store, lambda db: new_file(db, project, name, **fields)))


def rows(store: Store, table: Table) -> list[Item]:
    """Return all rows of a table."""
    return store.engine.scan(table, None).items


def row(store: Store, document: type[Document], id_: str) -> Item:
    """Return the stored row of a document."""
    return store.engine.get(Key(document.table(), id_)) or {}


def outcomes(store: Store) -> list[Item]:
    """Return all outcome records, oldest first."""
    return sorted(rows(store, COMMITS), key=lambda item: str(item["commit"]))


def changes(store: Store) -> list[Item]:
    """Return all rows of `changes`, oldest first."""
    return sorted(rows(store, CHANGES), key=lambda item: str(item["commit"]))
