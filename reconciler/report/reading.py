"""A plan's or an outcome's JSON, read again: another run's file, so nothing in it is taken on trust."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

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


def read_plan(text: str, name: str = "the file") -> Json:
    """The plan, or the outcome, in the words of `plan_json`. Raises `UsageError`: one line that begins with `name`."""
    try:
        plan = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            f"{name}: no plan: not JSON ({error}); make one with `reconcile plan --out FILE.json`"
        ) from None
    version = plan.get("format_version") if isinstance(plan, dict) else None
    if version is None:
        raise UsageError(f"{name}: no plan: it has no format_version; make one with `reconcile plan --out FILE.json`")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise UsageError(f"{name}: format_version is {version!r}, this command reads 1.x; plan again")
    if wrong := next(_wrong(plan), None):
        raise UsageError(f"{name}: a damaged plan: {wrong}; plan again")
    return dict(plan)


def _wrong(plan: Json) -> Iterator[str]:
    yield from _misfits(plan, _PLAN, "")
    for at, change in enumerate(plan["changes"]):
        here = f"changes[{at}]"
        yield from _misfits(change, _CHANGE, here)
        if change["action"] not in _ACTIONS:
            yield f"{here}.action is {change['action']!r}"
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
