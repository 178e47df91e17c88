"""Mutations of projects, users and messages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from shared.db.writer import Writer
from shared.errors import Conflict, LimitReached, NotFound
from shared.schema.document import Id
from shared.schema.tables import File, Message, Project, User
from tests.db.model.steps import Names, Step, number_of, required, squeeze


def _begin_message(db: Writer, names: Names, tag: str, project_id: Id[Project]) -> None:
    row = {"conversation_id": Id(names.ids["c1"]), "project_id": project_id, "role": "assistant", "content": tag}
    try:
        names.give(tag, db.insert(Message, **row, status="processing"))
    except Conflict:
        raise Conflict("busy") from None


@dataclass(frozen=True)
class CreateProject(Step):
    """Create a project unless the owner has reached a limit."""

    owner: str
    limit: int

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        count = db.count(Project.by_owner, owner_id=self.owner)
        if count >= self.limit:
            raise LimitReached(f"{count} of {self.limit}")
        names.give(tag, db.insert(Project, name=tag, owner_id=self.owner, updated_at=0.0, language="0"))
        return count


@dataclass(frozen=True)
class DeleteProject(Step):
    """Delete a project, having read a file."""

    project: str
    file: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        file = db.get(File, Id(names.ids[self.file]))
        db.delete(required(db, Project, names, self.project).id)
        return None if file is None else squeeze(db.load(file.content or ""))


@dataclass(frozen=True)
class Transfer(Step):
    """Give a project to somebody, which takes it from one index range to another, having read a project."""

    project: str
    owner: str
    other_project: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        other = required(db, Project, names, self.other_project)
        project = required(db, Project, names, self.project)
        db.patch(project.id, owner_id=self.owner)
        return [project.owner_id, other.description]


@dataclass(frozen=True)
class Describe(Step):
    """Read, modify and write one document."""

    project: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        project = required(db, Project, names, self.project)
        db.patch(project.id, description=(project.description or "") + tag)
        return project.description


@dataclass(frozen=True)
class Touch(Step):
    """Touch a project, depending on its owner alone."""

    project: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        project = required(db, Project, names, self.project, depends_on=("owner_id",))
        db.touch(project, updated_at=number_of(tag))
        return project.owner_id


@dataclass(frozen=True)
class RelyOnOwner(Step):
    """Write into one project who owns the other, and perhaps touch that one."""

    project: str
    other_project: str
    touches: bool

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        project = required(db, Project, names, self.project, depends_on=("owner_id",))
        if self.touches:
            db.touch(project, updated_at=number_of(tag))
        other = required(db, Project, names, self.other_project)
        db.patch(other.id, description=project.owner_id)
        return other.description


@dataclass(frozen=True)
class SetPair(Step):
    """Write the same into two projects."""

    project: str
    other_project: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        for one in (self.project, self.other_project):
            db.patch(required(db, Project, names, one).id, language=tag)


@dataclass(frozen=True)
class CheckPair(Step):
    """Refuse if two projects differ in what is always written into both."""

    project: str
    other_project: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        one = required(db, Project, names, self.project).language
        other = required(db, Project, names, self.other_project).language
        if one != other:
            raise Conflict(f"{self.project} and {self.other_project} differ: {one}, {other}")
        return one


@dataclass(frozen=True)
class CountTwice(Step):
    """Count the same range twice, with a read in between."""

    owner: str
    project: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        first = db.count(Project.by_owner, owner_id=self.owner)
        project = required(db, Project, names, self.project)
        second = db.count(Project.by_owner, owner_id=self.owner)
        db.patch(project.id, description=f"{first} {second}")
        return [float(first), float(second)]


@dataclass(frozen=True)
class SignAll(Step):
    """List somebody's projects and write into each."""

    owner: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        projects = db.query(Project.by_owner, owner_id=self.owner).collect()
        for project in projects:
            db.patch(project.id, description=tag)
        return sorted(names.tags[project.id] for project in projects)


@dataclass(frozen=True)
class UpsertUser(Step):
    """Make a user's row, or change the one that there is."""

    subject: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        user = db.lookup(User.by_stack_user, stack_user_id=self.subject)
        if user is not None:
            db.patch(user.id, email=user.email + tag)
            return user.email
        row = {
            "stack_user_id": self.subject,
            "email": tag,
            "project_limit": 1.0,
            "created_at": 0.0,
            "updated_at": 0.0,
        }
        names.give(tag, db.insert(User, **row))
        return None


@dataclass(frozen=True)
class BeginMessage(Step):
    """Begin a message unless the project has one in progress."""

    project: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        project = required(db, Project, names, self.project, depends_on=("owner_id",))
        _begin_message(db, names, tag, project.id)


@dataclass(frozen=True)
class NextMessage(Step):
    """Complete the message in progress, if there is one, and begin another."""

    project: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        project_id = Id[Project](names.ids[self.project])
        message = db.lookup(Message.one_processing, project_id=project_id)
        if message is not None:
            db.patch(message.id, status="completed")
        _begin_message(db, names, tag, project_id)
        return None if message is None else names.tags[message.id]


@dataclass(frozen=True)
class FinishMessage(Step):
    """Complete the message in progress, which frees its unique key and changes no index entry of it."""

    project: str

    def run(self, db: Writer, names: Names, tag: str) -> Any:
        message = db.lookup(Message.one_processing, project_id=names.id(self.project))
        if message is None:
            raise NotFound("idle")
        db.patch(message.id, status="completed")
        return names.tags[message.id]


PROJECT_STEPS = (
    CreateProject,
    DeleteProject,
    Transfer,
    Describe,
    Touch,
    RelyOnOwner,
    SetPair,
    CheckPair,
    CountTwice,
    SignAll,
    UpsertUser,
    BeginMessage,
    NextMessage,
    FinishMessage,
)
