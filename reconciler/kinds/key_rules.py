"""Lists whose items a field of theirs tells apart: AWS keeps one of each, so an author may say none twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from reconciler.canonical import canonical
from reconciler.kinds.fields import each_by, keyed_by, nested
from reconciler.kinds.wording import shown
from reconciler.model import Problem, Spec

Path = tuple[str | int, ...]


def repeated(spec: type[Spec], declared: Mapping[str, Any], path: Path = ()) -> Iterator[Problem]:
    """Each item that bears the key of an earlier one, at whatever depth. `declared` is as parsed, in the manifest's
    words; what has another shape than the spec's is passed over: the schema has said so."""
    for name, field in spec.model_fields.items():
        here = (*path, field.alias or name)
        match nested(spec, name), declared.get(field.alias or name):
            case None, _:
                continue
            case type() as inner, Mapping() as said:
                yield from repeated(inner, said, here)
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
        if (told := canonical(item[by])) in known:
            yield Problem("error", (*path, at, by), f"{path[-1]} has {_named(item[by])} twice; keep one of them")
        known.add(told)


def _named(key: Any) -> str:
    """As plans name the item."""
    return shown("/".join(map(str, key.values())) if isinstance(key, Mapping) else key)
