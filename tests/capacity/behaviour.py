"""What is assumed of users and machines, read from `behaviour.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("behaviour.toml")

Behaviour = dict[str, dict[str, float]]
"""Assumptions by section and name."""


def read_behaviour(path: Path = FILE) -> Behaviour:
    """Read the assumptions."""
    return tomllib.loads(path.read_text())


def scaled(behaviour: Behaviour, section: str, name: str, factor: float) -> Behaviour:
    """Return the assumptions with one of them multiplied."""
    return {**behaviour, section: {**behaviour[section], name: behaviour[section][name] * factor}}
