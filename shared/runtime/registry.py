"""Finds the functions and doors of a package. The package is passed in, so nothing here names `functions`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

from shared.runtime.door import Door
from shared.runtime.function import Function

Registry = dict[str, Function[Any]]
"""Functions by their path, such as `projects:getById`."""


def discover(package: ModuleType) -> Registry:
    """Import every module below `package` and return the functions they declare.

    Raises:
        TypeError: two functions have the same path.
    """
    registry: Registry = {}
    for value in _declared(package):
        if isinstance(value, Function) and registry.setdefault(value.path, value) is not value:
            raise TypeError(f"{value.handler} and {registry[value.path].handler} are both {value.path}")
    return registry


def discover_doors(package: ModuleType) -> tuple[Door, ...]:
    """Import every module below `package` and return the doors they declare."""
    return tuple(value for value in _declared(package) if isinstance(value, Door))


def _declared(package: ModuleType) -> Iterator[Function[Any] | Door]:
    modules = sorted(info.name for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."))
    for name in modules:
        for value in vars(importlib.import_module(name)).values():
            if isinstance(value, Function | Door) and value.body.__module__ == name:
                yield value
