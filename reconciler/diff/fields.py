"""Compares and merges two specs, field by field and item by item."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, TypeVar

from reconciler.diff.documents import differences, path_text
from reconciler.kinds.fields import (
    each_by,
    is_local,
    is_partial,
    is_unordered,
    item_by,
    keyed_by,
    manifest_key,
    worth_saying,
)
from reconciler.kinds.marks import is_concealed
from reconciler.model import Concealed, Document, FieldChange, Spec, in_order, in_words
from reconciler.model.canonical import plain
from reconciler.model.spec import label

S = TypeVar("S", bound=Spec)
Ignored = Callable[[str], bool]  # a field's path → whether its differences are skipped


def merge_declared(live: S, declared: S, ignored: Ignored, path: str = "") -> S:
    """Returns the live spec with the declared fields; undeclared and ignored fields stay.

    Lists that are compared item by item are merged item by item. If nothing changes it returns `live` itself.
    """
    fields = {f: getattr(declared, f) for f in declared.model_fields_set}
    updates = dict(_updates(live, fields, ignored, path))
    return live.model_copy(update=updates) if updates else live


def with_fields(live: S, after: Spec, fields: Collection[str]) -> S:
    """Returns the live spec with some fields of the other one. List items keep their undeclared fields."""
    values = {field: getattr(after, field) for field in fields}
    return live.model_copy(update=dict(_updates(live, values, lambda path: False, "")))


def _updates(live: Spec, declared: Mapping[str, Any], ignored: Ignored, path: str) -> Iterator[tuple[str, Any]]:
    for field, wanted in declared.items():
        have = getattr(live, field)
        if not path and have == wanted:
            continue
        here = f"{path}{manifest_key(type(live), field)}"
        if ignored(here):
            continue
        if by := keyed_by(type(live), field):
            merged = tuple(_items(pair(have, wanted, by), ignored, here, by))
            yield field, in_order(merged) if is_unordered(type(live), field) else merged
        elif (item_by := each_by(type(live), field)) is not None:
            yield field, in_order(_whole(pair(have, wanted, item_by), ignored, here, item_by))
        elif isinstance(wanted, Spec) and isinstance(have, Spec):
            # Most structures are declared as a whole: a missing field means AWS's default, not the live value.
            inner = declared_in(wanted) if is_partial(type(live), field) else dict(wanted)
            yield field, have.model_copy(update=dict(_updates(have, inner, ignored, f"{here}.")))
        elif isinstance(wanted, dict) and isinstance(have, dict) and is_partial(type(live), field):
            kept = {key: item for key, item in wanted.items() if not ignored(f"{here}[{key}]")}
            # Null removes an item.
            yield field, {key: item for key, item in {**have, **kept}.items() if item is not None}
        elif isinstance(wanted, dict) and isinstance(have, dict):
            keys = [*have, *(key for key in wanted if key not in have)]
            kept = {key: have if ignored(f"{here}[{key}]") else wanted for key in keys}
            yield field, {key: side[key] for key, side in kept.items() if key in side}
        elif isinstance(wanted, Document) and isinstance(have, Document):
            yield field, wanted.respelled(have)
        else:
            yield field, wanted


def declared_in(spec: Spec) -> dict[str, Any]:
    """Returns the declared fields of a structure, with their values."""
    return {field: value for field, value in spec if field in spec.model_fields_set}


def _items(pairs: Collection[tuple[Any, Any]], ignored: Ignored, path: str, by: str) -> Iterator[Any]:
    """Yields the merged items of a keyed list. Undeclared items stay."""
    for have, want in pairs:
        named = f"{path}[{label(item_key(want or have, by))}]"
        if want is None or ignored(named):
            yield from [have] if have else []
        else:
            yield merge_declared(have, want, ignored, f"{named}.") if have and by else want


def _whole(pairs: Collection[tuple[Any, Any]], ignored: Ignored, path: str, by: str) -> Iterator[Any]:
    """Yields the merged items of a list that is declared as a whole. Undeclared items are dropped."""
    kept = [(have, want) for have, want in pairs if want or ignored(f"{path}[{label(item_key(have, by))}]")]
    yield from _items(kept, ignored, path, by)


def item_key(item: Any, by: str) -> Any:
    return getattr(item, by) if by else item


def by_key(spec: type[Spec], field: str, items: Collection[Any]) -> dict[Any, Any]:
    """Returns the items of a list by the keys that changes name them by."""
    by = item_by(spec, field) or ""
    return {item_key(item, by): item for item in items}


def pair(before: Collection[Any], after: Collection[Any], by: str) -> list[tuple[Any, Any]]:
    """Pairs the items of two lists: by key, by name without case, or by former name."""
    left = {item_key(item, by): item for item in before}
    folded = {_folded(key): key for key in left} if by else {}
    pairs: list[tuple[Any, Any]] = []
    for item in after:
        key, old = item_key(item, by), getattr(item, "renamed_from", None)
        # The exact key comes first, because two names may differ in case alone.
        names = (key, folded.get(_folded(key)), old, folded.get(_folded(old)) if old else None)
        match = next((left.pop(known) for known in names if known in left), None)
        pairs.append((match, item))
    return pairs + [(item, None) for item in left.values()]


def _folded(key: Any) -> Any:
    return key.casefold() if isinstance(key, str) else key


def keep_known_fields(now: S, before: S) -> S:
    """Returns `now` without fields that `before` lacks: a bulk read returns less of some items than a single read."""
    fields = {field: _known(type(now), field, getattr(now, field), getattr(before, field)) for field in dict(now)}
    return now.model_copy(update=fields)


def _known(spec: type[Spec], field: str, now: Any, before: Any) -> Any:
    if is_partial(spec, field) and isinstance(now, Spec):
        return _without_unknown(now, before)
    if not (by := each_by(spec, field)) or not isinstance(now, tuple):
        return now
    return tuple(_without_unknown(new, old) if new and old else new for old, new in pair(before or (), now, by) if new)


def _without_unknown(item: Spec, known: Spec) -> Spec:
    unknown = type(item).model_fields.keys() - known.model_fields_set
    fields = type(item).model_fields
    return item.model_copy(update={f: fields[f].get_default(call_default_factory=True) for f in unknown})


def diff(before: Spec | None, after: Spec | None, sets: Collection[str] = ()) -> tuple[FieldChange, ...]:
    """Returns the fields that differ, in the order the spec declares them. `None` means that a side does not exist.

    If a side does not exist, a list is one change, except lists in `sets`: their items are separate changes.
    """
    return tuple(_changes(before, after, sets))


def creation_changes(after: Spec, sets: Collection[str] = ()) -> tuple[FieldChange, ...]:
    """Returns every field of a new resource, or its name if it has no other field."""
    name = getattr(after, "name", "")
    return diff(None, after, sets=sets) or (FieldChange("metadata", None, manifest_value(name), inner="name"),)


def deletion_changes(before: Spec) -> tuple[FieldChange, ...]:
    """Returns every field of a resource to delete, or its name if it has no other field."""
    name = getattr(before, "name", "")
    return diff(before, None) or (FieldChange("metadata", manifest_value(name), None, inner="name"),)


def _changes(before: Spec | None, after: Spec | None, sets: Collection[str] = ()) -> Iterator[FieldChange]:
    sides = [spec for spec in (before, after) if spec is not None]
    for field in type(sides[0]).model_fields:
        if is_local(type(sides[0]), field) or (len(sides) == 1 and field == "name"):
            continue
        old, new = (getattr(spec, field) if spec is not None else None for spec in (before, after))
        if old != new:
            yield from _field_changes(type(sides[0]), field, old, new, by_item=field in sets)


def _field_changes(spec: type[Spec], field: str, old: Any, new: Any, *, by_item: bool) -> Iterator[FieldChange]:
    key, by = manifest_key(spec, field), keyed_by(spec, field)
    if by is None and (by_item or None not in (old, new)):
        by = each_by(spec, field)
    if by is not None:
        for have, want in pair(old or (), new or (), by):
            yield from _item_changes(key, have, want, by)
    elif isinstance(old, dict) or isinstance(new, dict):
        for name in sorted({**(old or {}), **(new or {})}):
            if (was := (old or {}).get(name)) != (will := (new or {}).get(name)):
                before = Concealed() if was is not None and is_concealed(spec, field) else was
                yield FieldChange(key, manifest_value(before), manifest_value(will), item=name)
    elif isinstance(old, Document) and isinstance(new, Document):
        for inside in differences(old, new):
            sides = manifest_value(inside.before), manifest_value(inside.after)
            yield FieldChange(key, *sides, inner=path_text(inside.steps))
    elif isinstance(old, Spec) and isinstance(new, Spec):
        for change in _changes(old, new):
            yield FieldChange(key, change.before, change.after, inner=change.path)
    elif (old is not None and new is not None) or worth_saying(spec, field, new if old is None else old):
        yield FieldChange(key, manifest_value(old), manifest_value(new))


def _item_changes(field: str, have: Any, want: Any, by: str) -> Iterator[FieldChange]:
    item = item_key(have if want is None else want, by)
    if by and have is not None and want is not None:
        for change in _changes(have, want):
            yield FieldChange(field, change.before, change.after, item=item, inner=change.path)
    elif have != want:
        yield FieldChange(field, manifest_value(have), manifest_value(want), item=item)


def manifest_value(value: Any) -> Any:
    """Returns a value as a manifest writes it, without AWS's defaults."""
    match value:
        case Spec():
            inner = type(value)
            fields = {f: item for f, item in value if worth_saying(inner, f, item) and not is_local(inner, f)}
            return {manifest_key(inner, f): manifest_value(item) for f, item in fields.items()}
        case tuple():
            return [manifest_value(item) for item in value]
        case _:
            return _in_words(plain(value))


def _in_words(value: Any) -> Any:
    match value:
        case str():
            return in_words(value)
        case list():
            return [_in_words(item) for item in value]
        case dict():
            return {key: _in_words(item) for key, item in value.items()}
        case _:
            return value
