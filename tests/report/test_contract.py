"""Validates plan and outcome JSON against a JSON Schema of the command's contract."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reconciler.review.digest import digest_of

GOLDEN = Path(__file__).parents[1] / "golden"

TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
TEXT_OR_ABSENT = {"type": ["string", "null"]}
KEY = {"type": "object", "additionalProperties": TEXT}
OPERATIONS = {"type": "object", "additionalProperties": COUNT}
Properties = dict[str, Any]

RESULT: Properties = {
    "status": {"enum": ["done", "unchanged", "skipped", "failed", "conflict", None]},
    "message": TEXT,
    "code": TEXT,
    "requestId": TEXT,
}


def strict(properties: Properties, **added: Any) -> Properties:
    """Allows exactly these properties, perhaps with those of a minor version."""
    every = {**properties, **added}
    return {"type": "object", "required": list(properties), "properties": every, "additionalProperties": False}


def many(items: Properties) -> Properties:
    return {"type": "array", "items": items}


def counts(*names: str) -> Properties:
    return dict.fromkeys(names, COUNT)


CELL_COUNTS = counts("create", "update", "delete")
ROW_COUNTS = counts("create", "update", "delete", "rename")
ROW_ACTION = {"enum": ["create", "update", "delete"]}
SOURCE = {"anyOf": [{"type": "null"}, strict({"file": TEXT, "line": COUNT})]}
CHANGED = strict({"time": {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"}, "region": TEXT})
MOMENT = {"pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}
FIELD: Properties = {"path": TEXT, "before": {}, "after": {}}
CELL: Properties = {
    "action": {"enum": ["create", "update", "delete"]},
    "key": KEY,
    "attribute": TEXT,
    "before": TEXT_OR_ABSENT,
    "after": TEXT_OR_ABSENT,
}
KEY_COLUMN: Properties = {"name": TEXT, "valueType": TEXT, "ignoreCase": {"type": "boolean"}}
ROW: Properties = {"action": {"const": "rename"}, "from": KEY, "to": KEY}


def change(result: Properties) -> Properties:
    fields = {
        "address": TEXT,
        "action": {"enum": ["create", "update", "replace", "delete", "adopt", "blocked"]},
        "reason": TEXT,
        "irreversible": {"type": "boolean"},
        "source": SOURCE,
        "fields": many(strict({**FIELD, **result})),
        "cells": many(strict({**CELL, **result}, valueType=TEXT, row=ROW_ACTION, lastModified=CHANGED)),
        "rows": many(strict({**ROW, **result}, before={})),
        "calls": many(strict({"operation": TEXT, "count": COUNT})),
    }
    numbers = strict({"rows": strict(ROW_COUNTS), "cells": strict(CELL_COUNTS)})
    more = {
        "counts": numbers,
        "lastModified": CHANGED,
        "keys": many(strict(KEY_COLUMN)),
        "partOf": TEXT,
        "origin": TEXT,
    }
    return strict({**fields, **result}, **more)


def plan(result: Properties) -> Properties:
    actions = counts("create", "update", "replace", "delete", "adopt", "blocked", "orphan")
    return {
        "format_version": {"const": "1.0"},
        "stack": TEXT,
        "environment": TEXT,
        "instance": TEXT,
        "digest": {"pattern": "^[0-9a-f]{64}$"},
        "summary": strict({**actions, "cells": strict(CELL_COUNTS), "rows": strict(ROW_COUNTS)}),
        "estimate": strict({"calls": COUNT, "seconds": {"type": "number"}, "operations": OPERATIONS}),
        "changes": many(change(result)),
        "orphans": many(strict({"address": TEXT})),
        "findings": many(strict({"severity": TEXT, "address": TEXT, "message": TEXT, "source": SOURCE})),
    }


RUN: Properties = {
    "status": TEXT,
    "exitCode": COUNT,
    "startedAt": MOMENT,
    "finishedAt": MOMENT,
    "totals": strict(counts("asked", "done", "unchanged", "skipped", "failed", "conflict")),
    "operations": OPERATIONS,
    "retries": COUNT,
    "conflictsResolved": COUNT,
    "message": TEXT,
}


def golden(name: str) -> Any:
    return json.loads((GOLDEN / name).read_text("utf-8"))


@pytest.mark.parametrize("name", ["plan.json", "plan-small.json", "plan-empty.json"])
def test_a_plan_is_valid_by_the_contract(name: str) -> None:
    jsonschema.validate(golden(name), strict(plan({}), unchanged=COUNT))


@pytest.mark.parametrize("name", ["outcome.json", "outcome-declined.json"])
def test_an_outcome_is_valid_by_the_contract(name: str) -> None:
    jsonschema.validate(golden(name), strict({**plan(RESULT), **RUN}, unchanged=COUNT, callsToPlan=COUNT))


def test_keys_come_in_the_order_of_the_contract() -> None:
    fields, contract = golden("plan.json"), plan({})

    assert list(fields)[: len(contract)] == list(contract)
    for part, shape in (("fields", FIELD), ("cells", CELL), ("rows", ROW)):
        for item in (item for change in fields["changes"] for item in change[part]):
            assert list(item)[: len(shape)] == list(shape)


def test_added_keys_come_last() -> None:
    assert list(golden("plan.json"))[-1] == "unchanged"
    assert list(golden("plan-small.json")["changes"][0]["cells"][0])[-2:] == ["valueType", "lastModified"]


@pytest.mark.parametrize("name", ["plan.json", "plan-small.json", "plan-empty.json"])
def test_the_digest_can_be_computed_from_the_json(name: str) -> None:
    assert digest_of(golden(name)) == golden(name)["digest"]
