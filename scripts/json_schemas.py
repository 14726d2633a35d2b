"""Describes the JSON of plans and outcomes as JSON Schemas (draft-07).

The keys come from reconciler/report/as_json.py. tests/docs/test_json_schemas.py holds real plans and outcomes against
these schemas, so a key that is added there must be described here.
"""

from __future__ import annotations

from reconciler.model import Action, Status
from scripts.schema_parts import (
    Schema,
    any_value,
    count,
    counts,
    document,
    enum,
    flag,
    list_of,
    number,
    object_of,
    optional_text,
    string,
    time,
)

_FILE = "The content of a file is an object with `sha256` and `size` (bytes, `null` if unknown)."
_OPTIONAL = ("callsToPlan", "origins")  # keys of the whole document
_CELL_ACTIONS = ("create", "update", "delete")


def plan_schema() -> Schema:
    keys = _plan(_change())
    description = "The changes that apply would make, as `plan` and `drift` write them."
    return document("Plan", description, keys, [key for key in keys if key not in _OPTIONAL])


def outcome_schema() -> Schema:
    """Returns the schema of an outcome: all keys of a plan, and what the run did."""
    keys = {**_plan(_change(outcome=True)), **_run()}
    required = [key for key in keys if key not in _OPTIONAL]
    return document(
        "Outcome", "The results of one run, as `apply`, `undo`, `adopt` and `destroy` write them.", keys, required
    )


def _origin() -> Schema:
    return object_of(
        "One document.",
        {
            "address": string("Address of the document; changes name it as their `origin`."),
            "resources": count("Resources that it stands for, with those that do not change."),
            "deleted": {"description": "True if no manifest has the document any more.", "const": True},
        },
        ["address", "resources"],
    )


def _orphan() -> Schema:
    return object_of(
        "One orphan.",
        {
            "address": string("Address of the resource, `Kind/name`."),
            "origin": string("Address of the document that it comes from, if the tags remember one."),
            "holds": string("The amount that it holds, such as `12 messages`, if AWS says it."),
        },
        ["address"],
    )


def _plan(change: Schema) -> dict[str, Schema]:
    return {
        "format_version": string("Version of this format. A minor version only adds keys.") | {"const": "1.0"},
        "stack": string("Name of the stack."),
        "environment": string("Name of the environment."),
        "instance": string("ARN of the Amazon Connect instance, or ACCOUNT/REGION in an environment without one."),
        "digest": string("SHA-256 of what apply would do. A review refers to it.") | {"pattern": "^[0-9a-f]{64}$"},
        "summary": object_of(
            "Number of resources by action.",
            {
                **{action.value: count(f"Changes with the action `{action.value}`.") for action in Action},
                "orphan": count("Managed resources without a manifest."),
                "cells": counts("Cells of data tables by action.", _CELL_ACTIONS),
                "rows": counts("Rows of data tables by action.", (*_CELL_ACTIONS, "rename")),
            },
        ),
        "estimate": object_of(
            "Cost of the apply. Calls that only read for the plan are not counted.",
            {
                "calls": count("Number of calls."),
                "seconds": number("Duration at the declared rates, in seconds."),
                "operations": _operations("Calls by `service:Operation`."),
            },
        ),
        "changes": list_of("Differences between the manifests and AWS, one for each resource.", change),
        "origins": list_of("Documents that stand for other resources, some of which change or are orphans.", _origin()),
        "orphans": list_of(
            "Managed resources without a manifest. Apply leaves them alone.",
            _orphan(),
        ),
        "findings": list_of("Problems and hints that are not changes.", _finding()),
        "unchanged": count("Declared resources and cells that already match."),
    }


def _change(*, outcome: bool = False) -> Schema:
    """Returns the schema of one change. In an outcome the change and each of its items have a result."""
    result = _result() if outcome else {}
    keys = {
        "address": string("Address of the resource, `Kind/name`. A part has `Kind/name/part`."),
        "partOf": string("Address of the resource that a part (an attribute, an override) belongs to."),
        "origin": string("Address of another document that stands for the resource, such as `UserHierarchy/main`."),
        "action": enum("The action of apply.", (action.value for action in Action)),
        "reason": string("Why the resource changes, or why the change is blocked."),
        "irreversible": flag("True if an undo cannot bring back what the change deletes or moves here."),
        "source": _source("Place of the manifest."),
        "fields": list_of("Fields that differ.", _field(result)),
        "cells": list_of("Cells of a data table that differ.", _cell(result)),
        "rows": list_of("Rows that get another key.", _row(result)),
        "calls": list_of("Calls that the change needs.", _call()),
        "counts": object_of(
            "Rows and cells of the change, as in `summary`. A blocked change has none.",
            {
                "rows": counts("Rows by action.", (*_CELL_ACTIONS, "rename")),
                "cells": counts("Cells by action.", _CELL_ACTIONS),
            },
        ),
        "keys": list_of("Primary attributes of the data table.", _key()),
        "columns": list_of("Attributes of the data table, in the order of reports.", string("Name of an attribute.")),
        "lastModified": _last_modified(),
        **result,
    }
    optional = ("partOf", "origin", "counts", "keys", "columns", "lastModified")
    return object_of("One change.", keys, [key for key in keys if key not in optional])


def _field(result: dict[str, Schema]) -> Schema:
    keys = {
        "path": string("Path of the field, such as `attributes[Tier].validation.maxLength`."),
        "before": any_value(f"Value in AWS, `null` if absent. In an outcome: the value that apply found. {_FILE}"),
        "after": any_value(f"Declared value, `null` if absent. {_FILE}"),
    }
    return object_of("One field.", {**keys, **result})


def _cell(result: dict[str, Schema]) -> Schema:
    keys = {
        "action": enum("The action of apply on the cell.", _CELL_ACTIONS),
        "key": _texts("Primary values of the row. Empty for the default record."),
        "attribute": string("Name of the attribute."),
        "before": optional_text("Text in AWS, `null` if absent. In an outcome: the text that apply found."),
        "after": optional_text("Declared text, `null` if absent."),
        "valueType": string("Type of the attribute's values, such as `NUMBER`."),
        "row": enum("The action on the whole row. Absent for the default record.", _CELL_ACTIONS),
        "lastModified": _last_modified(),
        **result,
    }
    return object_of("One cell.", keys, [key for key in keys if key not in ("row", "lastModified")])


def _row(result: dict[str, Schema]) -> Schema:
    keys = {
        "action": string("Always `rename`.") | {"const": "rename"},
        "from": _texts("Primary values in AWS."),
        "to": _texts("Declared primary values."),
    }
    return object_of("One row.", {**keys, **result})


def _call() -> Schema:
    keys = {"operation": string("`service:Operation`."), "count": count("Number of calls.")}
    return object_of("One operation.", keys)


def _key() -> Schema:
    keys = {
        "name": string("Name of the attribute."),
        "valueType": string("Type of its values."),
        "ignoreCase": flag("True if AWS ignores case when it compares values."),
    }
    return object_of("One primary attribute.", keys)


def _finding() -> Schema:
    keys = {
        "severity": enum("`error` if apply would refuse the plan.", ("info", "warning", "error")),
        "address": string("Address of the resource, or empty."),
        "message": string("The problem, and the remedy."),
        "source": _source("Place in a file."),
    }
    return object_of("One finding.", keys)


def _run() -> dict[str, Schema]:
    statuses = ("done", "unchanged", "partial", "failed", "blocked", "refused", "stale", "declined", "interrupted")
    totals = {"asked": count("Sum of the others.")}
    totals |= {status.value: count(f"Items with the status `{status.value}`.") for status in Status}
    return {
        "status": enum("How the run ended.", statuses),
        "exitCode": count("Exit code of the run."),
        "startedAt": time("Start of the run, in UTC."),
        "finishedAt": time("End of the run, in UTC."),
        "totals": object_of("Number of items: fields, cells and renamed rows.", totals),
        "operations": _operations("Calls of the whole run by `service:Operation`, with retries."),
        "retries": count("Calls that were sent again."),
        "conflictsResolved": count("Conflicts with other writers that apply resolved."),
        "message": string("Why the run ended so, or empty."),
        "callsToPlan": count("How many of the calls read for the plan. Absent if it is not known."),
    }


def _result() -> dict[str, Schema]:
    statuses = [*(status.value for status in Status), None]
    return {
        "status": enum("The result. `null` if the run did not reach it.", statuses),
        "message": string("Why it was not done, or empty."),
        "code": string("Error code of AWS, or empty."),
        "requestId": string("Request id of AWS, or empty."),
    }


def _operations(description: str) -> Schema:
    return {"description": description, "type": "object", "additionalProperties": {"type": "integer", "minimum": 0}}


def _texts(description: str) -> Schema:
    return {"description": description, "type": "object", "additionalProperties": {"type": "string"}}


def _source(description: str) -> Schema:
    keys = {"file": string("Path below the folder of `reconcile.yaml`."), "line": count("Line, from 1.")}
    return object_of(f"{description} `null` if there is none.", keys) | {"type": ["object", "null"]}


def _last_modified() -> Schema:
    keys = {"time": time("Time in UTC."), "region": string("AWS Region of the change.")}
    return object_of("When and where AWS last changed it. Absent if AWS does not report it.", keys)
