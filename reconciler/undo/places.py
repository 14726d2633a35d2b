"""Reads the paths of an outcome as places in a spec. Returns the value at a place, and edits a spec there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from reconciler.desired.linking import with_links
from reconciler.diff.fields import item_key, manifest_value
from reconciler.errors import UsageError
from reconciler.kinds.fields import (
    cannot_be_blank,
    document_type,
    is_partial,
    is_unordered,
    item_by,
    keyed_by,
    manifest_key,
    worth_saying,
)
from reconciler.model import Document, Resource, Spec
from reconciler.model.canonical import plain
from reconciler.model.spec import label

R = TypeVar("R", bound=Resource)
# The fields and the keys of items that lead to a value: ("attributes", "Tier", "validation", "max_length").
Place = tuple[Any, ...]
Edit = tuple[Place, Any]  # a place, and the value to put there; `None` removes it


class Inside(NamedTuple):
    """The last step of a place that is inside a document: its path there, as the outcome has it."""

    path: str


class _Part(NamedTuple):
    """A field of a spec, or an item of a list or a map. `by` identifies the items that it has itself."""

    text: str  # in a path
    step: Any
    value: Any
    by: str | None = None


def _parts(value: Any, by: str | None) -> Iterator[_Part]:
    match value:
        case Spec():
            for field, inner in value:
                yield _Part(manifest_key(type(value), field), field, inner, item_by(type(value), field))
        case Mapping():
            yield from (_Part(f"[{key}]", key, inner) for key, inner in value.items())
        case tuple():
            for item in value:
                key = item_key(item, by or "")
                yield _Part(f"[{label(key)}]", key, item)


def locate(value: Any, path: str, by: str | None = None) -> Place:
    """Returns the place in a live value that an outcome calls `path`; an item that is not live is its last step.

    Raises `UsageError` if a spec has no such field.
    """
    if not path:
        return ()
    fitting = [part for part in _parts(value, by) if path == part.text or _is_inside(part, path)]
    if fitting:
        # Names may contain the characters of paths, so the longest one that fits is the right one.
        part = max(fitting, key=lambda part: len(part.text))
        if path != part.text and isinstance(value, Spec) and document_type(type(value), part.step):
            return part.step, Inside(path[len(part.text) :].removeprefix("."))
        return part.step, *locate(part.value, path[len(part.text) :].removeprefix("."), part.by)
    if isinstance(value, Spec):
        raise _unknown(type(value), path)
    return (path[1:-1],)


def _is_inside(part: _Part, path: str) -> bool:
    """Returns whether the path leads into the part. An item that is a text or a number has no inside."""
    may_hold_more = isinstance(part.value, Spec) or not part.text.startswith("[")
    return may_hold_more and path.startswith((f"{part.text}.", f"{part.text}["))


def _unknown(spec: type[Spec], path: str) -> UsageError:
    return UsageError(f"the outcome has the path {path!r}, which is not a field of {spec.__name__}")


def value_at(spec: Spec, place: Place) -> Any:
    """Returns the value at a place as a plan writes it, or `None` if there is none."""
    return manifest_value(_value(spec, place))


def document_at(spec: Spec, place: Place) -> Document:
    """Returns the document at a place that leads to one."""
    document = _value(spec, place)
    if not isinstance(document, Document):
        raise UsageError(f"the outcome has a document at {place[-1]}, where the live resource has none")
    return document


def _value(spec: Spec, place: Place) -> Any:
    part = _Part("", None, spec)
    for step in place:
        parts = {inner.step: inner for inner in _parts(part.value, part.by)}
        part = parts.get(step, _Part("", step, None))
    return part.value


def takes(spec: Spec, place: Place, value: Any) -> bool:
    """Returns whether AWS takes the value there: some texts can be changed but not removed."""
    owner = _value(spec, place[:-1])
    return value != "" or not (isinstance(owner, Spec) and cannot_be_blank(type(owner), place[-1]))


def is_removable(spec: Spec, place: Place) -> bool:
    """Returns whether a value there can be removed. Items that a manifest leaves out of some lists stay."""
    is_item = len(place) == len(("list", "item"))
    return not (is_item and _is_merged_list(type(spec), place[0]))


def _is_merged(spec: type[Spec], place: Place) -> bool:
    """Returns whether undeclared fields of the structure or the item there stay as they are live."""
    return len(place) > 1 and (is_partial(spec, place[0]) or _is_merged_list(spec, place[0]))


def _is_merged_list(spec: type[Spec], field: str) -> bool:
    return bool(keyed_by(spec, field)) and is_unordered(spec, field)


def edited(spec: R, edits: Iterable[Edit]) -> R:
    """Returns the spec with other values. Only the name and the edited fields count as declared in it."""
    by_place, spec_type = dict(edits), type(spec)
    built = _built(spec_type, _with(_Part("", None, spec), by_place))
    built.__pydantic_fields_set__.intersection_update({"name", *(field for field, *_ in by_place)})
    for place, value in by_place.items():
        owner = _value(built, place[:-1])
        if value is not None or not _is_merged(spec_type, place):
            continue
        # There, only a declared null removes a value.
        match owner:
            case Spec():
                owner.model_fields_set.add(place[-1])
            case dict():
                owner[place[-1]] = None
    return built


def assembled(spec: type[R], name: str, values: Iterable[tuple[str, Any]]) -> R:
    """Returns a spec from the field values of its creation or deletion. Their paths name fields and items alone."""
    fields = {manifest_key(spec, field): field for field in spec.model_fields}
    given: dict[str, Any] = {"name": name}
    for path, value in values:
        key, is_item, item = path.partition("[")
        if key not in fields:
            raise _unknown(spec, path)
        if not is_item:
            given[key] = value
        elif item_by(spec, fields[key]) is None:
            given.setdefault(key, {})[item.removesuffix("]")] = value
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


def _with(whole: _Part, edits: Mapping[Place, Any]) -> Any:
    """Returns the value of a part after its edits, in the manifest's form."""
    if () in edits:
        return edits[()]
    inside: dict[Any, dict[Place, Any]] = {}
    for (step, *rest), new in edits.items():
        inside.setdefault(step, {})[tuple(rest)] = new
    parts = list(_parts(whole.value, whole.by))
    if isinstance(whole.value, Spec):
        kind = type(whole.value)
        kept = (part for part in parts if part.step in inside or worth_saying(kind, part.step, part.value))
        return {part.text: _with(part, inside.get(part.step, {})) for part in kept}
    if not parts and not inside:
        return plain(whole.value)
    after = [(part.step, _with(part, inside.pop(part.step, {}))) for part in parts]
    after += [(step, new[()]) for step, new in inside.items()]
    left = [(step, value) for step, value in after if value is not None]
    return dict(left) if isinstance(whole.value, Mapping) else [value for _, value in left]
