"""The text of DynamoDB's expressions."""

from __future__ import annotations

from typing import Any

import pytest

from shared.db.engine import Condition, Query
from shared.db.expression import Expression
from shared.schema.platform import CHANGES, CLAIMS
from shared.schema.tables import File, GenerationEvent

EVENTS = GenerationEvent.by_project_created_at.secondary_index()


def test_a_table_is_queried_by_its_key() -> None:
    expression = Expression()
    assert expression.key_condition(Query(CLAIMS, ("k",))) == "#0 = :0"
    assert expression.names_and_values() == {
        "ExpressionAttributeNames": {"#0": "key"},
        "ExpressionAttributeValues": {":0": {"S": "k"}},
    }


def test_an_index_is_queried_by_all_attributes_of_its_partition() -> None:
    expression = Expression()
    query = Query(File.table(), ("p", "-"), index=File.by_project_parent.secondary_index())
    assert expression.key_condition(query) == "#0 = :0 AND #1 = :1"
    assert expression.names_and_values()["ExpressionAttributeNames"] == {"#0": "projectId", "#1": "_parentIdOrAbsent"}


@pytest.mark.parametrize(
    ("lower", "upper", "bounds"),
    [
        (1.0, 2.0, "#1 BETWEEN :1 AND :2"),
        (1.0, None, "#1 >= :1"),
        (None, 2.0, "#1 <= :1"),
        (0.0, 0.0, "#1 BETWEEN :1 AND :2"),
    ],
)
def test_bounds_are_of_the_first_sort_attribute(lower: Any, upper: Any, bounds: str) -> None:
    expression = Expression()
    query = Query(GenerationEvent.table(), ("p",), index=EVENTS, lower=lower, upper=upper)
    assert expression.key_condition(query) == f"#0 = :0 AND {bounds}"
    assert expression.names_and_values()["ExpressionAttributeNames"]["#1"] == "createdAt"


def test_the_bounds_of_a_table_are_of_its_sort_key() -> None:
    expression = Expression()
    assert expression.key_condition(Query(CHANGES, ("r",), lower="0a")) == "#0 = :0 AND #1 >= :1"
    assert expression.names_and_values()["ExpressionAttributeNames"]["#1"] == "commit"


def test_conditions_all_have_to_hold() -> None:
    expression = Expression()
    conditions = [Condition("_id", "absent"), Condition("name", "equals", "x"), Condition("_version", "less", "v")]
    assert expression.conditions(conditions) == "attribute_not_exists(#0) AND #1 = :0 AND #2 < :1"


def test_what_has_to_be_older_may_be_absent_too() -> None:
    conditions = [Condition("name", "equals", "x"), Condition("gen", "older", 3)]
    assert Expression().conditions(conditions) == "#0 = :0 AND (attribute_not_exists(#1) OR #1 < :1)"


def test_an_update_sets_removes_and_adds() -> None:
    expression = Expression()
    assert (
        expression.update({"a": 1, "b": None, "c": "x"}, {"count": 2}) == "SET #0 = :0, #1 = :1 REMOVE #2 ADD #3 :2"
    )


def test_an_update_has_no_clause_for_what_it_does_not_do() -> None:
    assert Expression().update({}, {"count": -1}) == "ADD #0 :0"


def test_a_map_without_entries_is_not_sent() -> None:
    expression = Expression()
    expression.conditions([Condition("_id", "absent")])
    assert expression.names_and_values() == {"ExpressionAttributeNames": {"#0": "_id"}}


def test_names_and_values_never_stand_in_the_text() -> None:
    expression = Expression()
    text = expression.conditions([Condition("status OR 1", "equals", "= attribute_exists(x)")])
    assert text == "#0 = :0"
