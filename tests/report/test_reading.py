"""Reading a plan's file gives one clear line for every fault."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.errors import UsageError
from reconciler.model import Action, CellChange, Change, FieldChange, Plan, Ref, RowChange, Scope, TableChange
from reconciler.report import dumps, plan_json, read_plan

CELL = CellChange(Action.UPDATE, {"K": "1"}, "A", "a", "b", "TEXT", ("1",))
CHANGE = Change(
    Action.UPDATE,
    Ref("DataTable", "T"),
    fields=(FieldChange("description", "a", "b"),),
    table=TableChange(cells=(CELL,), rows=(RowChange({"K": "1"}, {"K": "2"}),)),
)


def written() -> dict[str, Any]:
    return plan_json(Plan(Scope("stack", "prod", "arn"), (CHANGE,)))


def refusal(text: str) -> str:
    with pytest.raises(UsageError) as raised:
        read_plan(text, "p.json")
    return str(raised.value)


def test_a_plan_is_read_as_it_was_written() -> None:
    assert read_plan(dumps(written())) == written()


def test_a_later_minor_version_with_more_keys_is_read() -> None:
    later = {**written(), "format_version": "1.7", "news": 1}

    assert read_plan(json.dumps(later)) == later


def test_another_major_version_is_refused() -> None:
    assert refusal(json.dumps({**written(), "format_version": "2.0"})) == (
        'p.json: format_version is "2.0", but this command reads 1.x; plan again'
    )


@pytest.mark.parametrize("text", ["", "{", "[1, 2", '{"a": NaN}', "[" * 100_000, dumps(written())[:-20]])
def test_invalid_json_is_not_a_plan(text: str) -> None:
    assert refusal(text).startswith("p.json is not a plan: invalid JSON (")


@pytest.mark.parametrize("text", ["null", "[]", '"plan"', "{}", '{"stack": "s"}'])
def test_json_without_a_version_is_not_a_plan(text: str) -> None:
    assert "format_version is missing" in refusal(text)


@pytest.mark.parametrize("key", ["stack", "environment", "instance", "digest", "changes"])
def test_a_missing_key_is_named(key: str) -> None:
    damaged = {name: value for name, value in written().items() if name != key}

    assert refusal(json.dumps(damaged)) == f"p.json is damaged: {key} is missing; plan again"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["changes"], {}, "changes has the wrong type"),
        (["changes", 0], 1, "changes[0] is not an object"),
        (["changes", 0, "cells"], None, "changes[0].cells has the wrong type"),
        (["changes", 0, "cells", 0, "after"], 7, "changes[0].cells[0].after has the wrong type"),
        (["changes", 0, "cells", 0, "key"], {"K": 1}, "changes[0].cells[0].key has a value that is not text"),
        (["changes", 0, "rows", 0], {"from": {}}, "changes[0].rows[0].to is missing"),
        (["changes", 0, "fields", 0], {"path": "a"}, "changes[0].fields[0].before is missing"),
    ],
)
def test_a_damaged_part_is_named_by_its_path(path: list[str | int], value: Any, message: str) -> None:
    damaged: Any = json.loads(dumps(written()))
    inner = damaged
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value

    assert refusal(json.dumps(damaged)) == f"p.json is damaged: {message}; plan again"


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (["action"], "explode", 'changes[0].action is "explode"'),
        (["status"], "paused", 'changes[0].status is "paused"'),
        (["cells", 0, "status"], "paused", 'changes[0].cells[0].status is "paused"'),
        (["fields", 0, "status"], ["done"], 'changes[0].fields[0].status is ["done"]'),
    ],
)
def test_a_word_of_a_newer_version_is_refused_with_the_remedy(path: list[str | int], value: Any, message: str) -> None:
    newer: Any = json.loads(dumps(written()))
    inner = newer["changes"][0]
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value

    assert refusal(json.dumps(newer)) == (
        f"p.json: {message}, which this version of reconcile does not know; "
        "plan again, or use the newer version that wrote it"
    )


def test_a_refusal_is_one_line() -> None:
    assert "\n" not in refusal(json.dumps({**written(), "format_version": "1.0\n2"}))
