"""Converts one field of a spec to and from AWS's form: camelCase to PascalCase, a name to an id, at any depth."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import Any

from reconciler.kinds.marks import annotation_parts, ending_of, mark, reference_of, type_of_text
from reconciler.kinds.service import Casing
from reconciler.model import (
    REFERENCE,
    AwsName,
    Content,
    Derived,
    Document,
    Each,
    IdOf,
    Keyed,
    Linked,
    LocalOnly,
    Partial,
    Ref,
    RefTo,
    SecretText,
    Spec,
    in_order,
    is_id,
)

Names = Callable[[str, str], str]  # (kind, AWS id) → name


@cache
def manifest_key(spec: type[Spec], field: str) -> str:
    """Returns the key of a field in a manifest: `time_zone` is `timeZone`."""
    return spec.model_fields[field].alias or field


@cache
def aws_name(spec: type[Spec], field: str, casing: Casing = Casing.PASCAL) -> str:
    """Returns AWS's name: `timeZone` is `TimeZone`, the reference `queue` is `QueueId`; an `AwsName` overrides both."""
    reference = mark(spec, field, RefTo)
    rule = casing.of(manifest_key(spec, field)) + (reference.by if reference else "")
    marked = mark(spec, field, AwsName)
    return marked.name if marked else rule


@cache
def answered_name(spec: type[Spec], field: str, casing: Casing = Casing.PASCAL) -> str:
    """Returns the member of an answer that holds the field."""
    marked = mark(spec, field, AwsName)
    return (marked.read if marked else "") or aws_name(spec, field, casing)


@cache
def answered(spec: type[Spec], casing: Casing = Casing.PASCAL) -> tuple[tuple[str, str, bool], ...]:
    """Returns for each field its name, the member of an answer that holds it, and whether `decode` changes its value.

    `decode` changes references, specs, documents and what AWS spells otherwise.
    """
    return tuple((field, answered_name(spec, field, casing), _is_changed(spec, field)) for field in spec.model_fields)


def _is_changed(spec: type[Spec], field: str) -> bool:
    is_respelled = ending_of(spec, field) or type_of_text(spec, field)
    return bool(nested(spec, field) or refers_to(spec, field) or document_type(spec, field) or is_respelled)


def encode(spec: type[Spec], field: str, value: Any, casing: Casing = Casing.PASCAL) -> Any:
    """Returns the value in AWS's form. Ids that may not exist yet stay `IdOf`."""
    match value:
        case Spec():
            inner = type(value)
            fields = {f: item for f, item in value if worth_saying(inner, f, item)}
            return {aws_name(inner, f, casing): encode(inner, f, item, casing) for f, item in fields.items()}
        case tuple():
            return [encode(spec, field, item, casing) for item in value]
        case Document(text=text):
            return text
        case str() if ending := ending_of(spec, field):
            return type(value)(value.removesuffix(ending) + ending)
        case int() if type_of_text(spec, field):
            return str(value).lower()
        case Linked():
            return value
        case str() if reference := reference_of(spec, field):
            return value if is_id(value) else IdOf(Ref(reference.kind, value), arn=reference.by == "Arn")
        case _:
            return value


def decode(spec: type[Spec], field: str, value: Any, names: Names, casing: Casing = Casing.PASCAL) -> Any:
    """Returns AWS's value in the spec's form. Drops members that the spec does not know."""
    inner = nested(spec, field)
    if document := document_type(spec, field):
        return document.from_aws(value)
    if isinstance(value, str) and (ending := ending_of(spec, field)):
        return value.removesuffix(ending)
    if isinstance(value, str) and (written := type_of_text(spec, field)):
        return value.lower() == "true" if written is bool else int(value)
    if not inner and not refers_to(spec, field):
        return value
    match value:
        case dict() if inner:
            fields = {}
            for f, key, is_changed in answered(inner, casing):
                item = value.get(key)
                if is_present(inner, f, item):
                    fields[f] = decode(inner, f, item, names, casing) if is_changed else item
            return fields
        case dict() if kind := refers_to(spec, field):
            return names(kind, _id_within(value))
        case list():
            return [decode(spec, field, item, names, casing) for item in value]
        case str() if kind := refers_to(spec, field):
            return names(kind, value)
        case _:
            return value


def _id_within(summary: Mapping[str, Any]) -> str:
    """Returns the id of a resource that an answer shows as `{"Id": …, "Name": …}` or `{"EmailAddressId": …}`."""
    return str(summary.get("Id") or next(value for key, value in summary.items() if key.endswith("Id")))


def references(encoded: Any) -> Iterator[Ref]:
    """Yields the resources whose ids a value in AWS's form still waits for."""
    match encoded:
        case IdOf(ref) | SecretText(ref):
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
    """Returns the fields that name other resources, with the kind of each."""
    return {field: kind for field in spec.model_fields if (kind := refers_to(spec, field))}


@cache
def _remote_fields(spec: type[Spec]) -> tuple[tuple[str, str | None], ...]:
    return tuple((field, refers_to(spec, field)) for field in spec.model_fields if not is_local(spec, field))


def is_inert(value: Any) -> bool:
    """Returns whether a value has only plain texts and numbers, so that it cannot hold a reference."""
    kind = type(value)
    if kind is tuple:
        return all(type(item) is str for item in value)
    return kind in (str, int, bool, float)


def named_in(spec: Spec, fields: Collection[str] | None = None) -> Iterator[Ref]:
    """Yields every reference in a spec, at any depth."""
    values = vars(spec)
    for field, kind in _remote_fields(type(spec)):
        value = values.get(field)
        if value and (kind or not is_inert(value)) and (fields is None or field in fields):
            yield from _named_by(value, kind)


def _named_by(value: Any, kind: str | None) -> Iterator[Ref]:
    match value:
        case Document(text=Linked() as text) | (Linked() as text):
            yield from linked(text)
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
    """Yields the resources that a text with references names."""
    for match in REFERENCE.finditer(text):
        yield Ref(match["kind"], match["name"])


def worth_saying(spec: type[Spec], field: str, value: Any) -> bool:
    """Returns whether a value must be sent. AWS applies defaults itself, and refuses some of them, such as ""."""
    return bool(spec.model_fields[field].is_required() or value != _default(spec, field))


@cache
def _default(spec: type[Spec], field: str) -> Any:
    """Returns the default of a field. It is cached, because pydantic makes a copy each time."""
    return spec.model_fields[field].get_default(call_default_factory=True)


@cache
def refers_to(spec: type[Spec], field: str) -> str | None:
    """Returns the kind of resource that the field names."""
    return marked.kind if (marked := reference_of(spec, field)) else None


@cache
def nested(spec: type[Spec], field: str) -> type[Spec] | None:
    """Returns the spec of the field's value, or of each of its items."""
    return next(
        (part for part in annotation_parts(spec, field) if isinstance(part, type) and issubclass(part, Spec)), None
    )


@cache
def document_type(spec: type[Spec], field: str) -> type[Document] | None:
    """Returns the sort of document that the field holds; `None` if it holds none."""
    return next(
        (part for part in annotation_parts(spec, field) if isinstance(part, type) and issubclass(part, Document)), None
    )


@cache
def is_content(spec: type[Spec], field: str) -> bool:
    """Returns whether the field holds the content of a file, or of several."""
    return any(isinstance(part, type) and issubclass(part, Content) for part in annotation_parts(spec, field))


@cache
def keyed_by(spec: type[Spec], field: str) -> str | None:
    """Returns the field that identifies the items of a keyed list."""
    return marked.by if (marked := mark(spec, field, Keyed)) else None


@cache
def item_key_in_manifest(spec: type[Spec], field: str) -> str | None:
    """Returns the key that identifies the items of a keyed list in a manifest."""
    by, inner = keyed_by(spec, field), nested(spec, field)
    return manifest_key(inner, by) if by and inner and by in inner.model_fields else by


@cache
def each_by(spec: type[Spec], field: str) -> str | None:
    """Returns the field that identifies the items of a list that is declared whole; "" if the item itself does."""
    marked = mark(spec, field, Each)
    return marked.by if marked else None


@cache
def item_by(spec: type[Spec], field: str) -> str | None:
    """Returns the field that identifies the items of a list; "" if the item itself does, `None` if nothing does."""
    keyed = keyed_by(spec, field)
    return each_by(spec, field) if keyed is None else keyed


@cache
def is_partial(spec: type[Spec], field: str) -> bool:
    """Returns whether the field is a structure whose undeclared fields stay as they are live."""
    return mark(spec, field, Partial) is not None


@cache
def is_unordered(spec: type[Spec], field: str) -> bool:
    """Returns whether the field is a list that is kept sorted, because AWS ignores its order."""
    return any(getattr(part, "func", None) is in_order for part in spec.model_fields[field].metadata)


def cannot_be_blank(spec: type[Spec], field: str) -> bool:
    """Returns whether AWS refuses an empty text, so that the value can be changed but not removed."""
    return any(getattr(part, "min_length", 0) for part in spec.model_fields[field].metadata)


def is_present(spec: type[Spec], field: str, value: Any) -> bool:
    """Returns whether an answer has a value. An empty text that AWS would refuse counts as none."""
    return value is not None and (value != "" or not cannot_be_blank(spec, field))


def says(spec: Spec, path: str) -> bool:
    """Returns whether a manifest declares the field at a path (`field`, `field.inner`), in any item of a list."""
    field, _, rest = path.partition(".")
    if field not in spec.model_fields_set:
        return False
    value = getattr(spec, field)
    items = value if isinstance(value, tuple) else (value,)
    return not rest or any(says(item, rest) for item in items if isinstance(item, Spec))


@cache
def is_local(spec: type[Spec], field: str) -> bool:
    """Returns whether the field is this tool's own, so that it is never sent to AWS."""
    return mark(spec, field, LocalOnly) is not None


@cache
def is_derived(spec: type[Spec], field: str) -> bool:
    """Returns whether the field follows from the name, so that manifests leave it out."""
    return mark(spec, field, Derived) is not None
