"""Reads the paths of an outcome as places in a spec. Returns the value at a place, and edits a spec there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from pydantic import ValidationError

from reconciler.desired.linking import with_links
from reconciler.diff.fields import item_key, manifest_value
from reconciler.errors import UsageError
from reconciler.kinds.fields import cannot_be_blank, item_by, manifest_key, nested, worth_saying
from reconciler.model import Resource, Spec
from reconciler.model.canonical import plain
from reconciler.model.spec import label

R = TypeVar("R", bound=Resource)
# The fields and the keys of items that lead to a value: ("attributes", "Tier", "validation", "max_length").
Place = tuple[Any, ...]
Edit = tuple[Place, Any]  # a place, and the value to put there; `None` removes it


def locate(kind: type[Spec], live: Any, path: str) -> Place:
    """Returns the place that an outcome calls `path`. Raises `UsageError` if the kind has no such field.

    Names may contain the characters of paths. So the longest name of a live item that fits is the right one.
    """
    for field in kind.model_fields:
        key = manifest_key(kind, field)
        rest = path[len(key) :]
        if path.startswith(key) and rest[:1] in ("", ".", "["):
            return field, *_inside(kind, field, getattr(live, field) if isinstance(live, Spec) else None, rest)
    raise UsageError(f"the outcome has the path {path!r}, which is not a field of {kind.__name__}")


def _inside(kind: type[Spec], field: str, live: Any, rest: str) -> Place:
    inner = nested(kind, field)
    if not rest:
        return ()
    if inner and rest.startswith("."):
        return locate(inner, live, rest[1:])
    heads = {f"[{label(key)}]": (key, item) for key, item in _items(live, item_by(kind, field)).items()}
    fitting = [head for head in heads if rest == head or (inner and rest.startswith(f"{head}."))]
    if not fitting:
        return (rest[1:-1],)
    head = max(fitting, key=len)
    key, item = heads[head]
    return (key, *locate(inner, item, rest[len(head) + 1 :])) if inner and rest != head else (key,)


def _items(value: Any, by: str | None) -> Mapping[Any, Any]:
    """Returns the items of a map or a list by their keys. Another value has none."""
    if isinstance(value, Mapping):
        return value
    return {item_key(item, by or ""): item for item in value} if isinstance(value, tuple) else {}


def value_at(spec: Spec, place: Place) -> Any:
    """Returns the value at a place as a plan writes it, or `None` if there is none."""
    field, *inside = place
    value = getattr(spec, field)
    if inside and not isinstance(value, Spec):
        value = _items(value, item_by(type(spec), field)).get(inside.pop(0))
    if not inside:
        return manifest_value(value)
    return value_at(value, tuple(inside)) if isinstance(value, Spec) else None


def takes(spec: Spec, place: Place, value: Any) -> bool:
    """Returns whether AWS takes the value there: some texts can be changed but not removed."""
    field, *inside = place
    if not inside:
        return value != "" or not cannot_be_blank(type(spec), field)
    inner = getattr(spec, field)
    if not isinstance(inner, Spec):
        inner = _items(inner, item_by(type(spec), field)).get(inside.pop(0))
    return not inside or takes(inner, tuple(inside), value)


def edited(spec: R, edits: Iterable[Edit]) -> R:
    """Returns the spec with other values. Only the name and the edited fields count as declared in it."""
    listed = dict(edits)
    built = _built(type(spec), _with(spec, listed))
    built.__pydantic_fields_set__.intersection_update({"name", *(field for field, *_ in listed)})
    return built


def assembled(spec: type[R], name: str, values: Iterable[tuple[str, Any]]) -> R:
    """Returns a spec from the field values of its creation or deletion, by their paths."""
    given: dict[str, Any] = {"name": name}
    for path, value in values:
        field, *item = locate(spec, None, path)
        key = manifest_key(spec, field)
        if not item:
            given[key] = value
        elif item_by(spec, field) is None:
            given.setdefault(key, {})[item[0]] = value
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


def _with(value: Any, edits: Mapping[Place, Any], by: str | None = None) -> Any:
    """Returns a value after its edits, in the manifest's form. `by` identifies the items of a list."""
    if () in edits:
        return edits[()]
    inside: dict[Any, dict[Place, Any]] = {}
    for (step, *rest), new in edits.items():
        inside.setdefault(step, {})[tuple(rest)] = new
    if isinstance(value, Spec):
        kind, fields = type(value), dict(value)
        kept = [field for field in fields if field in inside or worth_saying(kind, field, fields[field])]
        return {manifest_key(kind, f): _with(fields[f], inside.get(f, {}), item_by(kind, f)) for f in kept}
    if not inside:
        return [_with(item, {}) for item in value] if isinstance(value, tuple) else plain(value)
    items = _items(value, by)
    after = {key: _with(item, inside.get(key, {})) for key, item in items.items()}
    after |= {key: new[()] for key, new in inside.items() if key not in items}
    if isinstance(value, Mapping):
        return {key: item for key, item in after.items() if item is not None}
    return [item for item in after.values() if item is not None]
