"""What is found to be wrong with an archive."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from shared.archive.errors import ArchiveRefused

_ENOUGH: Final = 1000


class Problems:
    """Problems as they are found, until there are enough.

    Attributes:
        found: a line for each.
    """

    def __init__(self) -> None:
        self.found: list[str] = []

    def add(self, problems: Iterable[str]) -> None:
        """Note problems.

        Raises:
            ArchiveRefused: there are a thousand.
        """
        self.found.extend(problems)
        if len(self.found) >= _ENOUGH:
            self.refuse_any()

    def refuse_any(self) -> None:
        """Raise `ArchiveRefused` if there are any."""
        if self.found:
            raise ArchiveRefused(self.found)
