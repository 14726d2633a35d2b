"""Describes the JSON of plans and outcomes as JSON Schemas (draft-07).

The keys come from reconciler/report/as_json.py. tests/docs/test_json_schemas.py holds real plans and outcomes against
these schemas, so a key that is added there must be described here.
"""

from __future__ import annotations

from typing import Any

from reconciler.model import Action, Status

Schema = dict[str, Any]
_FILE = "The content of a file is an object with `sha256` and `size` (bytes, `null` if unknown)."
_OPTIONAL = ("callsToPlan", "origins")  # keys of the whole document
_CELL_ACTIONS = ("create", "update", "delete")


def plan_schema() -> Schema:
    keys = _plan(_change())
    description = "The changes that apply would make, as `plan` and `drift` write them."
    return _document("Plan", description, keys, [key for key in keys if key not in _OPTIONAL])


def outcome_schema() -> Schema:
    """Returns the schema of an outcome: all keys of a plan, and what the run did."""
    keys = {**_plan(_change(outcome=True)), **_run()}
    required = [key for key in keys if key not in _OPTIONAL]
    return _document(
        "Outcome", "The results of one run, as `apply`, `undo`, `adopt` and `destroy` write them.", keys, required
    )


def _origin() -> Schema:
    return _object(
        "One document.",
        {
            "address": _string("Address of the document; changes name it as their `origin`."),
            "resources": _count("Resources that it stands for, with those that do not change."),
            "deleted": {"description": "True if no manifest has the document any more.", "const": True},
        },
        ["address", "resources"],
    )


def _orphan() -> Schema:
    return _object(
        "One orphan.",
        {
            "address": _string("Address of the resource, `Kind/name`."),
            "origin": _string("Address of the document that it comes from, if the tags remember one."),
            "holds": _string("The amount that it holds, such as `12 messages`, if AWS says it."),
        },
        ["address"],
    )


def _plan(change: Schema) -> dict[str, Schema]:
    return {
        "format_version": _string("Version of this format. A minor version only adds keys.") | {"const": "1.0"},
        "stack": _string("Name of the stack."),
        "environment": _string("Name of the environment."),
        "instance": _string("ARN of the Amazon Connect instance, or ACCOUNT/REGION in an environment without one."),
        "digest": _string("SHA-256 of what apply would do. A review refers to it.") | {"pattern": "^[0-9a-f]{64}$"},
        "summary": _object(
            "Number of resources by action.",
            {
                **{action.value: _count(f"Changes with the action `{action.value}`.") for action in Action},
                "orphan": _count("Managed resources without a manifest."),
                "cells": _counts("Cells of data tables by action.", _CELL_ACTIONS),
                "rows": _counts("Rows of data tables by action.", (*_CELL_ACTIONS, "rename")),
            },
        ),
        "estimate": _object(
            "Cost of the apply. Calls that only read for the plan are not counted.",
            {
                "calls": _count("Number of calls."),
                "seconds": _number("Duration at the declared rates, in seconds."),
                "operations": _operations("Calls by `service:Operation`."),
            },
        ),
        "changes": _list("Differences between the manifests and AWS, one for each resource.", change),
        "origins": _list("Documents that stand for other resources, some of which change or are orphans.", _origin()),
        "orphans": _list(
            "Managed resources without a manifest. Apply leaves them alone.",
            _orphan(),
        ),
        "findings": _list("Problems and hints that are not changes.", _finding()),
        "unchanged": _count("Declared resources and cells that already match."),
    }


def _change(*, outcome: bool = False) -> Schema:
    """Returns the schema of one change. In an outcome the change and each of its items have a result."""
    result = _result() if outcome else {}
    keys = {
        "address": _string("Address of the resource, `Kind/name`. A part has `Kind/name/part`."),
        "partOf": _string("Address of the resource that a part (an attribute, an override) belongs to."),
        "origin": _string("Address of another document that stands for the resource, such as `UserHierarchy/main`."),
        "action": _enum("The action of apply.", (action.value for action in Action)),
        "reason": _string("Why the resource changes, or why the change is blocked."),
        "irreversible": _flag("True if an undo cannot bring back what the change deletes or moves here."),
        "source": _source("Place of the manifest."),
        "fields": _list("Fields that differ.", _field(result)),
        "cells": _list("Cells of a data table that differ.", _cell(result)),
        "rows": _list("Rows that get another key.", _row(result)),
        "calls": _list("Calls that the change needs.", _call()),
        "counts": _object(
            "Rows and cells of the change, as in `summary`. A blocked change has none.",
            {
                "rows": _counts("Rows by action.", (*_CELL_ACTIONS, "rename")),
                "cells": _counts("Cells by action.", _CELL_ACTIONS),
            },
        ),
        "keys": _list("Primary attributes of the data table.", _key()),
        "columns": _list("Attributes of the data table, in the order of reports.", _string("Name of an attribute.")),
        "lastModified": _last_modified(),
        **result,
    }
    optional = ("partOf", "origin", "counts", "keys", "columns", "lastModified")
    return _object("One change.", keys, [key for key in keys if key not in optional])


def _field(result: dict[str, Schema]) -> Schema:
    keys = {
        "path": _string("Path of the field, such as `attributes[Tier].validation.maxLength`."),
        "before": _any(f"Value in AWS, `null` if absent. In an outcome: the value that apply found. {_FILE}"),
        "after": _any(f"Declared value, `null` if absent. {_FILE}"),
    }
    return _object("One field.", {**keys, **result})


def _cell(result: dict[str, Schema]) -> Schema:
    keys = {
        "action": _enum("The action of apply on the cell.", _CELL_ACTIONS),
        "key": _texts("Primary values of the row. Empty for the default record."),
        "attribute": _string("Name of the attribute."),
        "before": _optional_text("Text in AWS, `null` if absent. In an outcome: the text that apply found."),
        "after": _optional_text("Declared text, `null` if absent."),
        "valueType": _string("Type of the attribute's values, such as `NUMBER`."),
        "row": _enum("The action on the whole row. Absent for the default record.", _CELL_ACTIONS),
        "lastModified": _last_modified(),
        **result,
    }
    return _object("One cell.", keys, [key for key in keys if key not in ("row", "lastModified")])


def _row(result: dict[str, Schema]) -> Schema:
    keys = {
        "action": _string("Always `rename`.") | {"const": "rename"},
        "from": _texts("Primary values in AWS."),
        "to": _texts("Declared primary values."),
    }
    return _object("One row.", {**keys, **result})


def _call() -> Schema:
    keys = {"operation": _string("`service:Operation`."), "count": _count("Number of calls.")}
    return _object("One operation.", keys)


def _key() -> Schema:
    keys = {
        "name": _string("Name of the attribute."),
        "valueType": _string("Type of its values."),
        "ignoreCase": _flag("True if AWS ignores case when it compares values."),
    }
    return _object("One primary attribute.", keys)


def _finding() -> Schema:
    keys = {
        "severity": _enum("`error` if apply would refuse the plan.", ("info", "warning", "error")),
        "address": _string("Address of the resource, or empty."),
        "message": _string("The problem, and the remedy."),
        "source": _source("Place in a file."),
    }
    return _object("One finding.", keys)


def _run() -> dict[str, Schema]:
    statuses = ("done", "unchanged", "partial", "failed", "blocked", "refused", "stale", "declined", "interrupted")
    totals = {"asked": _count("Sum of the others.")}
    totals |= {status.value: _count(f"Items with the status `{status.value}`.") for status in Status}
    return {
        "status": _enum("How the run ended.", statuses),
        "exitCode": _count("Exit code of the run."),
        "startedAt": _time("Start of the run, in UTC."),
        "finishedAt": _time("End of the run, in UTC."),
        "totals": _object("Number of items: fields, cells and renamed rows.", totals),
        "operations": _operations("Calls of the whole run by `service:Operation`, with retries."),
        "retries": _count("Calls that were sent again."),
        "conflictsResolved": _count("Conflicts with other writers that apply resolved."),
        "message": _string("Why the run ended so, or empty."),
        "callsToPlan": _count("How many of the calls read for the plan. Absent if it is not known."),
    }


def _result() -> dict[str, Schema]:
    statuses = [*(status.value for status in Status), None]
    return {
        "status": _enum("The result. `null` if the run did not reach it.", statuses),
        "message": _string("Why it was not done, or empty."),
        "code": _string("Error code of AWS, or empty."),
        "requestId": _string("Request id of AWS, or empty."),
    }


def _document(title: str, description: str, keys: dict[str, Schema], required: list[str] | None = None) -> Schema:
    head = {"$schema": "http://json-schema.org/draft-07/schema#", "title": title}
    return head | _object(description, keys, required)


def _object(description: str, keys: dict[str, Schema], required: list[str] | None = None) -> Schema:
    return {
        "description": description,
        "type": "object",
        "additionalProperties": False,
        "required": list(keys) if required is None else required,
        "properties": keys,
    }


def _counts(description: str, actions: tuple[str, ...]) -> Schema:
    return _object(description, {action: _count(f"To {action}.") for action in actions})


def _operations(description: str) -> Schema:
    return {"description": description, "type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}


def _texts(description: str) -> Schema:
    return {"description": description, "type": "object", "additionalProperties": {"type": "string"}}


def _list(description: str, items: Schema) -> Schema:
    return {"description": description, "type": "array", "items": items}


def _source(description: str) -> Schema:
    keys = {"file": _string("Path below the folder of `reconcile.yaml`."), "line": _count("Line, from 1.")}
    return _object(f"{description} `null` if there is none.", keys) | {"type": ["object", "null"]}


def _last_modified() -> Schema:
    keys = {"time": _time("Time in UTC."), "region": _string("AWS Region of the change.")}
    return _object("When and where AWS last changed it. Absent if AWS does not report it.", keys)


def _enum(description: str, values: Any) -> Schema:
    return {"description": description, "enum": list(values)}


def _string(description: str) -> Schema:
    return {"description": description, "type": "string"}


def _time(description: str) -> Schema:
    return _string(description) | {"format": "date-time"}


def _optional_text(description: str) -> Schema:
    return {"description": description, "type": ["string", "null"]}


def _any(description: str) -> Schema:
    return {"description": description}


def _count(description: str) -> Schema:
    return {"description": description, "type": "integer", "minimum": 0}


def _number(description: str) -> Schema:
    return {"description": description, "type": "number", "minimum": 0}


def _flag(description: str) -> Schema:
    return {"description": description, "type": "boolean"}
