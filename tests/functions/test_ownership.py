"""No function reads or writes another owner's rows, by any argument. One table (`calls.py`) covers every function."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product
from typing import Any

import pytest

from shared.errors import Forbidden, InvalidArgument, NotFound, PolarisError, Unauthenticated
from shared.runtime.context import QueryContext
from shared.runtime.function import query
from shared.runtime.registry import Registry
from shared.schema.document import Id
from shared.schema.tables import Project
from tests.functions.callers import Client, identity, registry
from tests.functions.calls import SAMPLES, Arguments, Sample
from tests.functions.rows import Rows, furnish
from tests.functions.state import stored
from tests.support.backend import Backend

NAMES_OF_ROWS = {"stackUserId", "uploadId"}
"""Arguments that name a row without being an id."""

NEVER_REFUSES: dict[str, Any] = {"projects:get": None, "files:list": []}
"""What functions answer that show nothing instead of refusing."""

REFUSALS = (Forbidden, NotFound)

UNREADABLE = {"uploadId": InvalidArgument}
"""Arguments that a user cannot even read when they are another's, and the error that says so."""

FREE_TO_MOVE = {"storageId", "entries"}
"""Arguments whose rows belong to a user, not to a project."""


@dataclass(frozen=True)
class World:
    """Two users with two projects each."""

    backend: Backend
    ada: Rows
    adas_other: Rows
    bob: Rows

    def client(self, rows: Rows) -> Client:
        return self.backend.as_user(rows.subject)


@pytest.fixture
def world(backend: Backend) -> World:
    owned = (("ada", "one"), ("ada", "two"), ("bob", "one"))
    return World(backend, *(furnish(backend.environment, subject, name, files=1) for subject, name in owned))


def named_rows(functions: Registry, path: str) -> set[str]:
    """Return the arguments of a function that name rows."""
    fields = functions[path].arguments.validator.fields
    return {name for name, validator in fields.items() if "v.id(" in validator.text or name in NAMES_OF_ROWS}


def without_sample(functions: Registry, samples: tuple[Sample, ...]) -> set[str]:
    """Return the functions, and their arguments that name rows, that no sample covers."""
    covered = {f"{s.path} {argument}" for s in samples for argument in s.given} | {s.path for s in samples}
    wanted = {f"{path} {argument}" for path in functions for argument in named_rows(functions, path)}
    return (wanted | functions.keys()) - covered


def cases(*, internal: bool, at_least: int = 1) -> list[Any]:
    """Return (sample, argument) for all arguments that name rows, of calls that name at least so many."""
    found = []
    for sample in SAMPLES:
        named = named_rows(registry(), sample.path) & sample.given if sample.path in registry() else set()
        if len(named) >= at_least and registry()[sample.path].internal == internal:
            found += [pytest.param(sample, argument, id=f"{sample.name}-{argument}") for argument in sorted(named)]
    return found


def public_samples() -> list[Any]:
    here = [sample for sample in SAMPLES if sample.path in registry() and not registry()[sample.path].internal]
    return [pytest.param(sample, id=sample.name) for sample in here]


def assert_refused(
    world: World, client: Client, path: str, arguments: Arguments, *errors: type[PolarisError]
) -> None:
    """Call and expect a refusal, or of a function that never refuses nothing; either way no change."""
    before = stored(world.backend)
    if path in NEVER_REFUSES and named_rows(registry(), path) & arguments.keys():
        assert client.call(path, **arguments) == NEVER_REFUSES[path]
    else:
        with pytest.raises(errors):
            client.call(path, **arguments)
    assert stored(world.backend) == before


def test_every_function_and_every_argument_that_names_a_row_has_a_sample() -> None:
    assert without_sample(registry(), SAMPLES) == set()


def test_a_function_or_an_argument_without_a_sample_is_noticed() -> None:
    @query(reads=[Project])
    def peek(ctx: QueryContext, *, id: Id[Project], other_ids: list[Id[Project]] | None = None) -> None:
        """Stand for a function that somebody adds."""

    functions = registry() | {"projects:peek": peek}
    assert without_sample(functions, SAMPLES) == {"projects:peek", "projects:peek id", "projects:peek otherIds"}
    sample = Sample("projects:peek", lambda rows: {"id": rows.project})
    assert without_sample(functions, (*SAMPLES, sample)) == {"projects:peek otherIds"}


@pytest.mark.parametrize("sample", [pytest.param(s, id=s.name) for s in SAMPLES if s.path in registry()])
def test_every_sample_succeeds_for_its_owner(world: World, sample: Sample) -> None:
    sample.run(Client(world.backend.environment, identity("ada"), internal=True), world.ada)


@pytest.mark.parametrize(("sample", "argument"), cases(internal=False))
def test_a_row_of_another_user_is_refused(world: World, sample: Sample, argument: str) -> None:
    arguments = sample.arguments(world.bob) | {argument: sample.arguments(world.ada)[argument]}
    errors = (UNREADABLE[argument],) if argument in UNREADABLE else REFUSALS
    assert_refused(world, world.client(world.bob), sample.path, arguments, *errors)


@pytest.mark.parametrize(("sample", "argument"), cases(internal=False, at_least=2))
def test_all_rows_of_another_user_are_refused(world: World, sample: Sample, argument: str) -> None:
    assert_refused(world, world.client(world.bob), sample.path, sample.arguments(world.ada), *REFUSALS)


@pytest.mark.parametrize("sample", public_samples())
def test_nobody_who_is_not_signed_in_sees_or_changes_anything(world: World, sample: Sample) -> None:
    assert_refused(world, world.backend.anonymous(), sample.path, sample.arguments(world.ada), Unauthenticated)


@pytest.mark.parametrize(
    ("sample", "argument"), [*cases(internal=False, at_least=2), *cases(internal=True, at_least=2)]
)
def test_rows_of_two_projects_are_not_mixed(world: World, sample: Sample, argument: str) -> None:
    if argument in FREE_TO_MOVE:
        return
    arguments = sample.arguments(world.ada) | {argument: sample.arguments(world.adas_other)[argument]}
    client = Client(world.backend.environment, identity("ada"), internal=True)
    if sample.path == "system:getFileById":
        assert client.call(sample.path, **arguments) is None
    else:
        assert_refused(world, client, sample.path, arguments, NotFound)


@pytest.mark.parametrize(
    ("sample", "key"),
    [
        pytest.param(sample, key, id=f"{sample.name}-{key!r}")
        for sample, key in product(SAMPLES, ["", "the-internal-key", "0" * 32])
        if sample.path in registry() and registry()[sample.path].internal
    ],
)
def test_an_internal_function_refuses_a_wrong_key(world: World, sample: Sample, key: str) -> None:
    arguments = sample.arguments(world.ada) | {"internalKey": key}
    assert_refused(world, world.client(world.ada), sample.path, arguments, Forbidden)
