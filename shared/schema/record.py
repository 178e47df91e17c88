"""`Record`: an object with declared fields, camelCase on the wire, immutable; a `Document` is one.

    class ProjectSettings(Record):
        install_command: str | None = None
        dev_command: str | None = None

It has pydantic's vocabulary and is none of its models: pydantic is a quarter of a cold start, and many calls need
nothing of it. What comes from outside and what functions write is validated by pydantic (`model_validate`), unless a
glance says that it is right. What the database holds was validated then, and is taken as it is (`model_read`).
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import (
    Annotated,
    Any,
    ClassVar,
    NamedTuple,
    NoReturn,
    Self,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
)

from shared.schema.camel import camel_case
from shared.schema.glance import REFUSED, Glance, glance_of, instance_of
from shared.schema.reading import Read, read_of


class Required(Enum):
    """The default of a field that must be given."""

    REQUIRED = "required"


class FieldInfo(NamedTuple):
    """A field.

    Attributes:
        alias: its stored and wire name.
        annotation: its type, without what annotates that.
        metadata: what annotates it.
        default: its value when it is absent.
        exclude: whether it never leaves the backend.
        hint: its whole annotation.
    """

    alias: str
    annotation: Any
    metadata: tuple[Any, ...]
    default: Any
    exclude: bool
    hint: Any

    def is_required(self) -> bool:
        """Tell whether it must be given."""
        return self.default is Required.REQUIRED


class _Declared(NamedTuple):
    default: Any
    wire: str | None
    exclude: bool


def field(*, default: Any = Required.REQUIRED, wire: str | None = None, exclude: bool = False) -> Any:
    """Declare more of a field than its type and its default.

    Args:
        default: its value when it is absent.
        wire: its stored and wire name, when that is not its Python name in camelCase.
        exclude: whether it never leaves the backend.
    """
    return _Declared(default, wire, exclude)


class _Fields:
    """The fields of a class, made when first asked for: their types may be declared after it."""

    def __get__(self, _instance: object, owner: type[Record]) -> Mapping[str, FieldInfo]:
        hints = get_type_hints(owner, include_extras=True)
        defaults = {name: getattr(owner, name, Required.REQUIRED) for name in names_of(owner)}
        fields = {name: _field_info(name, hints[name], default) for name, default in defaults.items()}
        owner.model_fields = fields
        return fields


class _Readers:
    """From the stored name of each field of a class to its Python name, and what reads it, made when first used."""

    def __get__(self, _instance: object, owner: type[Record]) -> Mapping[str, tuple[str, Read | None]]:
        readers = {info.alias: (name, read_of(info.annotation)) for name, info in owner.model_fields.items()}
        owner._model_readers = readers
        return readers


class _Glances:
    """What takes each field of a class at a glance, by Python names, made when first used."""

    def __get__(self, _instance: object, owner: type[Record]) -> Mapping[str, Glance | None]:
        glances = {
            name: None if info.metadata else glance_of(info.annotation) for name, info in owner.model_fields.items()
        }
        owner._model_glances = glances
        return glances


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Record:
    """An object with declared fields.

    Attributes:
        model_fields: its fields by their Python names.
    """

    model_fields: ClassVar[Mapping[str, FieldInfo]]
    _model_readers: ClassVar[Mapping[str, tuple[str, Read | None]]]
    _model_glances: ClassVar[Mapping[str, Glance | None]]

    def __init_subclass__(cls) -> None:
        """Give the class fields of its own."""
        super().__init_subclass__()
        cls.model_fields = _Fields()  # type: ignore[assignment]  # it becomes them
        cls._model_readers = _Readers()  # type: ignore[assignment]  # it becomes them
        cls._model_glances = _Glances()  # type: ignore[assignment]  # it becomes them

    def __init__(self, **values: Any) -> None:
        """Take values by Python names as they are."""
        fields = type(self).model_fields
        unknown = values.keys() - fields.keys()
        missing = [name for name, info in fields.items() if name not in values and info.is_required()]
        if unknown or missing:
            raise TypeError(f"{type(self).__name__}: no such field {sorted(unknown)}, missing {missing}")
        self.__dict__.update({name: values.get(name, info.default) for name, info in fields.items()})

    @classmethod
    def model_validate(cls, fields: Mapping[str, Any], *, strict: bool | None = None) -> Self:
        """Return a record of values by Python or wire names that are right: at a glance, or as pydantic finds.

        Args:
            fields: the values.
            strict: whether nothing may be converted.

        Raises:
            pydantic.ValidationError: they are not.
        """
        taken = None if strict else cls._at_a_glance(fields)
        if taken is not None:
            return cls._made(taken)
        from shared.schema.validation import model_of  # noqa: PLC0415 - pydantic

        model = model_of(cls)  # type: ignore[arg-type]  # mypy takes the hash of records for that of their class
        return cls._made(vars(model.model_validate(fields, strict=strict)))

    @classmethod
    def _at_a_glance(cls, fields: Mapping[str, Any]) -> dict[str, Any] | None:
        """Return the values by Python names, or None where that takes more than a glance."""
        taken: dict[str, Any] = {}
        found = 0
        for name, info in cls.model_fields.items():
            given = name if name in fields else info.alias
            found += given in fields
            if given not in fields:
                taken[name] = info.default
            else:
                glance = cls._model_glances[name]
                taken[name] = REFUSED if glance is None else glance(fields[given])
            if taken[name] is REFUSED or taken[name] is Required.REQUIRED:
                return None
        return taken if found == len(fields) else None

    @classmethod
    def taking(cls, _annotation: Any) -> Glance:
        """Return what takes such records at a glance: those that are made already."""
        return instance_of(cls)

    @classmethod
    def model_read(cls, fields: Mapping[str, Any]) -> Self:
        """Return a record of values by wire names that were validated when they were written.

        Raises:
            ValueError: a field is unknown, or one that is required is missing.
        """
        readers = cls._model_readers
        read: dict[str, Any] = {}
        for alias, value in fields.items():
            if alias not in readers:
                raise ValueError(f"{cls.__name__} has no field {alias!r}")
            name, reader = readers[alias]
            read[name] = value if reader is None else reader(value)
        for name, info in cls.model_fields.items():
            if name not in read:
                if info.is_required():
                    raise ValueError(f"{cls.__name__} lacks its field {info.alias!r}")
                read[name] = info.default
        return cls._made(read)

    def model_copy(self, *, update: Mapping[str, Any]) -> Self:
        """Return a record with other values in some fields, by their Python names."""
        return self._made({**vars(self), **update})

    @classmethod
    def _made(cls, values: Mapping[str, Any]) -> Self:
        made = object.__new__(cls)
        made.__dict__.update(values)
        return made

    def __setattr__(self, name: str, _value: Any) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be set: a record is frozen")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be deleted: a record is frozen")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash((type(self), *vars(self).values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in vars(self).items())})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Let pydantic validate fields that are declared as records."""
        from shared.schema.validation import schema_of  # noqa: PLC0415 - pydantic, which asks

        return schema_of(source, handler)


def names_of(record: type[Record]) -> list[str]:
    """Return the Python names of a class's fields; their types may not be known yet."""
    hints: dict[str, Any] = {}
    for base in reversed(record.__mro__):
        hints |= vars(base).get("__annotations__", {})
    return [name for name, hint in hints.items() if "ClassVar" not in str(hint)]


def _field_info(name: str, hint: Any, default: Any) -> FieldInfo:
    declared = default if isinstance(default, _Declared) else _Declared(default, None, exclude=False)
    alias = declared.wire or camel_case(name)
    if get_origin(hint) is Annotated:
        annotation, *metadata = get_args(hint)
        return FieldInfo(alias, annotation, tuple(metadata), declared.default, declared.exclude, hint)
    return FieldInfo(alias, hint, (), declared.default, declared.exclude, hint)
