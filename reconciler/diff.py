"""Spec × spec → what differs, field by field and item by item."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeVar

from reconciler.canonical import plain
from reconciler.kinds.fields import is_ours, keyed_by, worth_saying
from reconciler.model import FieldChange, Spec

S = TypeVar("S", bound=Spec)
Ignored = Callable[[str], bool]  # a field's path → whether its differences are passed over


def laid_over(live: S, declared: S, ignored: Ignored, path: str = "") -> S:
    """What will be: declared fields replace live ones, others and ignored ones stay; keyed lists go item by item."""
    said = {f: getattr(declared, f) for f in declared.model_fields_set}
    return live.model_copy(update=dict(_updates(live, said, ignored, path)))


def _updates(live: Spec, said: Mapping[str, Any], ignored: Ignored, path: str) -> Iterator[tuple[str, Any]]:
    for field, wanted in said.items():
        here, have = f"{path}{_key(live, field)}", getattr(live, field)
        if ignored(here):
            continue
        if by := keyed_by(type(live), field):
            yield field, tuple(_items(pair(have, wanted, by), ignored, here, by))
        elif isinstance(wanted, Spec) and isinstance(have, Spec):
            # A structure is declared whole: what it leaves out is AWS's default, not what is live.
            yield field, have.model_copy(update=dict(_updates(have, dict(wanted), ignored, f"{here}.")))
        elif isinstance(wanted, dict) and isinstance(have, dict):
            keys = [*have, *(key for key in wanted if key not in have)]
            kept = {key: have if ignored(f"{here}[{key}]") else wanted for key in keys}
            yield field, {key: side[key] for key, side in kept.items() if key in side}
        else:
            yield field, wanted


def _items(pairs: Collection[tuple[Spec | None, Spec | None]], ignored: Ignored, path: str, by: str) -> Iterator[Spec]:
    for have, want in pairs:
        named = f"{path}[{getattr(want or have, by)}]"
        if want is None or ignored(named):
            yield from [have] if have else []
        else:
            yield laid_over(have, want, ignored, f"{named}.") if have else want


def pair(before: Collection[Spec], after: Collection[Spec], by: str) -> list[tuple[Any, Any]]:
    """Items of two keyed lists side by side: same name, same name in other letters, or the name it had before."""
    left = {getattr(item, by): item for item in before}
    folded = {name.casefold(): name for name in left}
    pairs: list[tuple[Any, Any]] = []
    for item in after:
        name, old = getattr(item, by), getattr(item, "renamed_from", None)
        names = (name, folded.get(name.casefold()), old, folded.get(old.casefold()) if old else None)
        found = next((left.pop(known) for known in names if known in left), None)
        pairs.append((found, item))
    return pairs + [(item, None) for item in left.values()]


def diff(before: Spec | None, after: Spec | None, path: str = "") -> tuple[FieldChange, ...]:
    """The fields that differ, in the order the spec declares them; `None` is a thing that does not exist."""
    return tuple(_changes(before, after, path))


def _changes(before: Spec | None, after: Spec | None, path: str) -> Iterator[FieldChange]:
    sides = [spec for spec in (before, after) if spec is not None]
    for field in type(sides[0]).model_fields:
        if is_ours(type(sides[0]), field) or (len(sides) == 1 and field == "name"):
            continue
        old, new = (getattr(spec, field) if spec is not None else None for spec in (before, after))
        if old != new:
            yield from _field_changes(sides[0], field, old, new, path)


def _field_changes(spec: Spec, field: str, old: Any, new: Any, path: str) -> Iterator[FieldChange]:
    here = f"{path}{_key(spec, field)}"
    if by := keyed_by(type(spec), field):
        for have, want in pair(old or (), new or (), by):
            yield from _item_changes(have, want, f"{here}[{getattr(want or have, by)}]")
    elif isinstance(old, dict) or isinstance(new, dict):
        for key in sorted({**(old or {}), **(new or {})}):
            if (was := (old or {}).get(key)) != (shall := (new or {}).get(key)):
                yield FieldChange(f"{here}[{key}]", was, shall)
    elif isinstance(old, Spec) and isinstance(new, Spec):
        yield from _changes(old, new, f"{here}.")
    elif (old is not None and new is not None) or worth_saying(type(spec), field, new if old is None else old):
        yield FieldChange(here, shown(old), shown(new))


def _item_changes(have: Spec | None, want: Spec | None, path: str) -> Iterator[FieldChange]:
    if have is not None and want is not None:
        yield from _changes(have, want, f"{path}.")
    elif have != want:
        yield FieldChange(path, shown(have), shown(want))


def shown(value: Any) -> Any:
    """A value in the manifest's words, without what AWS would do unasked."""
    match value:
        case Spec():
            inner = type(value)
            said = {f: item for f, item in value if worth_saying(inner, f, item) and not is_ours(inner, f)}
            return {_key(value, f): shown(item) for f, item in said.items()}
        case _:
            return plain(value)


def _key(spec: Spec, field: str) -> str:
    return type(spec).model_fields[field].alias or field
