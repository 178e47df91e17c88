from __future__ import annotations

import pytest

from shared.auth.header import bearer_token
from shared.errors import BadRequest, Unauthorized


def test_no_header_is_an_anonymous_caller() -> None:
    assert bearer_token(None) is None


@pytest.mark.parametrize("header", ["Bearer a.b.c", "bearer a.b.c", "BEARER   a.b.c ", " Bearer a.b.c"])
def test_the_token_follows_the_scheme_in_any_case(header: str) -> None:
    assert bearer_token(header) == "a.b.c"


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "bearer    "])
def test_a_scheme_without_a_token_is_unauthorized(header: str) -> None:
    with pytest.raises(Unauthorized, match="no token after"):
        bearer_token(header)


@pytest.mark.parametrize("header", ["Convex key", "convex key:e30=", "CONVEX"])
def test_admin_keys_are_refused_by_name_and_not_repeated(header: str) -> None:
    with pytest.raises(Unauthorized, match="admin keys are not supported") as caught:
        bearer_token(header)
    assert "key:e30" not in caught.value.message


@pytest.mark.parametrize("header", ["", " ", "Basic dTpw", "a.b.c", "Bearera.b.c", "Token x"])
def test_any_other_scheme_is_a_bad_request(header: str) -> None:
    with pytest.raises(BadRequest, match="must begin with `Bearer `"):
        bearer_token(header)
