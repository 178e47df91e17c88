"""What becomes of a mutation's error when its record is read."""

from __future__ import annotations

from typing import Any

import pytest

from shared import errors
from shared.db.outcome import MutationRequest, answer
from shared.errors import PolarisError
from tests.support.stores import make_store

REQUEST = MutationRequest("projects:create", "ada", "digest", "key/ada/k")


def recorded(code: str) -> dict[str, Any]:
    error = {"code": code, "message": "why"}
    return {"caller": REQUEST.caller(), "status": "error", "error": error, "commit": "0" * 32}


def raised(code: str) -> PolarisError:
    """Return what the record of an error raises."""
    with pytest.raises(PolarisError) as caught:
        answer(recorded(code), REQUEST, make_store().content)
    return caught.value


def kinds() -> list[type[PolarisError]]:
    found = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, PolarisError)]
    return [kind for kind in found if "code" in vars(kind)]


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.__name__)
def test_an_error_is_raised_again_as_it_was(kind: type[PolarisError]) -> None:
    error = raised(kind.code)
    assert (type(error), error.message) == (kind, "why")


def test_an_unexpected_error_is_not_taken_for_a_transient_one() -> None:
    assert type(raised("INTERNAL")) is PolarisError
