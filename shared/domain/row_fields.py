"""Which fields of rows can be set by hand, and whether their values are right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, get_args, get_origin

from shared.errors import InvalidArgument
from shared.runtime.argument_errors import shown
from shared.runtime.validator_text import validator_of, without
from shared.schema.document import Document, Id, document_named
from shared.schema.record import FieldInfo
from shared.schema.tables import AdminAction, Deletion, File, Job, StoredFile

if TYPE_CHECKING:
    from pydantic import TypeAdapter

APP_ONLY: Final[Mapping[type[Document], str]] = {
    StoredFile: "its rows stand for objects of a bucket; upload or delete files instead",
    Deletion: "its rows are deletions under way; they vanish by themselves",
    Job: "its rows are jobs; cancel those that should not run",
    AdminAction: "it is the audit log",
}
"""Tables that only the app writes, and why."""

_FIXED: Final[Mapping[type[Document], frozenset[str]]] = {
    File: frozenset({"project_id", "parent_id", "type", "storage_id"}),
}
"""Fields that cannot be changed, since other rows were decided on by them."""

_NEVER_SET: Final[Mapping[type[Document], frozenset[str]]] = {File: frozenset({"storage_id"})}
"""Fields that a new row cannot have either: objects are attached to files by the app, which counts them."""


class InvalidField(InvalidArgument):
    """A field of a row has a wrong value, or cannot be set."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field

    @property
    def data(self) -> dict[str, str]:
        """What clients get as `error.data`: also which field."""
        return {**super().data, "field": self.field}


def fields_of(document: type[Document]) -> dict[str, FieldInfo]:
    """Return the fields that rows of a table have besides the system's, by their Python names."""
    return {
        name: info
        for name, info in document.model_fields.items()
        if not info.exclude and name not in Document.model_fields
    }


def checked(document: type[Document], fields: Mapping[str, Any], *, is_new: bool) -> dict[str, Any]:
    """Return the values of fields by their Python names; None removes an optional field.

    Args:
        document: whose fields they are.
        fields: values by wire names.
        is_new: whether they are all fields of a new row, rather than some of one that is there.

    Raises:
        InvalidField: one has a wrong value, is not there, or cannot be set.
    """
    known = {document.stored_name(name): name for name in fields_of(document)}
    table = document.table_name()
    kept = (_NEVER_SET if is_new else _FIXED).get(document, frozenset())
    for alias in fields:
        if alias not in known:
            raise InvalidField(alias, f"`{alias}` is no field of {table} that can be set; it has {', '.join(known)}")
        if known[alias] in kept:
            raise InvalidField(alias, f"`{alias}` of {table} is set by the app only")
    may_lack = {name for name in known.values() if not document.model_fields[name].is_required()}
    removed = {known[alias]: None for alias, value in fields.items() if value is None and known[alias] in may_lack}
    given = {alias: value for alias, value in fields.items() if known[alias] not in removed}
    for alias, name in known.items():
        if is_new and alias not in given and name not in may_lack:
            raise InvalidField(alias, f"`{alias}` of {table} is missing")
    return removed | _validated(document, given)


def references_of(
    document: type[Document], values: Mapping[str, Any]
) -> Iterator[tuple[str, type[Document], Id[Any]]]:
    """Yield the wire name, the class and the id of each other row that field values refer to."""
    for name, value in values.items():
        hint = without(document.model_fields[name].annotation, NoneType)
        if value is not None and get_origin(hint) is Id:
            yield document.stored_name(name), document_named(get_args(hint)[0]), value


def _validated(document: type[Document], given: dict[str, Any]) -> dict[str, Any]:
    from pydantic import ValidationError  # noqa: PLC0415 - see `shared.schema.record`

    adapter = _adapter(document)  # type: ignore[arg-type]  # mypy takes the hash of records for that of their class
    try:
        return adapter.validate_python(given, strict=True, by_alias=True, by_name=False)
    except ValidationError as error:
        alias = str(error.errors(include_url=False)[0]["loc"][0])
        hint = next(i.annotation for n, i in document.model_fields.items() if document.stored_name(n) == alias)
        text = validator_of(without(hint, NoneType)).text
        raise InvalidField(
            alias, f"`{alias}` of {document.table_name()} must be {text}; it is {shown(given[alias])}"
        ) from None


@cache
def _adapter(document: type[Document]) -> TypeAdapter[dict[str, Any]]:
    from shared.runtime.validation import partial_adapter  # noqa: PLC0415 - pydantic

    fields = fields_of(document)
    return partial_adapter({name: (document.stored_name(name), info.annotation) for name, info in fields.items()})
