"""References as a manifest writes them: names where the other thing is declared or looked up, ids elsewhere; and `$${`
for a plain `${`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

from reconciler.directory import Directory
from reconciler.export.sayable import UNWRITABLE
from reconciler.kinds.base import Kind
from reconciler.kinds.fields import nested, references, refers_to
from reconciler.kinds.registry import LOOKUPS
from reconciler.model import REFERENCE, Linked, Ref, Spec, is_id, reference_to

MARK = "${"


class Uses(NamedTuple):
    """What must be there before a resource can be made, as its manifest would have it."""

    fields: AbstractSet[Ref] = frozenset()  # named by fields that hold names
    texts: AbstractSet[Ref] = frozenset()  # named within texts


NONE = Uses()


def uses(kind: Kind[Any], said: Mapping[str, Any]) -> Uses:
    """Late fields may close a circle: they wait until all is there."""
    late = _late(kind)
    early = {key: value for key, value in said.items() if key not in late}
    return Uses(frozenset(_named(kind.spec, early)), frozenset(references(early)))


def named_by(kind: Kind[Any], said: Mapping[str, Any], rows: Sequence[Any] = ()) -> set[Ref]:
    """Returns every resource that a spec or its rows name, late fields included."""
    return {*_named(kind.spec, said), *references(said), *references(list(rows))}


def circular(declared: Mapping[Ref, Uses]) -> dict[Ref, Uses]:
    """What each may not name: whatever needs it in turn, for then none of them could be made first. Names within texts
    give way before those in fields."""
    every = {ref: {*each.fields, *each.texts} for ref, each in declared.items()}
    texts = {ref: {it for it in each.texts if ref in _reached(every, it)} for ref, each in declared.items()}
    left = {ref: {*each.fields, *(each.texts - texts[ref])} for ref, each in declared.items()}
    return {
        ref: Uses({it for it in each.fields if ref in _reached(left, it)}, texts[ref]) for ref, each in declared.items()
    }


class Writer:
    """`declared`: what manifests are written for, and the names that they give it; a reference to anything else would
    lead nowhere. `apart`: what is not named all the same."""

    def __init__(self, directory: Directory, declared: Mapping[Ref, str], apart: Uses = NONE) -> None:
        self._directory, self._declared, self._apart = directory, declared, apart

    def sparing(self, apart: Uses) -> Writer:
        return Writer(self._directory, self._declared, apart)

    def spec(self, kind: Kind[Any], said: Mapping[str, Any]) -> dict[str, Any]:
        """A spec in the manifest's words, with its references and texts as they are written."""
        late, free = _late(kind), self.sparing(NONE)
        written = {key: (free if key in late else self)._within(kind.spec, {key: said[key]}) for key in said}
        return {key: value for each in written.values() for key, value in each.items()}

    def text(self, text: str) -> str:
        if MARK not in text:
            return text
        if isinstance(text, Linked):
            if self._names_alone(text):
                return REFERENCE.sub(self._as_declared, text)
            # Planning takes ids for references as well; names and a plain `${` in one text could not be told apart.
            text = REFERENCE.sub(self._id, text)
        return text.replace(MARK, f"${MARK}")

    def everywhere(self, value: Any) -> Any:
        """The value with every text in it as it is written; keys are no texts."""
        match value:
            case str():
                return self.text(value)
            case Mapping():
                return {key: self.everywhere(item) for key, item in value.items()}
            case list():
                return [self.everywhere(item) for item in value]
            case _:
                return value

    def _within(self, spec: type[Spec], said: Any) -> Any:
        if isinstance(said, list):
            return [self._within(spec, item) for item in said]
        fields = {info.alias or name: name for name, info in spec.model_fields.items()}
        return {key: self._field(spec, fields[key], value) if key in fields else value for key, value in said.items()}

    def _field(self, spec: type[Spec], field: str, value: Any) -> Any:
        if kind := refers_to(spec, field):
            return [self._named(kind, each) for each in value] if isinstance(value, list) else self._named(kind, value)
        inner = nested(spec, field)
        return self._within(inner, value) if inner and isinstance(value, Mapping | list) else self.everywhere(value)

    def _named(self, kind: str, name: Any) -> Any:
        """A name that looks like an id would be read as one, and some can not be written."""
        ref = Ref(kind, name)
        if ref not in self._directory:
            return name
        declared = name if kind in LOOKUPS else self._declared.get(ref)
        if declared is None or is_id(declared) or UNWRITABLE.search(declared) or ref in self._apart.fields:
            return self._directory.identity(ref).id
        return self.text(declared)

    def _names_alone(self, text: str) -> bool:
        found = list(REFERENCE.finditer(text))
        refs = {Ref(each["kind"], each["name"]) for each in found}
        # After a `$` a reference would read as an escape.
        escaped = any(text[: each.start()].endswith("$") for each in found)
        is_free = refs <= self._declared.keys() - self._apart.texts
        is_free = is_free and all(reference_to(ref._replace(name=self._declared[ref]), "arn") for ref in refs)
        return is_free and text.count(MARK) == len(found) and not escaped

    def _as_declared(self, found: re.Match[str]) -> str:
        ref = Ref(found["kind"], found["name"])
        return f"{MARK}{ref._replace(name=self._declared[ref])}.{found['word']}}}"

    def _id(self, found: re.Match[str]) -> str:
        ref = Ref(found["kind"], found["name"])
        if ref not in self._directory:
            return found[0]
        identity = self._directory.identity(ref)
        return identity.arn if found["word"] == "arn" else identity.id


def _late(kind: Kind[Any]) -> frozenset[str]:
    return frozenset(kind.spec.model_fields[field].alias or field for field in kind.late)


def _named(spec: type[Spec], said: Any) -> Iterator[Ref]:
    """What the fields of a spec name, at whatever depth."""
    if isinstance(said, list):
        for item in said:
            yield from _named(spec, item)
        return
    for name, info in spec.model_fields.items():
        value = said.get(info.alias or name)
        if kind := refers_to(spec, name):
            names = value if isinstance(value, list) else [value]
            yield from (Ref(kind, each) for each in names if each is not None)
        elif (inner := nested(spec, name)) and isinstance(value, Mapping | list):
            yield from _named(inner, value)


def _reached(named: Mapping[Ref, AbstractSet[Ref]], start: Ref) -> list[Ref]:
    reached = [start]
    for ref in reached:
        reached += named.get(ref, set()) - set(reached)
    return reached
