"""What changes of the product save, read from `changes.toml`, where what was counted before each is kept."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple

from tests.capacity.month import Model
from tests.capacity.usage import Usage

FILE: Final = Path(__file__).with_name("changes.toml")


class Saving(NamedTuple):
    """A change that made something cheaper.

    Attributes:
        what: was changed.
        each: of what it is counted, such as a mutation.
        before: what that took.
        after: what it takes.
        fixed_before: what a stage took in a month, however many use it.
        fixed_after: what it takes.
        happens: how often it happens in a user's month, as an expression of `Model.happenings`.
        before_text: what was counted, in words.
        after_text: and is now.
        test: which test holds it.
    """

    what: str
    each: str
    happens: str
    before_text: str
    after_text: str
    test: str
    before: Usage = Usage()
    after: Usage = Usage()
    fixed_before: Usage = Usage()
    fixed_after: Usage = Usage()

    def times(self, model: Model) -> float:
        """Return how often it happens in a user's month."""
        return model.happenings()[self.happens]

    def both(self) -> Iterator[tuple[Usage, Usage]]:
        """Yield what was taken before and is after: by each, and by the stage."""
        yield self.before, self.fixed_before
        yield self.after, self.fixed_after


def read_savings(path: Path = FILE) -> list[Saving]:
    """Read the changes."""
    told: list[dict[str, Any]] = tomllib.loads(path.read_text()).get("change", [])
    return [Saving(**{key: _usage(value) for key, value in entry.items()}) for entry in told]


def _usage(value: Any) -> Any:
    return Usage(value) if isinstance(value, dict) else value
