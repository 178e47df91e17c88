"""What `cdk diff` says that a deployment would delete or replace."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

_COLOUR: Final = re.compile(r"\x1b\[[0-9;]*m")
_STACK: Final = re.compile(r"Stack (\S+)")
_RESOURCE: Final = re.compile(r"\[[-~]\] (\S+::\S+) (.+?) (destroy|orphan|replace|may be replaced)")
_SAID: Final = {
    "destroy": "deleted",
    "orphan": "left behind, no longer managed",
    "replace": "deleted and made anew",
    "may be replaced": "perhaps deleted and made anew",
}
_HARMLESS: Final = frozenset({"AWS::Lambda::LayerVersion"})
"""Replaced whenever a package changes, and nobody's but the functions'."""


class Loss(NamedTuple):
    """A resource that a deployment takes away, at least as it is.

    Attributes:
        stack: where it is.
        type: CloudFormation's name of its kind.
        name: its place within the stack and its logical id.
        fate: what happens to it.
    """

    stack: str
    type: str
    name: str
    fate: str

    @property
    def is_harmless(self) -> bool:
        """Whether it is so usual, and of so little worth, that nobody need be asked."""
        return self.type in _HARMLESS

    def __str__(self) -> str:
        return f"{self.stack}: {self.type} {self.name}: {self.fate}"


def losses(diff: str) -> Iterator[Loss]:
    """Yield what the text of `cdk diff` says is deleted, replaced or left behind."""
    stack = ""
    for line in _COLOUR.sub("", diff).splitlines():
        if found := _STACK.fullmatch(line.rstrip()):
            stack = found[1]
        elif found := _RESOURCE.fullmatch(line.rstrip()):
            yield Loss(stack, found[1], found[2], _SAID[found[3]])
