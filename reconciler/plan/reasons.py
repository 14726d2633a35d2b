"""Writes the reason of a change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.diff.cells import RowsDiff
from reconciler.kinds.base import Kind
from reconciler.model import FieldChange, Resource


def count_differences(fields: tuple[FieldChange, ...], rows: RowsDiff) -> str:
    """Returns a text such as `1 field and 3 cells differ`, empty if nothing differs."""
    counts = {"field": len(fields), "cell": len(rows.cells), "key": len(rows.rows)}
    counted = [f"{count} {word}{'' if count == 1 else 's'}" for word, count in counts.items() if count]
    if not counted:
        return ""
    listed = f"{', '.join(counted[:-1])} and {counted[-1]}" if len(counted) > 1 else counted[0]
    return f"{listed} {'differs' if sum(counts.values()) == 1 else 'differ'}"


def effect_reason(effects: Mapping[str, str], fields: Iterable[FieldChange]) -> str:
    """Returns what changes of fields mean for the data, such as `effect: polling stops, data stays`."""
    meant: dict[str, None] = {}
    for change in fields:
        by_value = f"{change.path}={json.dumps(change.after)}"
        if meaning := effects.get(by_value) or effects.get(change.path):
            meant[meaning] = None
    return f"effect: {'; '.join(meant)}" if meant else ""


def creation_reason(kind: Kind[Any], spec: Resource) -> str:
    """Returns why the resource is created, with what apply will search for."""
    choice = kind.chooses(spec) if kind.writing.choice else ""
    parts = ("declared, not live", f"claims a free {choice}" if choice else "", cost_reason(kind, None, spec))
    return "; ".join(filter(None, parts))


def cost_reason(kind: Kind[Any], before: Resource | None, after: Resource) -> str:
    """Returns what AWS bills from now on while the resource exists; empty if that is nothing new."""
    cost = kind.costs(after)
    return f"AWS bills {cost} while it exists" if cost and (before is None or cost != kind.costs(before)) else ""


def replacement_reason(kind: Kind[Any], fields: list[str]) -> str:
    """Returns the reason of a replacement, given the manifest's words for what cannot change."""
    return (
        f"its {' and '.join(fields)} cannot change; deleted and recreated, as --allow-delete "
        "allows, with another id and ARN" + (f"; {kind.deletion.breaks}" if kind.deletion.breaks else "")
    )
