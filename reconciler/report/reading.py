"""Reads the JSON of a plan or an outcome. The file may come from another run, so everything in it is checked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from reconciler.documents.hints import brief
from reconciler.errors import UsageError
from reconciler.model import Action, Status

Json = dict[str, Any]
Shape = Mapping[str, tuple[type, ...]]

_PLAN: Shape = {"stack": (str,), "environment": (str,), "instance": (str,), "digest": (str,), "changes": (list,)}
_CHANGE: Shape = {"address": (str,), "action": (str,), "fields": (list,), "cells": (list,), "rows": (list,)}
_PARTS: Mapping[str, Shape] = {
    "fields": {"path": (str,), "before": (object,), "after": (object,)},
    "cells": {
        "action": (str,),
        "key": (dict,),
        "attribute": (str,),
        "before": (str, type(None)),
        "after": (str, type(None)),
    },
    "rows": {"from": (dict,), "to": (dict,)},
}
_ACTIONS = frozenset(action.value for action in Action)
_STATUSES = [status.value for status in Status]
_VERSION = re.compile(r"1\.\d+")


class _File(NamedTuple):
    """The kind of file to read, where such files come from, and what to do if one cannot be used."""

    what: str
    origin: str
    remedy: str


_PLAN_FILE = _File("a plan", "create one with `reconcile plan --out FILE.json`", "plan again")
_OUTCOME_FILE = _File(
    "an outcome",
    "runs write one to .reconcile/outcomes and to the file of --outcome",
    "use the file as the run wrote it",
)


def read_plan(text: str, name: str = "the file") -> Json:
    """Returns a plan or an outcome, in the form of `plan_json`.

    Raises `UsageError` with one line that begins with `name`.
    """
    return _read(text, name, _PLAN_FILE)


def read_outcome(text: str, name: str = "the file") -> Json:
    """Returns an outcome; a plan is not accepted.

    Raises `UsageError` with one line that begins with `name`.
    """
    document = _read(text, name, _OUTCOME_FILE)
    if not {"status", "exitCode", "startedAt"} <= document.keys():
        raise UsageError(f"{name} is a plan, not an outcome file; {_OUTCOME_FILE.origin}")
    return document


def _read(text: str, name: str, expected: _File) -> Json:
    try:
        document = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name} is not {expected.what}: invalid JSON ({error}); {expected.origin}") from None
    version = document.get("format_version") if isinstance(document, dict) else None
    if version is None:
        raise UsageError(f"{name} is not {expected.what}: format_version is missing; {expected.origin}")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise UsageError(
            f"{name}: format_version is {json.dumps(version)}, but this command reads 1.x; {expected.remedy}"
        )
    if fault := next(_faults(document), None):
        raise UsageError(f"{name} is damaged: {fault}; {expected.remedy}")
    if word := next(_unknown_words(document), None):
        raise UsageError(
            f"{name}: {word}, which this version of reconcile does not know; "
            f"{expected.remedy}, or use the newer version that wrote it"
        )
    return dict(document)


def _faults(plan: Json) -> Iterator[str]:
    yield from _misfits(plan, _PLAN, "")
    for at, change in enumerate(plan["changes"]):
        here = f"changes[{at}]"
        yield from _misfits(change, _CHANGE, here)
        for part, shape in _PARTS.items():
            for position, item in enumerate(change[part]):
                yield from _misfits(item, shape, f"{here}.{part}[{position}]")
                yield from _bad_keys(item, shape, f"{here}.{part}[{position}]")


def _unknown_words(plan: Json) -> Iterator[str]:
    """Yields the actions and statuses that a newer version may have added. Undo would take such an item for undone."""
    for at, change in enumerate(plan["changes"]):
        here = f"changes[{at}]"
        if change["action"] not in _ACTIONS:
            yield f"{here}.action is {brief(change['action'])}"
        yield from _unknown_status(change, here)
        for part in _PARTS:
            for position, item in enumerate(change[part]):
                yield from _unknown_status(item, f"{here}.{part}[{position}]")


def _unknown_status(item: Json, path: str) -> Iterator[str]:
    status = item.get("status")
    if status is not None and status not in _STATUSES:
        yield f"{path}.status is {brief(status)}"


def _misfits(value: Any, shape: Shape, path: str) -> Iterator[str]:
    """Yields what does not fit the shape. The caller stops at the first one, so later code may rely on the shape."""
    if not isinstance(value, dict):
        yield f"{path} is not an object"
        return
    for key, types in shape.items():
        where = f"{path}.{key}".lstrip(".")
        if key not in value:
            yield f"{where} is missing"
        elif not isinstance(value[key], types):
            yield f"{where} has the wrong type"


def _bad_keys(item: Json, shape: Shape, path: str) -> Iterator[str]:
    for key, types in shape.items():
        if types == (dict,) and not all(isinstance(text, str) for text in item[key].values()):
            yield f"{path}.{key} has a value that is not text"


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is not a JSON number")
