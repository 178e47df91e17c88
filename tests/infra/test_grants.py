"""That what is granted suffices: the data layer does all it can behind a guard that knows the grants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from infra.grants import grants
from infra.stage import Stage
from shared import values
from shared.db.access import Access, union
from shared.db.clock import Clock
from shared.db.database import Database, MutationRequest
from shared.db.reader import Reader
from shared.db.store import Store
from shared.db.writer import Writer
from shared.errors import Conflict, OutcomeUnknown
from shared.schema.document import Document, Id
from shared.schema.tables import File, GenerationEvent, Project, User
from tests.infra.guarded import Guard, GuardedEngine, GuardedObjects, Refused
from tests.infra.templates import names_of
from tests.support.memory_engine import MemoryEngine
from tests.support.stores import HashSigner, make_clock, mark_ready

LARGE = "x" * 100_000
FILE = {"name": "a.py", "type": "file", "updated_at": 1.0}


@dataclass
class Account:
    """A deployment whose functions come and go, each behind its own role."""

    engine: MemoryEngine = field(default_factory=MemoryEngine)
    objects: dict[str, bytes] = field(default_factory=dict)
    clock: Clock = field(default_factory=make_clock)

    def __post_init__(self) -> None:
        mark_ready(self.engine)

    def database(self, access: Access, *, mutates: bool) -> Database:
        names = names_of(Stage())
        guard = Guard(names, grants(access, names, mutates=mutates, internal=False, charges=False))
        engine, objects = GuardedEngine(self.engine, guard), GuardedObjects(guard, self.objects)
        return Database(Store(engine, objects, self.clock, HashSigner()))

    def query(self, reads: set[type[Document]], body: Callable[[Reader], object]) -> object:
        access = Access(reads=frozenset(reads))
        return self.database(access, mutates=False).query(access, body)

    def mutate(
        self,
        reads: set[type[Document]],
        writes: set[type[Document]],
        body: Callable[[Writer], str],
        key: str | None = None,
    ) -> str:
        access = Access(frozenset(reads), frozenset(writes))
        request = MutationRequest("projects:create", "ada", "hash", key)
        return self.database(access, mutates=True).mutate(access, body, request).value

    def insert(self, document: type[Document], **fields: object) -> Id[Document]:
        made = self.mutate(set(), {document}, lambda db: values.dumps(db.insert(document, **fields)))
        return Id(values.loads(made))


@pytest.fixture
def account() -> Account:
    return Account()


@pytest.fixture
def project(account: Account) -> Id[Project]:
    return Id(account.insert(Project, name="p", owner_id="ada", updated_at=1.0))


def test_a_query_may_get_list_page_count_and_look_up(account: Account, project: Id[Project]) -> None:
    account.insert(User, stack_user_id="ada", email="a@b", project_limit=1.0, created_at=1.0, updated_at=1.0)

    def body(db: Reader) -> None:
        assert db.get(Project, project)
        assert len(db.query(Project.by_owner, owner_id="ada").order("desc").collect()) == 1
        assert db.count(Project.by_owner, owner_id="ada") == 1
        assert db.lookup(User.by_stack_user, stack_user_id="ada")
        assert db.lookup(User.by_stack_user, stack_user_id="nobody") is None

    account.query({Project, User}, body)


def test_a_query_may_load_large_fields(account: Account, project: Id[Project]) -> None:
    file = account.insert(File, project_id=project, content=LARGE, **FILE)

    def body(db: Reader) -> None:
        found = db.get(File, Id(file))
        assert found
        assert found.content
        assert db.load(found.content) == LARGE

    account.query({File}, body)


def test_a_mutation_may_insert_change_touch_and_delete(account: Account, project: Id[Project]) -> None:
    def body(db: Writer) -> str:
        owner = db.get(Project, project, depends_on=("owner_id",))
        assert owner
        file = db.insert(File, project_id=project, content=LARGE, **FILE)
        db.patch(file, name="b.py")
        db.touch(owner, updated_at=2.0)
        assert len(db.query(File.by_project_parent, project_id=project, parent_id=None).collect()) == 1
        return values.dumps(file)

    file: Id[File] = Id(values.loads(account.mutate({Project}, {Project, File}, body)))

    def delete(db: Writer) -> str:
        db.delete(file)
        return "null"

    account.mutate(set(), {File}, delete)


def test_a_mutation_may_decide_on_what_it_only_reads(account: Account, project: Id[Project]) -> None:
    def body(db: Writer) -> str:
        assert db.get(Project, project)
        assert db.lookup(User.by_stack_user, stack_user_id="nobody") is None
        assert db.count(Project.by_owner, owner_id="ada") == 1
        db.insert(GenerationEvent, project_id=project, type="info", message="m", created_at=1.0)
        return "null"

    account.mutate({Project, User}, {GenerationEvent}, body)


def test_a_mutation_may_record_its_refusal_and_a_large_result(account: Account, project: Id[Project]) -> None:
    def refuse(db: Writer) -> str:
        db.get(Project, project)
        raise Conflict("no")

    for _ in range(2):
        with pytest.raises(Conflict):
            account.mutate({Project}, set(), refuse, key="refused")
        assert account.mutate(set(), set(), lambda _: values.dumps(LARGE), key="large") == values.dumps(LARGE)


def test_a_guard_refuses_what_another_function_may(account: Account, project: Id[Project]) -> None:
    access = Access(reads=frozenset({User}))
    elsewhere = account.database(access, mutates=False)
    with pytest.raises(Refused, match=r"GetItem on .*polaris-dev-projects"):
        elsewhere.query(Access(reads=frozenset({Project})), lambda db: db.get(Project, project))


def test_a_guard_refuses_a_querys_role_to_write(account: Account) -> None:
    access = Access(writes=frozenset({Project}))
    reading = account.database(Access(reads=frozenset({Project})), mutates=False)

    def body(db: Writer) -> str:
        return values.dumps(db.insert(Project, name="p", owner_id="ada", updated_at=1.0))

    with pytest.raises(OutcomeUnknown) as told:
        reading.mutate(access, body, MutationRequest("projects:create", "ada", "hash"))
    assert isinstance(told.value.__cause__, Refused)
    assert "PutItem" in str(told.value.__cause__)
    assert account.engine.rows(Project.table()) == {}


def test_a_union_covers_each_of_its_parts() -> None:
    parts = [Access(reads=frozenset({User})), Access(writes=frozenset({Project})), Access(binary=True)]
    assert union(parts) == Access(frozenset({User}), frozenset({Project}), binary=True)


def test_every_grant_with_a_wildcard_says_why() -> None:
    names = names_of(Stage())
    everything = Access(frozenset({User}), frozenset({Project, File}), binary=True)
    granted = grants(everything, names, mutates=True, internal=True, charges=True)
    wild = [grant for grant in granted if any("*" in resource for resource in grant.resources)]
    assert wild
    assert all(grant.why for grant in wild)
