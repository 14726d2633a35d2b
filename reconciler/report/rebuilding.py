"""JSON → the plan or the outcome that it was made of, as far as reports tell of it.

Good for telling, never for applying: a rebuilt step has an operation and nothing that could be sent, a rebuilt source
no column, and in an outcome `before` is what was found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, TypeVar

from reconciler.cells import identity
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
    Outcome,
    Plan,
    Ref,
    Result,
    RowChange,
    Scope,
    Size,
    Status,
    Step,
    from_words,
)
from reconciler.report.as_json import PARTS

Json = Mapping[str, Any]
T = TypeVar("T")
Keys = tuple[tuple[str, str, bool], ...]
MOST_CALLS = 1_000_000  # of one operation for one resource; a file may say anything


def plan_of(told: Json, name: str = "the file") -> Plan:
    """Of what `read_plan` has read. Raises `UsageError`, one line that begins with `name`, where it is damaged."""
    return _undamaged(_plan, told, name)


def outcome_of(told: Json, name: str = "the file") -> Outcome:
    """The same of an outcome."""
    return _undamaged(_outcome, told, name)


def is_outcome(told: Json) -> bool:
    return "exitCode" in told


def _undamaged(rebuild: Callable[[Json], T], told: Json, name: str) -> T:
    try:
        return rebuild(told)
    except (AttributeError, KeyError, TypeError, ValueError) as wrong:
        raise UsageError(f"{name}: damaged: {type(wrong).__name__}: {wrong}; make it again") from None


def _plan(told: Json) -> Plan:
    estimate = _got(told, "estimate", dict, {})
    return Plan(
        Scope(told["stack"], told["environment"], told["instance"]),
        tuple(_change(each) for each in told["changes"]),
        tuple(_ref(each["address"]) for each in _got(told, "orphans", list, [])),
        tuple(_finding(each) for each in _got(told, "findings", list, [])),
        Estimate(float(estimate.get("seconds", 0)), _counts(estimate, "operations")),
        _got(told, "unchanged", int, 0),
    )


def _outcome(told: Json) -> Outcome:
    return Outcome(
        _plan(told),
        _got(told, "status", str, ""),
        _got(told, "exitCode", int, 1),
        datetime.fromisoformat(told["startedAt"]),
        datetime.fromisoformat(told["finishedAt"]),
        {item: _result(each) for item, each in _items(told) if each.get("status") is not None},
        _counts(told, "operations"),
        _got(told, "retries", int, 0),
        _got(told, "conflictsResolved", int, 0),
        _got(told, "message", str, ""),
        _got(told, "callsToPlan", int, 0) if "callsToPlan" in told else None,
    )


def _items(told: Json) -> Iterator[tuple[Item, Json]]:
    for at, change in enumerate(told["changes"]):
        if change["action"] == Action.BLOCKED.value:
            yield Item(at, "change", 0), change
            continue
        for part, name in PARTS:
            yield from ((Item(at, part, position), each) for position, each in enumerate(change[name]))


def _result(told: Json) -> Result:
    message, code, request = (_got(told, key, str, "") for key in ("message", "code", "requestId"))
    return Result(Status(told["status"]), message, code, request)


def _change(told: Json) -> Change:
    keys = tuple((key["name"], key["valueType"], key["ignoreCase"]) for key in _got(told, "keys", list, []))
    modified, region = _modified(told)
    return Change(
        Action(told["action"]),
        _ref(told["address"]),
        reason=_got(told, "reason", str, ""),
        irreversible=_got(told, "irreversible", bool, False),
        source=_source(told),
        fields=tuple(FieldChange(each["path"], each["before"], each["after"]) for each in told["fields"]),
        cells=tuple(_cell(each, keys) for each in told["cells"]),
        rows=tuple(RowChange(each["from"], each["to"]) for each in told["rows"]),
        steps=tuple(_steps(told)),
        modified=modified,
        region=region,
        size=_size(told),
        keys=keys,
        columns=tuple(str(name) for name in _got(told, "columns", list, [])),
        part_of=_ref(part_of) if (part_of := _got(told, "partOf", str, "")) else None,
    )


def _size(told: Json) -> Size:
    """Returns how much goes with what is deleted or replaced. Older files do not say it."""
    if told["action"] not in (Action.DELETE.value, Action.REPLACE.value):
        return Size()
    counts = _got(told, "counts", dict, {})
    rows, cells = (_got(_got(counts, part, dict, {}), "delete", int, 0) for part in ("rows", "cells"))
    # The file says how many cells are deleted, not of which attributes.
    return Size(rows, {"": cells} if cells else {})


def _cell(told: Json, keys: Keys) -> CellChange:
    return CellChange(
        Action(told["action"]),
        told["key"],
        told["attribute"],
        from_words(told["before"]),
        from_words(told["after"]),
        _got(told, "valueType", str, "TEXT"),
        identity(keys, told["key"]),
        *_modified(told),
        row=Action(told["row"]) if "row" in told else None,
    )


def _steps(told: Json) -> Iterator[Step]:
    for each in _got(told, "calls", list, []):
        service, _, operation = _got(each, "operation", str, "").partition(":")
        if not 0 <= (count := _got(each, "count", int, 0)) <= MOST_CALLS:
            raise ValueError(f"count is {count}")
        yield from [Step(Call(service, operation, {}), Does.LOOK)] * count


def _finding(told: Json) -> Finding:
    severity, address, message = (_got(told, key, str, "") for key in ("severity", "address", "message"))
    return Finding(severity, address, message, _source(told))


def _source(told: Json) -> Source | None:
    source = told.get("source")
    return Source(_got(source, "file", str, ""), _got(source, "line", int, 0)) if source else None


def _modified(told: Json) -> tuple[datetime | None, str]:
    last = _got(told, "lastModified", dict, {})
    return (datetime.fromisoformat(last["time"]), _got(last, "region", str, "")) if last else (None, "")


def _ref(address: str) -> Ref:
    kind, _, name = address.partition("/")
    return Ref(kind, name)


def _counts(told: Json, key: str) -> dict[str, int]:
    counts = _got(told, key, dict, {})
    return {name: _got(counts, name, int, 0) for name in counts}


def _got(told: Json, key: str, kind: type[T], default: T) -> T:
    value = told.get(key, default)
    if not isinstance(value, kind):
        raise TypeError(f"{key} is of the wrong type")
    return value
