"""Why an archive could not be written or read.

ArchiveError
├── ArchiveRefused     the archive is damaged, or does not fit this backend; nothing was changed
├── ImportRefused      the deployment cannot take it; nothing was changed
└── ExportFailed       what is stored contradicts itself; no archive was written
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

SHOWN: Final = 20
"""How many problems a message lists; the error holds all that were looked for."""


class ArchiveError(Exception):
    """Base of what can go wrong with archives; the message says what to do."""


class ArchiveRefused(ArchiveError):
    """An archive that cannot be imported.

    Args:
        problems: a line for each, with entry, line and field.

    Attributes:
        problems: the same.
    """

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        more = len(self.problems) - SHOWN
        shown = [*self.problems[:SHOWN], *([f"and {more} more"] if more > 0 else [])]
        super().__init__("The archive cannot be imported: " + "; ".join(shown))


class ImportRefused(ArchiveError):
    """A deployment that cannot take an archive now."""


class ExportFailed(ArchiveError):
    """A deployment of which no archive can be made."""
