"""Mutations of files: unique names, guarded folders, large contents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.db.writer import Writer
from shared.errors import Conflict, LimitReached
from shared.schema.document import Id
from shared.schema.tables import File, Project
from tests.db.model.steps import Names, Step, number_of, required, squeeze, swell


def _lookup(db: Writer, names: Names, project: str, folder: str | None, name: str) -> File | None:
    place = {"project_id": names.id(project), "parent_id": names.id(folder)}
    return db.lookup(File.sibling_name, **place, name=name)


def _insert(
    db: Writer, names: Names, tag: str, project_id: Id[Project], parent_id: Id[File] | None, name: str, content: str
) -> None:
    row = {"project_id": project_id, "parent_id": parent_id, "name": name, "type": "file", "updated_at": 0.0}
    try:
        names.give(tag, db.insert(File, **row, content=swell(content)))
    except Conflict:
        raise Conflict("taken") from None


def _patch(db: Writer, file: File, **fields: Any) -> None:
    try:
        db.patch(file.id, **fields)
    except Conflict:
        raise Conflict("taken") from None


@dataclass(frozen=True)
class CreateFile(Step):
    """Create a file under a free name, found free by a look-up or left to the commit; touch the project."""

    project: str
    folder: str | None
    name: str
    looks: bool
    large: bool

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        project = required(db, Project, names, self.project, depends_on=("owner_id",))
        if self.looks:
            holder = _lookup(db, names, self.project, self.folder, self.name)
            if holder is not None:
                raise Conflict(f"taken by {names.tags[holder.id]}")
        content = "<big>" if self.large else ""
        _insert(db, names, tag, project.id, names.id(self.folder), self.name, content)
        db.touch(project, updated_at=number_of(tag))
        return project.owner_id


@dataclass(frozen=True)
class Attach(Step):
    """Write into a file as long as a project is there, whatever else becomes of the project."""

    project: str
    file: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        required(db, Project, names, self.project, depends_on=("pending_deletes",))
        file = required(db, File, names, self.file)
        db.patch(file.id, content=tag)
        return squeeze(db.load(file.content or ""))


@dataclass(frozen=True)
class DeleteFile(Step):
    """Delete a file."""

    file: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        db.delete(required(db, File, names, self.file).id)


@dataclass(frozen=True)
class Replace(Step):
    """Delete a file and create another one in its place."""

    file: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        old = required(db, File, names, self.file)
        content = squeeze(db.load(old.content or ""))
        db.delete(old.id)
        _insert(db, names, tag, old.project_id, old.parent_id, old.name, content)
        return content


@dataclass(frozen=True)
class Rename(Step):
    """Rename a file, having read a file."""

    file: str
    name: str
    other_file: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        other = required(db, File, names, self.other_file)
        file = required(db, File, names, self.file)
        _patch(db, file, name=self.name)
        return [file.name, squeeze(db.load(other.content or ""))]


@dataclass(frozen=True)
class Move(Step):
    """Move a file to a folder."""

    file: str
    folder: str | None

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        _patch(db, required(db, File, names, self.file), parent_id=names.id(self.folder))


@dataclass(frozen=True)
class Swap(Step):
    """Swap two files' names by way of a third."""

    file: str
    other_file: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        one, other = (required(db, File, names, file) for file in (self.file, self.other_file))
        if one.id != other.id:
            _patch(db, one, name=tag)
            _patch(db, other, name=one.name)
            _patch(db, one, name=other.name)


@dataclass(frozen=True)
class SwapAtOnce(Step):
    """Swap two files' names without a third: refused among siblings, since each write must find its name free."""

    file: str
    other_file: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        one, other = (required(db, File, names, file) for file in (self.file, self.other_file))
        _patch(db, one, name=other.name)
        _patch(db, other, name=one.name)


@dataclass(frozen=True)
class Append(Step):
    """Add to a file's content, which may make it large."""

    file: str
    large: bool

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        file = required(db, File, names, self.file)
        content = squeeze(db.load(file.content or ""))
        db.patch(file.id, content=swell(content + ("<big>" if self.large else tag)))
        return content


@dataclass(frozen=True)
class Tally(Step):
    """Count and list a folder, and write what is in it into the project."""

    project: str
    folder: str | None

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        project = required(db, Project, names, self.project)
        place = {"project_id": project.id, "parent_id": names.id(self.folder)}
        count = db.count(File.by_project_parent, **place)
        found = sorted(file.name for file in db.query(File.by_project_parent, **place).collect())
        db.patch(project.id, description=",".join(found))
        return [float(count), *found]


@dataclass(frozen=True)
class Fill(Step):
    """Create a file unless the folder is full, having read the project."""

    project: str
    folder: str | None
    limit: int

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        project = required(db, Project, names, self.project)
        count = db.count(File.by_project_parent, project_id=project.id, parent_id=names.id(self.folder))
        if count >= self.limit:
            raise LimitReached(f"{count} of {self.limit}")
        _insert(db, names, tag, project.id, names.id(self.folder), tag, "")
        return [float(count), project.description]


@dataclass(frozen=True)
class Mark(Step):
    """Write into a file who holds a name."""

    project: str
    folder: str | None
    name: str
    file: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        holder = _lookup(db, names, self.project, self.folder, self.name)
        text = "free" if holder is None else names.tags[holder.id]
        db.patch(required(db, File, names, self.file).id, content=text)
        return text


@dataclass(frozen=True)
class RefuseLate(Step):
    """Refuse after having written."""

    project: str
    folder: str | None
    name: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        project = required(db, Project, names, self.project)
        _insert(db, names, tag, project.id, names.id(self.folder), self.name, "")
        db.patch(project.id, description=tag)
        raise Conflict(f"refused: {project.description}")


@dataclass(frozen=True)
class Survey(Step):
    """Read many things and write nothing."""

    owner: str
    project: str
    folder: str | None
    name: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        project = required(db, Project, names, self.project)
        count = db.count(Project.by_owner, owner_id=self.owner)
        holder = _lookup(db, names, self.project, self.folder, self.name)
        place = {"project_id": project.id, "parent_id": names.id(self.folder)}
        found = sorted(file.name for file in db.query(File.by_project_parent, **place).collect())
        return [project.description, float(count), holder and names.tags[holder.id], *found]


FILE_STEPS = (
    CreateFile,
    Attach,
    DeleteFile,
    Replace,
    Rename,
    Move,
    Swap,
    SwapAtOnce,
    Append,
    Tally,
    Fill,
    Mark,
    RefuseLate,
    Survey,
)
