from __future__ import annotations

import pytest

from shared.errors import TransientError
from shared.sealing import open_token, seal, seal_token, unseal
from shared.secrets import RETRY_S, SecretKeys, SigningKey
from shared.service_errors import GitHubNotConnected

NOW, NEXT, LAST = "now-" * 8, "next" * 8, "last" * 8
TOKEN = "gho_of_ada"


class Deployment:
    """A signing key that can be rotated."""

    def __init__(self) -> None:
        self.stages: dict[str, str] = {"AWSCURRENT": NOW}
        self.now_s = 1e9
        self.signer = SigningKey(SecretKeys(self.stages_get, lambda: self.now_s))

    def stages_get(self, stage: str) -> str | None:
        return self.stages.get(stage)

    def rotate(self, value: str) -> None:
        self.stages = {"AWSCURRENT": value, "AWSPREVIOUS": self.stages["AWSCURRENT"]}
        self.now_s += RETRY_S


def test_a_sealed_token_opens_for_its_owner() -> None:
    signer = Deployment().signer
    assert open_token(signer, "ada", seal_token(signer, "ada", TOKEN)) == TOKEN


def test_a_sealed_token_does_not_show_the_token_and_is_never_the_same() -> None:
    signer = Deployment().signer
    one, two = (seal_token(signer, "ada", TOKEN) for _ in range(2))
    assert TOKEN not in one
    assert one != two


def test_a_sealed_token_does_not_open_for_somebody_else() -> None:
    signer = Deployment().signer
    with pytest.raises(GitHubNotConnected, match="GitHub not connected"):
        open_token(signer, "bob", seal_token(signer, "ada", TOKEN))


def test_what_was_sealed_for_another_purpose_does_not_open() -> None:
    signer = Deployment().signer
    assert unseal(signer, "another", "ada", seal_token(signer, "ada", TOKEN)) is None


@pytest.mark.parametrize("sealed", [None, "", "x", "é", "AAAA", "A" * 80, "not base64!"])
def test_what_nobody_sealed_does_not_open(sealed: str | None) -> None:
    with pytest.raises(GitHubNotConnected):
        open_token(Deployment().signer, "ada", sealed)


@pytest.mark.parametrize("place", [0, 20, -2])
def test_a_sealed_text_that_was_changed_does_not_open(place: int) -> None:
    signer = Deployment().signer
    sealed = seal(signer, "test", "ada", "a text")
    changed = "A" if sealed[place] != "A" else "B"
    cut = place % len(sealed)
    assert unseal(signer, "test", "ada", sealed[:cut] + changed + sealed[cut + 1 :]) is None


def test_a_token_opens_until_the_secret_was_rotated_twice() -> None:
    deployment = Deployment()
    sealed = seal_token(deployment.signer, "ada", TOKEN)
    deployment.rotate(NEXT)
    assert open_token(deployment.signer, "ada", sealed) == TOKEN
    deployment.rotate(LAST)
    deployment.signer = SigningKey(SecretKeys(deployment.stages_get, lambda: deployment.now_s))
    with pytest.raises(GitHubNotConnected):
        open_token(deployment.signer, "ada", sealed)


def test_a_token_sealed_with_a_new_secret_opens_where_only_the_old_one_was_known() -> None:
    here, elsewhere = Deployment(), Deployment()
    assert here.signer.key("any")
    elsewhere.rotate(NEXT)
    here.rotate(NEXT)
    assert open_token(here.signer, "ada", seal_token(elsewhere.signer, "ada", TOKEN)) == TOKEN


def test_a_signature_is_no_key() -> None:
    signer = Deployment().signer
    assert signer.sign("github-token", b"")[:16] != signer.key("github-token")[:16]


def test_without_the_secret_nothing_is_sealed() -> None:
    def fetch(_stage: str) -> str | None:
        raise TransientError("Secrets Manager is away")

    with pytest.raises(TransientError):
        seal_token(SigningKey(SecretKeys(fetch, lambda: 1e9)), "ada", TOKEN)
