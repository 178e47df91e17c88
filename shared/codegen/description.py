"""What a docstring says of a function, for the readers of other languages."""

from __future__ import annotations

import inspect
import re
from typing import Any, Final, NamedTuple, get_origin

from shared import errors
from shared.runtime.function import Function
from shared.schema.record import Record

_REFUSAL: Final = re.compile(r"^ +(\w+): ((?:.|\n(?! +\w+: ))+)", re.MULTILINE)
_SOURCE: Final = re.compile(r" \(protocol section [\d.]+\)")


class Refusal(NamedTuple):
    """An error that a function raises, by its code, and when."""

    code: str
    when: str


class Description(NamedTuple):
    """A docstring's parts.

    Attributes:
        summary: its first paragraph.
        details: what follows that, or "".
        refusals: its section `Raises`.
    """

    summary: str
    details: str
    refusals: tuple[Refusal, ...]

    @property
    def paragraphs(self) -> str:
        """The summary and the details."""
        return "\n\n".join(filter(None, [self.summary, self.details]))


def description_of(function: Function[Any]) -> Description:
    """Return what the docstring of `function` says.

    Raises:
        TypeError: it names an error that there is not.
    """
    text = inspect.cleandoc(function.body.__doc__ or "")
    said, _, raised = text.partition("\nRaises:\n")
    summary, _, details = said.strip().partition("\n\n")
    refusals = tuple(
        Refusal(_code(name, function), " ".join(when.split())) for name, when in _REFUSAL.findall(raised)
    )
    return Description(summary, details, refusals)


def _code(name: str, function: Function[Any]) -> str:
    error = getattr(errors, name, None)
    if error is None:
        raise TypeError(f"{function.path}: its docstring says that it raises {name}, which is no error")
    return str(error.code)


def description_of_model(model: Any) -> str:
    """Return the first paragraph of a model's docstring, with fields by their wire names."""
    declared: type[Record] = get_origin(model) or model
    text = _SOURCE.sub("", inspect.cleandoc(declared.__doc__ or "").partition("\n\n")[0])
    for name, info in declared.model_fields.items():
        text = text.replace(f"`{name}`", f"`{info.alias}`")
    return text
