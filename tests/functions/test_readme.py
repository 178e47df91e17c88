"""That the README's example of a function works."""

from __future__ import annotations

from typing import Any

import functions.projects
from tests.support.backend import Backend
from tests.support.code_blocks import code_blocks


def test_the_readmes_query_is_one_function_and_one_test() -> None:
    (code,) = code_blocks("README.md", "python")
    module: dict[str, Any] = {**vars(functions.projects)}
    exec(code, module)  # noqa: S102 - the README's own code
    ada = Backend().as_user("ada")
    for number in range(3):
        ada.call("projects:create", name=f"Project {number}", isPublic=number > 0)
    assert ada.run(module["count_public"], {}) == 2
