"""The search for secrets finds them; `make check` runs it over all files."""

from __future__ import annotations

from pathlib import Path

import pytest

from infra.local.workspace import ROOT
from tests.security.leaks import known, leaks_in

PLANTED = {
    "AWS Access Key": "AKIA" + "Q3EGRYV7T5JNP2XK",
    "GitHub Token": "ghp_" + "r8W2kQ9vTzL4mXc7Yb1NpHs6Df3Ga5Ej0UiO",
    "Private Key": "-----BEGIN " + "RSA PRIVATE KEY-----",
    "Stripe Access Key": "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc",
    "JSON Web Token": "eyJhbGciOiJIUzI1NiJ9." + "eyJzdWIiOiJhZGEifQ.Ry3aBcVt9v1y8o0q2kX7h5Jw6LmNpQsTuVxYz012345",
    "Secret Keyword": "password = '" + "hunter2-but-longer'",
}


@pytest.mark.parametrize("kind", PLANTED)
def test_a_secret_that_is_planted_is_found(kind: str, tmp_path: Path) -> None:
    (tmp_path / "settings.py").write_text(f"nothing = 1\n\nvalue = {PLANTED[kind]!r}\n{PLANTED[kind]}\n")
    found = leaks_in(["settings.py"], tmp_path)
    assert kind in {leak.kind for leak in found}
    assert not {*found} & known()


def test_the_list_of_what_is_no_secret_names_files_that_are_there() -> None:
    assert [leak.file for leak in known() if not (ROOT / leak.file).is_file()] == []
