"""One field of a spec as AWS has it: camelCase becomes PascalCase, a name an id, at whatever depth."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any, TypeVar, get_args

from reconciler.model import REFERENCE, AwsName, Each, IdOf, Keyed, Linked, Ours, Ref, RefTo, Spec, is_id

Names = Callable[[str, str], str]  # (kind, AWS id) → name
M = TypeVar("M")


@cache
def aws_name(spec: type[Spec], field: str) -> str:
    """`timeZone` → `TimeZone`; a reference, `queue`, → `QueueId`; otherwise what the field's `AwsName` says."""
    key = spec.model_fields[field].alias or field
    rule = key[0].upper() + key[1:] + ("Id" if refers_to(spec, field) else "")
    marked = mark(spec, field, AwsName)
    return marked.name if marked else rule


@cache
def answered_name(spec: type[Spec], field: str) -> str:
    """The member of an answer that holds the field."""
    marked = mark(spec, field, AwsName)
    return (marked.read if marked else "") or aws_name(spec, field)


@cache
def answered(spec: type[Spec]) -> tuple[tuple[str, str, bool], ...]:
    """Of each field the member of an answer that holds it, and whether `decode` makes another value of that: what names
    nothing and holds no spec is as it is."""
    return tuple(
        (field, answered_name(spec, field), bool(nested(spec, field) or refers_to(spec, field)))
        for field in spec.model_fields
    )


def encode(spec: type[Spec], field: str, value: Any) -> Any:
    """The value in AWS's words; ids that may not exist yet stay `IdOf`."""
    match value:
        case Spec():
            inner = type(value)
            return {aws_name(inner, f): encode(inner, f, item) for f, item in value if worth_saying(inner, f, item)}
        case tuple():
            return [encode(spec, field, item) for item in value]
        case Linked():
            return value
        case str() if kind := refers_to(spec, field):
            return value if is_id(value) else IdOf(Ref(kind, value))
        case _:
            return value


def decode(spec: type[Spec], field: str, value: Any, names: Names) -> Any:
    """The way back. What AWS says and the spec does not know is left out."""
    inner = nested(spec, field)
    if not inner and not refers_to(spec, field):
        return value
    match value:
        case dict() if inner:
            said = ((f, value.get(key), by_rule) for f, key, by_rule in answered(inner))
            return {
                f: decode(inner, f, item, names) if by_rule else item
                for f, item, by_rule in said
                if is_told(inner, f, item)
            }
        case dict() if kind := refers_to(spec, field):
            return names(kind, _id_within(value))
        case list():
            return [decode(spec, field, item, names) for item in value]
        case str() if kind := refers_to(spec, field):
            return names(kind, value)
        case _:
            return value


def _id_within(summary: Mapping[str, Any]) -> str:
    """Of another thing that an answer shows by more than its id (`{"Id": …, "Name": …}`, `{"EmailAddressId": …}`)."""
    return str(summary.get("Id") or next(value for key, value in summary.items() if key.endswith("Id")))


def references(encoded: Any) -> Iterator[Ref]:
    """The resources whose ids a value in AWS's form still waits for."""
    match encoded:
        case IdOf(ref):
            yield ref
        case Mapping():
            for item in encoded.values():
                yield from references(item)
        case list() | tuple():
            for item in encoded:
                yield from references(item)
        case Linked():
            yield from linked(encoded)


@cache
def reference_fields(spec: type[Spec]) -> dict[str, str]:
    """The fields that name other things, and of which kind those are."""
    return {field: kind for field in spec.model_fields if (kind := refers_to(spec, field))}


@cache
def _told_fields(spec: type[Spec]) -> tuple[tuple[str, str | None], ...]:
    return tuple((field, refers_to(spec, field)) for field in spec.model_fields if not is_local(spec, field))


def is_inert(value: Any) -> bool:
    """Whether a value is nothing but plain texts and numbers: nothing in it is a reference."""
    kind = type(value)
    if kind is tuple:
        return all(type(item) is str for item in value)
    return kind in (str, int, bool, float)


def named_in(spec: Spec, fields: Collection[str] | None = None) -> Iterator[Ref]:
    """The resources that the fields of a spec name, at whatever depth: what waits in AWS's form of them, without it."""
    said = vars(spec)
    for field, kind in _told_fields(type(spec)):
        value = said.get(field)
        if value and (kind or not is_inert(value)) and (fields is None or field in fields):
            yield from _named_by(value, kind)


def _named_by(value: Any, kind: str | None) -> Iterator[Ref]:
    match value:
        case Linked():
            yield from linked(value)
        case str():
            if kind and not is_id(value):
                yield Ref(kind, value)
        case Spec():
            yield from named_in(value)
        case tuple():
            for item in value:
                yield from _named_by(item, kind)
        case dict():
            for item in value.values():
                yield from _named_by(item, None)


def linked(text: str) -> Iterator[Ref]:
    """The resources that a text with references names."""
    for found in REFERENCE.finditer(text):
        yield Ref(found["kind"], found["name"])


def worth_saying(spec: type[Spec], field: str, value: Any) -> bool:
    """A default is what AWS does unasked; some defaults ("") it even refuses to hear."""
    return bool(spec.model_fields[field].is_required() or value != _default(spec, field))


@cache
def _default(spec: type[Spec], field: str) -> Any:
    """pydantic makes a copy each time."""
    return spec.model_fields[field].get_default(call_default_factory=True)


@cache
def refers_to(spec: type[Spec], field: str) -> str | None:
    """The kind whose names the field holds."""
    marked = mark(spec, field, RefTo)
    return marked.kind if marked else None


@cache
def nested(spec: type[Spec], field: str) -> type[Spec] | None:
    """The spec that the field, or each of its items, is made of."""
    return next((part for part in _parts(spec, field) if isinstance(part, type) and issubclass(part, Spec)), None)


@cache
def keyed_by(spec: type[Spec], field: str) -> str | None:
    """The field that tells the items of a keyed list apart."""
    marked = mark(spec, field, Keyed)
    return marked.by if marked else None


@cache
def each_by(spec: type[Spec], field: str) -> str | None:
    """The field that tells the items of a list apart that is declared whole; "" where an item is itself."""
    marked = mark(spec, field, Each)
    return marked.by if marked else None


def cannot_be_blank(spec: type[Spec], field: str) -> bool:
    """Whether AWS takes no empty text for it: what it has can be changed then, and not taken away."""
    return any(getattr(part, "min_length", 0) for part in spec.model_fields[field].metadata)


def is_told(spec: type[Spec], field: str, value: Any) -> bool:
    """Whether AWS says something with a value; an empty text that it would not take itself says nothing."""
    return value is not None and (value != "" or not cannot_be_blank(spec, field))


def says(spec: Spec, path: str) -> bool:
    """Whether somebody said the field at a path (`field`, `field.inner`), in any item of a list."""
    field, _, rest = path.partition(".")
    if field not in spec.model_fields_set:
        return False
    value = getattr(spec, field)
    items = value if isinstance(value, tuple) else (value,)
    return not rest or any(says(item, rest) for item in items if isinstance(item, Spec))


@cache
def is_local(spec: type[Spec], field: str) -> bool:
    """Whether AWS never hears of the field."""
    return mark(spec, field, Ours) is not None


def mark(spec: type[Spec], field: str, of: type[M]) -> M | None:
    return next((part for part in _parts(spec, field) if isinstance(part, of)), None)


def _parts(spec: type[Spec], field: str) -> Iterator[Any]:
    """Every type and every mark that a field's annotation is made of."""
    declared = spec.model_fields[field]
    for part in (declared.annotation, *declared.metadata):
        yield from _within(part)


def _within(annotation: Any) -> Iterator[Any]:
    yield annotation
    for part in get_args(annotation):
        yield from _within(part)
