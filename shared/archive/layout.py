"""What the entries of an archive are called, and which tables it holds.

Everything that the app's users have is in it. What a deployment keeps for itself is not: the records of indexes are
built anew, and what a deletion is still removing is gone already.
"""

from __future__ import annotations

import mimetypes
import re
from typing import Final

import shared.schema.tables  # noqa: F401 - declares the documents
from shared.schema.document import DOCUMENTS, Document
from shared.schema.tables import Deletion, StoredFile

README: Final = "README.md"
TABLES: Final = "_tables/documents.jsonl"
MANIFEST: Final = "polaris/manifest.json"
UNIFORM: Final = '"uniform"\n'
"""The whole of a `generated_schema.jsonl`: numbers with a point are float64, those without are int64."""

README_TEXT: Final = """# An archive of a Polaris backend

It has the layout of Convex's snapshot export: the documents of each table are lines of JSON in
`{table}/documents.jsonl`, and the files that were uploaded are in `_storage`. `polaris/manifest.json`
says when it was made and of which stage, and the SHA-256 of every entry.
"""

_DOCUMENTS: Final = re.compile(r"(.+)/documents\.jsonl")
_SCHEMA: Final = re.compile(r"(.+)/generated_schema\.jsonl")
_OBJECT: Final = re.compile(r"_storage/([^/.]+)(?:\.[^/]+)?")
_TYPES: Final = mimetypes.MimeTypes()
"""Python's own table; the module's functions read the machine's as well."""

_EXTENSION: Final = re.compile(r"\.[a-z0-9]+")


def archived_tables() -> list[type[Document]]:
    """Return the tables of an archive, each after those that it refers to."""
    return sorted((d for d in DOCUMENTS.values() if d is not Deletion), key=lambda document: document.number)


def documents_entry(table: str) -> str:
    """Return the name of the entry that holds a table's documents."""
    return f"{table}/documents.jsonl"


def schema_entry(table: str) -> str:
    """Return the name of the entry that says how a table's values are encoded."""
    return f"{table}/generated_schema.jsonl"


def object_entry(id: str, content_type: str | None) -> str:
    """Return the name of the entry of a stored object, with the extension that its type usually has."""
    guessed = _TYPES.guess_extension((content_type or "").partition(";")[0].strip(), strict=False) or ""
    return f"{StoredFile.table_name()}/{id}{guessed if _EXTENSION.fullmatch(guessed) else ''}"


def table_of_documents(entry: str) -> str | None:
    """Return the table whose documents an entry holds, or None."""
    found = None if entry == TABLES else _DOCUMENTS.fullmatch(entry)
    return found[1] if found else None


def table_of_schema(entry: str) -> str | None:
    """Return the table whose encoding an entry describes, or None."""
    found = _SCHEMA.fullmatch(entry)
    return found[1] if found else None


def id_of_object(entry: str) -> str | None:
    """Return the id of the stored object that an entry holds, or None."""
    found = None if table_of_documents(entry) or table_of_schema(entry) else _OBJECT.fullmatch(entry)
    return found[1] if found else None
