"""Finds the functions and doors of a package. The package is passed in, so nothing here names `functions`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from shared.errors import FunctionNotFound, WrongKind
from shared.runtime.door import Door
from shared.runtime.function import Function, Kind

Registry = dict[str, Function[Any]]
"""Functions by their path, such as `projects:getById`."""


def discover(package: ModuleType) -> Registry:
    """Import every module below `package` and return the functions they declare, but for those for administrators.

    Raises:
        TypeError: two functions have the same path.
    """
    return _registry(package, admin=False)


def discover_admin(package: ModuleType) -> Registry:
    """Import every module below `package` and return the functions for administrators (errors as `discover`)."""
    return _registry(package, admin=True)


def _registry(package: ModuleType, *, admin: bool) -> Registry:
    registry: Registry = {}
    for value in _declared(package):
        if not isinstance(value, Function) or value.admin != admin:
            continue
        if registry.setdefault(value.path, value) is not value:
            raise TypeError(f"{value.handler} and {registry[value.path].handler} are both {value.path}")
    return registry


def find(registry: Registry, path: str, kind: Kind | None) -> Function[Any]:
    """Return the function at a path, to be called as a `kind`, or as what it is.

    Raises:
        FunctionNotFound: there is none.
        WrongKind: it is of another kind; the text is Convex's.
    """
    function = registry.get(path)
    if function is None:
        raise FunctionNotFound(path)
    if kind not in (None, function.kind):
        asked, defined = str(kind).title(), function.kind.title()
        raise WrongKind(f"Trying to execute {path} as {asked}, but it is defined as {defined}.")
    return function


def discover_doors(package: ModuleType) -> tuple[Door, ...]:
    """Import every module below `package` and return the doors they declare."""
    return tuple(value for value in _declared(package) if isinstance(value, Door))


def _declared(package: ModuleType) -> Iterator[Function[Any] | Door]:
    modules = sorted(info.name for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."))
    for name in modules:
        for value in vars(importlib.import_module(name)).values():
            if isinstance(value, Function | Door) and value.body.__module__ == name:
                yield value
