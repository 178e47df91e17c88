"""The settings of deployed stages, which are in `cdk.json` under `stages`: read, checked and written."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Final

from infra.cli.failures import Misused
from infra.stage import Stage, stage_from
from shared.job_settings import JobSettings

_FOLLOWING: Final = frozenset({"name", "jobs", "machines"})
"""What is no setting but follows from the stage's name, or holds settings."""

_LONGEST_LINE: Final = 118
_INDENT: Final = 2


def defaults() -> dict[str, Any]:
    """Return every setting of a stage with its default."""
    own = {known.name: known.default for known in fields(Stage)}
    return {name: value for name, value in (own | JobSettings._field_defaults).items() if name not in _FOLLOWING}


def check(stage: str, name: str, text: str) -> None:
    """Refuse a value that cannot work in a stage that has no other settings.

    Raises:
        Misused: there is no such setting, or the value cannot work.
    """
    require_known(name)
    _checked(stage, {stage: {name: _value(text, defaults()[name])}})


@dataclass(frozen=True)
class StageSettings:
    """The settings of one stage.

    Attributes:
        stage: its name.
        file: `cdk.json`.
    """

    stage: str
    file: Path

    def declared(self) -> dict[str, Any]:
        """Return what the file says of the stage."""
        return dict(self._stages().get(self.stage, {}))

    def effective(self) -> dict[str, Any]:
        """Return every setting with the value it has.

        Raises:
            Misused: the file holds a value that cannot work.
        """
        found = _checked(self.stage, self._stages())
        values = {**vars(found), **found.jobs._asdict()}
        return {name: values[name] for name in defaults()}

    def put(self, name: str, text: str) -> None:
        """Write a setting to the file.

        Raises:
            Misused: there is no such setting, or the value cannot work.
        """
        require_known(name)
        self._write({**self.declared(), name: _value(text, defaults()[name])})

    def remove(self, name: str) -> None:
        """Let a setting have its default again.

        Raises:
            Misused: the file does not set it, or the stage cannot do without.
        """
        require_known(name)
        declared = self.declared()
        if name not in declared:
            raise Misused(f"{self.file.name} does not set {name} of the stage {self.stage!r}: it has its default")
        del declared[name]
        self._write(declared)

    def _stages(self) -> dict[str, Any]:
        return dict(json.loads(self.file.read_text())["context"].get("stages", {}))

    def _write(self, declared: Mapping[str, Any]) -> None:
        stages = {**self._stages(), self.stage: dict(declared)}
        _checked(self.stage, stages)
        text = self.file.read_text()
        self.file.write_text(with_value(text, ("context", "stages"), stages))


def require_known(name: str) -> None:
    """Return if there is a setting that is called this.

    Raises:
        Misused: there is none.
    """
    from difflib import get_close_matches

    if name not in defaults():
        close = get_close_matches(name, defaults(), n=3)
        hint = f"did you mean {' or '.join(close)}?" if close else "`polaris env list` shows them all"
        raise Misused(f"There is no setting {name}; {hint}")


def with_value(text: str, path: tuple[str, ...], value: Mapping[str, Any]) -> str:
    """Return a JSON text with another object at `path`, and everything else as it was written."""
    start, end = _span(text, path)
    line_start = text.rfind("\n", 0, start) + 1
    indent = len(text[line_start:start]) - len(text[line_start:start].lstrip())
    return text[:start] + _written(value, indent) + text[end:]


def _written(value: Mapping[str, Any], indent: int) -> str:
    """Write an object whose members have a line each, in the way the file is written."""
    pad = " " * (indent + _INDENT)
    lines = []
    for name, member in value.items():
        inner = json.dumps(member, ensure_ascii=False)
        if isinstance(member, dict) and member:
            inner = f"{{ {inner[1:-1]} }}"
        line = f"{pad}{json.dumps(name)}: {inner}"
        if len(line) > _LONGEST_LINE and isinstance(member, dict):
            line = f"{pad}{json.dumps(name)}: {_written(member, indent + _INDENT)}"
        lines.append(line)
    return "{\n" + ",\n".join(lines) + f"\n{' ' * indent}}}"


def _span(text: str, path: tuple[str, ...]) -> tuple[int, int]:
    """Return where the value at `path` begins and ends in a JSON text."""
    decoder = json.JSONDecoder()
    place = text.index("{")
    for name in path:
        place = _member(decoder, text, place, name)
    return place, decoder.raw_decode(text, place)[1]


def _member(decoder: json.JSONDecoder, text: str, place: int, name: str) -> int:
    """Return where the value of the member `name` begins, of the object that begins at `place`."""
    place = _next(text, place + 1)
    while text[place] != "}":
        key, place = decoder.raw_decode(text, place)
        place = _next(text, _next(text, place) + 1)
        if key == name:
            return place
        place = _next(text, decoder.raw_decode(text, place)[1])
        place = _next(text, place + 1) if text[place] == "," else place
    raise Misused(f"cdk.json has no {name}")


def _next(text: str, place: int) -> int:
    while text[place].isspace():
        place += 1
    return place


def _checked(stage: str, stages: Mapping[str, Any]) -> Stage:
    try:
        return stage_from({"stage": stage, "stages": stages}.get)
    except ValueError as error:
        raise Misused(str(error)) from None


def _value(text: str, default: Any) -> Any:
    """Return a value as JSON has it; what cannot be one stays text, which the check refuses."""
    if isinstance(default, bool):
        return {"true": True, "false": False}.get(text, text)
    if isinstance(default, int) and text.lstrip("-").isdecimal():
        return int(text)
    if text.startswith(("[", "{")):
        try:
            return json.loads(text)
        except ValueError:
            return text
    return text
