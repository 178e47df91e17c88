"""DynamoDB expression text, with every name and value behind a placeholder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shared.db.engine import Condition, Query
from shared.db.marshal import typed


class Expression:
    """The placeholders of one request."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: dict[str, dict[str, Any]] = {}

    def key_condition(self, query: Query) -> str:
        """Return the key condition of a query."""
        table, index = query.table, query.index
        partition = (table.partition_key,) if index is None else index.partition
        terms = [
            f"{self._name(name)} = {self._value(value)}"
            for name, value in zip(partition, query.partition, strict=True)
        ]
        sort = table.sort_key if index is None else index.sort[0]
        if sort is not None and query.lower is not None and query.upper is not None:
            terms.append(f"{self._name(sort)} BETWEEN {self._value(query.lower)} AND {self._value(query.upper)}")
        elif sort is not None and query.lower is not None:
            terms.append(f"{self._name(sort)} >= {self._value(query.lower)}")
        elif sort is not None and query.upper is not None:
            terms.append(f"{self._name(sort)} <= {self._value(query.upper)}")
        return " AND ".join(terms)

    def conditions(self, conditions: Sequence[Condition]) -> str:
        """Return the conjunction of conditions."""
        return " AND ".join(self._condition(condition) for condition in conditions)

    def _condition(self, condition: Condition) -> str:
        name = self._name(condition.attribute)
        match condition.test:
            case "absent":
                return f"attribute_not_exists({name})"
            case "equals":
                return f"{name} = {self._value(condition.value)}"
            case "less":
                return f"{name} < {self._value(condition.value)}"
            case "older":
                return f"(attribute_not_exists({name}) OR {name} < {self._value(condition.value)})"

    def update(self, assigned: Mapping[str, Any], added: Mapping[str, int]) -> str:
        """Return the update that sets and adds; a None that is set removes the attribute."""
        sets = [f"{self._name(n)} = {self._value(v)}" for n, v in assigned.items() if v is not None]
        removes = [self._name(name) for name, value in assigned.items() if value is None]
        adds = [f"{self._name(name)} {self._value(value)}" for name, value in added.items()]
        clauses = [("SET", sets), ("REMOVE", removes), ("ADD", adds)]
        return " ".join(f"{verb} {', '.join(terms)}" for verb, terms in clauses if terms)

    def names_and_values(self) -> dict[str, Any]:
        """Return the request's placeholder maps (a map without entries may not be sent)."""
        maps = {"ExpressionAttributeNames": self._names, "ExpressionAttributeValues": self._values}
        return {name: content for name, content in maps.items() if content}

    def _name(self, name: str) -> str:
        placeholder = f"#{len(self._names)}"
        self._names[placeholder] = name
        return placeholder

    def _value(self, value: Any) -> str:
        placeholder = f":{len(self._values)}"
        self._values[placeholder] = typed(value)
        return placeholder
