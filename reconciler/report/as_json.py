"""Writes plans and outcomes as JSON. Other programs rely on the keys; minor versions of the format only add keys."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from reconciler.errors import Source
from reconciler.model import (
    AS_WANTED,
    FORMAT_VERSION,
    Action,
    CellChange,
    Change,
    FieldChange,
    Finding,
    Item,
    Origin,
    Outcome,
    Plan,
    Ref,
    Result,
    RowChange,
    Status,
    in_words,
)
from reconciler.report.counting import change_counts
from reconciler.report.results import worst_of
from reconciler.report.summary import calls, summary
from reconciler.report.visible import literal, utc_text
from reconciler.report.whole_documents import whole_documents

Json = dict[str, Any]
PARTS = (("field", "fields"), ("row", "rows"), ("cell", "cells"))
KILLED = Result(Status.SKIPPED, "the run was killed before it recorded this item", "Killed")


def plan_json(plan: Plan) -> Json:
    counts, scope = summary(plan), plan.scope
    return {
        "format_version": FORMAT_VERSION,
        "stack": scope.stack,
        "environment": scope.environment,
        "instance": scope.place,
        "digest": counts.digest,
        "summary": {
            "create": counts.create,
            "update": counts.update,
            "replace": counts.replace,
            "delete": counts.delete,
            "adopt": counts.adopt,
            "blocked": counts.blocked,
            "orphan": counts.orphan,
            "cells": asdict(counts.cells),
            "rows": asdict(counts.rows),
        },
        "estimate": {
            "calls": counts.calls,
            "seconds": round(counts.seconds, 3),
            "operations": dict(sorted(plan.estimate.operations.items())),
        },
        "changes": [_change(change) for change in plan.changes],
        **({"origins": [_origin(it) for it in plan.origins]} if plan.origins else {}),
        "orphans": [_orphan(plan, ref) for ref in plan.orphans],
        "findings": [_finding(finding) for finding in plan.findings],
        "unchanged": counts.unchanged,
    }


def outcome_json(outcome: Outcome) -> Json:
    """Returns the plan's JSON with a result for each item.

    `before` of an item is the value that the run found. For a done item it is the planned value, because a recheck
    would return the run's own write. `status` is null for an item that the run did not reach.
    """
    plan = plan_json(outcome.plan)
    return {
        **plan,
        "changes": [_with_results(outcome.results, at, change) for at, change in enumerate(plan["changes"])],
        "status": outcome.status,
        "exitCode": outcome.exit_code,
        "startedAt": utc_text(outcome.started_at, "milliseconds"),
        "finishedAt": utc_text(outcome.finished_at, "milliseconds"),
        "totals": outcome.totals._asdict(),
        "operations": dict(sorted(outcome.operations.items())),
        "retries": outcome.retries,
        "conflictsResolved": outcome.conflicts_resolved,
        "message": outcome.message,
        **({} if outcome.calls_to_plan is None else {"callsToPlan": outcome.calls_to_plan}),
    }


def rebuilt_json(plan: Json, recorded: Mapping[Item, Result], *, started_at: str, last_at: str) -> Json:
    """Returns the outcome of a killed run, from its plan as JSON and the results in its journal.

    The number of attempts is unknown.
    """
    results: dict[Item, Result] = {}
    for at, change in enumerate(plan["changes"]):
        for item in _items(at, change):
            results[item] = recorded.get(item, KILLED)
    counts = Counter(result.status for result in results.values())
    totals = {"done": counts[Status.DONE], "unchanged": plan.get("unchanged", 0) + counts[Status.UNCHANGED]}
    totals |= {status.value: counts[status] for status in (Status.SKIPPED, Status.FAILED, Status.CONFLICT)}
    return {
        **plan,
        "changes": [_with_results(results, at, change) for at, change in enumerate(plan["changes"])],
        "status": "interrupted",
        "exitCode": 137,
        "startedAt": started_at,
        "finishedAt": last_at,
        "totals": {"asked": sum(totals.values()), **totals},
        "operations": {},
        "retries": 0,
        "conflictsResolved": 0,
        "message": "the run was killed; this outcome was rebuilt from its journal",
    }


def _items(at: int, change: Json) -> Iterator[Item]:
    if change["action"] == Action.BLOCKED.value:
        yield Item(at, "change", 0)
        return
    for part, name in PARTS:
        yield from (Item(at, part, position) for position in range(len(change[name])))


def dumps(value: Any) -> str:
    """Returns JSON text: the same bytes for the same value.

    Each cell is on one line, so two plans are easy to compare.
    """
    return "".join(_laid_out(value, 0)) + "\n"


def _origin(origin: Origin) -> Json:
    deleted = {"deleted": True} if origin.is_deleted else {}
    return {"address": str(origin.ref), "resources": origin.resources, **deleted}


def _orphan(plan: Plan, ref: Ref) -> Json:
    origin = next((it.ref for it in plan.origins if ref in it.orphans), None)
    holds = {"holds": plan.holds[ref]} if ref in plan.holds else {}
    return {"address": str(ref), **({"origin": str(origin)} if origin else {}), **holds}


def _change(change: Change) -> Json:
    return {
        "address": str(change.ref),
        **({"partOf": str(change.part_of)} if change.part_of else {}),
        **({"origin": str(change.origin)} if change.origin else {}),
        "action": change.action.value,
        "reason": change.reason,
        "irreversible": change.irreversible,
        "source": _source(change.source),
        "fields": [_field(field) for field in change.fields],
        "cells": [_cell(cell) for cell in change.table.cells],
        "rows": [_row(row) for row in change.table.rows],
        "calls": [{"operation": operation, "count": count} for operation, count in calls(change).items()],
        **_counts(change),
        **_keys(change),
        **_columns(change),
        **_last_modified(change),
        **whole_documents(change),
    }


def _counts(change: Change) -> Json:
    """Returns the rows and cells of a change, if it has any. The summary has the totals."""
    counts = change_counts(change)
    return {"counts": {"rows": asdict(counts.rows), "cells": asdict(counts.cells)}} if counts else {}


def _keys(change: Change) -> Json:
    """Returns the key columns of a table, so that the digest can be computed from the JSON as well."""
    keys = [{"name": it.name, "valueType": it.value_type, "ignoreCase": it.ignore_case} for it in change.table.keys]
    return {"keys": keys} if keys else {}


def _columns(change: Change) -> Json:
    """Returns the order in which a report shows a row's values."""
    return {"columns": list(change.table.columns)} if change.table.columns else {}


def _field(field: FieldChange) -> Json:
    return {"path": field.path, "before": field.before, "after": field.after}


def _cell(cell: CellChange) -> Json:
    return {
        "action": cell.action.value,
        "key": dict(sorted(cell.key.items())),
        "attribute": cell.attribute,
        "before": in_words(cell.before),
        "after": in_words(cell.after),
        "valueType": cell.value_type,
        **({"row": cell.row.value} if cell.row else {}),
        **_last_modified(cell),
    }


def _row(row: RowChange) -> Json:
    return {"action": "rename", "from": dict(sorted(row.before.items())), "to": dict(sorted(row.after.items()))}


def _finding(finding: Finding) -> Json:
    return {
        "severity": finding.severity,
        "address": finding.address,
        "message": finding.message,
        "source": _source(finding.source),
    }


def _source(source: Source | None) -> Json | None:
    return {"file": source.file, "line": source.line} if source else None


def _last_modified(thing: Change | CellChange) -> Json:
    if thing.modified is None:
        return {}
    return {"lastModified": {"time": utc_text(thing.modified, "seconds"), "region": thing.region}}


def _with_results(results: Mapping[Item, Result], at: int, change: Json) -> Json:
    parts: Json = {}
    for part, name in PARTS:
        parts[name] = [
            {**item, **_result(results.get(Item(at, part, position)))} for position, item in enumerate(change[name])
        ]
    whole = worst_of(filter(None, map(results.get, _items(at, change))))
    return {**change, **parts, **_result(whole._replace(looked=False) if whole else None)}


def _result(result: Result | None) -> Json:
    if result is None:
        return {"status": None, "message": "", "code": "", "requestId": ""}
    fields = {
        "status": result.status.value,
        "message": result.message,
        "code": result.code,
        "requestId": result.request_id,
    }
    live = in_words(result.found) if isinstance(result.found, str) else result.found
    return {**fields, "before": live} if result.looked and result.status not in AS_WANTED else fields


def _laid_out(value: Any, depth: int) -> Iterator[str]:
    """Yields JSON text. Objects of plain values, and everything at a cell's depth or deeper, stay on one line."""
    items: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        items += value.items()
    elif isinstance(value, list):
        items += enumerate(value)
    nested = any(isinstance(item, dict | list) for _, item in items)
    if depth > 3 or not items or (isinstance(value, dict) and not nested):
        yield literal(value)
        return
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    for at, (key, item) in enumerate(items):
        yield f"{',' if at else opening}\n{'  ' * (depth + 1)}"
        if isinstance(value, dict):
            yield f"{literal(key)}: "
        yield from _laid_out(item, depth + 1)
    yield f"\n{'  ' * depth}{closing}"
