"""`docs/functions.md`: the functions, from their signatures and docstrings."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from shared.codegen.schema_page import HEADER
from shared.runtime.function import Function
from shared.runtime.registry import Registry


def functions_page(registry: Registry) -> str:
    """Return the page for the functions of `registry`."""
    lines = [
        HEADER.format(source="the functions' signatures and docstrings"),
        "# Functions\n",
        "Call them as `module:name` with a Convex client, or `POST` to `/api/run/module/name`.",
        "*Internal* ones are for the app's own servers: they need `internalKey`. *Bulk* ones work in several",
        "transactions. `reads` and `writes` are all the tables a function can reach.\n",
    ]
    ordered = sorted(registry.values(), key=lambda function: (function.module, function.name))
    for module, functions in groupby(ordered, key=lambda function: function.module):
        lines.append(f"## {module}\n")
        for function in functions:
            lines += _function(function)
    return "\n".join(lines)


def _function(function: Function[Any]) -> Iterator[str]:
    words = ["internal" if function.internal else "", "bulk" if function.bulk else "", function.kind]
    yield f"### {function.path}\n"
    yield f"*{' '.join(word for word in words if word)}* · {_tables(function)}\n"
    yield inspect.cleandoc(function.body.__doc__ or "") + "\n"
    for name, validator in function.arguments.validator.fields.items():
        yield f"- `{name}`: `{validator.text}`"
    yield ""


def _tables(function: Function[Any]) -> str:
    reads = sorted(document.table_name() for document in function.access.reads)
    writes = sorted(document.table_name() for document in function.access.writes)
    parts = [f"reads {', '.join(reads)}" if reads else "", f"writes {', '.join(writes)}" if writes else ""]
    return " · ".join(part for part in parts if part) or "reaches no table"
