"""Checks a declared spec without AWS: the rules of all kinds for tags, names and keys, then the kind's own."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from unicodedata import category

from reconciler.kinds.base import Declarable, Kind
from reconciler.kinds.fields import document_type, each_by, keyed_by, nested
from reconciler.kinds.wording import quoted
from reconciler.model import Document, Problem, Spec, WrittenRecords, ownership
from reconciler.model.canonical import canonical
from reconciler.model.environment import Quotas


def faults(kind: Declarable, declared: Mapping[str, Any], written: WrittenRecords, quotas: Quotas) -> Iterator[Problem]:
    """Yields the mistakes that a schema cannot find: those of all kinds, then the kind's own (`Kind.problems`)."""
    yield from tag_problems(declared.get("tags"))
    yield from _misnamed(kind, declared) if isinstance(kind, Kind) else ()
    own = tuple(kind.problems(declared, written, quotas))
    yield from own
    reported = {problem.path for problem in own}  # a kind's own message is more precise
    yield from (problem for problem in document_problems(kind.spec, declared) if problem.path not in reported)
    yield from (problem for problem in repeated(kind.spec, declared) if problem.path not in reported)
    name = declared.get("name")
    if isinstance(name, str) and ("name",) not in reported:
        reserved = kind.service.reserved if isinstance(kind, Kind) else ()
        yield from (Problem("error", ("name",), fault) for fault in name_faults(name, reserved))
    if isinstance(name, str) and not name.isascii() and (finding := invisible(name)):
        yield Problem("warning", ("name",), finding)


def _misnamed(kind: Kind[Any], declared: Mapping[str, Any]) -> Iterator[Problem]:
    """Checks the name of a resource that has none at AWS: its key is its name, so every stack uses one address.

    The author chooses the name of a kind that manifests may also name by key.
    """
    key = (
        declared.get(kind.spec.model_fields[kind.identity.key].alias or kind.identity.key) if kind.identity.key else ""
    )
    if kind.identity.key == "name" or kind.identity.is_named_by_key or not isinstance(key, str):
        return
    called = kind.called({kind.answered(kind.identity.key): key} if kind.identity.key else {})
    if declared.get("name") != called:
        yield Problem("error", ("name",), f"a {kind.name} has no name of its own; call this one {called}")


# Limits of tags (service model, TagMap), and the number of tags that this tool writes.
MOST_TAGS, LONGEST_KEY, LONGEST_VALUE = 50, 128, 256
OWN_TAGS = len({ownership.STACK, ownership.ADDRESS, ownership.PROTECT})
_TAG_SIGNS = "_.:/=+-@"


def tag_problems(tags: Any) -> Iterator[Problem]:
    if not isinstance(tags, Mapping):
        return
    room = MOST_TAGS - OWN_TAGS
    if len(tags) > room:
        message = (
            f"{len(tags)} tags; AWS allows {MOST_TAGS} and reconcile writes {OWN_TAGS} of them; declare at most {room}"
        )
        yield Problem("error", ("tags",), message)
    for key, value in tags.items():
        if isinstance(key, str):
            yield from (Problem("error", ("tags", key), fault) for fault in _key_faults(key))
        if isinstance(value, str) and len(value) > LONGEST_VALUE:
            message = f"the value of tag {quoted(key)} has {len(value)} characters; AWS allows {LONGEST_VALUE}"
            yield Problem("error", ("tags", key), message)


def _key_faults(key: str) -> Iterator[str]:
    if not 1 <= len(key) <= LONGEST_KEY:
        yield f"tag key {quoted(key)} has {len(key)} characters; AWS allows 1 to {LONGEST_KEY}"
    if odd := [letter for letter in key if letter not in _TAG_SIGNS and category(letter)[0] not in "LNZ"]:
        yield f"tag key {quoted(key)} has {quoted(odd[0])}; AWS allows letters, numbers, spaces and {_TAG_SIGNS}"
    if key.casefold().startswith("aws:"):
        yield f'tag key {quoted(key)} begins with "aws:", which AWS reserves; rename it'
    if key.casefold().startswith(ownership.PREFIX):
        yield f'tag key {quoted(key)} begins with "{ownership.PREFIX}", which marks managed resources; rename it'


def invisible(name: str) -> str:
    """Returns the invisible characters of a name, with the remedy; empty if it has none."""
    odd = [(at, letter) for at, letter in enumerate(name, 1) if _is_invisible(letter)]
    if not odd:
        return ""
    at, letter = odd[0]
    more = f" and {len(odd) - 1} more" if len(odd) > 1 else ""
    return f"the name {quoted(name)} has an invisible character, U+{ord(letter):04X} at {at}{more}; type the name again"


def _is_invisible(letter: str) -> bool:
    """Returns whether it is a zero-width character, a soft hyphen, a direction mark or an unusual space."""
    return unicodedata.category(letter) == "Cf" or (letter != " " and unicodedata.category(letter) == "Zs")


def name_faults(name: str, reserved: tuple[str, ...]) -> Iterator[str]:
    """Yields each fault with its remedy. `reserved`: beginnings of names that AWS keeps for itself."""
    if name != name.strip():
        yield f"the name {quoted(name)} has spaces around it; delete them"
    if name in (".", ".."):
        yield f"the name {quoted(name)} would be lost in a URL; choose another"
    if name.casefold().startswith(reserved):
        yield f"AWS reserves names that begin with {' or '.join(reserved)}; choose another"


Path = tuple[str | int, ...]


def document_problems(spec: type[Spec], declared: Mapping[str, Any], path: Path = ()) -> Iterator[Problem]:
    """Yields each document that is not valid JSON, at any depth. Wrong shapes are skipped, like in `repeated`."""
    for name, field in spec.model_fields.items():
        key = field.alias or name
        here, value = (*path, key), declared.get(key)
        document = document_type(spec, name)
        if document and isinstance(value, str | dict):
            if wrong := Document.fault(value):
                yield Problem("error", here, f"{key} is not a JSON document: {wrong}; fix it, or write it as YAML")
            elif wrong := document.fault(value):
                yield Problem("error", here, f"{key} {wrong}")
        elif inner := nested(spec, name):
            items = enumerate(value) if isinstance(value, list) else [(None, value)]
            for at, item in items:
                if isinstance(item, Mapping):
                    yield from document_problems(inner, item, here if at is None else (*here, at))


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
                by = keyed_by(spec, name) or each_by(spec, name)
                if by in inner.model_fields:  # a key of several fields is the kind's own rule
                    yield from _twice(items, inner.model_fields[by].alias or by, here)
                for at, item in enumerate(items):
                    yield from repeated(inner, item, (*here, at)) if isinstance(item, Mapping) else ()


def _twice(items: Sequence[Any], by: str, path: Path) -> Iterator[Problem]:
    known: set[str] = set()
    for at, item in enumerate(items):
        if not isinstance(item, Mapping) or item.get(by) is None or not (key := _comparable(item[by])):
            continue
        if key in known:
            yield Problem("error", (*path, at, by), f"{path[-1]} has {_named(item[by])} twice; keep one of them")
        known.add(key)


def _comparable(key: Any) -> str:
    """Returns a text that equal keys share; empty for a key that JSON cannot write, such as `.inf`."""
    try:
        return canonical(key)
    except ValueError:
        return ""


def _named(key: Any) -> str:
    """Returns the item's name in plans."""
    return quoted("/".join(map(str, key.values())) if isinstance(key, Mapping) else key)
