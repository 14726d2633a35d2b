"""Reads the field paths of plans backwards: returns the value at a path, and builds a spec with other values there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from reconciler.desired.linking import with_links
from reconciler.diff.fields import item_key, label, manifest_value
from reconciler.errors import UsageError
from reconciler.kinds.fields import cannot_be_blank, each_by, keyed_by, worth_saying
from reconciler.model import Resource, Spec
from reconciler.model.canonical import plain
from reconciler.steps.resource import item_of

R = TypeVar("R", bound=Resource)
Edit = tuple[str, Any]  # a path, and the value to put there; `None` removes it


class _Step(NamedTuple):
    field: str
    key: str
    rest: str


def value_at(spec: Spec, path: str) -> Any:
    """Returns the value at a path as a plan writes it, or `None` if there is none."""
    field, _, rest = _step(type(spec), path)
    value = getattr(spec, field)
    if not rest:
        return manifest_value(value)
    if isinstance(value, Spec):
        return value_at(value, rest[1:])
    if isinstance(value, Mapping):
        return manifest_value(value.get(rest[1:-1]))
    items = dict(_items(spec, field))
    if not (head := item_of(rest, items)):
        return None
    return manifest_value(items[head]) if rest == head else value_at(items[head], rest[len(head) + 1 :])


def takes(spec: Spec, path: str, value: Any) -> bool:
    """Returns whether AWS takes the value there: some texts can be changed but not removed."""
    field, _, rest = _step(type(spec), path)
    if not rest:
        return value != "" or not cannot_be_blank(type(spec), field)
    inner = getattr(spec, field)
    if isinstance(inner, Spec):
        return takes(inner, rest[1:], value)
    items = dict(_items(spec, field)) if isinstance(inner, tuple) else {}
    head = item_of(rest, items)
    return head in ("", rest) or takes(items[head], rest[len(head) + 1 :], value)


def edited(spec: R, edits: Iterable[Edit]) -> R:
    """Returns the spec with other values. Only the name and the edited fields count as declared in it."""
    kind, listed = type(spec), list(edits)
    touched = {"name", *(_step(kind, path).field for path, _ in listed)}
    built = _built(kind, _with(spec, listed))
    built.__pydantic_fields_set__.intersection_update(touched)
    return built


def assembled(spec: type[R], name: str, values: Iterable[Edit]) -> R:
    """Returns a spec from the field values of its creation or deletion."""
    given: dict[str, Any] = {"name": name}
    for path, value in values:
        field, key, rest = _step(spec, path)
        if not rest:
            given[key] = value
        elif _by(spec, field) is None:
            given.setdefault(key, {})[rest[1:-1]] = value
        else:
            given.setdefault(key, []).append(value)
    return _built(spec, given)


def _built(spec: type[R], given: Mapping[str, Any]) -> R:
    try:
        built = spec.model_validate(given)
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        place = ".".join(map(str, first["loc"]))
        message = f"the outcome has an invalid value of a {spec.__name__}: {place}: {first['msg']}"
        raise UsageError(message) from wrong
    linked: R = with_links(built, given)
    return linked


def _with(spec: Spec, edits: Sequence[Edit]) -> dict[str, Any]:
    by_field: dict[str, list[Edit]] = {}
    for path, value in edits:
        step = _step(type(spec), path)
        by_field.setdefault(step.field, []).append((step.rest, value))
    fields = type(spec).model_fields
    values: dict[str, Any] = {}
    for name, value in spec:
        key = fields[name].alias or name
        if name in by_field:
            values[key] = _edited(spec, name, by_field[name])
        elif worth_saying(type(spec), name, value):
            values[key] = _full(value)
    return values


def _edited(spec: Spec, field: str, edits: Sequence[Edit]) -> Any:
    """Returns the value of a field after the edits, whose paths begin after the field."""
    have = getattr(spec, field)
    if whole := [value for rest, value in edits if not rest]:
        return whole[0]
    if isinstance(have, Spec):
        return _with(have, [(rest[1:], value) for rest, value in edits])
    if isinstance(have, Mapping):
        merged = {**have, **{rest[1:-1]: value for rest, value in edits}}
        return {key: value for key, value in merged.items() if value is not None}
    known, items, of_items = dict(_items(spec, field)), [], dict[str, list[Edit]]()
    for edit in edits:
        of_items.setdefault(item_of(edit[0], known), []).append(edit)
    for head, item in known.items():
        mine = of_items.get(head, [])
        exact = [value for rest, value in mine if rest == head]
        inner = [(rest[len(head) + 1 :], value) for rest, value in mine if rest != head]
        items.append(exact[0] if exact else _with(item, inner) if inner else _full(item))
    return [item for item in (*items, *(value for _, value in of_items.get("", ()))) if item is not None]


def _items(spec: Spec, field: str) -> list[tuple[str, Any]]:
    """Returns the items of a list, each with its label in a path."""
    by = _by(type(spec), field)
    return [(f"[{label(item_key(item, by or ''))}]", item) for item in getattr(spec, field) or ()]


def _by(spec: type[Spec], field: str) -> str | None:
    keyed = keyed_by(spec, field)
    return each_by(spec, field) if keyed is None else keyed


def _step(spec: type[Spec], path: str) -> _Step:
    """Returns the field that a path begins with. Raises `UsageError` if the kind has no such field."""
    for field, info in spec.model_fields.items():
        key = info.alias or field
        if path.startswith(key) and path[len(key) : len(key) + 1] in ("", ".", "["):
            return _Step(field, key, path[len(key) :])
    raise UsageError(f"the outcome has the path {path!r}, which is not a field of {spec.__name__}")


def _full(value: Any) -> Any:
    """Returns a value in the manifest's form. Texts with references stay as they are."""
    match value:
        case Spec():
            return _with(value, ())
        case tuple() | list():
            return [_full(item) for item in value]
        case Mapping():
            return {key: _full(item) for key, item in value.items()}
        case str() | bool() | int() | float() | None:
            return value
    return plain(value)
