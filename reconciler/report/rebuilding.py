"""Rebuilds a plan or an outcome from its JSON, for reports only.

A rebuilt plan must never be applied: a rebuilt step has an operation but no parameters, and a rebuilt source has no
column. A rebuilt field change has its whole path as its `field`. In a rebuilt outcome, `before` is the live value that
the run found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from reconciler.errors import Source, UsageError
from reconciler.model import (
    Action,
    Call,
    CellChange,
    Change,
    Does,
    Estimate,
    FieldChange,
    Finding,
    Item,
    Key,
    Origin,
    Outcome,
    Plan,
    Ref,
    Result,
    RowChange,
    Scope,
    Size,
    Status,
    Step,
    TableChange,
    from_words,
)
from reconciler.model.cells import identity
from reconciler.report.as_json import PARTS

Json = Mapping[str, Any]
T = TypeVar("T")
MOST_CALLS = 1_000_000  # of one operation for one resource; a damaged file may have any number


def plan_of(document: Json, name: str = "the file") -> Plan:
    """Returns the plan that `read_plan` has read.

    Raises `UsageError` with one line that begins with `name` if the file is damaged.
    """
    return _undamaged(_plan, document, name)


def outcome_of(document: Json, name: str = "the file") -> Outcome:
    """Returns the outcome that `read_outcome` has read.

    Raises `UsageError` with one line that begins with `name` if the file is damaged.
    """
    return _undamaged(_outcome, document, name)


def is_outcome(document: Json) -> bool:
    return "exitCode" in document


def _undamaged(rebuild: Callable[[Json], T], document: Json, name: str) -> T:
    try:
        return rebuild(document)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise UsageError(f"{name} is damaged: {type(error).__name__}: {error}; create it again") from None


def _plan(document: Json) -> Plan:
    estimate = _typed(document, "estimate", dict, {})
    return Plan(
        Scope.at(document["stack"], document["environment"], document["instance"]),
        tuple(_change(item) for item in document["changes"]),
        tuple(_ref(item["address"]) for item in _typed(document, "orphans", list, [])),
        tuple(_finding(item) for item in _typed(document, "findings", list, [])),
        Estimate(float(estimate.get("seconds", 0)), _counts(estimate, "operations")),
        _typed(document, "unchanged", int, 0),
        tuple(_origin(it, document) for it in _typed(document, "origins", list, [])),
        {_ref(it["address"]): it["holds"] for it in _typed(document, "orphans", list, []) if "holds" in it},
    )


def _origin(item: Json, document: Json) -> Origin:
    orphans = (it["address"] for it in _typed(document, "orphans", list, []) if it.get("origin") == item["address"])
    return Origin(_ref(item["address"]), item["resources"], tuple(map(_ref, orphans)), item.get("deleted") is True)


def _outcome(document: Json) -> Outcome:
    return Outcome(
        _plan(document),
        _typed(document, "status", str, ""),
        _typed(document, "exitCode", int, 1),
        datetime.fromisoformat(document["startedAt"]),
        datetime.fromisoformat(document["finishedAt"]),
        {item: _result(item_json) for item, item_json in _items(document) if item_json.get("status") is not None},
        _counts(document, "operations"),
        _typed(document, "retries", int, 0),
        _typed(document, "conflictsResolved", int, 0),
        _typed(document, "message", str, ""),
        _typed(document, "callsToPlan", int, 0) if "callsToPlan" in document else None,
    )


def _items(document: Json) -> Iterator[tuple[Item, Json]]:
    for at, change in enumerate(document["changes"]):
        if change["action"] == Action.BLOCKED.value:
            yield Item(at, "change", 0), change
            continue
        for part, name in PARTS:
            yield from ((Item(at, part, position), item) for position, item in enumerate(change[name]))


def _result(document: Json) -> Result:
    message, code, request = (_typed(document, key, str, "") for key in ("message", "code", "requestId"))
    return Result(Status(document["status"]), message, code, request)


def _change(document: Json) -> Change:
    keys = tuple(map(Key.from_json, _typed(document, "keys", list, [])))
    modified, region = _modified(document)
    return Change(
        Action(document["action"]),
        _ref(document["address"]),
        reason=_typed(document, "reason", str, ""),
        irreversible=_typed(document, "irreversible", bool, False),
        source=_source(document),
        fields=tuple(FieldChange(item["path"], item["before"], item["after"]) for item in document["fields"]),
        table=TableChange(
            cells=tuple(_cell(item, keys) for item in document["cells"]),
            rows=tuple(RowChange(item["from"], item["to"]) for item in document["rows"]),
            size=_size(document),
            keys=keys,
            columns=tuple(str(name) for name in _typed(document, "columns", list, [])),
        ),
        steps=tuple(_steps(document)),
        modified=modified,
        region=region,
        part_of=_ref(part_of) if (part_of := _typed(document, "partOf", str, "")) else None,
        origin=_ref(origin) if (origin := _typed(document, "origin", str, "")) else None,
    )


def _size(document: Json) -> Size:
    """Returns how many rows and cells are deleted with a resource. Older files do not have these numbers."""
    if document["action"] not in (Action.DELETE.value, Action.REPLACE.value):
        return Size()
    counts = _typed(document, "counts", dict, {})
    rows, cells = (_typed(_typed(counts, part, dict, {}), "delete", int, 0) for part in ("rows", "cells"))
    # The file has the number of deleted cells, but not their attributes.
    return Size(rows, {"": cells} if cells else {})


def _cell(document: Json, keys: tuple[Key, ...]) -> CellChange:
    return CellChange(
        Action(document["action"]),
        document["key"],
        document["attribute"],
        from_words(document["before"]),
        from_words(document["after"]),
        _typed(document, "valueType", str, "TEXT"),
        identity(keys, document["key"]),
        *_modified(document),
        row=Action(document["row"]) if "row" in document else None,
    )


def _steps(document: Json) -> Iterator[Step]:
    for call in _typed(document, "calls", list, []):
        service, _, operation = _typed(call, "operation", str, "").partition(":")
        if not 0 <= (count := _typed(call, "count", int, 0)) <= MOST_CALLS:
            raise ValueError(f"count is {count}")
        yield from [Step(Call(service, operation, {}), Does.LOOK)] * count


def _finding(document: Json) -> Finding:
    severity, address, message = (_typed(document, key, str, "") for key in ("severity", "address", "message"))
    return Finding(severity, address, message, _source(document))


def _source(document: Json) -> Source | None:
    source = document.get("source")
    return Source(_typed(source, "file", str, ""), _typed(source, "line", int, 0)) if source else None


def _modified(document: Json) -> tuple[datetime | None, str]:
    last = _typed(document, "lastModified", dict, {})
    return (datetime.fromisoformat(last["time"]), _typed(last, "region", str, "")) if last else (None, "")


def _ref(address: str) -> Ref:
    kind, _, name = address.partition("/")
    return Ref(kind, name)


def _counts(document: Json, key: str) -> dict[str, int]:
    counts = _typed(document, key, dict, {})
    return {name: _typed(counts, name, int, 0) for name in counts}


def _typed(document: Json, key: str, kind: type[T], default: T) -> T:
    value = document.get(key, default)
    if not isinstance(value, kind):
        raise TypeError(f"{key} has the wrong type")
    return value
