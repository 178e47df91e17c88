"""What values must be besides their types: `Annotated[str, Rule(min_length=1)]`.

They are pydantic's constraints by pydantic's names, without pydantic, which is loaded when a value is validated.
"""

from __future__ import annotations

from typing import Any


class Rule:
    """Constraints of a text (`min_length`, `max_length`) or a number (`ge`, `le`, `allow_inf_nan`)."""

    def __init__(self, **constraints: float) -> None:
        self._constraints = constraints

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Add the constraints to the schema of what is annotated, behind converters."""
        schema = inner = handler(source)
        while inner["type"].startswith("function-"):
            inner = inner["schema"]
        inner.update(self._constraints)
        return schema


class WholeNumber:
    """Takes 3.0 for 3: numbers are float64 on the wire."""

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        """Convert before the schema of what is annotated."""
        from pydantic_core import core_schema  # noqa: PLC0415 - see above

        return core_schema.no_info_before_validator_function(_whole, handler(source))


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value
