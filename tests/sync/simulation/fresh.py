"""The database for a fresh run: undisturbed, and a page ends where the client's does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from shared.db.access import Access
from shared.db.database import Database
from shared.db.reader import Reader
from shared.db.store import Store

R = TypeVar("R")


class FreshDatabase(Database):
    """Runs queries anew.

    Args:
        store: the doors.
        page_end: where the page of a live query ends, or None.
    """

    def __init__(self, store: Store, page_end: str | None = None) -> None:
        super().__init__(store)
        self._page_end = page_end

    def query(self, access: Access, body: Callable[[Reader], R]) -> R:
        return body(Reader(self.store, access, page_end=self._page_end))
