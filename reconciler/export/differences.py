"""Writes what differs between a declared and a live resource as the spec of an overlay document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from reconciler.export.declaration import Declaration
from reconciler.kinds.fields import is_local, manifest_key, worth_saying
from reconciler.kinds.registry import KINDS
from reconciler.model import Resource, Spec


def differences(declared: Resource, live: Declaration, ignored: Callable[[str], bool]) -> dict[str, Any]:
    """Returns the fields of a live resource that differ from the declared ones, or from AWS's defaults.

    Merged with the declared spec, they give the live one. Ignored fields and those that `live` leaves out do not count.
    """
    kind = KINDS[live.live.ref.kind]
    spec = kind.in_one_form(live.live.spec, declared)
    fields: dict[str, Any] = {}
    for name in kind.spec.model_fields:
        key, before, after = manifest_key(kind.spec, name), getattr(declared, name), getattr(spec, name)
        is_compared = name != "name" and name not in kind.reading.write_only and not is_local(kind.spec, name)
        # A field with a value that no manifest can hold is not in the declaration.
        is_left_out = key not in live.spec and worth_saying(kind.spec, name, after)
        if is_compared and before != after and not is_left_out and not ignored(key):
            fields[key] = _merging(before, live.spec.get(key, after), after)
    return fields


def _merging(before: Any, written: Any, after: Any) -> Any:
    """Returns the value that gives `after` if it is merged with `before`, key by key."""
    match before, after:
        case _, Spec():
            # A default that is not written would leave the value of the layer below.
            return after.model_dump(mode="json", by_alias=True)
        case Mapping(), Mapping():
            return {**written, **dict.fromkeys(key for key in before if key not in after)}
        case _:
            return written
