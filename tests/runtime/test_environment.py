from __future__ import annotations

import threading

import pytest

from shared.runtime.environment import environment, use
from tests.runtime.backend import make_environment


def test_a_chosen_environment_holds_until_it_is_left() -> None:
    outer, inner = make_environment(), make_environment()
    with use(outer):
        with use(inner):
            assert environment() is inner
        assert environment() is outer


def test_a_chosen_environment_is_left_after_an_error_too() -> None:
    outer = make_environment()
    with use(outer):
        with pytest.raises(ValueError, match="oh"), use(make_environment()):
            raise ValueError("oh")
        assert environment() is outer


def test_a_chosen_environment_holds_in_other_threads() -> None:
    seen = []
    with use(make_environment()) as chosen:
        thread = threading.Thread(target=lambda: seen.append(environment()))
        thread.start()
        thread.join()
    assert seen == [chosen]
