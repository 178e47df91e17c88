from __future__ import annotations

import hashlib
import hmac
import threading
from typing import Any

import botocore.session
import pytest
from moto import mock_aws

from shared.errors import Forbidden, TransientError
from shared.secrets import FRESH_S, RETRY_S, STALE_S, SecretKeys, SigningKey, secrets_manager

OLD, NOW, NEXT = "old-" * 8, "now-" * 8, "next" * 8
NOT_CONFIGURED = "POLARIS_CONVEX_INTERNAL_KEY is not configured"


class Vault:
    """A secret whose stages the test sets, and a clock that stands until it is moved."""

    def __init__(self, **stages: str | None) -> None:
        self.stages = stages
        self.is_away = False
        self.asked: list[str] = []
        self.now_s = 1_800_000_000.0
        self.keys = SecretKeys(self.fetch, lambda: self.now_s)

    def fetch(self, stage: str) -> str | None:
        self.asked.append(stage)
        if self.is_away:
            raise TransientError("Secrets Manager is away")
        return self.stages.get(stage)

    def rotate(self, value: str) -> None:
        self.stages = {"AWSCURRENT": value, "AWSPREVIOUS": self.stages.get("AWSCURRENT")}

    @property
    def fetches(self) -> int:
        return self.asked.count("AWSCURRENT")


def rotated() -> Vault:
    return Vault(AWSCURRENT=NOW, AWSPREVIOUS=OLD)


def test_the_present_and_the_previous_value_are_valid() -> None:
    vault = rotated()
    assert vault.keys.current() == (NOW, OLD)
    assert vault.keys.accepts(NOW)
    assert vault.keys.accepts(OLD)


def test_a_secret_that_was_never_rotated_has_one_value() -> None:
    assert Vault(AWSCURRENT=NOW).keys.current() == (NOW,)


@pytest.mark.parametrize(
    "candidate", ["", "x", NOW[:-1], NOW + "x", NOW.upper(), NEXT, NOW + "\0", "é" * 32, "\ud800" * 32]
)
def test_anything_else_is_not_accepted(candidate: str) -> None:
    assert not rotated().keys.accepts(candidate)


def test_a_key_beyond_ascii_is_accepted() -> None:
    assert Vault(AWSCURRENT="é" * 32).keys.accepts("é" * 32)


def test_a_wrong_internal_key_is_forbidden_and_not_repeated() -> None:
    with pytest.raises(Forbidden) as caught:
        rotated().keys.require("wrong")
    assert caught.value.message == "Invalid internal key"


def test_a_right_internal_key_passes() -> None:
    rotated().keys.require(NOW)


@pytest.mark.parametrize("stages", [{}, {"AWSCURRENT": None}, {"AWSCURRENT": ""}, {"AWSCURRENT": "x" * 31}])
def test_a_missing_or_short_key_is_called_not_configured(stages: dict[str, Any]) -> None:
    candidate = stages.get("AWSCURRENT") or ""
    with pytest.raises(Forbidden) as caught:
        Vault(**stages).keys.require(candidate)
    assert caught.value.message == NOT_CONFIGURED


def test_a_short_present_key_is_noticed_although_the_previous_one_is_long() -> None:
    vault = Vault(AWSCURRENT="short", AWSPREVIOUS=OLD)
    with pytest.raises(Forbidden, match=NOT_CONFIGURED):
        vault.keys.require(OLD)


def test_a_short_previous_key_is_not_valid() -> None:
    assert Vault(AWSCURRENT=NOW, AWSPREVIOUS="short").keys.current() == (NOW,)


def test_32_characters_are_enough() -> None:
    assert Vault(AWSCURRENT="x" * 32).keys.accepts("x" * 32)


def test_nothing_is_fetched_before_it_is_needed() -> None:
    assert rotated().asked == []


def test_values_are_fetched_once_in_five_minutes() -> None:
    vault = rotated()
    for _ in range(3):
        vault.keys.accepts(NOW)
    vault.now_s += FRESH_S - 1
    vault.keys.accepts(OLD)
    assert vault.fetches == 1


def test_a_value_two_rotations_old_ends_within_five_minutes() -> None:
    vault = rotated()
    assert vault.keys.accepts(OLD)
    vault.rotate(NEXT)
    vault.now_s += FRESH_S
    assert not vault.keys.accepts(OLD)
    assert vault.keys.current() == (NEXT, NOW)


def test_a_new_key_is_accepted_at_once_after_a_rotation() -> None:
    vault = rotated()
    vault.keys.current()
    vault.rotate(NEXT)
    vault.now_s += RETRY_S
    assert vault.keys.accepts(NEXT)


def test_wrong_keys_cause_one_fetch_in_ten_seconds() -> None:
    vault = rotated()
    for _ in range(40):
        vault.keys.accepts("wrong")
        vault.now_s += 1
    assert vault.fetches == 40 // RETRY_S


def test_known_values_are_used_for_an_hour_while_the_store_is_away() -> None:
    vault = rotated()
    vault.keys.current()
    vault.is_away = True
    vault.now_s += STALE_S - 1
    assert vault.keys.accepts(NOW)


def test_after_an_hour_without_the_store_nothing_is_accepted() -> None:
    vault = rotated()
    vault.keys.current()
    vault.is_away = True
    vault.now_s += STALE_S
    with pytest.raises(TransientError, match="is away"):
        vault.keys.accepts(NOW)


def test_a_store_that_is_away_from_the_start_is_no_wrong_key() -> None:
    vault = rotated()
    vault.is_away = True
    for _ in range(5):
        with pytest.raises(TransientError, match="is away"):
            vault.keys.require(NOW)
    assert vault.fetches == 1
    vault.is_away = False
    vault.now_s += RETRY_S
    vault.keys.require(NOW)


def test_every_value_is_tested_even_after_one_matched() -> None:
    tested: list[str] = []

    def test(value: str) -> bool:
        tested.append(value)
        return True

    assert rotated().keys.matches(test)
    assert tested == [NOW, OLD]


def test_callers_that_come_together_wait_for_one_fetch() -> None:
    vault, arrived, go_on = rotated(), threading.Event(), threading.Event()

    def slowly(stage: str) -> str | None:
        arrived.set()
        assert go_on.wait(10)
        return vault.fetch(stage)

    keys, accepted = SecretKeys(slowly, lambda: vault.now_s), []
    callers = [threading.Thread(target=lambda: accepted.append(keys.accepts(NOW))) for _ in range(8)]
    for caller in callers:
        caller.start()
    assert arrived.wait(10)
    go_on.set()
    for caller in callers:
        caller.join(10)
    assert (accepted, vault.fetches) == ([True] * 8, 1)


def test_a_signature_is_16_bytes_of_an_hmac_by_a_key_for_the_purpose() -> None:
    purpose_key = hmac.new(NOW.encode(), b"cursor", hashlib.sha256).digest()
    expected = hmac.new(purpose_key, b"payload", hashlib.sha256).digest()[:16]
    assert SigningKey(rotated().keys).sign("cursor", b"payload") == expected


def test_a_signature_is_verified() -> None:
    key = SigningKey(rotated().keys)
    assert key.verify("cursor", b"payload", key.sign("cursor", b"payload"))


@pytest.mark.parametrize(
    ("purpose", "payload", "cut"),
    [
        ("upload", b"payload", 16),
        ("cursor", b"payloae", 16),
        ("cursorp", b"ayload", 16),
        ("", b"cursorpayload", 16),
        ("cursor", b"payload", 15),
        ("cursor", b"payload", 0),
    ],
)
def test_a_signature_is_good_for_one_purpose_and_payload_and_as_a_whole(
    purpose: str, payload: bytes, cut: int
) -> None:
    key = SigningKey(rotated().keys)
    assert not key.verify(purpose, payload, key.sign("cursor", b"payload")[:cut])


def test_every_bit_of_a_signature_counts() -> None:
    key = SigningKey(rotated().keys)
    signature = key.sign("cursor", b"payload")
    for bit in range(8 * len(signature)):
        changed = (int.from_bytes(signature, "big") ^ (1 << bit)).to_bytes(len(signature), "big")
        assert not key.verify("cursor", b"payload", changed)


def test_signatures_outlive_one_rotation_and_not_two() -> None:
    vault = Vault(AWSCURRENT=OLD)
    key = SigningKey(vault.keys)
    signature = key.sign("cursor", b"payload")
    vault.rotate(NOW)
    vault.now_s += FRESH_S
    assert key.verify("cursor", b"payload", signature)
    assert key.sign("cursor", b"payload") != signature
    vault.rotate(NEXT)
    vault.now_s += FRESH_S
    assert not key.verify("cursor", b"payload", signature)


def test_a_process_with_the_old_key_accepts_what_one_with_the_new_key_signed() -> None:
    slow = rotated()
    slow.keys.current()
    slow.rotate(NEXT)
    slow.now_s += RETRY_S
    signature = SigningKey(Vault(AWSCURRENT=NEXT).keys).sign("cursor", b"payload")
    assert SigningKey(slow.keys).verify("cursor", b"payload", signature)


def test_without_a_signing_key_nothing_is_signed_and_nothing_verified() -> None:
    key = SigningKey(Vault(AWSCURRENT="short").keys)
    with pytest.raises(RuntimeError, match="POLARIS_SIGNING_KEY_SECRET is missing or below 32"):
        key.sign("cursor", b"payload")
    guessed = hmac.digest(hmac.digest(b"short", b"cursor", "sha256"), b"payload", "sha256")[:16]
    assert not key.verify("cursor", b"payload", guessed)


def client(**options: Any) -> Any:
    return botocore.session.get_session().create_client(
        "secretsmanager",
        region_name="eu-central-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        **options,
    )


@mock_aws
def test_both_stages_are_read_from_secrets_manager() -> None:
    fetch = secrets_manager(client, "polaris/internal-key")
    client().create_secret(Name="polaris/internal-key", SecretString=OLD)
    assert (fetch("AWSCURRENT"), fetch("AWSPREVIOUS")) == (OLD, None)
    client().put_secret_value(SecretId="polaris/internal-key", SecretString=NOW)
    assert (fetch("AWSCURRENT"), fetch("AWSPREVIOUS")) == (NOW, OLD)


@mock_aws
def test_a_secret_that_does_not_exist_or_holds_no_text_has_no_value() -> None:
    assert secrets_manager(client, "polaris/none")("AWSCURRENT") is None
    client().create_secret(Name="polaris/binary", SecretBinary=b"x" * 32)
    assert secrets_manager(client, "polaris/binary")("AWSCURRENT") is None


def test_a_store_that_cannot_be_reached_is_named_without_the_secret_s_value() -> None:
    config = botocore.config.Config(retries={"total_max_attempts": 1})
    fetch = secrets_manager(lambda: client(endpoint_url="http://127.0.0.1:1", config=config), "polaris/internal-key")
    with pytest.raises(TransientError, match="polaris/internal-key: EndpointConnectionError"):
        fetch("AWSCURRENT")


def test_any_other_refusal_of_the_store_is_named() -> None:
    class Refusing:
        def get_secret_value(self, **_: str) -> None:
            raise botocore.exceptions.ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetSecretValue")

    with pytest.raises(TransientError, match="AccessDeniedException"):
        secrets_manager(Refusing, "polaris/internal-key")("AWSCURRENT")


def test_no_client_is_made_before_the_first_fetch() -> None:
    secrets_manager(lambda: pytest.fail("a client was made"), "polaris/internal-key")
