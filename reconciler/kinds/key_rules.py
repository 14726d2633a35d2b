"""Finds repeated items in lists whose items have a key: AWS keeps only one item of each key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.canonical import canonical
from reconciler.kinds.fields import each_by, keyed_by, nested
from reconciler.kinds.wording import quoted
from reconciler.model import Problem, Spec

Path = tuple[str | int, ...]


def repeated(spec: type[Spec], declared: Mapping[str, Any], path: Path = ()) -> Iterator[Problem]:
    """Yields each item that has the key of an earlier one, at any depth.

    `declared` is the parsed spec in the manifest's form. Wrong shapes are skipped, because the schema reports them.
    """
    for name, field in spec.model_fields.items():
        here = (*path, field.alias or name)
        match nested(spec, name), declared.get(field.alias or name):
            case None, _:
                continue
            case type() as inner, Mapping() as value:
                yield from repeated(inner, value, here)
            case type() as inner, list(items):
                if by := keyed_by(spec, name) or each_by(spec, name):
                    yield from _twice(items, inner.model_fields[by].alias or by, here)
                for at, item in enumerate(items):
                    yield from repeated(inner, item, (*here, at)) if isinstance(item, Mapping) else ()


def _twice(items: Sequence[Any], by: str, path: Path) -> Iterator[Problem]:
    known: set[str] = set()
    for at, item in enumerate(items):
        if not isinstance(item, Mapping) or item.get(by) is None:
            continue
        if (key := canonical(item[by])) in known:
            yield Problem("error", (*path, at, by), f"{path[-1]} has {_named(item[by])} twice; keep one of them")
        known.add(key)


def _named(key: Any) -> str:
    """Returns the item's name in plans."""
    return quoted("/".join(map(str, key.values())) if isinstance(key, Mapping) else key)
