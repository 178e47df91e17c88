"""`Document`, the base of every table's row, and `Id[Project]`, the id of a document of one table.

    class Project(Document, table="projects", number=1):
        name: str
        owner_id: str
        by_owner = Index("owner_id", guarded=True)

Python names are snake_case; stored and wire names are camelCase, as in the original schema.
"""

from __future__ import annotations

from functools import cache
from typing import Any, ClassVar, Generic, Self, TypeVar, get_args

from shared.schema.glance import REFUSED, Glance
from shared.schema.ids import mint, table_number_of
from shared.schema.index import BoundIndex, Index
from shared.schema.record import Record, field
from shared.schema.spilled import Spilled
from shared.schema.table import Table

T = TypeVar("T")

DOCUMENTS: dict[str, type[Document]] = {}
"""Every document class by its table name."""

NULLABLE = "nullable"
"""Annotates an optional field of an argument that may be null as well as absent, which means the same."""


class Id(str, Generic[T]):
    """The id of a document of table `T`; an id of another table does not validate."""

    __slots__ = ()

    @classmethod
    def taking(cls, annotation: Any) -> Glance:
        """Return what takes ids of the table at a glance."""
        (target,) = get_args(annotation)

        def take(value: Any) -> Any:
            is_id = isinstance(value, str) and (
                target is Any or table_number_of(value) == document_named(target).number
            )
            return cls(value) if is_id else REFUSED

        return take

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, _handler: Any) -> Any:
        """Check the table's tag in the id."""
        from pydantic_core import PydanticCustomError, core_schema  # noqa: PLC0415 - see `shared.schema.record`

        (target,) = get_args(source)

        def check(value: Any) -> Id[Any]:
            if not isinstance(value, str):
                raise PydanticCustomError("string_type", "Input should be an id")
            if target is not Any:
                check_table(value, document_named(target))
            return cls(value)

        return core_schema.no_info_plain_validator_function(
            check, metadata={"id_of": target}, serialization=core_schema.to_string_ser_schema()
        )


def check_table(value: str, document: type[Document]) -> None:
    """Raise `PydanticCustomError` of type `id_table` or `id_format` unless `value` is an id of `document`'s table."""
    from pydantic_core import PydanticCustomError  # noqa: PLC0415 - see `shared.schema.record`

    number = table_number_of(value)
    if number == document.number:
        return
    expected = document.table_name()
    found = next((name for name, other in DOCUMENTS.items() if other.number == number), None)
    if found is None:
        raise PydanticCustomError("id_format", "Input should be an id of table {expected}", {"expected": expected})
    raise PydanticCustomError("id_table", "Found an id of table {found}", {"found": found, "expected": expected})


def document_named(target: Any) -> type[Document]:
    """Return the document class that the `T` of an `Id[T]` stands for: the class, or its name where it came later."""
    if isinstance(target, type):
        return target
    name = getattr(target, "__forward_arg__", target)
    return next(document for document in DOCUMENTS.values() if document.__name__ == name)


class Document(Record):
    """A row of a table. `_id` and `_creationTime` are set by the database when the document is inserted.

    `version` is the id of the commit that wrote the row; it never leaves the backend.
    """

    id: Id[Any] = field(wire="_id")
    creation_time: float = field(wire="_creationTime")
    version: str = field(default="", wire="_version", exclude=True)

    number: ClassVar[int]
    indexes: ClassVar[tuple[BoundIndex[Any], ...]]
    _table: ClassVar[str]
    _streams: ClassVar[bool]

    def __init_subclass__(cls, *, table: str, number: int, streams: bool = False) -> None:
        """Register the class under its `table` name and `number`, bind its indexes, note whether it `streams`."""
        super().__init_subclass__()
        if table in DOCUMENTS or any(other.number == number for other in DOCUMENTS.values()):
            raise TypeError(f"{cls.__name__}: table name {table!r} or number {number} is already taken")
        cls._table, cls.number, cls._streams = table, number, streams
        declared = [value for value in vars(cls).values() if isinstance(value, Index)]
        cls.indexes = tuple(index.bind(cls) for index in declared)
        DOCUMENTS[table] = cls

    @classmethod
    def table_name(cls) -> str:
        """Return the table's name in the schema, such as `projects`."""
        return cls._table

    @classmethod
    def index(cls, name: str) -> BoundIndex[Self]:
        """Return the index called `name`."""
        return next(index for index in cls.indexes if index.name == name)

    @classmethod
    def stored_name(cls, field: str) -> str:
        """Return the stored and wire name of the Python field `field`."""
        return cls.model_fields[field].alias

    @classmethod
    def can_spill(cls, field: str) -> bool:
        """Tell whether a large value of `field` may live outside the row."""
        return Spilled in get_args(cls.model_fields[field].annotation)

    @classmethod
    def mint_id(cls, random: bytes) -> Id[Self]:
        """Make a new id of this table from 16 random bytes."""
        return Id(mint(cls.number, random))

    @classmethod
    @cache
    def table(cls) -> Table:
        """Describe the DynamoDB table."""
        numbers = {"_creationTime", *(index.key_attribute(index.range) for index in cls.indexes if index.range)}
        return Table(
            name=cls._table,
            partition_key="_id",
            description=(cls.__doc__ or "").strip().splitlines()[0],
            indexes=tuple(index.secondary_index() for index in cls.indexes if index.has_entries),
            attribute_types=dict.fromkeys(sorted(numbers), "N"),
            streams=cls._streams,
        )
