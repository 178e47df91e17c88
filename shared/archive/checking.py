"""Reading the whole of an archive before anything is written: what is in it, and everything that is wrong with it.

In memory are the ids of its documents, their projects and hashes of their unique keys, however large they are.
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from hashlib import sha256
from pathlib import Path
from typing import IO, NamedTuple

from shared.archive.agreement import Agreement
from shared.archive.counts import Counts, Progress, silent
from shared.archive.errors import ArchiveRefused
from shared.archive.layout import (
    MANIFEST,
    README,
    TABLES,
    UNIFORM,
    archived_tables,
    documents_entry,
    id_of_object,
    schema_entry,
    table_of_documents,
    table_of_schema,
)
from shared.archive.manifest import Manifest, Seal
from shared.archive.parsing import Parsed, Parser
from shared.archive.problems import Problems
from shared.archive.settling import settled
from shared.archive.stored_files import UNTYPED
from shared.archive.zip_reader import ZipReader, open_archive
from shared.schema.document import Document
from shared.schema.tables import StoredFile
from shared.storage import StoredObject


class Report(NamedTuple):
    """An archive that can be imported.

    Attributes:
        digest: of what it holds, whatever its compression, and of what is left out of it; names an import.
        manifest: what it says of itself, or None: it was made by Convex, or by hand.
        counts: what would be imported.
    """

    digest: str
    manifest: Manifest | None
    counts: Counts


def check_archive(path: Path, leave_out: Collection[str] = (), progress: Progress = silent) -> Report:
    """Read an archive, and return what is in it.

    Args:
        path: where it is.
        leave_out: tables (`openFiles`), fields (`users.clerkId`) and other entries that are not wanted.
        progress: told how far it has come.

    Raises:
        ArchiveRefused: it could not be imported; the error lists why.
    """
    with open_archive(path) as reader:
        return CheckedArchive(reader, leave_out, progress).report


class CheckedArchive:
    """An archive that is open, and in which nothing is wrong.

    Args:
        reader: its entries.
        leave_out: as in `check_archive`.
        progress: told how far the check has come.

    Attributes:
        report: what it holds.

    Raises:
        ArchiveRefused: something is wrong with it.
    """

    def __init__(self, reader: ZipReader, leave_out: Collection[str], progress: Progress) -> None:
        self._reader = reader
        self._leave_out = frozenset(leave_out)
        seals = reader.seals(progress)
        manifest = _manifest_of(reader, seals)
        objects = {} if StoredFile.table_name() in self._leave_out else _objects_of(seals)
        described = {id: _stored(seals[name]) for id, name in objects.items()}
        self._parser = Parser(None if manifest else self._numbers(), self._leave_out, described)
        self._objects = {self._parser.mapped(StoredFile, id): name for id, name in objects.items()}
        self._agreement = Agreement()
        documents = self._check(manifest, progress)
        sizes = [stored.size_bytes for stored in described.values()]
        self.report = Report(_digest(seals, self._leave_out), manifest, Counts(documents, len(sizes), sum(sizes), {}))

    def documents(self, document: type[Document]) -> Iterator[Document]:
        """Yield the documents of a table as they are to be stored, in the order of their lines."""
        for _, parsed in self._lines(document):
            found = parsed.document
            if isinstance(found, StoredFile):
                yield found.model_copy(update={"attachments": float(self._agreement.attachments[found.id])})
            elif found is not None:
                yield found

    def object(self, id: str) -> AbstractContextManager[IO[bytes]]:
        """Open the bytes of a stored object."""
        return self._reader.open(self._objects[id])

    def _lines(self, document: type[Document]) -> Iterator[tuple[int, Parsed]]:
        table = document.table_name()
        entry = documents_entry(table)
        if table in self._leave_out or entry not in self._reader.names:
            return
        schema = schema_entry(table)
        described = self._reader.lines(schema) if schema in self._reader.names else iter(())
        is_uniform = next((line for _, line in described), b"").strip() == UNIFORM.strip().encode()
        for number, line in self._reader.lines(entry):
            parsed = self._parser.parse(document, line, is_uniform=is_uniform)
            if parsed.document is not None:
                parsed = parsed._replace(document=settled(parsed.document, parsed.document.creation_time))
            yield number, parsed

    def _check(self, manifest: Manifest | None, progress: Progress) -> dict[str, int]:
        """Look at every document, and return how many there are by table."""
        problems, documents = Problems(), dict[str, int]()
        for document in archived_tables():
            table, done = document.table_name(), 0
            entry, expected = documents_entry(table), manifest.documents.get(table, 0) if manifest else None
            for done, (number, parsed) in enumerate(self._lines(document), 1):
                place = f"{entry}:{number}"
                problems.add(f"{place}: {problem}" for problem in parsed.problems)
                problems.add(self._agreement.add(document, parsed, place))
                progress(f"Checking {table}", done, expected)
            documents[table] = done
            if expected not in (None, done) and table not in self._leave_out:
                problems.add([f"{entry}: it has {done} documents, and the manifest says {expected}"])
        problems.add(self._agreement.remaining())
        problems.add(self._superfluous())
        if not any(documents.values()):
            problems.add(["it holds no documents of this backend's tables"])
        problems.refuse_any()
        return documents

    def _superfluous(self) -> Iterator[str]:
        """Yield what is in the archive and could not be imported."""
        rows = self._agreement.ids(StoredFile)
        yield from (f"{name}: there is no document of it" for id, name in self._objects.items() if id not in rows)
        tables = {document.table_name() for document in archived_tables()}
        unknown = set(self._parser.unknown)
        for name in self._reader.names:
            table = table_of_documents(name) or table_of_schema(name)
            is_known = name in (README, TABLES, MANIFEST) or table in tables or id_of_object(name) is not None
            if not is_known:
                unknown.add(table or name)
        unknown -= self._leave_out
        if unknown:
            names = ", ".join(sorted(unknown))
            yield f"this backend has no place for {names}; import without them by naming them to be left out"

    def _numbers(self) -> dict[str, int]:
        """Return the numbers that the archive's ids carry, by table."""
        numbers: dict[str, int] = {}
        for number, line in self._reader.lines(TABLES) if TABLES in self._reader.names else ():
            try:
                table = json.loads(line)
                numbers[table["name"]] = int(table["id"])
            except (ValueError, TypeError, KeyError, RecursionError):
                raise ArchiveRefused([f"{TABLES}:{number}: it must be an object with `name` and `id`"]) from None
        return numbers


def _manifest_of(reader: ZipReader, seals: Mapping[str, Seal]) -> Manifest | None:
    """Return the manifest, with which the entries agree, or None: there is none.

    Raises:
        ArchiveRefused: an entry is missing, is not what it was, or has been added.
    """
    if MANIFEST not in seals:
        return None
    try:
        manifest = Manifest.from_json(reader.read(MANIFEST))
    except ValueError as error:
        raise ArchiveRefused([f"{MANIFEST}: {error}"]) from None
    found = {name: seal for name, seal in seals.items() if name != MANIFEST}
    problems = Problems()
    problems.add(f"{name}: the entry is missing" for name in manifest.entries.keys() - found.keys())
    problems.add(f"{name}: the manifest does not know this entry" for name in found.keys() - manifest.entries.keys())
    problems.add(
        f"{name}: the entry is damaged (its SHA-256 is not what the manifest says)"
        for name in manifest.entries.keys() & found.keys()
        if manifest.entries[name] != found[name]
    )
    problems.refuse_any()
    return manifest


def _objects_of(names: Iterable[str]) -> dict[str, str]:
    """Return the entries of stored objects, by the ids of these in the archive.

    Raises:
        ArchiveRefused: an object has two of them.
    """
    objects: dict[str, str] = {}
    for name in names:
        id = id_of_object(name)
        if id is not None and objects.setdefault(id, name) != name:
            raise ArchiveRefused([f"{name}: it is of the same object as {objects[id]}"])
    return objects


def _stored(seal: Seal) -> StoredObject:
    return StoredObject(seal.bytes, UNTYPED, b64encode(bytes.fromhex(seal.sha256)).decode())


def _digest(seals: Mapping[str, Seal], leave_out: Collection[str]) -> str:
    entries = [[name, seal.sha256] for name, seal in sorted(seals.items())]
    return sha256(json.dumps([entries, sorted(leave_out)]).encode()).hexdigest()
