"""A plan's or an outcome's JSON, read again: another run's file, so nothing in it is taken on trust."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from reconciler.errors import UsageError
from reconciler.model import Action

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
_VERSION = re.compile(r"1\.\d+")


class _File(NamedTuple):
    """What a file is to be, where such files come from, and what to do where it is of no use."""

    what: str
    origin: str
    remedy: str


_PLAN_FILE = _File("plan", "make one with `reconcile plan --out FILE.json`", "plan again")
_OUTCOME_FILE = _File(
    "outcome",
    "runs write theirs to .reconcile/outcomes, and to the file of --outcome",
    "take the file as its run wrote it",
)


def read_plan(text: str, name: str = "the file") -> Json:
    """The plan, or the outcome, in the words of `plan_json`. Raises `UsageError`: one line that begins with `name`."""
    return _read(text, name, _PLAN_FILE)


def read_outcome(text: str, name: str = "the file") -> Json:
    """As `read_plan`, where only an outcome will do. Raises `UsageError`: one line that begins with `name`."""
    told = _read(text, name, _OUTCOME_FILE)
    if not {"status", "exitCode", "startedAt"} <= told.keys():
        raise UsageError(f"{name} is a plan, not an outcome file; {_OUTCOME_FILE.origin}")
    return told


def _read(text: str, name: str, wanted: _File) -> Json:
    try:
        told = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{name}: no {wanted.what}: not JSON ({error}); {wanted.origin}") from None
    version = told.get("format_version") if isinstance(told, dict) else None
    if version is None:
        raise UsageError(f"{name}: no {wanted.what}: it has no format_version; {wanted.origin}")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise UsageError(f"{name}: format_version is {json.dumps(version)}, this command reads 1.x; {wanted.remedy}")
    if wrong := next(_wrong(told), None):
        raise UsageError(f"{name}: a damaged {wanted.what}: {wrong}; {wanted.remedy}")
    return dict(told)


def _wrong(plan: Json) -> Iterator[str]:
    yield from _misfits(plan, _PLAN, "")
    for at, change in enumerate(plan["changes"]):
        here = f"changes[{at}]"
        yield from _misfits(change, _CHANGE, here)
        if change["action"] not in _ACTIONS:
            yield f"{here}.action is {json.dumps(change['action'])}"
        for part, shape in _PARTS.items():
            for position, item in enumerate(change[part]):
                yield from _misfits(item, shape, f"{here}.{part}[{position}]")
                yield from _bad_keys(item, shape, f"{here}.{part}[{position}]")


def _misfits(value: Any, shape: Shape, path: str) -> Iterator[str]:
    """The caller stops at the first, so what follows may rely on the shape."""
    if not isinstance(value, dict):
        yield f"{path} is no object"
        return
    for key, types in shape.items():
        where = f"{path}.{key}".lstrip(".")
        if key not in value:
            yield f"{where} is missing"
        elif not isinstance(value[key], types):
            yield f"{where} is of the wrong type"


def _bad_keys(item: Json, shape: Shape, path: str) -> Iterator[str]:
    for key, types in shape.items():
        if types == (dict,) and not all(isinstance(text, str) for text in item[key].values()):
            yield f"{path}.{key} holds something that is no text"


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number that JSON knows")
