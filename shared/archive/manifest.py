"""`polaris/manifest.json`: what an archive should hold, so that whoever reads it finds out whether it still does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

VERSION: Final = 1


class Seal(BaseModel):
    """What an entry of an archive is: the SHA-256 of its bytes, in hex, and how many there are."""

    model_config = ConfigDict(frozen=True)

    sha256: str
    bytes: int


class LeftOut(BaseModel):
    """Documents of a table that are not in the archive since what they refer to is gone.

    Attributes:
        count: how many.
        missing: some of the documents that they refer to.
    """

    count: int
    missing: list[str]


class Manifest(BaseModel):
    """What an archive holds.

    Attributes:
        version: of this format.
        stage: the deployment that it was made of.
        made_at_ms: when that began, in ms since the epoch.
        documents: how many documents there are, by table.
        objects: how many stored objects.
        object_bytes: their sizes together.
        left_out: what is not in it, by table.
        entries: the seal of every other entry, by its name.
    """

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True)

    version: int = VERSION
    stage: str
    made_at_ms: float
    documents: Mapping[str, int]
    objects: int
    object_bytes: int
    left_out: Mapping[str, LeftOut]
    entries: Mapping[str, Seal]

    def to_json(self) -> bytes:
        """Return the text of the entry."""
        return (json.dumps(self.model_dump(by_alias=True), indent=2) + "\n").encode()

    @staticmethod
    def from_json(text: bytes) -> Manifest:
        """Read the text of the entry.

        Raises:
            ValueError: it is no manifest, or of another version of the format.
        """
        try:
            read: Any = json.loads(text)
            found = read.get("version") if isinstance(read, dict) else None
            if found == VERSION:
                return Manifest.model_validate(read)
        except (ValueError, RecursionError, ValidationError):
            raise ValueError("it is not a manifest") from None
        raise ValueError(f"its version is {found!r}, and this backend reads version {VERSION}")
