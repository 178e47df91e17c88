"""The function specification, as `npx convex function-spec` prints it (protocol section 10.1)."""

from __future__ import annotations

import json
from typing import Any, Final

from shared.codegen.signature import answer_of, arguments_of
from shared.codegen.validator_json import Json, Validators
from shared.runtime.function import Function
from shared.runtime.registry import Registry

_ARGUMENTS: Final = Validators()
_ANSWERS: Final = Validators(of_answers=True)


def function_spec(registry: Registry, url: str) -> str:
    """Return the specification of the functions of the deployment at `url`."""
    functions = [_function(function) for _, function in sorted(registry.items())]
    return json.dumps({"url": url, "functions": functions}, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _function(function: Function[Any]) -> Json:
    return {
        "args": arguments_of(function, _ARGUMENTS),
        "functionType": function.kind.title(),
        "identifier": f"{function.module}.js:{function.name}",
        "returns": _ANSWERS.of(answer_of(function)),
        "visibility": {"kind": "public"},
    }
