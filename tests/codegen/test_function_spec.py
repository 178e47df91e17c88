"""The function specification and the validators in it."""

from __future__ import annotations

import json
from typing import Any

import pytest

import functions
from shared.codegen.function_spec import function_spec
from shared.codegen.signature import arguments_of
from shared.codegen.validator_json import Validators
from shared.runtime.registry import discover
from shared.schema.document import Id
from shared.schema.record import Record
from shared.schema.spilled import Text
from shared.schema.tables import Project
from shared.values import Int64

REGISTRY = discover(functions)


class Sample(Record):
    name: str
    note: str | None = None
    kind: str = "plain"
    place: str | None


def convex_text(validator: dict[str, Any]) -> str:  # noqa: PLR0911 - one for each form
    """Write a validator as error messages quote it."""
    match validator["type"]:
        case "id":
            return f'v.id("{validator["tableName"]}")'
        case "literal":
            return f"v.literal({json.dumps(validator['value'])})"
        case "array":
            return f"v.array({convex_text(validator['value'])})"
        case "record":
            return f"v.record(v.string(), {convex_text(validator['values']['fieldType'])})"
        case "union":
            return f"v.union({', '.join(map(convex_text, validator['value']))})"
        case "object":
            fields = [f"{name}: {_field_text(field)}" for name, field in sorted(validator["value"].items())]
            return f"v.object({{{', '.join(fields)}}})"
    return {"number": "v.float64()", "bigint": "v.int64()"}.get(validator["type"], f"v.{validator['type']}()")


def _field_text(field: dict[str, Any]) -> str:
    text = convex_text(field["fieldType"])
    return f"v.optional({text})" if field["optional"] else text


def test_arguments_are_those_that_callers_are_told_of_when_theirs_do_not_match() -> None:
    for function in REGISTRY.values():
        assert convex_text(arguments_of(function, Validators())) == function.arguments.validator.text


def test_a_field_that_is_left_out_of_an_answer_when_it_is_none_is_optional() -> None:
    fields = Validators(of_answers=True).of(Sample)["value"]
    assert {name: field["optional"] for name, field in fields.items()} == {
        "name": False,
        "note": True,
        "kind": False,
        "place": False,
    }
    assert fields["note"]["fieldType"] == {"type": "string"}
    assert fields["place"]["fieldType"] == {"type": "union", "value": [{"type": "string"}, {"type": "null"}]}


def test_an_argument_with_a_default_may_be_absent() -> None:
    fields = Validators().of(Sample)["value"]
    assert [name for name, field in fields.items() if field["optional"]] == ["note", "kind"]


def test_private_fields_and_versions_are_left_out() -> None:
    fields = Validators(of_answers=True).of(Project)["value"]
    assert not {"pendingDeletes", "_version"} & fields.keys()
    assert fields["_id"]["fieldType"] == {"type": "id", "tableName": "projects"}


@pytest.mark.parametrize(
    ("annotation", "validator"),
    [
        (Text, {"type": "string"}),
        (Int64, {"type": "bigint"}),
        (bytes, {"type": "bytes"}),
        (list[Id[Project]], {"type": "array", "value": {"type": "id", "tableName": "projects"}}),
    ],
)
def test_annotations_have_validators(annotation: Any, validator: dict[str, Any]) -> None:
    assert Validators().of(annotation) == validator


def test_what_no_validator_can_express_is_refused() -> None:
    with pytest.raises(TypeError, match="has no validator"):
        Validators().of(set[str])


def test_every_function_is_in_the_specification_with_sorted_keys() -> None:
    text = function_spec(REGISTRY, "http://127.0.0.1:3210")
    specification = json.loads(text)
    assert text == json.dumps(specification, indent=2, sort_keys=True) + "\n"
    assert specification["url"] == "http://127.0.0.1:3210"
    paths = [function["identifier"].replace(".js:", ":") for function in specification["functions"]]
    assert paths == sorted(REGISTRY)
    assert {function["visibility"]["kind"] for function in specification["functions"]} == {"public"}
