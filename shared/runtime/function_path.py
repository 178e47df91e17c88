"""How clients name a function: `projects:getById`, `a/b` (a default export), `a/b.js:name` (protocol section 1.4)."""

from __future__ import annotations

import re
from typing import Any, Final

from shared.errors import BadFunctionPath

_COMPONENT: Final = re.compile(r"(?=[_.]*[A-Za-z0-9])[A-Za-z0-9_.]{1,64}")
_NAME: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{0,63}")
_SHOWN_CHARACTERS: Final = 200


def canonical(path: Any) -> str:
    """Return the one spelling of a function's path: no `.js`, no `:default`.

    Raises:
        BadFunctionPath: it cannot be the path of any function.
    """
    if not isinstance(path, str):
        raise BadFunctionPath("The body must have a field `path`, such as `projects:getById`.")
    module, _, name = path.rpartition(":") if ":" in path else (path, "", "default")
    module = module.removesuffix(".js")
    well_formed = all(_COMPONENT.fullmatch(component) for component in module.split("/"))
    if not (well_formed and _NAME.fullmatch(name)):
        raise BadFunctionPath(
            f"{path[:_SHOWN_CHARACTERS]} is not a valid path to a function: it must be a module's path (letters, "
            "digits, `_` and `.`, joined by `/`), a colon and a name."
        )
    return module if name == "default" else f"{module}:{name}"
