"""`api.d.ts` and `api.js`: references to the functions, typed, for the Convex clients (protocol section 10.2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any, Final

from shared.codegen.description import description_of
from shared.codegen.signature import answer_of, arguments_of
from shared.codegen.typescript import ANSWERS, ARGUMENTS, comment, header, key_text, type_text
from shared.runtime.function import Function
from shared.runtime.registry import Registry
from shared.schema.tables import Project

CALLED_BARE: Final[Mapping[str, Any]] = {"projects:get": list[Project]}
"""Functions that frontends call without arguments, though there are some, and what they are answered then.

The clients let arguments be left out only where the type has none: `useQuery(api.projects.get)`.
"""

_USAGE: Final = """A utility for referencing functions of the app's API.

Usage:
```js
const myFunctionReference = api.myModule.myFunction;
```"""

_IMPORTS: Final = """import type { FunctionReference, PaginationOptions, PaginationResult } from "convex/server";
import type { Doc, Id } from "./dataModel.js";
"""

API_JS: Final = f"""{header("Generated `api` utility.")}
import {{ anyApi }} from "convex/server";

{comment(_USAGE)}
export const api = anyApi;
"""
"""The text of `api.js`: at run time a reference knows no more than its path."""


def api_types(registry: Registry) -> str:
    """Return the text of `api.d.ts`."""
    return "\n".join([header("Generated `api` utility."), _IMPORTS, comment(_USAGE), *_api(registry), ""])


def _api(registry: Registry) -> Iterator[str]:
    yield "export declare const api: {"
    ordered = sorted(registry.values(), key=lambda function: (function.module, function.name))
    for module, functions in groupby(ordered, key=lambda function: function.module):
        yield f"  {key_text(module)}: {{"
        for function in functions:
            yield comment(_said(function), "    ")
            yield f"    {key_text(function.name)}: {_reference(function)};"
        yield "  };"
    yield "};"


def _said(function: Function[Any]) -> str:
    description = description_of(function)
    refusals = [f"@throws `{code}`: {when}" for code, when in description.refusals]
    return "\n\n".join(filter(None, [description.paragraphs, "\n".join(refusals)]))


def _reference(function: Function[Any]) -> str:
    indent = "      "
    bare = CALLED_BARE.get(function.path)
    arguments = "{}" if bare else type_text(arguments_of(function, ARGUMENTS), indent)
    answer = type_text(ANSWERS.of(bare or answer_of(function)), indent)
    lines = [f'"{function.kind}"', '"public"', arguments, answer]
    return f"FunctionReference<\n{indent}{f',{chr(10)}{indent}'.join(lines)}\n    >"
